"""The week, scene by scene. A scene's first line says what is tried; it raises SceneFailed when it does not pass."""

import json
import time
from collections import Counter
from collections.abc import Callable

from campaign.database import reading
from campaign.domain.donation import DonationFrequency, DonationState
from campaign.domain.identity import new_public_id
from campaign.domain.mail import MailState
from campaign.domain.money import Money
from campaign.domain.provider_events import UNFINISHED_EVENT_STATES
from campaign.domain.receipt import ReceiptState
from campaign.gateways.visitor import Visitor
from campaign.languages import installed
from campaign.services.drill.stage import DrillContext, Given, require
from campaign.services.gifts import refunds as gifts_refunds
from campaign.services.ledger.check import check_books
from campaign.services.reconciliation import listing as reconciliation_desk
from campaign.services.reconciliation import reconciling
from campaign.services.reconciliation.reconciling import Mails

MAX_WORKER_SECONDS = 30.0
PRINTED = {MailState.SENT, MailState.STORED}
"""What becomes of a letter: it left, or stays readable where no mail server is set."""


def a_gift_in_each_currency(stage: DrillContext) -> None:
    """A gift by card in dollars, euros and som: paid, its fee known, its receipt on the way."""
    for amount, currency in (("25", "USD"), ("40", "EUR"), ("2500", "KGS")):
        given = stage.give(amount, currency)
        stage.pay(given)
        stage.settles(given)
        _is_receipted(stage, given)


def each_language(stage: DrillContext) -> None:
    """Donors read each language of the interface."""
    for language in installed():
        given = stage.give("15", language=language)
        stage.pay(given)
        stage.becomes(given, "paid")
        require(stage.gift(given).language == language, f"a gift in {language} was kept as another language's")


def an_impatient_donor(stage: DrillContext) -> None:
    """A donor presses the button twice: one payment page, one gift."""
    given = stage.give("30", presses=2)
    stage.pay(given)
    stage.settles(given)


def a_declined_card(stage: DrillContext) -> None:
    """A card is declined, another one pays: nothing is booked for the first."""
    given = stage.give("35")
    stage.pay(given, "pm_card_chargeDeclined")
    require(stage.gift(given).state == DonationState.OPEN, "a declined card ended the gift")
    stage.pay(given)
    stage.settles(given)


def a_page_nobody_paid(stage: DrillContext) -> None:
    """A donor leaves the payment page: it expires, and the gift with it."""
    given = stage.give("20")
    stage.console.advance(25 * 3600)
    stage.becomes(given, "expired")


def a_forged_delivery(stage: DrillContext) -> None:
    """Somebody pretends to be the provider: refused, and nothing is stored."""
    body = json.dumps({"id": "evt_forged", "object": "event", "type": "checkout.session.completed"}).encode()
    before = sum(stage.events().values())
    with Visitor(stage.site) as stranger:
        status = stranger.deliver(body, "t=1,v1=00")
    require(status == 400, f"a forged delivery was answered with {status}")
    require(sum(stage.events().values()) == before, "a forged delivery was stored")


def deliveries_go_wrong(stage: DrillContext) -> None:
    """Deliveries come twice, late, in reverse order, and some only on the third attempt."""
    for kind in ("duplicate", "duplicate_event", "reorder", "drop", "burst", "unknown_type"):
        stage.console.misbehave(kind, losses=2)
    given = stage.give("45")
    stage.pay(given)
    stage.settles(given)
    require(len(stage.receipts(given)) == 1, "a repeated delivery made another receipt")


def the_provider_fails(stage: DrillContext) -> None:
    """The provider fails before and after it does what was requested, cuts the connection, asks to wait."""
    for kind in ("error_before", "error_after", "reset_after", "rate_limit"):
        stage.console.misbehave(kind, path="/v1/checkout/sessions", method="POST")
        given = stage.give("50")
        stage.console.behave()
        stage.pay(given)
        stage.settles(given)


def the_mail_server_is_gone(stage: DrillContext) -> None:
    """The mail server is gone while a gift is paid: the receipt waits, and is sent once, later."""
    with stage.mail_is_down():
        given = stage.give("55")
        stage.pay(given)
        stage.becomes(given, "paid")
        time.sleep(2)
        require(("receipt", "queued") in stage.emails(given), "the receipt's email did not wait")
    _is_receipted(stage, given)


