"""When all is quiet again: do the product's books say what really happened at the provider, to the last unit?"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from campaign.database import reading
from campaign.domain.journal import Account
from campaign.domain.mail import MailState
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES, EventReason, EventState
from campaign.jobs import work_off_everything
from campaign.models.donation import Donation, Refund
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry, Posting
from campaign.models.outbox import Message
from campaign.services.ledger.check import check_books
from campaign.services.reconciliation import listing as reconciliation_desk
from campaign.services.reconciliation import reconciling
from campaign.services.reconciliation.reconciling import Mails
from tests.chaos.acts import ChaosScenario
from tests.chaos.installation import Installation

MAX_ROUNDS = 40
ROUND_SECONDS = 4 * 3600
"""How far time moves between two looks: retries of both sides come due."""
MAX_DAYS = 365
WENT_BACK = ("succeeded", "pending", "requires_action")
GONE = ("lost", "appeal_needs_response", "appeal_under_review")
"""Until an appeal is won, what was lost is lost."""


def come_to_rest(stage: ChaosScenario, *, is_mutated: bool = False) -> None:
    """No more faults; time passes until nobody has anything left to do. AssertionError when that never comes."""
    here = stage.here
    for timer in stage.timers:
        timer.join(30)
    here.control("DELETE", "faults")
    here.mailbox.is_down = False
    quiet = 0
    for _ in range(MAX_ROUNDS):
        here.wait_for_web()
        sent = here.control("POST", "deliver")["deliveries"]
        if not is_mutated:
            work_off_everything()
        quiet = 0 if sent or _waiting() else quiet + 1
        if quiet == 3:  # no event is on its way any more
            return
        here.advance(ROUND_SECONDS)
    raise AssertionError(f"it never comes to rest: {_waiting()}")


def reconcile(stage: ChaosScenario) -> None:
    """What `flask reconcile --repair --mail` does, and what the worker does by itself every hour."""
    reconciling.repair(stage.here.app.extensions["context"], mails=Mails.ALL, days=MAX_DAYS)
    come_to_rest(stage)


def unexplained(stage: ChaosScenario) -> list[str]:
    """After a reconciliation the provider's balance is our books, but for what belongs to somebody else's payments."""
    reconcile(stage)
    desk = reconciliation_desk.reconciliation_page()
    foreign: Counter[str] = Counter()
    wrong = []
    for case in desk.cases:
        if case.is_foreign:
            foreign[case.net.currency] += case.net.minor
        elif case.problem != "under_way":
            wrong.append(f"{case.transaction_id} ({case.category}) of {case.source_id} is unexplained: {case.problem}")
    return wrong + [
        f"{figure.unexplained} is unexplained, of it {foreign[figure.unexplained.currency]} of others"
        for figure in desk.figures
        if figure.unexplained.minor != foreign[figure.unexplained.currency]
    ]


def _waiting() -> dict[str, int]:
    """What is still to be done, by kind."""
    counts = {
        "events": select(func.count()).where(ProviderEvent.state.in_(UNFINISHED_EVENT_STATES)),
        "mails": select(func.count()).where(Message.state == "queued"),
        "refunds": select(func.count()).where(Refund.state == "requested"),
    }
    with reading() as session:
        counted = {name: int(session.execute(count).scalar_one()) for name, count in counts.items()}
    return {name: count for name, count in counted.items() if count}


def problems_of(stage: ChaosScenario) -> list[str]:
    """Everything that is not as it should be, in sentences; an empty list is a story that ended well."""
    here = stage.here
    with reading() as session:
        books = [f"invariant {problem.invariant}: {problem.rule}: {problem.rows}" for problem in check_books(session)]
    return [*books, *_of_payments(here), *_of_inbox(), *_of_mail(here), *here.violations()]


def _of_payments(here: Installation) -> Iterator[str]:
    """Each payment against the one gift that it is, and no gift without a payment."""
    truth = {row["charge"]: row for row in here.truth() if row["paid"] and _is_ours(row)}
    with reading() as session:
        gifts = session.execute(select(Donation).where(Donation.charge_id.is_not(None))).scalars().all()
        ours = {gift.charge_id: gift for gift in gifts}
        moved = _moved(session)
    for charge in truth.keys() - ours.keys():
        yield f"{charge} was paid and is in no gift: {truth[charge]['metadata']}"
    for charge in ours.keys() - truth.keys():
        yield f"gift {ours[charge].public_id} was never paid"
    for charge in truth.keys() & ours.keys():
        gift = ours[charge]
        at_provider, at_ours = _facts_at_provider(truth[charge]), _facts_in_books(gift, *moved[gift.public_id])
        wrong = {name: (at_ours[name], fact) for name, fact in at_provider.items() if fact != at_ours[name]}
        if wrong:
            yield f"gift {gift.public_id} ({charge}), books and truth: {wrong}"


def _facts_at_provider(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": "paid",
        "amount": row["amount"],
        "currency": row["currency"].upper(),
        "refunded": sum(one["amount"] for one in row["refunds"] if one["status"] in WENT_BACK),
        "charged back": sum(one["amount"] for one in row["disputes"] if one["status"] in GONE and one["withdrawn"] > 0),
        "net": row["net"],
        "fee": row["fee"],
    }


def _facts_in_books(gift: Donation, net: int, fee: int) -> dict[str, Any]:
    return {
        "state": gift.state,
        "amount": gift.gift_minor + gift.cover_minor,
        "currency": gift.currency,
        "refunded": gift.refunded_minor,
        "charged back": gift.charged_back_minor,
        "net": net,
        "fee": fee,
    }


def _is_ours(row: dict[str, Any]) -> bool:
    return bool(row["metadata"].get("donation") or row.get("invoice"))


def _moved(session: Any) -> dict[str, tuple[int, int]]:
    """public id → what the books say came to the provider's balance, and what of it was fee."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rows = session.execute(
        select(JournalEntry.subject, Posting.account, func.sum(Posting.amount_minor))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(Posting.account.in_((Account.PROVIDER, Account.PROVIDER_FEES, Account.DISPUTE_FEES)))
        .group_by(JournalEntry.subject, Posting.account)
    )
    for subject, account, total in rows:
        sums[subject.removeprefix("donation:")][account != Account.PROVIDER] += int(total)
    return defaultdict(lambda: (0, 0), {name: (net, fee) for name, (net, fee) in sums.items()})


