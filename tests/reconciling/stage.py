"""An installation beside the sandbox, for stories of payouts and comparisons: gifts by service, time that passes in both."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import func, select

from campaign.database import reading, transaction
from campaign.domain.journal import Account
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.jobs import settle_inbox, work_off
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.inbox import ProviderEvent
from campaign.models.journal import JournalEntry, Posting
from campaign.models.outbox import Message
from campaign.models.payout import Payout, ProviderTransaction
from campaign.models.receipt import Receipt
from campaign.services.gifts.checkout import GiftRequest, start_checkout
from campaign.services.reconciliation import comparison, provider_transactions
from tests.journeys.site import Site
from tests.support.stripe_contract import Json

A_DAY = 86_400
AT_ONCE = "pm_card_bypassPending"
"""A card whose money is available at once, so that it leaves with the next payout."""


@dataclass
class ReconciliationScenario:
    """One story: what donors and the provider do, and what our rows say."""

    site: Site
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def context(self) -> Context:
        context: Context = self.site.app.extensions["context"]
        return context

    def gift(self, *, method: str = AT_ONCE, **options: Any) -> str:  # the arguments of `begin`
        """A gift that its donor has paid and no event has reported yet; its public id."""
        public_id = self.begin(**options)
        self.site.sandbox.pay(str(self.donation(public_id).checkout_id), method=method)
        return public_id

    def begin(self, *, campaign: Campaign, minor: int = 25_00, currency: str = "USD", frequency: str = "once") -> str:
        """A gift whose payment page is open; its public id."""
        request = GiftRequest(
            campaign_slug=campaign.slug,
            form_id=f"form-{next(self.numbers)}",
            language="en",
            gift=Money(minor, currency),
            covers_fee=False,
            fund_code=None,
            email="donor@example.org",
            public_name=None,
            message=None,
            is_anonymous=True,
            frequency=frequency,
        )
        started = start_checkout(request, context=self.context)
        return started.public_id

    def refund(self, public_id: str, minor: int) -> Json:
        """Part of a gift is sent back in the provider's dashboard."""
        request: Any = {"payment_intent": self.payment_of(public_id), "amount": minor}
        made: Json = self.site.sandbox.client().v1.refunds.create(request).to_dict()
        return made

    def payment_of(self, public_id: str) -> str:
        """The gift's payment at the provider, whether its event has come or not."""
        checkout_id = str(self.donation(public_id).checkout_id)
        return str(self.site.sandbox.client().v1.checkout.sessions.retrieve(checkout_id).payment_intent)

    def pass_time(self, seconds: int) -> None:
        """Time passes for us and for the provider; events that it brings are not delivered yet."""
        self.site.clock.advance(seconds=seconds)
        self.site.sandbox.advance(seconds)

    def pass_night(self) -> None:
        """Time passes until after the next midnight, when the provider makes its payout."""
        self.pass_time(A_DAY - int(self.site.clock.now().timestamp()) % A_DAY + 60)

    def hear(self) -> None:
        """The provider delivers all events, and the worker takes them in."""
        self.site.sandbox.deliver()
        work_off(settle_inbox, linger_seconds=0)
        db.session.rollback()

    def note_transactions(self) -> None:
        """The provider's movements are noted, and nothing is done about them."""
        for some in comparison.new_transactions(self.context.account):
            with transaction() as session:
                provider_transactions.store(session, some)

    def donation(self, public_id: str) -> Donation:
        with reading() as session:
            gift = session.execute(select(Donation).where(Donation.public_id == public_id)).scalar_one()
            session.expunge(gift)
        return gift

    def inbox(self) -> list[ProviderEvent]:
        with reading() as session:
            return list(session.execute(select(ProviderEvent).order_by(ProviderEvent.id)).scalars())

    def mails(self) -> list[tuple[str, str]]:
        """Kind and state of every mail."""
        with reading() as session:
            return [(row[0], row[1]) for row in session.execute(select(Message.kind, Message.state))]

    def everything(self) -> tuple[object, ...]:
        """What a repair might change, to be compared: books, gifts, receipts, mails, movements, payouts."""
        with reading() as session:
            counts = tuple(
                session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (JournalEntry, Posting, Receipt, Message, ProviderTransaction, Payout, ProviderEvent)
            )
            gifts = tuple(session.execute(select(Donation.public_id, Donation.state, Donation.version)).all())
        return counts + gifts

    def agrees_with_the_truth(self, gifts: list[str]) -> None:
        """Each gift's net in our books is the sandbox's, to the last unit."""
        by_session = {row["session"]: row for row in self.site.sandbox.truth()}
        for public_id in gifts:
            gift = self.donation(public_id)
            truth = by_session[str(gift.checkout_id)]
            query = (
                select(func.coalesce(func.sum(Posting.amount_minor), 0))
                .join(JournalEntry, JournalEntry.id == Posting.entry_id)
                .where(Posting.account == Account.PROVIDER, JournalEntry.subject == f"donation:{public_id}")
            )
            with reading() as session:
                net = session.execute(query).scalar_one()
            assert (gift.state == "paid", gift.refunded_minor, net) == (truth["paid"], truth["refunded"], truth["net"])

    def payouts(self) -> list[Payout]:
        """As our rows have them, oldest first."""
        with reading() as session:
            return list(session.execute(select(Payout).order_by(Payout.made_at)).scalars())

    def transactions(self) -> list[ProviderTransaction]:
        with reading() as session:
            return list(session.execute(select(ProviderTransaction).order_by(ProviderTransaction.made_at)).scalars())

    def on(self, account: Account, *, campaign: Campaign | None = None) -> dict[str, int]:
        """Currency → the balance of an account, in all books or in one campaign's; empty where there is none."""
        query = (
            select(Posting.currency, func.sum(Posting.amount_minor))
            .join(JournalEntry, JournalEntry.id == Posting.entry_id)
            .where(Posting.account == account)
            .group_by(Posting.currency)
        )
        if campaign is not None:
            query = query.where(JournalEntry.campaign_id == campaign.id)
        with reading() as session:
            return {currency: int(minor) for currency, minor in session.execute(query) if minor}

    def entries(self, kind: str) -> int:
        with reading() as session:
            return session.execute(select(func.count()).where(JournalEntry.kind == kind)).scalar_one()

    def provider_balance(self) -> int:
        """What the provider says of its balance, pending and available together."""
        balance: Json = self.site.sandbox.client().v1.balance.retrieve().to_dict()
        return sum(int(part["amount"]) for part in (*balance["available"], *balance["pending"]))
