"""The rule of settling, case by case: a gift and the provider's facts in, all that must be written out."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.domain.donation import DonationState, Fact
from campaign.domain.journal import Account, EntryKind
from campaign.domain.money import Money
from campaign.domain.payment import BalanceTransaction, PaymentFacts, TransferInstructions
from campaign.domain.settling import DelayMail, KnownObjects, PaymentMismatch, settle
from campaign.domain.settling_refunds import KnownRefund, RefundStatus
from tests.domain.settling_cases import (
    AT,
    IN_BALANCE,
    OPEN,
    PAID,
    PAID_AT,
    Books,
    dispute,
    refund,
    usd,
    warning,
)
from tests.support.payment_facts import UNPAID


def books_of(*reports: PaymentFacts) -> Books:
    books = Books()
    for facts in reports:
        books.apply(facts)
    return books


def balance(books: Books, account: Account) -> int:
    """The sum of an account's lines in dollars."""
    lines = (line for entry in books.entries.values() for line in entry.lines)
    return sum(line.amount.minor for line in lines if line.account is account and line.amount.currency == "USD")


class TestPayment:
    def test_a_payment_is_booked_on_its_day_in_the_organisation_s_zone(self) -> None:
        settled = settle(OPEN, PAID, at=AT, zone=ZoneInfo("Asia/Bishkek"))
        assert (settled.gift.state, settled.gift.paid_at, settled.gift.paid_on) == (
            DonationState.PAID,
            PAID_AT,
            date(2026, 5, 5),
        )
        assert [(entry.kind, entry.source, entry.effective_on) for entry in settled.entries] == [
            (EntryKind.GIFT_PAID, "charge:ch_1", date(2026, 5, 5))
        ]
        assert [(line.kind, line.detail) for line in settled.history] == [("paid", {"from": "open", "payment": "pi_1"})]
        assert settled.is_paid_now

    def test_without_a_moment_of_its_own_the_payment_counts_when_it_is_learned_of(self) -> None:
        settled = settle(OPEN, replace(PAID, paid_at=None), at=AT, zone=UTC)
        assert (settled.gift.paid_at, settled.gift.paid_on) == (AT, AT.date())

    def test_only_what_changed_is_written(self) -> None:
        assert settle(OPEN, PAID, at=AT, zone=UTC).changed_columns() == {
            "state": DonationState.PAID,
            "payment_id": "pi_1",
            "charge_id": "ch_1",
            "payer_name": "A. Donor",
            "paid_at": PAID_AT,
            "paid_on": PAID_AT.date(),
            "method": "card",
            "method_last4": "4242",
        }

    @pytest.mark.parametrize(
        ("fact", "state", "mail"),
        [
            (Fact.UNPAID, DonationState.PROCESSING, DelayMail.PROCESSING),
            (Fact.FAILED, DonationState.FAILED, DelayMail.FAILED),
            (Fact.EXPIRED, DonationState.EXPIRED, None),
            (Fact.OPENED, DonationState.OPEN, None),
        ],
    )
    def test_a_payment_that_has_not_come_books_nothing(
        self, fact: Fact, state: DonationState, mail: DelayMail | None
    ) -> None:
        settled = settle(OPEN, replace(UNPAID, fact=fact), at=AT, zone=UTC)
        assert (settled.gift.state, settled.delay_mail, settled.entries) == (state, mail, ())

    def test_a_bank_transfer_asks_the_donor_to_send_the_money(self) -> None:
        transfer = TransferInstructions(amount=usd(26_00), reference="KU1", url=None, accounts=({"iban": "KG1"},))
        settled = settle(OPEN, replace(UNPAID, transfer=transfer), at=AT, zone=UTC)
        assert settled.delay_mail is DelayMail.TRANSFER_DUE
        assert settled.history[0].detail["transfer"] == {
            "minor": 26_00,
            "currency": "USD",
            "reference": "KU1",
            "url": "",
            "accounts": [{"iban": "KG1"}],
        }

    @pytest.mark.parametrize("fact", [Fact.OPENED, Fact.UNPAID, Fact.EXPIRED, Fact.FAILED])
    def test_a_paid_gift_stays_paid(self, fact: Fact) -> None:
        books = books_of(PAID)
        assert not books.apply(replace(UNPAID, fact=fact)).is_change

    def test_a_name_that_comes_later_fills_an_empty_one_and_replaces_none(self) -> None:
        nameless = books_of(replace(PAID, name=None))
        assert nameless.apply(PAID).changed_columns() == {"payer_name": "A. Donor"}
        assert not nameless.apply(replace(PAID, name="Another")).is_change


