"""The watch: checks the provider's endpoint, raises and clears alarms, and emails staff about each once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import insert_once_for_key, reading, transaction
from campaign.domain.alarm import Severity
from campaign.domain.language import in_language_of
from campaign.gateways.clock import Clock, machine_clock
from campaign.gateways.context import Context
from campaign.gateways.payments import PaymentRefused, PaymentsNotConfigured, PaymentsUnavailable
from campaign.i18n import in_language
from campaign.models.alarm import Alarm
from campaign.models.campaign import Campaign
from campaign.models.staff import Staff, holds_shared_role
from campaign.services.alarms import signs as alarm_signs
from campaign.services.alarms.rules import Ringing, ringing
from campaign.services.alarms.words import describe_alarm, since_words
from campaign.services.inbox.endpoint import EndpointStatus, check_endpoint
from campaign.services.queues.outbox import OutgoingMail, enqueue

RECIPIENT_ROLES = ("admin", "finance")
"""Roles whose people are mailed, where they hold for all campaigns."""
LOOK_EVERY = timedelta(minutes=15)
"""How often the provider is asked about the endpoint."""
OPERATORS = "admin"
"""The role whose mails name commands and the handbook; others learn what they can do themselves, or whom to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one run of the watch changed: keys of alarms."""

    raised: tuple[str, ...]
    over: tuple[str, ...]


def note_endpoint(addresses: tuple[str, ...], *, context: Context, is_urged: bool = False) -> None:
    """Check the provider's endpoint and store its state, unless that was done lately; `is_urged` checks in any case."""
    with reading() as session:
        last = alarm_signs.observed(session, alarm_signs.ENDPOINT)
        if last is not None and last.at > machine_clock(context.clock).now() - LOOK_EVERY and not is_urged:
            return
        known = dict(last.facts) if last is not None else {}
    try:
        status = check_endpoint(context.endpoints, addresses)
    except PaymentsNotConfigured:
        return
    except (PaymentsUnavailable, PaymentRefused) as problem:
        facts: Mapping[str, object] = {**known, "problem": str(problem)}
    else:
        facts = {
            "good_at": machine_clock(context.clock).now().isoformat(),
            "faults": list(status.faults),
            "about": _about(status, addresses, context.endpoints.api_version),
        }
    alarm_signs.note(alarm_signs.ENDPOINT, clock=context.clock, facts=facts)


def watch(*, takes_cards: bool, clock: Clock) -> Change:
    """Update the alarms from the signs; of two runs at once, the second changes nothing and emails nobody twice."""
    signs = alarm_signs.read_signs(takes_cards=takes_cards, clock=clock)
    alarms = {alarm.name: alarm for alarm in ringing(signs)}
    at = clock.now()
    with transaction() as session:
        open_now = {row.key: row for row in session.execute(_OPEN).scalars()}
        over = [row for key, row in open_now.items() if key not in alarms]
        for row in over:
            row.cleared_at = at
            _notify(session, row.id, _as_ringing(row), kind="alarm_over", at=at)
        raised = [name for name in alarms if name not in open_now and _raise(session, alarms[name], at=at)]
    return Change(raised=tuple(raised), over=tuple(row.key for row in over))


def ringing_now(*, takes_cards: bool, clock: Clock) -> list[Ringing]:
    """Return what rings now, whoever was notified; it works without a worker."""
    return ringing(alarm_signs.read_signs(takes_cards=takes_cards, clock=clock))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """What staff pages show: what rings now, and when the ledger was last checked."""

    ringing: list[Ringing]
    books_checked_at: datetime | None


def alarm_view(*, takes_cards: bool, clock: Clock) -> AlarmView:
    """Return what rings now, and the time of the last check of the ledger."""
    signs = alarm_signs.read_signs(takes_cards=takes_cards, clock=clock)
    return AlarmView(ringing=ringing(signs), books_checked_at=signs.books.good_at if signs.books else None)


def is_well(*, takes_cards: bool, clock: Clock) -> bool:
    """Return whether nothing urgent rings, for monitoring."""
    return all(alarm.severity is not Severity.URGENT for alarm in ringing_now(takes_cards=takes_cards, clock=clock))


def _raise(session: Session, alarm: Ringing, *, at: datetime) -> bool:
    row = {
        "key": alarm.name,
        "severity": alarm.severity.value,
        "since": alarm.since,
        "facts": dict(alarm.facts),
        "raised_at": at,
        "notified_at": at,
    }
    alarm_id = insert_once_for_key(session, Alarm, row)
    if alarm_id is None:
        return False  # another worker was faster
    _notify(session, alarm_id, alarm, kind="alarm_raised", at=at)
    return True


def _notify(session: Session, alarm_id: int, alarm: Ringing, *, kind: str, at: datetime) -> None:
    campaign = session.execute(select(Campaign).where(Campaign.is_featured).order_by(Campaign.id).limit(1)).scalar()
    for person in _people(session):
        with in_language(person.language):
            text = describe_alarm(alarm)
            since = since_words(alarm)
        is_operator = any(grant.role.name == OPERATORS and grant.campaign_id is None for grant in person.grants)
        facts: dict[str, object] = {
            "donor_name": person.name,
            "headline": text.headline,
            "sentence": text.sentence,
            "action": text.operator_action if is_operator else text.staff_action,
            "page": text.anchor if is_operator else "",
            "since": since,
            "campaign_title": in_language_of(campaign.title, person.language) if campaign else "",
            "help_email": campaign.contact_email if campaign else "",
            "is_test": False,
        }
        email = OutgoingMail(
            kind=kind,
            language=person.language,
            recipient=person.email,
            facts=facts,
            key=f"{kind}:{alarm_id}:{person.id}",
        )
        enqueue(session, email, at=at)


def _people(session: Session) -> Iterable[Staff]:
    conditions = (Staff.active, holds_shared_role(RECIPIENT_ROLES))
    return session.execute(select(Staff).where(*conditions).order_by(Staff.id)).scalars().all()


def _as_ringing(row: Alarm) -> Ringing:
    key, _colon, case = row.key.partition(":")
    return Ringing(key=key, case=case, severity=Severity(row.severity), since=row.since, facts=row.facts)


def _about(status: EndpointStatus, addresses: tuple[str, ...], version: str | None) -> dict[str, object]:
    """Return what the sentences about an endpoint name."""
    endpoint = status.endpoint
    return {
        "url": endpoint.url if endpoint else "",
        "address": addresses[0],
        "version": (endpoint.api_version if endpoint else None) or "?",
        "wanted": version or "?",
        "lacking": list(status.lacking),
    }


_OPEN = select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.id)
