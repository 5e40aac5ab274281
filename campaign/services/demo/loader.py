"""Writes a campaign's plan into the tables, in one transaction and only once: a second load changes nothing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.days import local_day, start_of_day
from campaign.domain.fund import FundKind
from campaign.domain.identity import new_public_id
from campaign.domain.news import UpdateState
from campaign.gateways.clock import Clock
from campaign.models.campaign import (
    Campaign,
    CampaignCurrency,
    CampaignRevision,
    Milestone,
    Section,
    SuggestedAmount,
    Update,
)
from campaign.models.fund import BudgetLine, Event, Grant
from campaign.models.organisation import Organisation
from campaign.services.campaigns.fund_tree import GENERAL_CODE, NewFund, add_funds
from campaign.services.demo import content
from campaign.services.demo.plan_file import Text

NO_TEXT: Text = {}


def load_campaign(plan: content.CampaignPlan, *, clock: Clock) -> str:
    """Write the plan's campaign with funds, texts and targets; return its slug. An existing one stays as it is."""
    slug, at = plan.campaign.slug, clock.now()
    today = local_day(at)
    with transaction() as session:
        if session.execute(select(Campaign.id).where(Campaign.slug == slug)).first() is None:
            campaign_id = _add_campaign(session, plan.campaign, today=today)
            _add_organisation(session, plan.campaign, at=at)
            _add_currencies(session, campaign_id, plan.campaign.currencies)
            _add_texts(session, campaign_id, plan)
            _add_funds(session, campaign_id, plan, today=today)
            _add_news(session, campaign_id, plan, at=at)
    return slug


def _days_from(today: date, days: int) -> date:
    return today + timedelta(days=days)


def _add_campaign(session: Session, plan: content.PlannedCampaign, *, today: date) -> int:
    is_first = session.execute(select(Campaign.id).where(Campaign.is_featured)).first() is None
    alt = {image.key: image.alt for image in plan.images}
    campaign = Campaign(
        slug=plan.slug,
        currency=plan.currency,
        goal_minor=plan.goal_minor,
        starts_on=_days_from(today, plan.starts_in_days),
        ends_on=_days_from(today, plan.ends_in_days),
        is_featured=is_first,
        is_demo=plan.is_demo,
        name=plan.name,
        title=plan.title,
        kicker=plan.kicker,
        summary=plan.summary,
        trust_line=plan.trust_line,
        image_alt=alt.get("hero", NO_TEXT),
        contact_email=plan.contact_email,
        series="".join(word[0] for word in plan.slug.split("-")).upper(),
        issuer={},  # the organisation
        latitude=str(plan.learning_plan.latitude),
        longitude=str(plan.learning_plan.longitude),
    )
    session.add(campaign)
    session.flush()
    session.add(CampaignRevision(campaign_id=campaign.id, revision=1))
    return campaign.id


def _add_organisation(session: Session, plan: content.PlannedCampaign, *, at: datetime) -> None:
    """Write who runs the demonstration, unless this installation has an organisation already."""
    if session.execute(select(Organisation.id)).first() is not None:
        return
    session.add(
        Organisation(
            id=1,
            revision=1,
            legal_name=plan.issuer.legal_name,
            short_name=plan.name,
            address=plan.issuer.address,
            place=plan.issuer.place,
            registration=plan.issuer.registration,
            country="KG",
            fiscal_month=1,
            contact_email=plan.contact_email,
            reply_to="",
            signatory=NO_TEXT,
            signatory_role=NO_TEXT,
            footer=NO_TEXT,
            links=[],
            updated_at=at,
        )
    )


def _add_currencies(session: Session, campaign_id: int, plans: Iterable[content.CurrencyPlan]) -> None:
    for position, plan in enumerate(plans):
        session.add(
            CampaignCurrency(
                campaign_id=campaign_id,
                currency=plan.code,
                position=position,
                minimum_minor=plan.min_minor,
                maximum_minor=plan.max_minor,
                fee_basis_points=plan.fee_rate_bp,
                fee_fixed_minor=plan.fee_fixed_minor,
            )
        )
        session.add_all(
            SuggestedAmount(
                campaign_id=campaign_id, currency=plan.code, amount_minor=preset.amount_minor, impact=preset.impact
            )
            for preset in plan.presets
        )


def _add_texts(session: Session, campaign_id: int, plan: content.CampaignPlan) -> None:
    """Write every text in its place; other data of a page go into `facts`."""
    c = plan.campaign
    sections = [
        *_numbered("story", [(part.heading, part.body, {}) for part in c.story]),
        *_numbered("ask", [(ask.title, ask.body, {"fund": ask.fund}) for ask in c.asks]),
        *_numbered("reached", [(item.value, item.label, {}) for item in c.reached]),
        *_numbered("place", [(at.name, at.sentence, _point(at.latitude, at.longitude)) for at in c.places]),
        *_numbered("partner", [(partner.name, partner.role, {}) for partner in c.partners]),
        *_numbered("question", [(item.question, item.answer, {}) for item in plan.questions]),
        *_learning(c.learning_plan),
        *_pages(plan.pages),
        *_other_ways(plan.other_ways),
        Section(place="notice", slug="demo", heading=NO_TEXT, body=c.demo_notice, facts={}),
    ]
    for position, section in enumerate(sections):
        section.campaign_id, section.position = campaign_id, position
    session.add_all(sections)


