"""Builders for tests: each writes one whole, valid thing in a transaction of its own, so none is called inside one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.donation import DonationState
from campaign.domain.email_address import email_key
from campaign.domain.identity import new_public_id
from campaign.domain.journal import EntryKind
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.models.campaign import Campaign, CampaignCurrency, CampaignRevision, Section, SuggestedAmount
from campaign.models.donation import Donation, DonationEvent
from campaign.models.donor import Donor
from campaign.models.fund import Event, Fund, FundTransferRule, Grant
from campaign.models.staff import Role, Staff, StaffGrant
from campaign.services import search_index
from campaign.services.funds import allocations, disbursements
from tests.support.fakes import SettableClock
from tests.support.gift_rows import add_receipt, post_gift

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""When everything here happened: where the tests' clock starts."""
TARGET_KINDS = frozenset({"event", "grant", "line"})


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def translations(text: str) -> dict[str, str]:
    """A text per language, each telling which it is."""
    return {"en": f"{text} (en)", "ru": f"{text} (ru)", "ky": f"{text} (ky)"}


def a_campaign(
    *, slug: str = "quilt", is_featured: bool = True, goal_minor: int = 100_000_00, **facts: Any
) -> Campaign:
    """An open campaign in USD, EUR and KGS with its general fund GEN."""
    chosen = {
        "currency": "USD",
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2027, 3, 8),
        "name": translations("Quilt"),
        "title": translations("A campaign"),
        "kicker": translations("Osh, Kyrgyzstan"),
        "summary": translations("What it is for"),
        "trust_line": translations("A registered organisation"),
        "image_alt": translations("Women at work"),
        "contact_email": "hello@quilt.example",
        "series": slug.upper()[:3],
        "issuer": {
            name: translations(name.title()) for name in ("legal_name", "address", "registration", "place", "signatory")
        },
        **facts,
    }
    with transaction() as session:
        campaign = Campaign(slug=slug, is_featured=is_featured, goal_minor=goal_minor, **chosen)
        session.add(campaign)
        session.flush()
        session.add(CampaignRevision(campaign_id=campaign.id, revision=1))
        _add_currencies(session, campaign)
        session.add(_fund(campaign, code="GEN", kind="general"))
    return campaign


def add_other_way(campaign: Campaign) -> None:
    """Give a campaign a text about another way to give."""
    texts = {"heading": translations("Cash"), "body": translations("At the fair")}
    facts = {"part": "way", "is_demo": False, "details": []}
    with transaction() as session:
        session.add(Section(campaign_id=campaign.id, place="other_way", slug="cash", position=0, facts=facts, **texts))


def set_issuer_text(name: str, text: str) -> None:
    """Change one of the issuer's texts of every campaign; an empty one holds the receipts that are issued meanwhile."""
    with transaction() as session:
        for campaign in session.execute(select(Campaign)).scalars():
            campaign.issuer = campaign.issuer | {name: dict.fromkeys(("en", "ru", "ky"), text)}


def _add_currencies(session: Session, campaign: Campaign) -> None:
    bounds = {"USD": (5_00, 50_000_00, 30), "EUR": (5_00, 50_000_00, 25), "KGS": (200_00, 4_000_000_00, 25_00)}
    for position, (code, (least, most, fixed)) in enumerate(bounds.items()):
        session.add(
            CampaignCurrency(
                campaign_id=campaign.id,
                currency=code,
                position=position,
                minimum_minor=least,
                maximum_minor=most,
                fee_basis_points=290,
                fee_fixed_minor=fixed,
            )
        )
        for times in (2, 5, 10, 20):
            session.add(
                SuggestedAmount(
                    campaign_id=campaign.id,
                    currency=code,
                    amount_minor=least * times,
                    impact=translations(f"{times} pieces"),
                )
            )


