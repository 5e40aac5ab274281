"""Short words for tests of monthly gifts with the fake provider."""

from dataclasses import replace

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.pledge import Act
from campaign.models.donation import Donation
from campaign.models.pledge import Pledge, PledgeEvent
from campaign.services.pledges import requests as pledge_requests
from campaign.services.pledges.requests import PledgeOrder
from tests.services.engine import Engine
from tests.support.drain import work_off_money


def begin_pledge(engine: Engine, *, language: str = "en", form: str = "") -> str:
    """Begin a monthly gift, its first month paid and settled, without receipts and mails; return its subscription."""
    request = replace(engine.request(form=form, language=language), frequency="monthly")
    checkout = engine.checkout_of(engine.open(request))
    engine.payments.pay(checkout)
    engine.payments.settle(checkout, fee_minor=1_03)
    subscription_id = engine.payments.pledges.begin(checkout)
    engine.tell("checkout.session.completed", checkout)
    work_off_money()
    return subscription_id


def pledge_of(subscription_id: str) -> Pledge:
    """The pledge as it is now, detached."""
    with reading() as session:
        pledge = session.execute(select(Pledge).where(Pledge.subscription_id == subscription_id)).scalar_one()
        session.expunge(pledge)
    return pledge


def months_of(subscription_id: str) -> list[Donation]:
    """Its gifts, oldest first."""
    with reading() as session:
        months = list(
            session.execute(
                select(Donation)
                .join(Pledge, Pledge.id == Donation.pledge_id)
                .where(Pledge.subscription_id == subscription_id)
                .order_by(Donation.id)
            ).scalars()
        )
        session.expunge_all()
    return months


def history_of(subscription_id: str) -> list[str]:
    """What happened to it, in order."""
    with reading() as session:
        return list(
            session.execute(
                select(PledgeEvent.kind)
                .join(Pledge, Pledge.id == PledgeEvent.pledge_id)
                .where(Pledge.subscription_id == subscription_id)
                .order_by(PledgeEvent.id)
            ).scalars()
        )


def ask(engine: Engine, subscription_id: str, act: Act, **detail: object) -> str:
    """Store a donor's request; return its public id."""
    order = PledgeOrder(pledge_public_id=pledge_of(subscription_id).public_id, act=act, detail=dict(detail))
    return pledge_requests.ask(order, clock=engine.clock)


def subjects(engine: Engine) -> list[str]:
    """The subjects of the sent emails, in order."""
    return [mail.subject for mail in engine.mailer.sent]
