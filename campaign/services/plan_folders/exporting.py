"""Writes a campaign into a folder: the same campaign always gives the same bytes."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.errors import NotFound
from campaign.domain.fund import COLLECTING_KINDS, FundKind
from campaign.extensions import Model
from campaign.gateways.file_store import FileStore
from campaign.languages import installed
from campaign.models.application import CallQuestion, GrantCall
from campaign.models.campaign import Campaign, CampaignCurrency, Milestone, Section, SuggestedAmount, Update
from campaign.models.fund import BudgetLine, Event, Fund, Grant
from campaign.models.goal import CampaignGoals
from campaign.models.picture import TextConsent
from campaign.services.campaigns.quoted_texts import UPDATE, piece_name
from campaign.services.plan_folders import pictures, schema, toml_text
from campaign.services.plan_folders.schema import LONG_PLACES, MARKDOWN, RowKind

Row = dict[str, Any]
Files = dict[str, str | bytes]
HEAD = "# Written by `kurak campaign export`; docs/campaign-folders.md says what each key means.\n\n"
DETAILS: dict[str, tuple[str, type[Event] | type[Grant] | None]] = {
    FundKind.EVENT: ("events", Event),
    FundKind.GRANT: ("grants", Grant),
    FundKind.LINE: ("lines", None),
}


class FolderNotEmpty(Exception):
    """The folder to write to holds something already."""


def export_campaign(folder: Path, slug: str, *, store: FileStore | None = None) -> int:
    """Write the campaign's settings, texts, funds and plans; return the number of files.

    Raises:
        NotFound: There is no such campaign.
        PictureLost: The file of a picture is not where it was stored.
        FolderNotEmpty: The folder has files already, so that an export would mix with them.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(folder)
    with reading() as session:
        campaign = session.execute(select(Campaign).where(Campaign.slug == slug)).scalar_one_or_none()
        if campaign is None:
            raise NotFound(f"campaign:{slug}")
        files = _Export(session, campaign, store).write()
    _write(folder, files)
    return len(files)


def _write(folder: Path, files: Files) -> None:
    """Write all files into a folder beside, then give it its name: a folder is whole or not there."""
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    for name, content in files.items():
        path = aside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    if folder.exists():
        folder.rmdir()
    aside.rename(folder)


