"""Fire drills that were held with a version of the program, or a reason why one was not wanted."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.drill import DrillOutcome
from campaign.extensions import Model
from campaign.models.columns import Facts, PrimaryKey, check_values


class Drill(Model):
    """One drill, or a waiver; append-only, for it is what going live rests on."""

    __tablename__ = "drill"
    __table_args__ = (check_values("outcome", DrillOutcome),)

    id: Mapped[PrimaryKey]
    version: Mapped[str] = mapped_column(index=True)
    """The fingerprint of the program that was drilled: see services/drill/version.py."""
    outcome: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    """Why it was waived; empty where it was held."""
    report: Mapped[Facts]
    """The drill's report as it was written; empty for a waiver."""
