"""People, departments, roles and what they may; sessions, failed logins and signed links."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import Json, UtcDateTime


class Department(Keyed, Versioned, Timestamped, Base):
    """A department of the house; the five of the order's way, and any an admin adds."""

    __tablename__ = "departments"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    mark_en: Mapped[str] = mapped_column(sa.String(2))  #: letter on its mark
    mark_zh: Mapped[str] = mapped_column(sa.String(2))
    position: Mapped[int] = mapped_column(sa.Integer(), default=100)
    is_active: Mapped[bool] = mapped_column(default=True)


class User(Keyed, Versioned, Timestamped, Base):
    """A person with a login."""

    __tablename__ = "users"
    __secret__ = frozenset({"password_hash"})
    __personal__ = frozenset({"name", "email", "phone"})
    login: Mapped[str] = mapped_column(sa.String(80), unique=True)  #: folded to lower case
    name: Mapped[str] = mapped_column(sa.String(100))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))  #: none: cannot sign in with a password
    language: Mapped[str | None] = mapped_column(sa.String(12))  #: en or zh_Hans_CN; none: as the browser
    timezone: Mapped[str | None] = mapped_column(sa.String(60))  #: IANA; none: the company's
    theme: Mapped[str | None] = mapped_column(sa.String(8))  #: light, dark or none: as the system
    is_active: Mapped[bool] = mapped_column(default=True)
    #: raised when password, roles or departments change: every session of the person ends
    access_version: Mapped[int] = mapped_column(sa.Integer(), default=1)
    must_change_password: Mapped[bool] = mapped_column(default=False)

    roles: Mapped[list[UserRole]] = relationship(back_populates="user", passive_deletes="all")
    departments: Mapped[list[UserDepartment]] = relationship(back_populates="user", passive_deletes="all")


class Role(Keyed, Versioned, Timestamped, Base):
    """A bundle of rights managed by admins."""

    __tablename__ = "roles"
    code: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    description: Mapped[str] = mapped_column(sa.Text(), default="")
    #: who has this role sets up a second factor before anything else
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    grants: Mapped[list[RoleGrant]] = relationship(back_populates="role", passive_deletes="all")
    field_rights: Mapped[list[RoleField]] = relationship(back_populates="role", passive_deletes="all")


class RoleGrant(Keyed, Base):
    """One permission of a role, with the rows it reaches."""

    __tablename__ = "role_grants"
    __table_args__ = (sa.UniqueConstraint("role_id", "permission"),)
    __record__ = ("roles", "role_id")
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("roles.id", ondelete="RESTRICT"), index=True)
    permission: Mapped[str] = mapped_column(sa.String(80))
    row_scope: Mapped[str] = mapped_column(sa.String(20), default="all")

    role: Mapped[Role] = relationship(back_populates="grants")


class RoleField(Keyed, Base):
    """What a role may do with a guarded field; no row means: nothing."""

    __tablename__ = "role_fields"
    __table_args__ = (sa.UniqueConstraint("role_id", "table_name", "field_name"),)
    __record__ = ("roles", "role_id")
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("roles.id", ondelete="RESTRICT"), index=True)
    table_name: Mapped[str] = mapped_column(sa.String(60))
    field_name: Mapped[str] = mapped_column(sa.String(60))
    may_read: Mapped[bool] = mapped_column(default=False)
    may_write: Mapped[bool] = mapped_column(default=False)

    role: Mapped[Role] = relationship(back_populates="field_rights")


class UserRole(Keyed, Base):
    """A person has a role."""

    __tablename__ = "user_roles"
    __table_args__ = (sa.UniqueConstraint("user_id", "role_id"),)
    __record__ = ("users", "user_id")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("roles.id", ondelete="RESTRICT"), index=True)

    user: Mapped[User] = relationship(back_populates="roles")
    role: Mapped[Role] = relationship()


class UserDepartment(Keyed, Base):
    """A person works in a department, perhaps as its head."""

    __tablename__ = "user_departments"
    __table_args__ = (sa.UniqueConstraint("user_id", "department_id"),)
    __record__ = ("users", "user_id")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id", ondelete="RESTRICT"), index=True)
    is_head: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(back_populates="departments")
    department: Mapped[Department] = relationship()


class LoginSession(Keyed, Base):
    """A signed-in browser; the cookie only carries a random id, this row decides."""

    __tablename__ = "login_sessions"
    __audited__ = False
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)  #: SHA-256 of the random id
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    access_version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime())  #: written at most once a minute
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())  #: absolute end
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    #: the password was right and the code is still to come: opens nothing
    awaits_code: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    address: Mapped[str | None] = mapped_column(sa.String(64))
    agent: Mapped[str | None] = mapped_column(sa.String(200))


class SecondFactor(Keyed, Timestamped, Base):
    """The phone of a person: what its codes are worked out from, together with SECRET_KEY."""

    __tablename__ = "second_factors"
    __secret__ = frozenset({"salt"})
    __record__ = ("users", "user_id")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), unique=True)
    salt: Mapped[str] = mapped_column(sa.String(64))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  #: none: offered, not proved yet
    last_step: Mapped[int] = mapped_column(sa.BigInteger(), default=0)  #: newest half minute whose code was used


class RecoveryCode(Keyed, Base):
    """One line of the sheet that helps when the phone is lost; good once."""

    __tablename__ = "recovery_codes"
    __secret__ = frozenset({"code_hash"})
    __record__ = ("users", "user_id")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class FailedLogin(Keyed, Base):
    """A wrong password; what throttling counts."""

    __tablename__ = "failed_logins"
    __audited__ = False
    __table_args__ = (
        sa.Index("ix_failed_logins_login_at", "login", "at"),
        sa.Index("ix_failed_logins_address_at", "address", "at"),
    )
    login: Mapped[str] = mapped_column(sa.String(80))
    address: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())


class SignedLink(Keyed, Base):
    """A link that needs no account: one purpose, one record, an end."""

    __tablename__ = "signed_links"
    __secret__ = frozenset({"token_hash"})
    __table_args__ = (sa.Index("ix_signed_links_record", "table_name", "row_id", "purpose"),)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(40))
    table_name: Mapped[str] = mapped_column(sa.String(60))
    row_id: Mapped[int] = mapped_column(sa.BigInteger())
    party_name: Mapped[str] = mapped_column(sa.String(200), default="")  #: whom it was made for
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    #: what the link froze (the order's version it shows), replaced as a whole
    facts: Mapped[dict[str, object] | None] = mapped_column(Json())


constraint_sentence("uq_users_login", N_("There is already a person with this login."))
constraint_sentence("uq_roles_code", N_("There is already a role with this code."))
constraint_sentence("uq_departments_code", N_("There is already a department with this code."))