def a_fund(*, campaign: Campaign, code: str = "THEME-EVENTS", kind: str = "theme", goal_minor: int = 0) -> Fund:
    """A fund: a theme, or a target (event, grant, line) that the general fund reaches."""
    with transaction() as session:
        fund = _fund(campaign, code=code, kind=kind, goal_minor=goal_minor)
        session.add(fund)
        session.flush()
        if kind in TARGET_KINDS:
            session.add(FundTransferRule(source_id=general_fund_of(campaign, session).id, target_id=fund.id))
        if kind == "event":
            session.add(Event(fund_id=fund.id, place=translations("Osh"), starts_on=date(2027, 1, 15)))
        if kind == "grant":
            session.add(Grant(fund_id=fund.id, opens_on=date(2026, 12, 15), closes_on=date(2027, 2, 1)))
    return fund


def a_restricted_child(*, theme: Fund, target: Fund) -> Fund:
    """The fund that holds a theme's money inside a target; the theme reaches it."""
    with transaction() as session:
        child = Fund(
            public_id=new_public_id(),
            campaign_id=theme.campaign_id,
            code=f"{target.code}@{theme.code}",
            kind="restricted",
            position=99,
            title=target.title,
            summary=target.summary,
            goal_minor=0,
            theme_id=theme.id,
            target_id=target.id,
        )
        session.add(child)
        session.flush()
        session.add(FundTransferRule(source_id=theme.id, target_id=child.id))
    return child


def general_fund_of(campaign: Campaign, session: Session | None = None) -> Fund:
    general = select(Fund).where(Fund.campaign_id == campaign.id, Fund.kind == "general")
    return (session or db.session()).execute(general).scalar_one()


def _fund(campaign: Campaign, *, code: str, kind: str, goal_minor: int = 0) -> Fund:
    return Fund(
        public_id=new_public_id(),
        campaign_id=campaign.id,
        code=code,
        kind=kind,
        position=0,
        title=translations(code),
        summary=translations(f"What {code} is for"),
        goal_minor=goal_minor,
    )


def a_donor(*, email: str = "donor@example.org", language: str = "en") -> Donor:
    with transaction() as session:
        donor = Donor(
            public_id=new_public_id(),
            email=email,
            email_key=email_key(email),
            language=language,
            created_at=NOW,
        )
        session.add(donor)
    return donor


def a_donation(
    *,
    campaign: Campaign,
    fund: Fund | None = None,
    state: DonationState = DonationState.CREATED,
    gift: Money | None = None,
    cover_minor: int = 0,
    **facts: Any,
) -> Donation:
    """A gift that is not paid; a paid one stands in the books too, so it is made by `a_paid_gift`."""
    assert state is not DonationState.PAID, "use a_paid_gift"
    fund = fund or general_fund_of(campaign)
    with transaction() as session:
        donation = _donation(campaign, fund, state=state, gift=gift or usd(25_00), cover_minor=cover_minor, facts=facts)
        session.add(donation)
        session.flush()
        search_index.refresh(session, Donation.id == donation.id)
        if state not in (DonationState.CREATED, DonationState.OPEN):
            add_history(session, donation.id, state.value)
    return donation


def a_paid_gift(
    *,
    campaign: Campaign,
    fund: Fund | None = None,
    gift: Money | None = None,
    cover_minor: int = 0,
    fee_minor: int = 1_03,
    settled: Money | None = None,
    at: datetime = NOW,
    **facts: Any,
) -> Donation:
    """A gift that is paid and settled, as the books and the receipts' register show it. There is no mail about it.

    `settled` is what it was converted into; without it, it reaches the balance as it was charged.
    """
    fund = fund or general_fund_of(campaign)
    gift = gift or usd(25_00)
    settled = settled or gift + Money(cover_minor, gift.currency)
    name = new_public_id(8)
    paid = {
        **paid_by_card(name, at=at, livemode=bool(facts.get("livemode"))),
        "settlement_id": f"txn_{name}",
        "settled_currency": settled.currency,
        "settled_minor": settled.minor,
        "fee_minor": fee_minor,
        "version": 2,
    }
    with transaction() as session:
        donation = _donation(
            campaign, fund, state=DonationState.PAID, gift=gift, cover_minor=cover_minor, facts={**paid, **facts}
        )
        session.add(donation)
        session.flush()
        search_index.refresh(session, Donation.id == donation.id)
        post_gift(session, donation, fund=fund, settled=settled, at=at)
        add_history(session, donation.id, "paid", "settled", at=at)
        add_receipt(session, donation, campaign, at=at)
    return donation


