"""Who works at the desk, what they may do, and what they did."""

from collections.abc import Iterable
from datetime import datetime

from flask_security.core import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import CHAR, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.domain.staff_link import LinkPurpose
from campaign.extensions import Key, Model
from campaign.models.columns import Facts, Json, PrimaryKey, PublicId, check_values


class Role(Model, RoleMixin):
    """viewer, campaign, finance, approver or admin."""

    __tablename__ = "role"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)
    needs_second_step: Mapped[bool | None]
    """Whether its people must set up a second step; NULL: as this program decides."""


class Staff(Model, UserMixin):
    """A member of staff, with the columns that Flask-Security asks for."""

    __tablename__ = "staff"
    __table_args__ = (
        Index("uq_staff_fs_webauthn_user_handle", "fs_webauthn_user_handle", unique=True),
        Index("uq_staff_mail_nonce", "mail_nonce", unique=True),
    )

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
    last_active_at: Mapped[datetime | None]
    """When the person last used the staff pages, to the minute."""
    fs_webauthn_user_handle: Mapped[str | None]  # type: ignore[assignment]  # there is none before the first passkey
    """Names the person to their authenticators; it says nothing about them."""
    webauthn: Mapped[list["StaffPasskey"]] = relationship(  # type: ignore[assignment]
        cascade="all, delete-orphan", order_by="StaffPasskey.id"
    )
    mail_nonce: Mapped[str | None] = mapped_column(CHAR(16))
    """With the secret key it makes the person's addresses for updates by email; a new one makes the old addresses void."""
    grants: Mapped[list["StaffGrant"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]  # it is never written
        """The person's roles, for whatever they hold them; Flask-Security reads them."""
        return list({grant.role.name: grant.role for grant in self.grants}.values())


IS_SHARED = text("campaign_id IS NULL")
IS_OF_CAMPAIGN = text("campaign_id IS NOT NULL")


class StaffGrant(Model):
    """A role that a person holds, for one campaign or for the whole organisation."""

    __tablename__ = "staff_grant"
    __table_args__ = (
        Index(
            "uq_staff_grant_of_campaign",
            *("staff_id", "role_id", "campaign_id"),
            unique=True,
            sqlite_where=IS_OF_CAMPAIGN,
            postgresql_where=IS_OF_CAMPAIGN,
        ),
        Index(
            "uq_staff_grant_shared",
            *("staff_id", "role_id"),
            unique=True,
            sqlite_where=IS_SHARED,
            postgresql_where=IS_SHARED,
        ),
    )

    id: Mapped[PrimaryKey]
    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"), index=True)
    role_id: Mapped[int] = mapped_column(Key, ForeignKey("role.id"))
    campaign_id: Mapped[int | None] = mapped_column(Key, ForeignKey("campaign.id"), index=True)
    """NULL: the role holds for all campaigns and the installation."""
    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)


def holds_shared_role(names: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a person holds one of these roles for the whole organisation."""
    return Staff.grants.any(and_(StaffGrant.campaign_id.is_(None), StaffGrant.role.has(Role.name.in_(names))))


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


class StaffPasskey(Model, WebAuthnMixin):
    """A passkey of a person, with the columns that Flask-Security asks for."""

    __tablename__ = "staff_passkey"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[PrimaryKey]
    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
    name: Mapped[str]
    """As the person calls it."""
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[list[str] | None] = mapped_column(Json)
    backup_state: Mapped[bool]
    device_type: Mapped[str]
    extensions: Mapped[str | None]
    usage: Mapped[str]
    lastuse_datetime: Mapped[datetime]

    def get_user_mapping(self) -> dict[str, int]:
        """Return how Flask-Security finds the person of this passkey."""
        return {"id": self.staff_id}


class StaffDevice(Model):
    """A browser in which a person has signed in before, by a cookie of its own."""

    __tablename__ = "staff_device"
    __table_args__ = (UniqueConstraint("staff_id", "digest"),)

    id: Mapped[PrimaryKey]
    staff_id: Mapped[int] = mapped_column(Key, ForeignKey("staff.id"))
    digest: Mapped[str] = mapped_column(CHAR(64))
    """SHA-256 of the cookie."""
    last_used_at: Mapped[datetime]


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