def _numbered(place: str, parts: Iterable[tuple[Text, Text, Mapping[str, object]]]) -> list[Section]:
    return [
        Section(place=place, slug=f"{place}-{number}", heading=heading, body=body, facts=dict(facts))
        for number, (heading, body, facts) in enumerate(parts, start=1)
    ]


def _point(latitude: float, longitude: float) -> dict[str, object]:
    """Return a place on the map in hundredths of a degree north and east: enough for a drawing."""
    return {"latitude_centidegrees": round(latitude * 100), "longitude_centidegrees": round(longitude * 100)}


def _learning(plan: content.LearningPlan) -> list[Section]:
    """Return the plan itself, then what was learned, how and from which data, distinguished by `facts["part"]`."""
    facts: dict[str, object] = {
        "part": "plan",
        "year": plan.year,
        **_point(plan.latitude, plan.longitude),
        "kind": plan.kind,
        "place": plan.place,
    }
    parts = (("insight", plan.insights), ("method", plan.methods), ("data", plan.data))
    lists = [(NO_TEXT, text, {"part": part}) for part, texts in parts for text in texts]
    return _numbered("learning", [(plan.title, plan.handover, facts), *lists])


def _pages(pages: Iterable[content.PlannedPage]) -> list[Section]:
    """Return each standing page as its head, named by its slug, and its parts after it."""
    sections = []
    for page in pages:
        facts = {"page": page.slug, "updated_on": page.updated_on.isoformat()}
        sections.append(Section(place="page", slug=page.slug, heading=page.title, body=page.lead, facts=facts))
        for number, part in enumerate(page.sections, start=1):
            slug = f"{page.slug}-{number}"
            sections.append(
                Section(place="page", slug=slug, heading=part.heading, body=part.body, facts={"page": page.slug})
            )
    return sections


def _other_ways(plan: content.OtherWays) -> list[Section]:
    lead = Section(place="other_way", slug="lead", heading=NO_TEXT, body=plan.lead, facts={"part": "lead"})
    ways = [
        Section(
            place="other_way",
            slug=way.code.lower(),
            heading=way.title,
            body=way.body,
            facts={
                "part": "way",
                "is_demo": way.demo,
                "details": [{"label": detail.label, "value": detail.value} for detail in way.details],
            },
        )
        for way in plan.ways
    ]
    return [lead, *ways]


def _add_funds(session: Session, campaign_id: int, plan: content.CampaignPlan, *, today: date) -> None:
    """Write the general fund, the themes and their targets, and what is planned of each target."""
    themes = [
        NewFund(
            code=fund.code,
            kind=FundKind.GENERAL if fund.code == GENERAL_CODE else FundKind.THEME,
            title=fund.title,
            summary=fund.description,
            goal_minor=fund.goal_minor,
        )
        for fund in plan.funds
    ]
    targets = [
        *_targets(FundKind.EVENT, plan.events),
        *_targets(FundKind.GRANT, plan.grants),
        *_targets(FundKind.LINE, plan.lines),
    ]
    funds = add_funds(session, campaign_id, [*themes, *targets])
    _add_target_facts(session, plan, {code: fund.id for code, fund in funds.items()}, today=today)


def _targets(
    kind: FundKind, plans: Iterable[content.PlannedEvent | content.PlannedGrant | content.PlannedBudgetLine]
) -> list[NewFund]:
    return [
        NewFund(
            code=item.code,
            kind=kind,
            title=item.title,
            summary=item.summary,
            goal_minor=item.goal_minor,
            theme=item.fund,
        )
        for item in plans
    ]


def _add_target_facts(
    session: Session, plan: content.CampaignPlan, fund_ids: Mapping[str, int], *, today: date
) -> None:
    """Write when and where each event is, when each grant's call is open, and the planned cost of both."""
    for event in plan.events:
        starts_on = _days_from(today, event.starts_in_days)
        session.add(Event(fund_id=fund_ids[event.code], place=event.place, starts_on=starts_on))
    for grant in plan.grants:
        opens_on, closes_on = _days_from(today, grant.opens_in_days), _days_from(today, grant.closes_in_days)
        session.add(Grant(fund_id=fund_ids[grant.code], opens_on=opens_on, closes_on=closes_on))
    with_costs: list[content.PlannedEvent | content.PlannedGrant] = [*plan.events, *plan.grants]
    for planned in with_costs:
        session.add_all(
            BudgetLine(
                fund_id=fund_ids[planned.code],
                position=position,
                title=cost.name,
                amount_minor=cost.amount_minor,
                currency=plan.campaign.currency,
            )
            for position, cost in enumerate(planned.plan)
        )


def _add_news(session: Session, campaign_id: int, plan: content.CampaignPlan, *, at: datetime) -> None:
    session.add_all(
        Milestone(campaign_id=campaign_id, amount_minor=stage.amount_minor, title=stage.title, body=stage.summary)
        for stage in plan.milestones
    )
    session.add_all(
        Update(
            public_id=new_public_id(),
            campaign_id=campaign_id,
            state=UpdateState.PUBLISHED,
            published_at=start_of_day(_days_from(local_day(at), news.published_in_days)),
            title=news.title,
            body=news.body,
            author=news.author,
            recorded_at=at,
            changed_at=at,
        )
        for news in plan.updates
    )
