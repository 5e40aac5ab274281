"""A campaign written to a folder and read back is the same campaign, and written again the same bytes."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.errors import NotFound
from campaign.extensions import Model, db
from campaign.models.application import CallQuestion, GrantCall
from campaign.models.campaign import Campaign, Milestone, Section, Update
from campaign.models.fund import BudgetLine, Event, Fund, FundTransferRule
from campaign.models.goal import CampaignGoals
from campaign.models.picture import TextConsent
from campaign.models.staff import AuditEvent
from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from campaign.services.plan_folders import schema
from campaign.services.plan_folders.exporting import FolderNotEmpty, export_campaign
from campaign.services.plan_folders.importing import ImportOptions, import_campaign
from campaign.services.plan_folders.problems import FolderRefused
from campaign.services.plan_folders.writing import CampaignExists, NotReplaceable, remove_content
from tests.support.builders import a_campaign, a_donation
from tests.support.contexts import a_context
from tests.support.fakes import FakeAccount, SettableClock

ACCOUNT = FakeAccount()
TEXT = 'A "text" with \\ and\n\nlines, a tab\t, “quotes” and """three"""\n'
DEMO = "women-creative-lab"


@pytest.fixture
def demo(app: Flask, clock: SettableClock) -> str:
    """The demonstration, with texts that are hard to write down."""
    slug = load_campaign(load_plan(), clock=clock)
    with transaction() as session:
        campaign = session.execute(select(Campaign)).scalar_one()
        campaign.languages = ["ky", "ru", "uz", "en"]
        campaign.kicker = {"uz": TEXT, "en": "", "ru": "\r\n"}
        campaign.closed_on = date(2027, 1, 1)
        story = session.execute(select(Section).where(Section.slug == "story-1")).scalar_one()
        story.body = {"uz": TEXT, "ru": "", "en": "one line"}
        grant = session.execute(select(Fund).where(Fund.kind == "grant").order_by(Fund.position)).scalars().first()
        assert grant is not None
        options = [{"ru": "Войлок", "uz": TEXT}, {"ru": "Шёлк"}]
        facts = {"fund_id": grant.id, "label": {"ru": "Что?", "uz": TEXT}, "hint": {}}
        for position, kind in enumerate(("choice", "file"), start=20):
            of_kind = {"kind": kind, "options": options if kind == "choice" else []}
            session.add(CallQuestion(public_id=f"{kind:z<16}", position=position, **facts, **of_kind))
        call = session.get_one(GrantCall, grant.id)
        call.places, call.reviews_due_on = 12, date(2027, 3, 1)
        session.add(CampaignGoals(campaign_id=campaign.id, gifts=500, monthly_minor=100_00))
        update = session.execute(select(Update).order_by(Update.id)).scalars().first()
        assert update is not None
        update.publish_at = datetime(2027, 1, 1, 9, 0, 0, 250, tzinfo=UTC)
        for piece in ("story:story-1", f"update:{update.public_id}", f"grant:{grant.public_id}"):
            session.add(TextConsent(campaign_id=campaign.id, piece=piece))
    return slug


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def forget(slug: str) -> None:
    """Empty the database of the campaign, as another installation is empty."""
    with transaction() as session:
        campaign = session.execute(select(Campaign).where(Campaign.slug == slug)).scalar_one()
        remove_content(session, campaign.id)
        campaign.slug, campaign.series, campaign.is_featured = f"{slug}-before", "OLD", False


def test_a_campaign_written_read_and_written_again_gives_the_same_bytes(
    demo: str, tmp_path: Path, clock: SettableClock
) -> None:
    count = export_campaign(tmp_path / "first", demo)
    first = files_in(tmp_path / "first")
    assert count == len(first) > 30
    assert first["texts/story/01-story-1.uz.md"].decode() == TEXT + "\n"
    assert [
        first[name].count(b"needs_consent = true") for name in ("texts/story.toml", "updates.toml", "grants.toml")
    ] == [1] * 3
    assert b"is_online = true\nplaces = 12\nreviews_due_on = 2027-03-01\n" in first["grants.toml"]
    assert b"takes_sign_ups = true" in first["events.toml"]
    assert b"is_featured" not in first["campaign.toml"]
    assert b"[[goals]]\ngifts = 500\nmonthly_minor = 10000\n" in first["campaign.toml"]

    forget(demo)
    assert import_campaign(tmp_path / "first", ImportOptions(), context=a_context(clock, account=ACCOUNT)) == demo
    export_campaign(tmp_path / "second", demo)
    assert files_in(tmp_path / "second") == first


def test_what_was_imported_works_as_a_campaign(demo: str, tmp_path: Path, clock: SettableClock) -> None:
    export_campaign(tmp_path / "folder", demo)
    before = counts()
    forget(demo)
    import_campaign(tmp_path / "folder", ImportOptions(), context=a_context(clock, account=ACCOUNT))
    after = counts()
    assert after == before | {Campaign: 2}
    with reading() as session:
        child = session.execute(select(Fund).where(Fund.code == "EVENT-1@THEME-EVENTS")).scalar_one()
        rule = select(FundTransferRule).where(FundTransferRule.target_id == child.id)
        assert session.execute(rule).scalar_one().source_id == child.theme_id


def counts() -> dict[type[Model], int]:
    models: tuple[type[Model], ...] = (
        Campaign,
        Section,
        Milestone,
        Update,
        Fund,
        FundTransferRule,
        Event,
        BudgetLine,
        TextConsent,
    )
    with reading() as session:
        return {model: session.execute(select(func.count()).select_from(model)).scalar_one() for model in models}


@pytest.mark.database("sqlite")
def test_a_folder_is_the_start_of_the_next_campaign(demo: str, tmp_path: Path, clock: SettableClock) -> None:
    export_campaign(tmp_path / "folder", demo)
    assert (
        import_campaign(
            tmp_path / "folder", ImportOptions(slug="school-library"), context=a_context(clock, account=ACCOUNT)
        )
        == "school-library"
    )
    with reading() as session:
        new = session.execute(select(Campaign).where(Campaign.slug == "school-library")).scalar_one()
        assert (new.stage, new.series, new.is_featured, new.closed_on) == ("draft", "SL", False, None)
        assert not session.execute(select(Update).where(Update.campaign_id == new.id)).first()
        assert new.title == session.execute(select(Campaign.title).where(Campaign.slug == demo)).scalar_one()


@pytest.mark.database("sqlite")
def test_another_campaign_has_receipts_of_its_own(demo: str, tmp_path: Path, clock: SettableClock) -> None:
    export_campaign(tmp_path / "folder", demo)
    import_campaign(tmp_path / "folder", ImportOptions(slug="next"), context=a_context(clock, account=ACCOUNT))
    import_campaign(
        tmp_path / "folder", ImportOptions(slug="welcome-campaign-long"), context=a_context(clock, account=ACCOUNT)
    )
    with reading() as session:
        series = dict(session.execute(select(Campaign.slug, Campaign.series)).all())
    assert series == {demo: "WCL", "next": "NEX", "welcome-campaign-long": "WEL"}
    head = tmp_path / "folder" / "campaign.toml"
    head.write_text(head.read_text().replace(f'"{demo}"', '"other"'))
    line = head.read_text().splitlines().index('series = "WCL"') + 1
    with pytest.raises(FolderRefused) as refusal:
        import_campaign(tmp_path / "folder", ImportOptions(), context=a_context(clock, account=ACCOUNT))
    assert [str(problem) for problem in refusal.value.problems] == [
        f"campaign.toml:{line}: The receipts of the campaign {demo} have the prefix WCL. Choose other letters."
    ]


@pytest.mark.database("sqlite")
def test_a_folder_without_days_is_a_draft(demo: str, tmp_path: Path, clock: SettableClock) -> None:
    export_campaign(tmp_path / "folder", demo)
    head = tmp_path / "folder" / "campaign.toml"
    lines = [line for line in head.read_text().splitlines() if not line.startswith(("starts_on", "ends_on", "slug"))]
    head.write_text("\n".join(['slug = "next"', *lines]).replace('"WCL"', '"NXT"'))
    import_campaign(tmp_path / "folder", ImportOptions(), context=a_context(clock, account=ACCOUNT))
    with reading() as session:
        assert session.execute(select(Campaign.stage).where(Campaign.slug == "next")).scalar_one() == "draft"


@pytest.mark.database("sqlite")
def test_days_are_counted_from_the_day_of_loading_where_the_folder_says_so(
    demo: str, tmp_path: Path, clock: SettableClock
) -> None:
    export_campaign(tmp_path / "folder", demo)
    head = tmp_path / "folder" / "campaign.toml"
    source = head.read_text().replace(DEMO, "moving").replace('"WCL"', '"MOV"')
    head.write_text(f"dates_as_of = {local_day(clock.now())}\n{source}")
    clock.advance(days=10)
    import_campaign(tmp_path / "folder", ImportOptions(), context=a_context(clock, account=ACCOUNT))
    with reading() as session:
        days = dict(session.execute(select(Campaign.slug, Campaign.ends_on)).all())
    assert (days["moving"] - days[DEMO]).days == 10


@pytest.mark.database("sqlite")
def test_only_a_draft_without_gifts_is_replaced(demo: str, tmp_path: Path, clock: SettableClock) -> None:
    export_campaign(tmp_path / "folder", demo)
    with pytest.raises(CampaignExists):
        import_campaign(tmp_path / "folder", ImportOptions(), context=a_context(clock, account=ACCOUNT))
    with pytest.raises(NotReplaceable):
        import_campaign(tmp_path / "folder", ImportOptions(replace=True), context=a_context(clock, account=ACCOUNT))
    with transaction() as session:
        session.execute(select(Campaign)).scalar_one().stage = "draft"
    before = counts()
    import_campaign(tmp_path / "folder", ImportOptions(replace=True), context=a_context(clock, account=ACCOUNT))
    assert counts() == before
    with reading() as session:
        event = session.execute(select(AuditEvent).where(AuditEvent.action == "campaign:import")).scalar_one()
    assert (event.subject, event.actor_id, event.detail) == (f"campaign:{demo}", None, {"replaced": True})
    with transaction() as session:
        session.execute(select(Campaign)).scalar_one().stage = "draft"
    a_donation(campaign=db.session.execute(select(Campaign)).scalar_one())
    with pytest.raises(NotReplaceable):
        import_campaign(tmp_path / "folder", ImportOptions(replace=True), context=a_context(clock, account=ACCOUNT))
    assert counts() == before


@pytest.mark.database("sqlite")
def test_an_export_goes_into_an_empty_folder_alone(app: Flask, tmp_path: Path) -> None:
    campaign = a_campaign()
    with pytest.raises(NotFound):
        export_campaign(tmp_path / "folder", "nothing")
    (tmp_path / "folder").mkdir()
    export_campaign(tmp_path / "folder", campaign.slug)
    with pytest.raises(FolderNotEmpty):
        export_campaign(tmp_path / "folder", campaign.slug)


OTHER_TABLES = {
    "weekly_report": "So do the wishes of its staff.",
    "moderation_block": "Addresses of people stay in the installation that met them.",
    "campaign_revision": "It counts the changes in this installation.",
    "form_views": "So are these.",
    "fund_reach": "It follows from the themes of the targets.",
    "donation": "A gift is no part of what an organisation plans.",
    "pledge": "A monthly gift is none either.",
    "campaign_succession": "What follows a campaign is another one of this installation,",
    "pledge_succession": "and its donors answer here.",
    "allocation": "What was decided about money belongs to the ledger.",
    "disbursement": "So does what was spent.",
    "journal_entry": "So do entries,",
    "posting": "and their lines.",
    "payout": "The provider pays out.",
    "message": "An email is written for one reader, once.",
    "staff": "People belong to an installation,",
    "staff_grant": "and so do their roles.",
    "consent": "Who agreed to be shown is recorded in an installation.",
    "picture_place": "It is the places of a picture.",
    "text_consent": "A text that quotes somebody is marked with needs_consent.",
    "subscriber": "A reader is none of the campaign's content,",
    "update_mailing": "nor is what was sent to readers,",
    "milestone_note": "nor which milestones were noticed.",
    "grant_call": "Whether applications are taken is decided in an installation.",
    "grant_application": "An application is for staff alone.",
    "segment_mailing": "What was written to donors was written once.",
    "donor_note": "Who gave is known to an installation,",
    "donor_tag": "with what staff noted about them,",
    "donor_segment": "how they chose among them,",
    "soft_credit": "who had a part in a gift,",
    "donor_merge": "which donors are one,",
    "distinct_donors": "and which are not.",
    "document": "A draft is not published yet.",
    "document_version": "What was published before is the history of an installation.",
}
"""Tables of a campaign that a folder does not hold, and why."""


def test_every_table_of_a_campaign_is_in_the_folder_or_on_the_list() -> None:
    kinds = [schema.campaign_kind(), schema.section_kind(), *schema.list_kinds().values()]
    kinds += [below for kind in kinds for below in kind.below.values()]
    exported = {table.name for kind in kinds for table in kind.tables} | {"suggested_amount"}
    of_campaigns = {
        table.name
        for table in Model.metadata.tables.values()
        if {"campaign_id", "fund_id"} & set(table.c.keys()) and table.name != "campaign"
    }
    assert of_campaigns - exported - set(OTHER_TABLES) == set()


def test_every_column_that_is_left_out_exists() -> None:
    tables = Model.metadata.tables
    names = [name.split(".") for name in schema.LEFT_OUT]
    assert [column for table, column in names if column not in tables[table].c] == []