class TestBalance:
    def test_the_fee_is_paid_by_the_fund_that_bears_it(self) -> None:
        (entry,) = books_of(PAID).apply(IN_BALANCE).entries
        fee = next(line for line in entry.lines if line.account is Account.PROVIDER_FEES)
        assert (fee.amount, fee.fund_id) == (usd(1_03), OPEN.fee_fund_id)

    def test_a_debit_that_reaches_the_balance_before_it_succeeds_is_booked_when_it_succeeds(self) -> None:
        early = replace(IN_BALANCE, settled_on=PAID_AT - timedelta(days=3))
        assert [entry.effective_on for entry in books_of(early).entries.values()] == [PAID_AT.date()] * 2

    def test_an_unpaid_debit_in_the_balance_is_not_booked(self) -> None:
        early = replace(UNPAID, settled=IN_BALANCE.settled, settled_on=IN_BALANCE.settled_on)
        assert books_of(early).entries == {}

    def test_a_conversion_lets_the_receipt_go(self) -> None:
        euros = BalanceTransaction("txn_e", Money(22_00, "EUR"), Money(90, "EUR"))
        settled = books_of(PAID).apply(replace(IN_BALANCE, settled=euros, rate="0.85"))
        assert settled.is_converted_now
        assert (settled.gift.converted, settled.gift.rate) == (Money(22_00, "EUR"), "0.85")
        assert not books_of(PAID).apply(IN_BALANCE).is_converted_now


class TestRefunds:
    def test_their_sum_is_computed_anew(self) -> None:
        books = books_of(replace(IN_BALANCE, refunds=(refund(1, 5_00), refund(2, 3_00, "pending"))))
        assert (books.gift.refunded_minor, books.gift.remaining) == (8_00, usd(18_00))
        books.apply(replace(IN_BALANCE, refunds=(refund(1, 5_00, "failed"), refund(2, 3_00))))
        assert (books.gift.refunded_minor, books.gift.remaining) == (3_00, usd(23_00))
        assert balance(books, Account.REFUNDS) == 3_00

    def test_money_moves_only_by_a_balance_transaction(self) -> None:
        settled = books_of(IN_BALANCE).apply(replace(IN_BALANCE, refunds=(refund(1, 5_00, "pending"),)))
        assert (settled.entries, [line.kind for line in settled.history]) == ((), ["refund_pending"])

    def test_our_request_is_recognised_and_not_written_twice(self) -> None:
        requested = KnownRefund(
            id=7, public_id="r7", provider_id=None, amount_minor=5_00, status=RefundStatus("requested", None, None)
        )
        books = books_of(IN_BALANCE)
        books.known = KnownObjects(refunds=(requested,))
        (change,) = books.apply(replace(IN_BALANCE, refunds=(refund(1, 5_00, request_id="r7"),))).refunds
        assert (change.known, change.is_new_state) == (requested, True)

    def test_what_waits_for_the_provider_is_not_sent_back_yet(self) -> None:
        requested = KnownRefund(
            id=7, public_id="r7", provider_id=None, amount_minor=5_00, status=RefundStatus("requested", None, None)
        )
        books = books_of(IN_BALANCE)
        books.known = KnownObjects(refunds=(requested,))
        assert books.apply(replace(IN_BALANCE, refunds=(refund(1, 3_00),))).gift.refunded_minor == 3_00

    def test_a_late_balance_transaction_is_booked_without_news_for_the_donor(self) -> None:
        books = books_of(replace(IN_BALANCE, refunds=(refund(1, 5_00, settled=None),)))
        (change,) = books.apply(replace(IN_BALANCE, refunds=(refund(1, 5_00),))).refunds
        assert not change.is_new_state
        assert balance(books, Account.REFUNDS) == 5_00


