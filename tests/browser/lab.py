"""The demo campaign with a short past and one of every story that a page tells, for tests that look at all pages."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext
from sqlalchemy import select, update

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.fund import EventStatus
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.domain.news import UpdateState, UpdateText
from campaign.gateway_registry import current_context
from campaign.gateways.clock import Clock
from campaign.gateways.sandbox_console import SandboxConsole
from campaign.jobs import work_off_everything
from campaign.models.allocation import Allocation
from campaign.models.campaign import Campaign, Update
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.event_sign_up import EventSignUp
from campaign.models.fund import Event, Fund
from campaign.models.inbox import ProviderEvent
from campaign.models.outbox import Message
from campaign.models.payout import Payout, ProviderTransaction
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt
from campaign.models.staff import Staff
from campaign.services.content.editing import DraftChange, document_state, save_draft
from campaign.services.content.publishing import publish_draft
from campaign.services.demo.content import load_plan
from campaign.services.demo.history import DemoContext, play_history
from campaign.services.demo.loader import load_campaign
from campaign.services.events.links import sign_link
from campaign.services.gifts.checkout import GiftRequest, start_checkout
from campaign.services.gifts.receipts_on_hold import receipts_on_hold
from campaign.services.news.writing import SaveOrder, save_update
from campaign.services.pictures.consent_attaching import save_with_files
from campaign.services.pictures.consent_checks import ConsentUpload
from campaign.services.pictures.consents import ConsentFacts, ConsentOrder
from campaign.services.pledges.links import token_of_gift
from campaign.services.reconciliation import reconciling
from campaign.services.staff.accounts import DEMO_PASSWORD, RoleGrant, add_demo_staff, add_staff
from campaign.services.staff.invitations import NewPerson, invite
from campaign.services.staff.links import address_of
from tests.browser.lab_donors import work_with_donors
from tests.journeys.site import Site
from tests.support.builders import set_issuer_text
from tests.support.contexts import a_context
from tests.support.pictures import a_picture
from tests.support.recordings import RECORDINGS

EVERYWHERE = "everywhere@demo.kurak.example"
"""A member of staff whose roles may open every staff page."""


@dataclass
class Lab:
    """The site, running, and the names that its addresses need."""

    site: Site
    names: dict[str, str]
    staff: BrowserContext
    visitor: BrowserContext


def played(site: Site) -> dict[str, str]:
    """Load the demo campaign, play a past of fourteen gifts, then the stories of today; the names for the addresses."""
    plan, context = load_plan(), current_context()
    load_campaign(plan, clock=context.clock)
    add_demo_staff(clock=context.clock)
    add_staff(
        EVERYWHERE,
        name="Everywhere",
        roles=("admin", "campaign", "finance"),
        clock=context.clock,
        password=DEMO_PASSWORD,
    )
    console = SandboxConsole(site.sandbox.api_base, site.sandbox.api_key)
    stage = DemoContext(plan=plan, console=console, context=context)
    play_history(stage, gifts=14, seed=3)
    names = {
        "monthly": _begun(site, "monthly", frequency="monthly", method="pm_card_visa"),
        "processing": _begun(site, "processing", method="pm_sepaDebit_successDelayed_at"),
        "disputed": _begun(site, "disputed", method="pm_card_createDispute"),
        "suspected": _begun(site, "suspected", method="pm_card_createIssuerFraudRecord"),
        "awaited": _begun(site, "awaited", method=None),
    }
    site.sandbox.deliver()
    work_off_everything()
    names["unprintable"] = _with_receipt_on_hold(site)
    reconciling.repair_hourly(context)
    _change_texts(context.clock)
    names |= _campaign_work(context.clock)
    _let_an_event_take_place("EVENT-2")
    return names | _one_of_each(names) | {"pledge_word": token_of_gift(names["monthly"], at=context.clock.now()) or ""}


def _begun(site: Site, form_id: str, *, method: str | None, frequency: str = "once") -> str:
    """A gift of today, paid by this method or left at the payment page; its public id."""
    started = start_checkout(
        GiftRequest(
            campaign_slug=load_plan().slug,
            form_id=form_id,
            language="en",
            gift=Money(25_00, "USD"),
            covers_fee=False,
            fund_code=None,
            email=f"{form_id}@example.org",
            public_name=None,
            message=None,
            is_anonymous=True,
            frequency=frequency,
        ),
        context=current_context(),
    )
    if method:
        site.sandbox.pay(_checkout_of(started.public_id), method=method)
    return started.public_id


def _with_receipt_on_hold(site: Site) -> str:
    """Make a gift whose receipt is on hold, because the issuer's registration was missing; return its public id."""
    set_issuer_text("registration", "")
    public_id = _begun(site, "unprintable", method="pm_card_visa")
    site.sandbox.deliver()
    work_off_everything()
    set_issuer_text("registration", "Demo")
    return public_id


