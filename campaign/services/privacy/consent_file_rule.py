"""The retention rule of scans and recordings: they are deleted some years after their consent ended or was withdrawn."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from sqlalchemy import ColumnElement, delete, event, func, or_, select
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain.retention import DAYS, RetentionName
from campaign.gateways.file_store import FileStore
from campaign.models.picture import Consent, ConsentFile
from campaign.services.pictures.consent_files import name_outside
from campaign.services.pictures.storage import delete_outside


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFileRule:
    """Until then they prove that somebody agreed; afterwards nobody can ask about it any more.

    Attributes:
        store: Where files are that are not in the database.
    """

    store: FileStore | None = None
    name: RetentionName = RetentionName.CONSENT_FILES
    days: int = DAYS[RetentionName.CONSENT_FILES]
    batch_rows: int = 50

    def with_days(self, days: int) -> Self:
        return replace(self, days=days)

    def due(self, session: Session, at: datetime) -> int:
        query = select(func.count(ConsentFile.id)).join(Consent, Consent.id == ConsentFile.consent_id)
        return session.execute(query.where(self._is_due(at))).scalar_one()

    def delete(self, session: Session, at: datetime) -> int:
        query = (
            select(ConsentFile, Consent.public_id, ConsentFile.body.is_(None))
            .join(Consent, Consent.id == ConsentFile.consent_id)
            .where(self._is_due(at))
            .order_by(ConsentFile.id)
            .limit(self.batch_rows)
        )
        rows = session.execute(query).all()
        outside = [name_outside(public_id, row) for row, public_id, is_outside in rows if is_outside]
        session.execute(delete(ConsentFile).where(ConsentFile.id.in_([row.id for row, _name, _outside in rows])))
        event.listen(session, "after_commit", partial(_delete_outside, self.store, outside), once=True)
        return len(rows)

    def _is_due(self, at: datetime) -> ColumnElement[bool]:
        before = at - timedelta(days=self.days)
        return or_(Consent.withdrawn_at < before, Consent.valid_until < local_day(before))


def _delete_outside(store: FileStore | None, names: list[str], _session: Session) -> None:
    delete_outside(store, names)