class TestDisputes:
    def test_an_inquiry_moves_no_money(self) -> None:
        settled = books_of(IN_BALANCE).apply(
            replace(IN_BALANCE, disputes=(dispute(1, 26_00, "warning_needs_response"),))
        )
        assert ([line.kind for line in settled.history], settled.entries) == (["dispute_inquiry"], ())

    def test_a_lost_dispute_is_written_off_and_leaves_nothing_of_the_gift(self) -> None:
        books = books_of(replace(IN_BALANCE, disputes=(dispute(1, 26_00, "lost", withdrawals=1),)))
        assert (books.gift.charged_back_minor, books.gift.remaining) == (26_00, usd(0))
        assert (balance(books, Account.CHARGEBACKS), balance(books, Account.DISPUTED)) == (26_00, 0)

    def test_a_write_off_is_reversed_when_the_money_comes_back(self) -> None:
        books = books_of(replace(IN_BALANCE, disputes=(dispute(1, 26_00, "lost", withdrawals=1),)))
        books.apply(replace(IN_BALANCE, disputes=(dispute(1, 26_00, "won", withdrawals=1, returns=1),)))
        assert (books.gift.charged_back_minor, balance(books, Account.CHARGEBACKS)) == (0, 0)
        assert balance(books, Account.DISPUTED) == 0

    def test_a_write_off_stands_whatever_the_word_until_the_money_is_back(self) -> None:
        books = books_of(replace(IN_BALANCE, disputes=(dispute(1, 26_00, "lost", withdrawals=1),)))
        settled = books.apply(replace(IN_BALANCE, disputes=(dispute(1, 26_00, "needs_response", withdrawals=1),)))
        assert (settled.gift.charged_back_minor, balance(books, Account.CHARGEBACKS)) == (26_00, 26_00)

    def test_what_is_lost_is_written_off_once_whenever_it_is_heard_of_again(self) -> None:
        books = books_of(replace(IN_BALANCE, disputes=(dispute(1, 26_00, "lost", withdrawals=1),)))
        appealed = replace(IN_BALANCE, disputes=(dispute(1, 26_00, "appeal_under_review", withdrawals=1),))
        settled = books.apply(appealed, at=AT + timedelta(days=30))
        assert [entry.kind for entry in settled.entries] == [EntryKind.DISPUTE_OPENED]

    def test_a_fraud_warning_is_noted_once_and_once_more_when_it_is_over(self) -> None:
        books = books_of(IN_BALANCE)
        for actionable in (True, True, False, False):
            books.apply(replace(IN_BALANCE, warnings=(warning(is_actionable=actionable),)))
        assert books.history[-3:] == ["fraud_warning", "held", "fraud_warning_over"]
        assert books.history.count("fraud_warning") == 1

    def test_an_unpaid_gift_has_neither(self) -> None:
        facts = replace(UNPAID, refunds=(refund(1, 5_00),), disputes=(dispute(1, 5_00, "lost", withdrawals=1),))
        settled = settle(OPEN, replace(facts, warnings=(warning(),)), at=AT, zone=UTC)
        assert (settled.refunds, settled.disputes, settled.warnings, settled.entries) == ((), (), (), ())


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(PAID, livemode=True), "one is test money"),
        (replace(PAID, donation_public_id="g2"), "another gift"),
        (replace(PAID, amount=usd(25_99)), "2599 USD, not 2600 USD"),
        (replace(PAID, amount=Money(26_00, "EUR")), "2600 EUR, not 2600 USD"),
        (replace(PAID, refunds=(refund(1, 5_00, amount=Money(5_00, "EUR")),)), "re_1 is in EUR"),
        (replace(PAID, checkout_id=None, invoice_id="in_2"), "another gift"),
    ],
)
def test_a_payment_that_does_not_fit_the_gift_is_refused_by_name(facts: PaymentFacts, words: str) -> None:
    with pytest.raises(PaymentMismatch, match=words):
        settle(OPEN, facts, at=AT, zone=UTC)


def test_another_charge_of_a_paid_page_is_refused() -> None:
    with pytest.raises(PaymentMismatch, match="another payment now"):
        settle(books_of(PAID).gift, replace(PAID, charge_id="ch_2"), at=AT, zone=UTC)


def test_a_second_payment_is_known_by_its_page_and_carries_the_first_one_s_name() -> None:
    second = replace(OPEN, public_id="g2", paid_again_for_id=1, checkout_id="cs_2")
    assert settle(second, replace(PAID, checkout_id="cs_2"), at=AT, zone=UTC).is_paid_now