def _checkout_of(public_id: str) -> str:
    with reading() as session:
        query = select(Donation.checkout_id).where(Donation.public_id == public_id)
        return str(session.execute(query).scalar_one())


def _one_of_each(names: dict[str, str]) -> dict[str, str]:
    """One of each thing that has an address."""
    one = {
        "event": select(Fund.public_id).where(Fund.code == "EVENT-1"),
        "past_event": select(Fund.public_id).where(Fund.code == "EVENT-2"),
        "guest": select(EventSignUp.public_id).order_by(EventSignUp.id),
        "grant": select(Fund.public_id).where(Fund.code == "GRANT-1"),
        "theme": select(Fund.public_id).where(Fund.code == "THEME-EVENTS"),
        "child": select(Fund.public_id).where(Fund.code == "EVENT-1@THEME-EVENTS"),
        "update": select(Update.public_id).where(Update.state == UpdateState.PUBLISHED),
        "paid": select(Donation.checkout_id).where(Donation.state == "paid"),
        "donation": select(Donation.public_id).where(Donation.state == "paid"),
        "receipt": select(Receipt.number).order_by(Receipt.id),
        "code": select(Receipt.verify_code).order_by(Receipt.id),
        "allocation": select(Allocation.public_id),
        "inbox_event": select(ProviderEvent.event_id).order_by(ProviderEvent.id.desc()),
        "mail": select(Message.public_id),
        "person": select(Staff.id),
        "slug": select(Campaign.slug),
        "pledge": select(Pledge.public_id),
        "donor": select(Donor.public_id),
        "payout": select(Payout.provider_id),
        "movement": select(ProviderTransaction.provider_id),
    }
    with reading() as session:
        entries = {name: str(session.execute(query.limit(1)).scalar_one()) for name, query in one.items()}
    checkouts = {f"{name}_page": _checkout_of(names[name]) for name in ("monthly", "processing", "awaited")}
    entries["place_word"] = sign_link(entries["guest"])
    return entries | checkouts | {"held": receipts_on_hold()[0].number}


def _campaign_work(clock: Clock) -> dict[str, str]:
    """What campaign staff have under their hands: a picture, a consent, a draft of an update; and a link for somebody new."""
    with reading() as session:
        campaign = session.execute(select(Campaign)).scalar_one()
        actor_id = session.execute(select(Staff.id).where(Staff.email == EVERYWHERE)).scalar_one()
    update_id, consent_id = new_public_id(), new_public_id()
    text = UpdateText(title={"en": "Half an update"}, body={"en": "Not yet **finished**."}, author={})
    save_update(
        SaveOrder(campaign_id=campaign.id, public_id=update_id, revision=0, text=text, actor_id=actor_id), clock=clock
    )
    facts = ConsentFacts(
        person="Bermet Asanova",
        purpose="Photos of the workshop",
        form="paper",
        language="ky",
        stored_at="Folder 3",
        given_on=local_day(clock.now()),
        valid_until=None,
    )
    order = ConsentOrder(
        version="", campaign_id=campaign.id, public_id=consent_id, is_new=True, facts=facts, actor_id=actor_id
    )
    voice = ConsentUpload(public_id=new_public_id(), name="voice.amr", data=RECORDINGS["voice.amr"])
    save_with_files(order, [voice], context=a_context(clock))
    link = invite(NewPerson(email="new@demo.kurak.example", grants=(RoleGrant("finance"),)), actor_id=None, clock=clock)
    return work_with_donors(campaign.id, actor_id=actor_id, clock=clock) | {
        "draft_update": update_id,
        "consent": consent_id,
        "consent_file": voice.public_id,
        "picture": a_picture(campaign, place="hero"),
        "one_time": address_of(link.nonce, public_url="").rpartition("/")[2],
    }


def _let_an_event_take_place(code: str) -> None:
    with transaction() as session:
        event = select(Fund.id).where(Fund.code == code).scalar_subquery()
        session.execute(update(Event).where(Event.fund_id == event).values(status=EventStatus.COMPLETED))


def _change_texts(clock: Clock) -> None:
    """A draft with a problem, a missing text and an outdated translation; and a text that was published twice."""
    with reading() as session:
        campaign_id = session.execute(select(Campaign.id)).scalar_one()
        actor_id = session.execute(select(Staff.id).where(Staff.email == EVERYWHERE)).scalar_one()
    hero, partners = (document_state(campaign_id, name) for name in ("hero", "partners"))
    changed = {**hero.draft, "title": {"en": "New title " * 20, "ru": "Заглавие"}}
    save_draft(campaign_id, "hero", DraftChange(draft=changed, base=hero.base), actor_id=actor_id, clock=clock)
    fewer = {"partners": partners.draft["partners"][1:]}
    change = DraftChange(draft=fewer, base=partners.base)
    saved = save_draft(campaign_id, "partners", change, actor_id=actor_id, clock=clock)
    publish_draft(campaign_id, "partners", base=saved.base, actor_id=actor_id, clock=clock)
