"""Makes a campaign of a folder, whole and in one transaction, or says everything that is wrong with the folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from campaign.database import reading, transaction
from campaign.days import local_day
from campaign.domain.campaign_settings import check_slug
from campaign.domain.campaign_state import CampaignStage
from campaign.gateways.clock import Clock
from campaign.gateways.context import Context
from campaign.gateways.file_store import FileStore
from campaign.models.campaign import Campaign
from campaign.services import audit
from campaign.services.campaigns.series import free_series, refusing_taken, series_owners
from campaign.services.campaigns.settlement import settlement_currencies
from campaign.services.pictures.storage import delete_outside
from campaign.services.plan_folders import writing
from campaign.services.plan_folders.checking import check_rows
from campaign.services.plan_folders.folder import open_folder
from campaign.services.plan_folders.pictures import prepare_pictures, remove_pictures, write_pictures
from campaign.services.plan_folders.problems import Problems
from campaign.services.plan_folders.reading import CampaignFiles, read_rows
from campaign.services.plan_folders.writing import NotReplaceable

DRAFT_DAYS = 90
"""How long a campaign would last whose folder has no days; it is a draft, and staff set them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How a folder becomes a campaign: under another slug as the start of the next one, or in the place of a draft."""

    slug: str | None = None
    replace: bool = False
    is_demonstration: bool = False
    """Loaded by the program itself: nobody's act, and it has another series where its own is taken."""


def read_folder(
    folder: Path, *, today: date, settled: tuple[str, ...] = (), series: Mapping[str, str] | None = None
) -> CampaignFiles:
    """Read and check a folder without writing anything.

    Args:
        folder: Where its files are.
        today: The organisation's day.
        settled: The currencies in which the payment account is credited; none while they are not known.
        series: The prefixes of receipts that are taken, each with the address of its campaign.

    Raises:
        FolderRefused: Something is wrong with it; the exception has every problem.
    """
    problems = Problems()
    opened = open_folder(folder, problems)
    files = read_rows(opened, problems, today=today)
    if files is not None:
        check_rows(files, problems, settled=settled, series=series or {})
    problems.refuse_if_any()
    assert files is not None  # noqa: S101  # a folder without a head was refused
    return files


def import_campaign(folder: Path, options: ImportOptions, *, context: Context) -> str:
    """Write the folder's campaign; return its slug.

    Raises:
        FolderRefused: Something is wrong with the folder; nothing was written.
        BadSlug: The other slug is no address of a campaign.
        SeriesTaken: Another campaign took the same prefix of receipts at this moment.
        CampaignExists: The slug is taken, and it was not asked to replace the draft.
        NotReplaceable: What is there is no draft without gifts.
    """
    settled = settlement_currencies(context.account).codes
    with reading() as session:
        owners = series_owners(session) if options.slug is None else {}
    files = read_folder(folder, today=local_day(context.clock.now()), settled=settled, series=owners)
    return write_campaign(files, options, clock=context.clock, store=context.files)


def write_campaign(
    files: CampaignFiles, options: ImportOptions, *, clock: Clock, store: FileStore | None = None
) -> str:
    """Write rows that were read and checked; see `import_campaign`."""
    at = clock.now()
    head = _head(files, options, today=local_day(at))
    is_successor = options.slug is not None
    prepared = prepare_pictures(files, store)
    outside: list[str] = []
    try:
        with refusing_taken(head["slug"], head["series"]), transaction() as session:
            if is_successor or options.is_demonstration:
                preferred = [head["series"]] if options.is_demonstration else []
                head["series"] = free_series(session, head["slug"], *preferred)
            if not options.is_demonstration:
                subject, detail = f"campaign:{head['slug']}", {"replaced": options.replace}
                audit.record(
                    session, actor_id=None, action="campaign:import", subject=subject, at=at, detail={**detail}
                )
            campaign_id = writing.begin_campaign(session, head, replace=options.replace)
            outside = remove_pictures(session, campaign_id, at=at)
            writing.write_amounts(session, campaign_id, files.head)
            writing.write_texts(session, campaign_id, files)
            writing.write_funds(session, campaign_id, files)
            if not is_successor:
                writing.write_updates(session, campaign_id, files.lists["updates"])
            write_pictures(session, campaign_id, prepared, at=at)
    except IntegrityError as error:
        raise NotReplaceable(str(error.orig).splitlines()[0]) from error
    delete_outside(store, outside)
    return str(head["slug"])


def _head(files: CampaignFiles, options: ImportOptions, *, today: date) -> dict[str, Any]:
    """Return the campaign's own columns; the start of the next campaign is a draft with a series of its own."""
    head = files.head.kind.values(Campaign.__table__, files.head.values)
    if options.slug is not None:
        head |= {"slug": check_slug(options.slug), "stage": CampaignStage.DRAFT}
        head |= {"closed_on": None, "state_note": {}}
    if not {"starts_on", "ends_on"} <= head.keys():
        head["stage"] = CampaignStage.DRAFT
        head.setdefault("starts_on", min(today, head.get("ends_on", today) - timedelta(days=1)))
        head.setdefault("ends_on", head["starts_on"] + timedelta(days=DRAFT_DAYS))
    return head