def _of_inbox() -> Iterator[str]:
    with reading() as session:
        rows = session.execute(
            select(ProviderEvent.type, ProviderEvent.state, ProviderEvent.error).where(
                ProviderEvent.state.in_((*UNFINISHED_EVENT_STATES, EventState.FAILED_PERMANENTLY)),
                ProviderEvent.reason.is_distinct_from(EventReason.WRONG_MODE),
            )
        )
        yield from (f"an event {type_} is {state}: {error}" for type_, state, error in rows)


def _of_mail(here: Installation) -> Iterator[str]:
    """Each mail left, and left once. A worker that was killed or cut off before it stored the answer may send again.

    Two refunds of the same amount are two emails with the same words: each refund has one, by its unique key.
    """
    may_repeat = here.database.outages or any(worker.deaths for worker in here.workers)
    sent = Counter(str(mail["Message-ID"]) for mail in here.mailbox.emails)
    for name, times in sent.items():
        if times > 1 and not may_repeat:
            yield f"mail {name} left {times} times"
    yield from _mailed_twice(here)
    with reading() as session:
        rows = session.execute(
            select(Message.kind, Message.state).where(
                Message.state.in_((MailState.QUEUED, MailState.FAILED_PERMANENTLY))
            )
        )
        yield from (f"a mail ({kind}) is {state}" for kind, state in rows)
        queued = session.execute(select(func.count()).where(Message.state == MailState.SENT)).scalar_one()
    if len(sent) < queued:
        yield f"{queued} mails are said to be sent, {len(sent)} arrived"


def _mailed_twice(here: Installation) -> Iterator[str]:
    """Different emails with the same words to the same address."""
    distinct: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for mail in here.mailbox.emails:
        distinct[str(mail["To"]), str(mail["Subject"]), _body(mail)].add(str(mail["Message-ID"]))
    with reading() as session:
        refunds = set(session.execute(select(Message.public_id).where(Message.kind == "refund")).scalars())
    for (to, subject, _words), ids in distinct.items():
        if len({name for name in ids if name.strip("<").partition("@")[0] not in refunds}) > 1:
            yield f"{to} was mailed twice: {subject}"


def _body(mail: Any) -> str:
    part = mail.get_body(("plain",))
    return part.get_content() if part else ""
