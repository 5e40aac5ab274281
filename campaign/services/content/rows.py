"""The rows of documents: found, locked, created, and given versions; within the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaign.database import insert_once
from campaign.domain.documents.drafts import dump, normalized, same_content
from campaign.domain.documents.fields import Draft
from campaign.domain.documents.kinds import DOCUMENTS, UPDATE, UpdateDocument
from campaign.domain.documents.reading import Rules
from campaign.domain.documents.translation import Sources
from campaign.domain.documents.versions import VersionState
from campaign.domain.errors import NotFound
from campaign.domain.fund import FundKind
from campaign.domain.money import Money
from campaign.languages import installed
from campaign.models.campaign import Campaign, CampaignCurrency
from campaign.models.document import CampaignDocument, DocumentVersion
from campaign.models.fund import Fund
from campaign.services.content.published import read_published


def kind_of(name: str) -> type[Any]:
    """Return the class of a document.

    Raises:
        NotFound: There is no document of this name.
    """
    if name.startswith(UPDATE):
        return UpdateDocument
    if name not in DOCUMENTS:
        raise NotFound("document")
    return DOCUMENTS[name]


def rules_of(session: Session, campaign_id: int) -> Rules:
    """Return what the campaign allows its documents."""
    campaign = session.get_one(Campaign, campaign_id)
    currencies = session.execute(
        select(CampaignCurrency).where(CampaignCurrency.campaign_id == campaign_id).order_by(CampaignCurrency.position)
    ).scalars()
    funds = session.execute(
        select(Fund.code).where(Fund.campaign_id == campaign_id, Fund.kind.in_((FundKind.GENERAL, FundKind.THEME)))
    ).scalars()
    return Rules(
        languages=tuple(campaign.languages) or installed(),
        currency=campaign.currency,
        bounds={
            row.currency: (Money(row.minimum_minor, row.currency), Money(row.maximum_minor, row.currency))
            for row in currencies
        },
        funds=frozenset(funds),
    )


def find_row(session: Session, campaign_id: int, name: str) -> CampaignDocument | None:
    """Return a document's row; None while nobody has changed the document."""
    return session.execute(_row_query(campaign_id, name)).scalar_one_or_none()


def lock_row(session: Session, campaign_id: int, name: str, *, at: datetime) -> CampaignDocument:
    """Return a document's row for a change, created where it is the first; others wait until this transaction ends.

    Raises:
        NotFound: There is no document of this name.
    """
    kind_of(name)
    blank = {"campaign_id": campaign_id, "name": name, "draft": None, "sources": {}, "changed_at": at}
    insert_once(session, CampaignDocument, blank)
    query = _row_query(campaign_id, name).with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one()


def _row_query(campaign_id: int, name: str) -> Select[CampaignDocument]:
    return select(CampaignDocument).where(CampaignDocument.campaign_id == campaign_id, CampaignDocument.name == name)


def sources_of(row: CampaignDocument | None) -> Sources:
    """Return which source each translation belongs to."""
    return cast(Sources, row.sources) if row else {}


def draft_of(row: CampaignDocument | None, name: str, published: Draft) -> Draft:
    """Return what is being edited: the draft, or the published text where there is none."""
    return published if row is None or row.draft is None else normalized(kind_of(name), row.draft)


def published_draft(session: Session, campaign_id: int, name: str) -> Draft:
    """Return the published text as a draft."""
    return dump(read_published(session, campaign_id, name))


def add_version(
    session: Session, row: CampaignDocument, state: VersionState, content: Mapping[str, Any], **facts: Any
) -> DocumentVersion:
    """Add the next version of a document.

    Args:
        session: The caller's transaction.
        row: The locked document.
        state: What the version is.
        content: The whole text.
        **facts: Further columns: `actor_id`, `recorded_at`, `publish_at`, `published_at`, `restored_number`, `sources`.
    """
    highest = select(func.max(DocumentVersion.number)).where(DocumentVersion.document_id == row.id)
    number = (session.execute(highest).scalar_one() or 0) + 1
    version = DocumentVersion(
        document_id=row.id,
        number=number,
        state=state,
        content=dict(content),
        **{"sources": row.sources, "actor_id": None, "publish_at": None, "published_at": None, **facts},
    )
    session.add(version)
    session.flush()
    return version


def last_published(session: Session, row: CampaignDocument, *, count: int = 1) -> list[DocumentVersion]:
    """Return the versions that were published last, newest first."""
    query = (
        select(DocumentVersion)
        .where(DocumentVersion.document_id == row.id, DocumentVersion.state == VersionState.PUBLISHED)
        .order_by(DocumentVersion.published_at.desc(), DocumentVersion.number.desc())
        .limit(count)
    )
    return list(session.execute(query).scalars())


def scheduled_version(session: Session, row: CampaignDocument | None) -> DocumentVersion | None:
    """Return the version that waits for its time."""
    if row is None:
        return None
    query = select(DocumentVersion).where(
        DocumentVersion.document_id == row.id, DocumentVersion.state == VersionState.SCHEDULED
    )
    return session.execute(query).scalars().first()


def record_published(session: Session, row: CampaignDocument, *, at: datetime) -> DocumentVersion:
    """Return the version that is public, recorded now where the text was changed elsewhere or never edited before."""
    published = published_draft(session, row.campaign_id, row.name)
    last = last_published(session, row)
    if last and same_content(normalized(kind_of(row.name), last[0].content), published):
        return last[0]
    return add_version(session, row, VersionState.PUBLISHED, published, recorded_at=at, published_at=at)
