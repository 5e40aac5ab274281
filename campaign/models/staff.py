"""Who works at the desk, what they may do, and what they did."""

from datetime import datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import CHAR, Column, ForeignKey, Index, Table
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.domain.staff_link import LinkPurpose
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, Json, PrimaryKey, PublicId, check_values

staff_role = Table(
    "staff_role",
    Model.metadata,
    Column("staff_id", Key, ForeignKey("staff.id"), primary_key=True),
    Column("role_id", Key, ForeignKey("role.id"), primary_key=True),
)


class Role(Model, RoleMixin):
    """viewer, campaign, finance, approver or admin."""

    __tablename__ = "role"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)


class Staff(Model, UserMixin):
    """A member of staff, with the columns that Flask-Security asks for."""

    __tablename__ = "staff"

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    password: Mapped[str | None]
    """argon2, by Flask-Security."""
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    """Changed at sign-out, and when the password or the roles are: it ends every session, and every copy of its cookie."""
    created_at: Mapped[datetime]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_totp_counter: Mapped[int | None]
    """Which thirty seconds the last code that was taken stood for: none is taken twice."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(Json.copy()))
    """Encrypted. Flask-Security takes a used one out of the list in place, which only a mutable type notices.

    The type is a copy, for `as_mutable` takes every column of the very same type object for a list.
    """
    campaign_id: Mapped[int | None] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    """The one campaign for which this person's roles hold; NULL: they hold for all campaigns and the installation."""
    last_active_at: Mapped[datetime | None]
    """When the person last used the staff pages, to the minute."""
    roles: Mapped[list[Role]] = relationship(secondary=staff_role, lazy="selectin")  # type: ignore[assignment]


class StaffSession(Model):
    """A browser in which somebody is signed in; the signed cookie names the row, and is worth nothing without it."""

    __tablename__ = "staff_session"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"), index=True)
    browser: Mapped[str]
    """Two names for the person's own list, such as Firefox and Windows; the whole header is not stored."""
    system: Mapped[str]
    signed_in_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    """To the minute."""


class StaffLink(Model):
    """The newest one-time link of a person, by which they choose their name and password."""

    __tablename__ = "staff_link"
    __table_args__ = (check_values("purpose", LinkPurpose),)

    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(CHAR(64), unique=True)
    """SHA-256 of the link; the link itself is stored nowhere."""
    purpose: Mapped[str]
    made_by_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"))
    """Nobody: the command line."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEvent(Model):
    """What a member of staff, or the command line, did; append-only."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[PrimaryKey]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("staff.id"), index=True)
    """Nobody: the command line or the system itself."""
    action: Mapped[str]
    """thing:act, such as allocation:approve."""
    subject: Mapped[str]
    """thing:public_id."""
    detail: Mapped[Facts]
