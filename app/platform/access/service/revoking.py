"""Making links without account invalid by hand."""

from __future__ import annotations

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import WrongState
from app.platform.access.models import SignedLink
from app.platform.access.rights import Permissions
from app.platform.access.service import guards
from app.platform.db import session


def revoke_link(actor: Actor, *, signed_link_id: int) -> SignedLink:
    """Whoever has the link reads "not valid (any more)" from now on.

    Raises: NotPermitted, NotFound, WrongState (revoked already).
    """
    link = guards.locked(actor, Permissions.LINK_REVOKE, SignedLink, signed_link_id)
    if link.revoked_at is not None:
        raise WrongState(state="revoked")
    link.revoked_at = clock.now()
    session.flush()
    return link