@dataclass
class _Export:
    """One campaign on its way into files; `codes` collects the languages of its texts."""

    session: Session
    campaign: Campaign
    store: FileStore | None = None
    files: Files = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def write(self) -> Files:
        """Return the content of every file by its path."""
        lists = {**self._funds(), **self._news(), **self._pictures()}
        texts = self._texts()
        head = self._head()
        currencies = self._currencies()
        unlisted = sorted(self.codes - set(self.languages))
        if unlisted:
            head["unlisted_languages"] = unlisted
        self.files["campaign.toml"] = HEAD + toml_text.document(head | self._goals() | {"currencies": currencies})
        for name, rows in {**lists, **{f"texts/{place}": rows for place, rows in texts.items()}}.items():
            self.files[f"{name}.toml"] = toml_text.document({name.rpartition("/")[2]: rows})
        return self.files

    def _head(self) -> Row:
        kind = schema.campaign_kind()
        row = self.row(self.campaign, kind) | {"languages": self.languages}
        return {name: row[name] for name in kind.fields if name in row}

    @property
    def languages(self) -> list[str]:
        return list(self.campaign.languages) or list(installed())

    def row(self, record: Model, kind: RowKind, *more: Model | None) -> Row:
        """Return what a row of a file says of the records that it stands for; empty values are left out."""
        owners = {column.name: owner for owner in (record, *more) if owner for column in owner.__table__.c}
        values = {name: getattr(owners[name], name) for name in kind.fields if name in owners}
        texts = [value for name, value in values.items() if kind.fields[name].kind == dict[str, str]]
        self.codes.update(code for text in texts for code in text)
        return {name: self._ordered(value) for name, value in values.items() if value not in (None, {}, [])}

    def _ordered(self, value: Any) -> Any:
        """Put the languages of a text into their order, and other keys into the alphabet's: databases keep none."""
        if isinstance(value, list):
            return [self._ordered(part) for part in value]
        if not isinstance(value, dict):
            return value
        order = {code: number for number, code in enumerate(self.languages)}
        return {key: self._ordered(value[key]) for key in sorted(value, key=lambda key: (order.get(key, 99), key))}

    def _goals(self) -> Row:
        goals = self.session.get(CampaignGoals, self.campaign.id)
        row = self.row(goals, schema.campaign_kind().below["goals"]) if goals else {}
        return {"goals": [row]} if row else {}

    def _currencies(self) -> list[Row]:
        kind = schema.campaign_kind().below["currencies"]
        amounts = self._all(SuggestedAmount, SuggestedAmount.amount_minor)
        rows = []
        for currency in self._all(CampaignCurrency, CampaignCurrency.position):
            own = [
                self.row(amount, kind.below["amounts"]) for amount in amounts if amount.currency == currency.currency
            ]
            rows.append(self.row(currency, kind) | ({"amounts": own} if own else {}))
        return rows

    def _funds(self) -> dict[str, list[Row]]:
        """Return themes and targets; the child that holds a theme's money inside a target is the target's `theme`."""
        kind = schema.list_kinds()["funds"]
        funds = self._all(Fund, Fund.position)
        codes = {fund.id: fund.code for fund in funds}
        themes = {fund.target_id: codes[fund.theme_id] for fund in funds if fund.theme_id}
        rows: dict[str, list[Row]] = {
            "funds": [self.row(fund, kind) for fund in funds if fund.kind in COLLECTING_KINDS]
        }
        for fund in funds:
            if fund.kind in DETAILS:
                rows.setdefault(DETAILS[fund.kind][0], []).append(self._target(fund, themes.get(fund.id)))
        return rows

    def _target(self, fund: Fund, theme: str | None) -> Row:
        name, model = DETAILS[FundKind(fund.kind)]
        kind = schema.list_kinds()[name]
        call = self.session.get(GrantCall, fund.id)
        row = self.row(fund, kind, self.session.get(model, fund.id) if model else None, call)
        row |= {"theme": theme} if theme else {}
        row |= self._consent_mark(fund.kind, fund.public_id)
        budget = select(BudgetLine).where(BudgetLine.fund_id == fund.id).order_by(BudgetLine.position)
        questions = select(CallQuestion).where(CallQuestion.fund_id == fund.id, CallQuestion.is_removed.is_(False))
        below: dict[str, Select[Any]] = {"budget": budget, "questions": questions.order_by(CallQuestion.position)}
        for part, part_kind in kind.below.items():
            rows = [self.row(each, part_kind) for each in self.session.execute(below[part]).scalars()]
            row |= {part: rows} if rows else {}
        return row

    def _news(self) -> dict[str, list[Row]]:
        kinds = schema.list_kinds()
        milestones = [self.row(row, kinds["milestones"]) for row in self._all(Milestone, Milestone.amount_minor)]
        updates = [
            self.row(row, kinds["updates"]) | self._consent_mark(UPDATE, row.public_id)
            for row in self._all(Update, Update.id)
        ]
        for number, row in enumerate(updates, start=1):
            self._take_markdown(row, f"updates/{number:02}")
        return {name: rows for name, rows in (("milestones", milestones), ("updates", updates)) if rows}

    def _pictures(self) -> dict[str, list[Row]]:
        kind = schema.list_kinds()["pictures"]
        names = pictures.place_names(self.session, self.campaign.id)
        rows = []
        for number, picture in enumerate(pictures.pictures_in(self.session, self.campaign.id), start=1):
            places = sorted(names.get(place, place) for place in pictures.places_showing(self.session, picture))
            rows.append(self.row(picture, kind) | ({"places": places} if places else {}))
            self.files[f"pictures/{number:02}.jpg"] = pictures.widest_jpeg(self.session, picture, self.store)
        return {"pictures": rows} if rows else {}

    def _texts(self) -> dict[str, list[Row]]:
        places: dict[str, list[Row]] = {}
        for section in self._all(Section, Section.position):
            rows = places.setdefault(section.place, [])
            row = self.row(section, schema.section_kind()) | self._consent_mark(section.place, section.slug)
            rows.append(row)
            if section.place in LONG_PLACES:
                self._take_markdown(row, f"texts/{section.place}/{len(rows):02}-{section.slug}")
        return dict(sorted(places.items()))

    def _consent_mark(self, place: str, name: str) -> Row:
        """Mark a text that quotes or names somebody; who it is stays here."""
        piece = TextConsent.campaign_id == self.campaign.id, TextConsent.piece == piece_name(place, name)
        is_quoting = self.session.execute(select(TextConsent.id).where(*piece).limit(1)).first() is not None
        return {"needs_consent": True} if is_quoting else {}

    def _take_markdown(self, row: Row, stem: str) -> None:
        """Take the long text out of a row, into one file per language."""
        texts: dict[str, str] = row.pop(MARKDOWN, {})
        for language, text in texts.items():
            self.files[f"{stem}.{language}.md"] = text.replace("\r\n", "\n") + "\n"

    def _all(self, model: type[Any], order: Any) -> Sequence[Any]:
        of_campaign = select(model).where(model.campaign_id == self.campaign.id)
        return self.session.execute(of_campaign.order_by(order, *model.__table__.primary_key)).scalars().all()
