"""A campaign that the member of staff does not work for, with one thing of each kind, whose names are known."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from campaign.database import transaction
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.gateways.clock import Clock
from campaign.models.campaign import Campaign, Update
from campaign.models.donation import Donation
from campaign.models.fund import Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.payout import Payout
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.services import audit
from campaign.services.funds import allocations
from tests.support.builders import (
    NOW,
    a_campaign,
    a_donor,
    a_fund,
    a_member_of_staff,
    a_paid_gift,
    a_payment,
    an_allocation,
    general_fund_of,
    translations,
    usd,
)

SECRETS = ("Zulfiya", "zulfiya", "7,654", "7654", "Osmonova", "Secret reason", "Mountain")
"""Texts in the other campaign's rows; no answer may contain one."""


@dataclass
class Other:
    """The names of things of another campaign, as addresses carry them."""

    slug: str
    donation: str
    donor: str
    pledge: str
    proposal: str
    fund: str
    target: str
    receipt: str
    mail: str
    alarm_mail: str
    event: str
    payout: str
    update: str

    def address_of(self, app: Flask, endpoint: str, arguments: set[str]) -> str:
        by_page = {
            "donor": self.donor,
            "pledge": self.pledge,
            "allocation": self.proposal,
            "mail": self.mail,
            "update": self.update,
        }
        named = next((name for word, name in by_page.items() if word in endpoint), self.donation)
        values = {
            "public_id": named,
            "number": self.receipt,
            "event_id": self.event,
            "transaction_id": "txn_0",
            "payout_id": self.payout,
            "staff_id": 1,
            "file_format": "csv",
            "lang": "en",
            "act": "extend",
        }
        rule = next(rule for rule in app.url_map.iter_rules(endpoint) if arguments <= rule.arguments)
        chosen = {name: values.get(name) or _possible(rule, name, named) for name in arguments}
        return str(app.url_map.bind("localhost").build(endpoint, chosen))


def _possible(rule: Rule, argument: str, name: str) -> str | int:
    """A value that an argument of an address may have: one of those that it lists, a number, or this name."""
    converter = rule._converters.get(argument)
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else name


def another_campaign(clock: Clock) -> Other:
    """A campaign with one thing of each kind, which contain `SECRETS`."""
    campaign = a_campaign(
        slug="mountain", is_featured=False, name=translations("Mountain"), title=translations("Mountain")
    )
    donor, gen = a_donor(email="zulfiya@mountain.example"), general_fund_of(campaign)
    target = a_fund(campaign=campaign, code="LINE-1", kind="line", goal_minor=9_000_00)
    pledge = _a_pledge(campaign, donor.id, gen)
    names: dict[str, Any] = {"payer_name": "Zulfiya", "receipt_name": "Zulfiya Osmonova", "public_name": "Zulfiya"}
    gift = a_paid_gift(campaign=campaign, gift=usd(7_654_00), donor_id=donor.id, pledge_id=pledge.id, **names)
    an_allocation(new_public_id(), source=gen, target=target, amount=usd(100_00))
    a_payment(new_public_id(), fund=target, amount=usd(50_00))
    proposer = a_member_of_staff(role="campaign", email="osmonova@mountain.example", name="Osmonova", campaign=campaign)
    move = allocations.Move(
        campaign_id=campaign.id,
        kind=EntryKind.ALLOCATION,
        source=gen.public_id,
        target=target.public_id,
        amount=usd(10_00),
    )
    proposal = new_public_id()
    allocations.propose(move, public_id=proposal, reason="Secret reason", actor_id=proposer.id, clock=clock)
    with transaction() as session:
        receipt = session.execute(select(Receipt).where(Receipt.donation_id == gift.id)).scalar_one()
        event, payout, mail = _an_event(gift), _a_payout(), _a_mail(campaign, gift, receipt)
        alarm_mail, update = _an_alarm_mail(), _an_update(campaign)
        session.add_all([event, payout, mail, alarm_mail, update])
        subjects = (f"donation:{gift.public_id}", f"receipt:{receipt.number}", "campaign:mountain", "staff:1")
        for subject in subjects:
            audit.record(
                session,
                actor_id=proposer.id,
                action="donation:correct",
                subject=subject,
                at=NOW,
                detail={"reason": "Secret reason"},
            )
    return Other(
        slug="mountain",
        donation=gift.public_id,
        donor=donor.public_id,
        pledge=pledge.public_id,
        proposal=proposal,
        fund=gen.public_id,
        target=target.public_id,
        receipt=receipt.number,
        mail=mail.public_id,
        alarm_mail=alarm_mail.public_id,
        event=event.event_id,
        payout=payout.provider_id,
        update=update.public_id,
    )


def _a_pledge(campaign: Campaign, donor_id: int, fund: Fund) -> Pledge:
    with transaction() as session:
        pledge = Pledge(
            public_id=new_public_id(),
            campaign_id=campaign.id,
            fund_id=fund.id,
            donor_id=donor_id,
            language="en",
            currency="USD",
            gift_minor=7_654_00,
            cover_minor=0,
            fee_bearer="fund",
            is_anonymous=False,
            public_name="Zulfiya",
            payer_name="Zulfiya",
            livemode=False,
            state="active",
            status="active",
            subscription_id="sub_zulfiya",
            customer_id="cus_0",
            item_id="si_0",
            next_at=NOW,
            started_at=NOW,
            looked_at=NOW,
        )
        session.add(pledge)
    return pledge


def _an_event(gift: Donation) -> ProviderEvent:
    return ProviderEvent(
        event_id="evt_zulfiya",
        type="charge.succeeded",
        object_id="ch_zulfiya",
        livemode=False,
        created_at=NOW,
        raw=b'{"name": "Zulfiya"}',
        received_at=NOW,
        next_try_at=NOW,
        state="failed_permanently",
        donation_id=gift.id,
    )


def _a_payout() -> Payout:
    return Payout(
        provider_id="po_zulfiya",
        currency="USD",
        amount_minor=7_654_00,
        state="arrived",
        is_automatic=True,
        made_at=NOW,
        arrives_on=NOW.date(),
    )


def _a_mail(campaign: Campaign, gift: Donation, receipt: Receipt) -> Message:
    return Message(
        public_id=new_public_id(),
        kind="receipt",
        language="en",
        recipient="zulfiya@mountain.example",
        facts={},
        search_text="zulfiya@mountain.example",
        dedupe_key="receipt:zulfiya",
        receipt_id=receipt.id,
        donation_id=gift.id,
        campaign_id=campaign.id,
        created_at=NOW,
        state="failed_permanently",
        failure="address",
        next_try_at=NOW,
    )


def _an_update(campaign: Campaign) -> Update:
    texts = translations("Secret reason")
    return Update(
        public_id=new_public_id(),
        campaign_id=campaign.id,
        title=texts,
        body=texts,
        author=texts,
        recorded_at=NOW,
        changed_at=NOW,
    )


def _an_alarm_mail() -> Message:
    """An email to the operator of the installation; it belongs to no campaign."""
    return Message(
        public_id=new_public_id(),
        kind="alarm_raised",
        language="en",
        recipient="zulfiya.admin@mountain.example",
        facts={},
        search_text="zulfiya.admin@mountain.example",
        dedupe_key="alarm:zulfiya",
        created_at=NOW,
        state="failed_permanently",
        failure="address",
        next_try_at=NOW,
    )