def paid_by_card(name: str, *, at: datetime, livemode: bool = False) -> dict[str, Any]:
    """Return the columns of a gift that a card paid and whose money is settled, all at one moment."""
    return {
        "checkout_id": f"cs_{'live' if livemode else 'test'}_{name}",
        "payment_id": f"pi_{name}",
        "charge_id": f"ch_{name}",
        "method": "card",
        "method_brand": "visa",
        "method_last4": "4242",
        "created_at": at,
        "paid_at": at,
        "paid_on": at.date(),
        "settled_at": at,
    }


def add_history(session: Session, donation_id: int, *kinds: str, at: datetime = NOW) -> None:
    """What the history of a gift tells, where a test writes past the services."""
    session.add_all(DonationEvent(donation_id=donation_id, at=at, kind=kind, detail={}) for kind in kinds)


def _donation(
    campaign: Campaign, fund: Fund, *, state: DonationState, gift: Money, cover_minor: int, facts: dict[str, Any]
) -> Donation:
    chosen = {
        "public_id": new_public_id(),
        "form_id": new_public_id(),
        "language": "en",
        "frequency": "once",
        "fee_bearer": campaign.fee_bearer,
        "is_anonymous": False,
        "public_name": "Aida",
        "message": None,
        "livemode": False,
        "checkout_params": {},
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=24),
        **facts,
    }
    return Donation(
        campaign_id=campaign.id,
        fund_id=fund.id,
        state=state.value,
        currency=gift.currency,
        gift_minor=gift.minor,
        cover_minor=cover_minor,
        **chosen,
    )


def a_member_of_staff(
    *,
    role: str = "finance",
    email: str = "",
    name: str = "",
    password: str | None = None,
    campaign: Campaign | None = None,
) -> Staff:
    """Somebody at the desk with one role, for a campaign or for all. Without a password (its hash) they cannot sign in."""
    with transaction() as session:
        known = session.execute(select(Role).where(Role.name == role)).scalar_one_or_none()
        member = Staff(
            email=email or f"{role}@quilt.example",
            name=name or role.title(),
            password=password,
            fs_uniquifier=new_public_id(32),
            created_at=NOW,
        )
        place = campaign.id if campaign else None
        member.grants = [StaffGrant(role=known or Role(name=role), campaign_id=place)]
        session.add(member)
    return member


def an_allocation(name: str, *, source: Fund, target: Fund, amount: Money) -> str:
    """An allocation that one person proposed and another approved, as staff pages make it."""
    clock = SettableClock(at=NOW)
    proposer, approver = (_somebody(email) for email in ("proposer@quilt.example", "approver@quilt.example"))
    move = allocations.Move(
        campaign_id=source.campaign_id,
        kind=EntryKind.ALLOCATION,
        source=source.public_id,
        target=target.public_id,
        amount=amount,
    )
    allocations.propose(move, public_id=name, reason="The plan", actor_id=proposer, clock=clock)
    allocations.approve(name, actor_id=approver, clock=clock)
    return name


def a_payment(name: str, *, fund: Fund, amount: Money) -> str:
    """A payment out of an event's, grant's or line's fund, as staff pages record it."""
    payment = disbursements.NewDisbursement(
        campaign_id=fund.campaign_id,
        fund=fund.public_id,
        amount=amount,
        paid_on=NOW.date(),
        payee="Printer",
        evidence="Act 1",
    )
    recorder = _somebody("proposer@quilt.example")
    return disbursements.record_disbursement(payment, public_id=name, actor_id=recorder, clock=SettableClock(at=NOW))


def _somebody(email: str) -> int:
    known = db.session.execute(select(Staff.id).where(Staff.email == email)).scalar()
    db.session.rollback()
    return known or a_member_of_staff(email=email).id
