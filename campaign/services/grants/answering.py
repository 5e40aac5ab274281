"""An applicant writes, submits, withdraws and reopens their application, and says what everybody may read of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.grant_application import (
    RECEIVED_KIND,
    ApplicationAct,
    ApplicationChanged,
    ApplicationIncomplete,
    ApplicationState,
    NotEligible,
    WrongApplicationState,
    state_after,
)
from campaign.domain.grant_call import CallClosed, CallState
from campaign.gateways.clock import Clock
from campaign.models.application import GrantApplication
from campaign.models.fund import Fund
from campaign.services import audit
from campaign.services.campaigns.revision import count_public_change
from campaign.services.grants.beginning import mail_about
from campaign.services.grants.call import grant_fund
from campaign.services.grants.links import application_of
from campaign.services.grants.own_application import OwnApplication, read_own
from campaign.services.queues.outbox import enqueue

CONSENT_NAME = lazy_gettext("If I get the grant, my name may be shown on this site.")
CONSENT_PLACE = lazy_gettext("If I get the grant, my town or village may be shown on this site.")
"""What applicants may agree to; without it, nobody reads who they are."""
CONSENT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswers:
    """What the page of questions says. `revision` is the one that the applicant had read."""

    revision: int
    name: str
    place: str
    answers: Mapping[str, str]
    shows_name: bool
    shows_place: bool
    language: str


def save_conditions(token: str, answers: Mapping[str, str], *, clock: Clock) -> OwnApplication:
    """Save the answers to the conditions, and return the application.

    Raises:
        ApplicationLinkBroken: The link opens none.
        WrongApplicationState: It is no draft any more.
    """

    def write(_session: Session, row: GrantApplication, _call: OwnApplication, _at: datetime) -> None:
        row.answers = {**row.answers, **answers}

    return _change_draft(token, write, clock=clock)


def save_answers(token: str, written: WrittenAnswers, *, clock: Clock) -> OwnApplication:
    """Save a draft as far as it is written; whether it is complete matters when it is submitted.

    Raises:
        ApplicationLinkBroken: The link opens none.
        WrongApplicationState: It is no draft any more.
        ApplicationChanged: It was saved in another window meanwhile, with something else in it.
    """

    def write(_session: Session, row: GrantApplication, known: OwnApplication, at: datetime) -> None:
        answers = {**row.answers, **written.answers}
        is_same = (row.name, row.place, row.answers) == (written.name, written.place, answers)
        if row.revision != written.revision and not is_same:
            raise ApplicationChanged(known.public_id)
        row.name, row.place, row.answers, row.language = written.name, written.place, answers, written.language
        _write_consent(row, shows_name=written.shows_name, shows_place=written.shows_place, at=at)

    return _change_draft(token, write, clock=clock)


def submit(token: str, *, language: str, clock: Clock) -> None:
    """Submit an application and confirm it by email; one that is submitted stays so.

    Raises:
        ApplicationLinkBroken: The link opens none.
        CallClosed: The call takes no applications now.
        NotEligible, ApplicationIncomplete: Answers are missing or wrong.
        WrongApplicationState: It is withdrawn or decided.
    """
    at = clock.now()
    with transaction() as session:
        row = application_of(session, token, is_locking=True)
        if row.state == ApplicationState.SUBMITTED:
            return
        fund = session.get_one(Fund, row.fund_id)
        grant_fund(session, row.campaign_id, fund.public_id, is_locking=True)  # so that places are counted one by one
        known = read_own(session, row)
        state = state_after(ApplicationAct.SUBMIT, known.state)
        call_state = known.call.state_on(local_day(at))
        if call_state is not CallState.OPEN:
            raise CallClosed(call_state)
        if not known.is_eligible:
            raise NotEligible(row.public_id)
        if known.flaws:
            raise ApplicationIncomplete(row.public_id)
        row.state, row.submitted_at, row.changed_at, row.language = state, at, at, language
        row.revision += 1
        key = f"{RECEIVED_KIND}:{row.public_id}:{row.revision}"
        enqueue(session, mail_about(session, row, RECEIVED_KIND, key=key, language=language, at=at), at=at)
        _record(session, row, ApplicationAct.SUBMIT, at)


def withdraw(token: str, *, clock: Clock) -> None:
    """Withdraw an application; a withdrawn one stays so.

    Raises:
        ApplicationLinkBroken: The link opens none.
        WrongApplicationState: It is decided.
    """
    _act(token, ApplicationAct.WITHDRAW, clock=clock)


def reopen(token: str, *, clock: Clock) -> None:
    """Make a withdrawn application a draft again, while the call takes applications.

    Raises:
        ApplicationLinkBroken: The link opens none.
        CallClosed: The call takes no applications now.
    """
    _act(token, ApplicationAct.REOPEN, clock=clock)


def change_consent(token: str, *, shows_name: bool, shows_place: bool, clock: Clock) -> None:
    """Change what everybody may read of a grantee, at any time.

    Raises:
        ApplicationLinkBroken: The link opens none.
    """
    at = clock.now()
    with transaction() as session:
        row = application_of(session, token, is_locking=True)
        _write_consent(row, shows_name=shows_name, shows_place=shows_place, at=at)
        count_public_change(session, row.campaign_id)


def _act(token: str, act: ApplicationAct, *, clock: Clock) -> None:
    at = clock.now()
    with transaction() as session:
        row = application_of(session, token, is_locking=True)
        state = ApplicationState(row.state)
        is_done = ApplicationState.WITHDRAWN if act is ApplicationAct.WITHDRAW else ApplicationState.DRAFT
        if state is is_done:
            return
        row.state = state_after(act, state)
        if act is ApplicationAct.REOPEN:
            call_state = read_own(session, row).call.state_on(local_day(at))
            if call_state is not CallState.OPEN:
                raise CallClosed(call_state)
        row.closed_at = at if act is ApplicationAct.WITHDRAW else None
        row.changed_at = at
        row.revision += 1
        _record(session, row, act, at)


def _change_draft(
    token: str, write: Callable[[Session, GrantApplication, OwnApplication, datetime], None], *, clock: Clock
) -> OwnApplication:
    at = clock.now()
    with transaction() as session:
        row = application_of(session, token, is_locking=True)
        if row.state != ApplicationState.DRAFT:
            raise WrongApplicationState(row.state)
        write(session, row, read_own(session, row), at)
        row.changed_at = at
        row.revision += 1
        return read_own(session, row)


def _write_consent(row: GrantApplication, *, shows_name: bool, shows_place: bool, at: datetime) -> None:
    if (row.shows_name, row.shows_place) != (shows_name, shows_place):
        row.shows_name, row.shows_place = shows_name, shows_place
        row.consent_at = at
        row.consent_version = CONSENT_VERSION if shows_name or shows_place else ""


def _record(session: Session, row: GrantApplication, act: ApplicationAct, at: datetime) -> None:
    subject = f"application:{row.public_id}"
    audit.record(session, actor_id=None, action=f"application:{act}", subject=subject, at=at, detail={})