def the_worker_is_killed(stage: DrillContext) -> None:
    """The workers are killed in the middle of their work: others go on, and nothing is lost or doubled."""
    given = stage.give("60")
    stage.pay(given)
    killed = stage.kill_workers()
    deadline = time.monotonic() + MAX_WORKER_SECONDS
    while not _are_replaced(stage, killed) and time.monotonic() < deadline:
        time.sleep(0.2)
    require(_are_replaced(stage, killed), "no other worker took its place")
    stage.settles(given)
    _is_receipted(stage, given)
    require(len(stage.receipts(given)) == 1, "the killed worker's work was done twice")


def refunds(stage: DrillContext) -> None:
    """Staff send a part back; the rest has a receipt of its own. Then the rest, and no receipt is left."""
    given = stage.give("80")
    stage.pay(given)
    stage.settles(given)
    for minor, left in ((30_00, 50_00), (50_00, 0)):
        _send_back(stage, given, minor)
        stage.eventually(lambda: stage.gift(given).refunded_minor == 80_00 - left, "the refund never came")  # noqa: B023
        live = [amount for state, amount in stage.receipts(given) if state == ReceiptState.ISSUED]
        require(live == ([left] if left else []), f"after the refund the live receipts are for {live}")


def a_refund_in_the_dashboard(stage: DrillContext) -> None:
    """Somebody refunds at the provider: the event arrives and is booked."""
    given = stage.give("25")
    stage.pay(given)
    stage.settles(given)
    stage.console.refund(stage.gift(given).payment_id or "", amount_minor=25_00)
    stage.eventually(lambda: stage.gift(given).refunded_minor == 25_00, "the dashboard's refund was not heard of")


def a_refund_that_fails(stage: DrillContext) -> None:
    """A refund fails days later: the gift is whole again, and so is its receipt."""
    given = stage.give("26")
    stage.pay(given, "pm_card_refundFail")
    stage.settles(given)
    _send_back(stage, given, 26_00)
    stage.eventually(lambda: "failed" in stage.refunds(given), "the failed refund was not heard of")
    stage.eventually(lambda: stage.gift(given).refunded_minor == 0, "a failed refund still counts")
    live = [amount for state, amount in stage.receipts(given) if state == ReceiptState.ISSUED]
    require(live == [26_00], "the gift has no receipt again")


def bank_debits(stage: DrillContext) -> None:
    """Two bank debits: under way for days, then one comes and one does not."""
    comes, fails = stage.give("70"), stage.give("71")
    stage.pay(comes, "pm_sepaDebit_success_at")
    stage.pay(fails, "pm_sepaDebit_failed_at")
    for given in (comes, fails):
        stage.eventually(
            lambda: stage.gift(given).state in {DonationState.PROCESSING, DonationState.PAID, DonationState.FAILED},  # noqa: B023  # asked at once
            "a bank debit was not seen to be under way",
        )
        require(
            not stage.receipts(given) or stage.gift(given).state == DonationState.PAID, "a receipt before the money"
        )
    stage.days_pass(7)
    stage.becomes(comes, "paid")
    stage.becomes(fails, "failed")
    require(not stage.receipts(fails), "money that never came has a receipt")


def disputes(stage: DrillContext) -> None:
    """Two disputes: one is won and the gift stays, one is lost and its receipt ends."""
    won, lost = stage.give("90"), stage.give("91")
    for given, verdict in ((won, "won"), (lost, "lost")):
        stage.pay(given)
        stage.settles(given)
        dispute = stage.console.dispute(stage.gift(given).payment_id or "")
        stage.console.advance(60)
        stage.console.move_dispute(dispute, verdict)
    stage.eventually(lambda: stage.gift(lost).charged_back_minor == 91_00, "the lost dispute was not booked")
    stage.eventually(
        lambda: [state for state, _ in stage.receipts(lost)] == ["void"], "the lost gift's receipt is still valid"
    )
    require(stage.gift(won).charged_back_minor == 0, "the dispute that was won was booked as lost")
    require(stage.receipts(won)[-1][0] == "issued", "the gift that stayed has no receipt")


def a_monthly_gift(stage: DrillContext) -> None:
    """A monthly gift: its first month and the next two, each a gift with a receipt of its own."""
    given = stage.give("12", frequency=DonationFrequency.MONTHLY)
    stage.pay(given)
    stage.settles(given)
    for month in (2, 3):
        stage.days_pass(31)
        stage.eventually(
            lambda: stage.months(given) == ["paid"] * month,  # noqa: B023  # asked at once
            f"after {month - 1} more months its gifts are {stage.months(given)}",
        )


