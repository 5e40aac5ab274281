"""Loads the demonstration as an import loads any folder; a second load changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaign.database import transaction
from campaign.days import local_day
from campaign.gateways.clock import Clock
from campaign.models.organisation import Organisation
from campaign.services.demo.content import DemoPlan
from campaign.services.plan_folders.importing import ImportOptions, read_folder, write_campaign
from campaign.services.plan_folders.reading import CampaignFiles
from campaign.services.plan_folders.writing import CampaignExists


def load_campaign(plan: DemoPlan, *, clock: Clock, changes: Mapping[str, Any] | None = None) -> str:
    """Write the plan's campaign with funds, texts and targets; return its slug. An existing one stays as it is.

    Args:
        plan: The demonstration; its days are counted from today.
        clock: Says which day that is.
        changes: Columns of the campaign that differ from the folder's.
    """
    files = _files(plan.folder, local_day(clock.now()))
    head = replace(files.head, values={**files.head.values, **(changes or {})})
    _add_organisation(plan, at=clock.now())
    try:
        return write_campaign(replace(files, head=head), ImportOptions(is_demonstration=True), clock=clock)
    except CampaignExists:
        return str(head.values["slug"])


def _add_organisation(plan: DemoPlan, *, at: datetime) -> None:
    """Write who runs the demonstration, unless this installation has an organisation already."""
    with transaction() as session:
        if session.execute(select(Organisation.id)).first() is None:
            empty: dict[str, Any] = {"reply_to": "", "signatory": {}, "signatory_role": {}, "footer": {}, "links": []}
            session.add(Organisation(id=1, revision=1, updated_at=at, **empty, **plan.organisation))


@lru_cache(maxsize=2)
def _files(folder: Path, today: date) -> CampaignFiles:
    return read_folder(folder, today=today)
