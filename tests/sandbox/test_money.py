"""Whatever happens to payments, the balance is the sum of its movements and every payout that of its own."""

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from campaign.sandbox import jobs
from campaign.sandbox.balance import listing, payouts
from campaign.sandbox.catalogue import payment_methods
from campaign.sandbox.checkout import paying, sessions
from campaign.sandbox.core.box import Box
from campaign.sandbox.core.errors import CardDeclined, Refused
from campaign.sandbox.core.settings import Settings
from campaign.sandbox.payments import disputes, refunds
from tests.sandbox.gifts import gift_params
from tests.sandbox.running import NOWHERE, PUBLIC_URL
from tests.support.stripe_contract import Json, check_event

METHODS = (
    *("pm_card_visa", "pm_card_bypassPending", "pm_card_chargeDeclined", "pm_card_createDispute"),
    *("pm_card_createDisputeInquiry", "pm_card_pendingRefund", "pm_card_refundFail", "pm_card_createIssuerFraudRecord"),
    *("pm_sepaDebit_success_at", "pm_sepaDebit_failed_at", "pm_sepaDebit_disputed_at", "pm_bankTransfer_success"),
)
DICE = st.integers(0, 2**32)


class Money(RuleBasedStateMachine):
    """A merchant, her donors, their banks and the calendar."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.box = Box(
            Settings(
                state_dir=Path(self.folder.name),
                webhook_url=NOWHERE,
                public_url=PUBLIC_URL,
                seed="money",
                survives_power_cut=False,
            )
        )

    @rule(method=st.sampled_from(METHODS), currency=st.sampled_from(["usd", "kgs", "jpy", "kwd"]), dice=DICE)
    def give(self, method: str, currency: str, dice: int) -> None:
        with self.box.store.transaction():
            amount = {"usd": 100, "kgs": 9_000, "jpy": 200, "kwd": 500}[currency] * random.Random(dice).randint(1, 900)
            session = sessions.create(self.box, gift_params(amount, currency))
            paid_by, given = payment_methods.of_token_or_id(self.box, method, email=None)
            try:
                paying.pay(self.box, session, paid_by, given)
            except CardDeclined:
                assert method == "pm_card_chargeDeclined"

    @rule(dice=DICE, part=st.booleans())
    def refund(self, dice: int, part: bool) -> None:
        charge = self._any("charge", dice)
        if charge is None:
            return
        left = charge["amount"] - charge["amount_refunded"]
        params = {"charge": charge["id"], **({"amount": max(10, left // 20 * 10)} if part else {})}
        try:
            with self.box.store.transaction():
                refunds.create(self.box, params)
        except Refused:
            self._is_untouched(charge)

    @rule(dice=DICE)
    def dispute(self, dice: int) -> None:
        charge = self._any("charge", dice)
        if charge is None:
            return
        try:
            with self.box.store.transaction():
                disputes.open_on(self.box, charge)
        except Refused:
            self._is_untouched(charge)

    @rule(dice=DICE, text=st.sampled_from(["winning_evidence", "losing_evidence", "escalate_inquiry_evidence", "hm"]))
    def answer(self, dice: int, text: str) -> None:
        dispute = self._any("dispute", dice)
        if dispute is not None and dispute["status"].endswith("needs_response"):
            with self.box.store.transaction():
                disputes.update(self.box, {"evidence": {"uncategorized_text": text}}, dispute["id"])

    @rule(hours=st.sampled_from([0, 1, 24, 24, 72, 400]))
    def wait(self, hours: int) -> None:
        self.box.advance(hours * 3600 + 7)
        jobs.run_due(self.box)

    @rule()
    def fail_next_payout(self) -> None:
        payouts.fail_next(self.box)

    @invariant()
    def the_balance_is_the_sum_of_all_movements(self) -> None:
        summary = listing.summary(self.box)
        total = summary["pending"][0]["amount"] + summary["available"][0]["amount"]
        assert total == sum(row["net"] for row in self.box.store.all("balance_transaction"))

    @invariant()
    def every_payout_is_the_sum_of_its_movements(self) -> None:
        for payout in self.box.store.all("payout"):
            rows = listing.list_all(self.box, {"payout": payout["id"], "limit": 100_000})["data"]
            assert sum(row["net"] for row in rows if row["type"] != "payout") == payout["amount"]
            assert all(row["status"] == "available" for row in rows)

    @invariant()
    def fee_and_net_make_up_the_amount(self) -> None:
        for row in self.box.store.all("balance_transaction"):
            assert row["amount"] - row["fee"] == row["net"]
            assert sum(detail["amount"] for detail in row["fee_details"]) == row["fee"]

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        for charge in self.box.store.all("charge"):
            assert 0 <= charge["amount_refunded"] <= charge["amount"]

    def teardown(self) -> None:
        problems = [problem for event in self.box.store.all("event") for problem in check_event(event)]
        self.box.store.close()
        self.folder.cleanup()
        assert not problems, problems

    def _any(self, kind: str, dice: int) -> Json | None:
        objects = self.box.store.all(kind)
        return objects[dice % len(objects)] if objects else None

    def _is_untouched(self, charge: Json) -> None:
        assert self.box.store.find(charge["id"]) == charge


TestMoney = Money.TestCase
# Long enough for a dispute to be lost and a payout to come back.
TestMoney.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