def no_event_arrives(stage: DrillContext) -> None:
    """Every event about a gift gets lost for good: the comparison with the provider finds the gift."""
    stage.console.misbehave("drop", times=30, losses=99)
    given = stage.give("65")
    stage.pay(given)
    stage.console.advance(60)
    time.sleep(1)
    require(stage.gift(given).state == DonationState.OPEN, "something was told although everything should get lost")
    stage.console.behave()
    reconciling.repair(stage.context, mails=Mails.ALL)
    stage.settles(given)
    _is_receipted(stage, given)


def payouts(stage: DrillContext) -> None:
    """The provider's payouts are itemized, movement by movement; nothing of its balance is left unexplained."""
    stage.days_pass(3)
    reconciling.repair(stage.context, mails=Mails.ALL)
    desk = reconciliation_desk.reconciliation_page()
    of_others = Counter[str]()
    for case in desk.cases:
        if case.is_foreign:
            of_others[case.net.currency] += case.net.minor
        else:
            require(case.problem == "under_way", f"{case.transaction_id} ({case.category}) is unexplained")
    for figure in desk.figures:
        left = figure.unexplained
        require(left.minor == of_others[left.currency], f"{left.decimal} {left.currency} is unexplained")


def the_books(stage: DrillContext) -> None:
    """The inbox is empty, and every rule of the ledger holds."""
    waiting = UNFINISHED_EVENT_STATES
    stage.eventually(
        lambda: not any(stage.events().get(state) for state in waiting), f"events are left: {stage.events()}"
    )
    with reading() as session:
        problems = check_books(session)
    require(not problems, "; ".join(f"{problem.rule}: {', '.join(problem.rows)}" for problem in problems))


def the_provider_agrees(stage: DrillContext) -> None:
    """Gift by gift, the ledger agrees with the provider: paid, refunded, fee."""
    truth = {row["session"]: row for row in stage.console.truth() if row["paid"]}
    for given in stage.gifts:
        row, gift = truth.get(given.checkout_id), stage.gift(given)
        if gift.pledge_id is not None:
            continue  # its payments are its invoices', not its page's
        if row is None:
            require(gift.state != DonationState.PAID, f"gift {gift.public_id} was never paid at the provider")
            continue
        back = sum(one["amount"] for one in row["refunds"] if one["status"] in {"succeeded", "pending"})
        require(
            gift.state == DonationState.PAID, f"gift {gift.public_id} is paid at the provider and {gift.state} here"
        )
        require(gift.gift_minor + gift.cover_minor == row["amount"], f"gift {gift.public_id} has another amount")
        require(gift.refunded_minor == back, f"gift {gift.public_id} was sent back otherwise at the provider")


def _is_receipted(stage: DrillContext, given: Given) -> None:
    stage.eventually(
        lambda: any(kind == "receipt" and state in PRINTED for kind, state in stage.emails(given)),
        f"the receipt's email never left: {stage.emails(given)}",
    )


def _send_back(stage: DrillContext, given: Given, minor: int) -> None:
    gift = stage.gift(given)
    order = gifts_refunds.RefundOrder(
        donation_public_id=gift.public_id,
        amount=Money(minor, gift.currency),
        reason="Fire drill",
        actor_id=None,
        public_id=new_public_id(),
    )
    gifts_refunds.request_refund(order, clock=stage.context.clock)
    stage.wake("refunds")


def _are_replaced(stage: DrillContext, killed: set[int]) -> bool:
    """Return whether every kind of worker runs, and none is one that was killed."""
    return not ({None} | killed) & set(stage.living_workers())


Scene = Callable[[DrillContext], None]
WEEK: tuple[tuple[str, tuple[Scene, ...]], ...] = (
    ("Monday: gifts", (a_gift_in_each_currency, each_language, an_impatient_donor, a_declined_card)),
    ("Tuesday: things go wrong", (a_page_nobody_paid, a_forged_delivery, deliveries_go_wrong, the_provider_fails)),
    ("Wednesday: outages", (the_mail_server_is_gone, the_worker_is_killed)),
    ("Thursday: money goes back", (refunds, a_refund_in_the_dashboard, a_refund_that_fails)),
    ("Friday: banks", (bank_debits, disputes)),
    ("Saturday: months and payouts", (a_monthly_gift, no_event_arrives, payouts)),
    ("Sunday: the books", (the_books, the_provider_agrees)),
)
