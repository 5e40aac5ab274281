"""The texts of the alarms in the reader's language: a headline, a sentence, and what to do."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from campaign.domain.money import Money
from campaign.i18n import exact_money, moment, number
from campaign.services.alarms.rules import Ringing

PAGE = "docs/operations.md"
TELL_OPERATOR = _("Tell the person who runs the server.")
"""What staff do about an alarm that only commands and settings can end."""


@dataclass(frozen=True, slots=True)
class Words:
    """An alarm's texts; `sentence` may name facts of the alarm as %(name)s.

    `operator_action` is for operators. `staff_action` is for staff, who have no shell; None where the same action fits
    them too.
    """

    headline: LazyString
    sentence: LazyString
    operator_action: LazyString
    staff_action: LazyString | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """An alarm, ready to be read.

    `operator_action` and `anchor`, its section in docs/operations.md, are for operators; `staff_action` is for staff.
    """

    key: str
    headline: str
    sentence: str
    operator_action: str
    anchor: str
    staff_action: str


WORDS: dict[str, Words] = {
    "worker_silent": Words(
        _("Worker not responding"),
        _("No worker for money has been at work for minutes, so paid gifts are not booked."),
        _("Start the worker: flask --app wsgi jobs run."),
        TELL_OPERATOR,
    ),
    "mail_worker_silent": Words(
        _("Email worker not responding"),
        _("No worker for receipts and email has responded for several minutes, so donors get no receipts."),
        _("Start the worker: flask --app wsgi jobs run."),
        TELL_OPERATOR,
    ),
    "paid_waits": Words(
        _("Paid gifts are not booked"),
        _("A payment that the provider reported minutes ago is still not in the books."),
        _("Open the inbox and read what the oldest event waits for. If it waits for nothing, restart the worker."),
        TELL_OPERATOR,
    ),
    "workers_die": Words(
        _("Workers keep stopping"),
        _("Workers that ended by themselves within the last minutes: %(count)s. They are started again each time."),
        _("Read the worker’s log for the reason, and check memory and disk space."),
        TELL_OPERATOR,
    ),
    "disk_full": Words(
        _("The disk is full"),
        _("Megabytes left on the disk: %(megabytes)s. Soon no gift, event or receipt can be saved."),
        _("Free some space or enlarge the disk. Nothing needs to be restarted afterwards."),
        TELL_OPERATOR,
    ),
    "sweep_silent": Words(
        _("Background sweep stalled"),
        _("A worker is running, but its background sweep has not finished for a long time."),
        _("Check the worker’s log for what it is stuck on, then restart it. An unfinished job is run again."),
        TELL_OPERATOR,
    ),
    "events_wait": Words(
        _("Events are waiting too long"),
        _("Payment provider events waiting to be processed: %(count)s. Their gifts are not recorded yet."),
        _("Open the inbox and see what the oldest event is waiting for."),
    ),
    "events_dead": Words(
        _("Events failed permanently"),
        _("Events that failed permanently: %(count)s. Their contents are not recorded."),
        _("Open the inbox and read the reason. Fix it and replay the events, or set them aside."),
    ),
    "no_event_ever": Words(
        _("The payment provider has never sent an event"),
        _("Payment pages were opened, and no event about them ever arrived. Paid gifts may go unnoticed."),
        _(
            "Run flask --app wsgi stripe setup, then flask --app wsgi doctor. If both find nothing wrong, the signing secret is "
            "that of another endpoint: the handbook says how to change it."
        ),
        TELL_OPERATOR,
    ),
    "events_stopped": Words(
        _("The payment provider has stopped sending events"),
        _("Payment pages were opened hours ago, and no event about them has arrived. Paid gifts may go unnoticed."),
        _("Run flask --app wsgi doctor: it says what is wrong with the endpoint, and tries the address."),
        TELL_OPERATOR,
    ),
    "endpoint_missing": Words(
        _("The endpoint at Stripe is missing"),
        _("The Stripe account has no endpoint of ours, so no events about gifts are sent."),
        _("Run flask --app wsgi stripe setup and set the secret that it shows."),
        TELL_OPERATOR,
    ),
    "endpoint_disabled": Words(
        _("The endpoint at Stripe is switched off"),
        _("Stripe sends nothing to %(url)s. It switches an endpoint off when it fails for days."),
        _("Run flask --app wsgi stripe setup: it switches it on again. Then look for what was missed."),
        TELL_OPERATOR,
    ),
    "endpoint_types": Words(
        _("The endpoint at Stripe lacks events"),
        _("Stripe does not send us these events: %(lacking)s."),
        _("Run flask --app wsgi stripe setup: it adds them."),
        TELL_OPERATOR,
    ),
    "endpoint_version": Words(
        _("The Stripe endpoint uses another API version"),
        _("Events use API version %(version)s, but this program reads %(wanted)s."),
        _("Run flask --app wsgi stripe setup: a version cannot be changed, so it makes a new endpoint beside it."),
        TELL_OPERATOR,
    ),
    "endpoint_url": Words(
        _("The Stripe endpoint has a different address"),
        _("Stripe sends to %(url)s, and this site listens at %(address)s."),
        _("Check PUBLIC_URL. If it is right, run flask --app wsgi stripe setup."),
        TELL_OPERATOR,
    ),
    "endpoint_unseen": Words(
        _("The Stripe endpoint cannot be checked"),
        _("We have not been able to check for hours: %(problem)s."),
        _("A restricted key needs write permission for Webhook Endpoints. Otherwise, wait until Stripe responds."),
        TELL_OPERATOR,
    ),
    "books_broken": Words(
        _("The books do not add up"),
        _("Rules of the books that do not hold: %(count)s. %(rules)s."),
        _(
            "Stop allocations and payments. Open the trial balance, which names the rows, and call whoever keeps the "
            "database."
        ),
        _("Stop allocations and payments, and tell the person who runs the server."),
    ),
    "books_unchecked": Words(
        _("The books have not been checked"),
        _("The check of the books did not run for hours, or failed: %(problem)s."),
        _("Run flask --app wsgi ledger check, and look into the worker’s log."),
        TELL_OPERATOR,
    ),
    "comparison_overdue": Words(
        _("Our books were not compared with the payment provider’s"),
        _("The comparison did not run for hours, or failed: %(problem)s."),
        _("Open the reconciliation and select Compare now. If that fails too, run flask --app wsgi doctor."),
        _("Open the reconciliation and select Compare now. If that fails too, tell the person who runs the server."),
    ),
    "unexplained": Words(
        _("Money at the payment provider is not explained"),
        _("Movements of the balance that our books do not explain: %(count)s."),
        _("Open the reconciliation and decide each case."),
    ),
    "disputed": Words(
        _("A donor’s bank disputes a gift"),
        _("%(amount)s of the gift %(gift)s is disputed. Evidence can be given until %(due)s."),
        _("Open the gift and answer in the provider’s dashboard before the deadline, or accept the loss."),
    ),
    "refund_failed": Words(
        _("A refund failed"),
        _("%(amount)s of the gift %(gift)s could not be sent back, so the donor does not have the money."),
        _("Open the gift and read the reason. Request the refund again, or agree with the donor on another way."),
    ),
    "refunds_not_sent": Words(
        _("Refunds do not reach the payment provider"),
        _("Refunds that the payment provider has not accepted for hours: %(count)s. We keep trying."),
        _("Run flask --app wsgi doctor, and check the provider’s status page. The donations list names the refunds."),
        TELL_OPERATOR,
    ),
    "requests_not_sent": Words(
        _("Changes to monthly gifts do not reach the payment provider"),
        _(
            "Requests that the payment provider has not accepted for hours: %(count)s. Donors may be charged against their wish."
        ),
        _(
            "Run flask --app wsgi doctor, and check the provider’s status page. The monthly gifts list names the requests."
        ),
        TELL_OPERATOR,
    ),
    "payout_failed": Words(
        _("A payout came back"),
        _("The bank sent back a payout of %(amount)s. The provider’s reason: %(reason)s."),
        _("Check the bank account in the provider’s dashboard. The alarm ends with the next payout that arrives."),
    ),
    "fund_below_zero": Words(
        _("A fund is below zero"),
        _("The fund %(fund)s holds %(amount)s: refunds or disputes took more than was left."),
        _("Cover it from the general fund: one person proposes the allocation, another approves it."),
    ),
    "mail_waits": Words(
        _("Email is not being sent"),
        _("Emails have been waiting for more than an hour. Donors are missing their receipts."),
        _("Open the emails and read the reason. Check MAIL_URL and the mail server."),
        TELL_OPERATOR,
    ),
    "mail_dead": Words(
        _("Emails could not be sent"),
        _("Emails that were rejected or failed for days: %(count)s."),
        _("Open the emails. Where an address is wrong, send the email again to the correct one."),
    ),
    "receipts_held": Words(
        _("Receipts are held back"),
        _("Receipts that lack a text or contradict themselves, and so were not sent: %(count)s."),
        _("Open the receipts: each says what is wrong and lets you correct it."),
    ),
    "receipts_substituted": Words(
        _("Receipts left with a substitute sign"),
        _("Receipts on which � replaces a character that no font has: %(count)s."),
        _("Open the receipts. Ask the donor how to write the name, then correct it; the receipt is replaced."),
    ),
}
"""A text for every rule of `alarms.RULES`."""


def describe_alarm(alarm: Ringing) -> AlarmText:
    """Return the texts of an alarm in the current language."""
    words = WORDS[alarm.key]
    facts = {name: _shown(value) for name, value in alarm.facts.items()}
    return AlarmText(
        key=alarm.key,
        headline=str(words.headline),
        sentence=str(words.sentence) % facts,
        operator_action=str(words.operator_action),
        staff_action=str(words.staff_action or words.operator_action),
        anchor=f"{PAGE}#{alarm.key.replace('_', '-')}",
    )


def since_words(alarm: Ringing) -> str:
    """Return when it began, or an empty text where that is unknown."""
    return moment(alarm.since) if alarm.since else ""


def _shown(value: object) -> str:
    match value:
        case int():
            return number(value)
        case list() | tuple():
            return "; ".join(str(item) for item in value)
        case {"minor": int(minor), "currency": str(code)}:
            return exact_money(Money(minor, code))
        case {"at": str(at)}:
            return moment(datetime.fromisoformat(at))
    return str(value)
