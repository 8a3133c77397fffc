"""Links that need no account: signed, for one purpose and one record, with an end, and revocable.

The token is 144 random bits signed for its purpose; the row keeps only its hash. A wrong, forged, expired, revoked or
foreign token gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import HandoffError
from app.kernel.registry import Registry
from app.kernel.text import N_
from app.platform.access import throttle
from app.platform.access.models import SignedLink
from app.platform.access.permissions import Permission
from app.platform.access.policy import SUBJECT
from app.platform.access.reading import house_reading
from app.platform.access.tokens import LINK_BYTES, digest, random_id
from app.platform.db import dml, locks, run, session

LONGEST_TOKEN = 200
#: wrong tokens from one address within the throttle's window, before the answer is "wait"
WRONG_TOKENS = 30
#: no login has a blank
_KIND = "link tokens"
PASSWORD = "password"  # noqa: S105  the purpose's name
#: asked for by somebody who forgot the old one, sent to the address on file
RESET = "password_reset"


class LinkInvalid(HandoffError):
    """Wrong, expired, revoked or meant for something else; which of them is nobody's business."""

    code = "link.invalid"
    status = 404
    default_message = N_("This link is not valid, or not valid any more. Ask the person who sent it for a new one.")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a kind of link is for and which permissions it carries, on its one record only."""

    name: str
    sentence: str
    permissions: tuple[Permission, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that was found valid.  actor: kind portal, sees and touches nothing but the link's record."""

    actor: Actor
    link_id: int
    table: str
    row_id: int
    facts: Mapping[str, Any]
    party_name: str
    used_at: datetime | None
    expires_at: datetime


purposes: Registry[Purpose] = Registry("link purpose")


def link_purpose(name: str, sentence: str, permissions: Iterable[Permission] = ()) -> Purpose:
    """Register a kind of link at start-up.  sentence: for admins, marked with ``N_``."""
    return purposes.add(name, Purpose(name, sentence, tuple(permissions)))


link_purpose(PASSWORD, N_("Choose a password"))
link_purpose(RESET, N_("Choose a new password after forgetting the old one"))


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"handoff.link.{purpose}")


def make_link(
    purpose: str,
    table: str,
    row_id: int,
    *,
    valid_for: timedelta,
    facts: Mapping[str, Any] | None = None,
    party_name: str = "",
) -> str:
    """A new link's token; it is known now and never again. Belongs into the use case that sends it.

    facts: JSON values the link freezes, such as the version of the order it shows.  party_name: for whom it is.
    Raises: KeyError (unknown purpose).
    """
    purposes.get(purpose)
    secret = random_id(LINK_BYTES)
    now = clock.now()
    session.add(
        SignedLink(
            token_hash=digest(secret),
            purpose=purpose,
            table_name=table,
            row_id=row_id,
            party_name=party_name[:200],
            created_at=now,
            expires_at=now + valid_for,
            facts=dict(facts or {}),
        )
    )
    session.flush()
    return str(_serializer(purpose).dumps(secret))


def open_link(token: str, purpose: str, *, address: str | None = None, request_id: str | None = None) -> OpenLink:
    """What the token is for.  address: of the visitor, to slow guessing down.  Call it outside ``run``.

    Raises: LinkInvalid; TooManyRequests after many wrong tokens from one address. A right token always opens:
    who shares an address with a guesser is not locked out.
    """
    found = _find(token, purpose)
    if found is None:
        if address is not None:
            run(
                _count_wrong,
                Actor(name="link", kind=ActorKind.SYSTEM, surface="portal", address=address),
                address=address,
            )
        raise LinkInvalid
    carried = {one.code: frozenset({SUBJECT}) for one in purposes.get(purpose).permissions}
    actor = Actor(
        name=found.party_name or purpose,
        kind=ActorKind.PORTAL,
        permissions=MappingProxyType(carried),
        subject=(found.table_name, found.row_id),
        surface="portal",
        address=address,
        request_id=request_id,
    )
    return OpenLink(
        actor, found.id, found.table_name, found.row_id, MappingProxyType(dict(found.facts or {})),
        found.party_name, found.used_at, found.expires_at,
    )  # fmt: skip


def _find(token: str, purpose: str) -> SignedLink | None:
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        secret = _serializer(purpose).loads(token)
    except (BadData, UnicodeError):
        return None
    with house_reading():
        statement = sa.select(SignedLink).where(SignedLink.token_hash == digest(str(secret)), *_valid(purpose))
        found = session.scalars(statement).first()
    if found is not None:
        session.expunge(found)
    session.rollback()
    return found


def _valid(purpose: str) -> tuple[sa.ColumnElement[bool], ...]:
    return SignedLink.purpose == purpose, SignedLink.revoked_at.is_(None), SignedLink.expires_at > clock.now()


def _count_wrong(actor: Actor, *, address: str) -> None:
    throttle.claim_at(kind=_KIND, address=address, most=WRONG_TOKENS)


def use_link(link_id: int, purpose: str) -> SignedLink:
    """Mark a link as used, once; for use cases that allow one answer only.  Raises: LinkInvalid (used or not valid)."""
    link = locks.lock(SignedLink, link_id)
    now = clock.now()
    if link.purpose != purpose or link.used_at or link.revoked_at or link.expires_at <= now:
        raise LinkInvalid
    link.used_at = now
    session.flush()
    return link


def revoke_links(purpose: str, table: str, row_id: int) -> int:
    """Make all links of one purpose on one record invalid; how many were valid."""
    changed = dml.update_where(
        SignedLink,
        SignedLink.table_name == table,
        SignedLink.row_id == row_id,
        *_valid(purpose),
        values={"revoked_at": clock.now()},
    )
    return len(changed)
