"""Calls for grants and the applications that answer them, with their files, reviews and decisions."""

from datetime import date, datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.grant_application import ApplicationState, ReviewState
from campaign.domain.grant_call import MAX_SHORT, QuestionKind
from campaign.extensions import Key, Model
from campaign.models.columns import (
    CurrencyCode,
    Facts,
    Json,
    LongText,
    Minor,
    PrimaryKey,
    PublicId,
    Texts,
    check_values,
)


class GrantCall(Model):
    """What a grant's call has besides its days: whether people apply on this site, and how many may."""

    __tablename__ = "grant_call"
    __table_args__ = (CheckConstraint("places IS NULL OR places > 0", "places"),)

    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"), primary_key=True)
    is_online: Mapped[bool]
    places: Mapped[int | None]
    """How many applications are taken; None where there is no limit."""
    reviews_due_on: Mapped[date | None]
    """The day by which reviewers give their scores; None where no day is set."""


class CallQuestion(Model):
    """A line of a call: a question for applicants, or a criterion for reviewers."""

    __tablename__ = "call_question"
    __table_args__ = (check_values("kind", QuestionKind),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    label: Mapped[Texts]
    hint: Mapped[Texts]
    is_required: Mapped[bool] = mapped_column(default=True)
    needs_yes: Mapped[bool] = mapped_column(default=True)
    max_length: Mapped[int] = mapped_column(default=MAX_SHORT)
    options: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    """Of a choice, in their order, a text per language each."""
    is_removed: Mapped[bool] = mapped_column(default=False)
    """Not asked any more; earlier answers to it can still be read."""


class GrantApplication(Model):
    """What somebody applies with. One mailbox has one application to a grant."""

    __tablename__ = "grant_application"
    __table_args__ = (
        UniqueConstraint("fund_id", "email_key"),
        check_values("state", ApplicationState),
        CheckConstraint("state <> 'awarded' OR award_minor > 0", "award"),
        CheckConstraint(
            "state NOT IN ('submitted', 'waiting', 'awarded', 'refused') OR submitted_at IS NOT NULL", "submitted"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    campaign_id: Mapped[int] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    fund_id: Mapped[int] = mapped_column(Key, ForeignKey("fund.id"))
    email: Mapped[str]
    email_key: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default=ApplicationState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    place: Mapped[str]
    answers: Mapped[dict[str, str]] = mapped_column(Json)
    """By the public id of the question."""
    shows_name: Mapped[bool] = mapped_column(default=False)
    """Whether the applicant agreed that everybody may read their name, should they get the grant."""
    shows_place: Mapped[bool] = mapped_column(default=False)
    consent_at: Mapped[datetime | None]
    consent_version: Mapped[str]
    """Which text they agreed to, in `language`."""
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """When it was withdrawn, or decided."""
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    reason: Mapped[LongText]
    """Of the decision, for staff."""
    award_minor: Mapped[Minor | None]
    award_currency: Mapped[CurrencyCode | None]
    allocation_id: Mapped[int | None] = mapped_column(Key, ForeignKey("allocation.id"))
    """The proposed allocation of an award."""
    letter: Mapped[LongText]
    letter_at: Mapped[datetime | None]


class ApplicationLink(Model):
    """A link to an application that was mailed to its applicant. A newer one does not end it: somebody may be writing."""

    __tablename__ = "application_link"

    digest: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    """Of the secret in the address."""
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("grant_application.id"), index=True)
    made_at: Mapped[datetime]


class ApplicationFile(Model):
    """A file that an applicant attached; it is never public."""

    __tablename__ = "application_file"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    application_id: Mapped[int] = mapped_column(Key, ForeignKey("grant_application.id"), index=True)
    question_id: Mapped[int] = mapped_column(Key, ForeignKey("call_question.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    length: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    recorded_at: Mapped[datetime]


class ApplicationReview(Model):
    """One reviewer's work on an application, or the conflict of interest that a person declared."""

    __tablename__ = "application_review"
    __table_args__ = (check_values("state", ReviewState),)

    application_id: Mapped[int] = mapped_column(Key, ForeignKey("grant_application.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default=ReviewState.ASSIGNED)
    scores: Mapped[Facts]
    """By the public id of the criterion."""
    comment: Mapped[LongText]
    """On the whole; of a conflict, what it is."""
    assigned_by: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    assigned_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
