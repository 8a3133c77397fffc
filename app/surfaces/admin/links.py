"""Links that need no account: which are valid, for whom, until when; and the button that ends one."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import gettext, lazy_gettext

from app.platform.access import Permissions, service
from app.platform.access.links import purposes
from app.platform.access.models import SignedLink
from app.platform.backoffice import ButtonAction, Column, DepartmentView, add_view


def _purpose(link: Any) -> str:
    found = purposes.find(link.purpose)
    return gettext(found.sentence) if found else str(link.purpose)


class LinkDesk(DepartmentView, model=SignedLink):
    """All links, newest first; their tokens are known to nobody."""

    slug = "links"
    title = lazy_gettext("Links without account")
    menu_group = "setup"
    menu_icon = "link"
    menu_position = 40
    list_permission = Permissions.LINK_READ
    empty_hint = lazy_gettext("Links that customers and suppliers get appear here.")
    columns = (
        Column("purpose", render=_purpose),
        "party_name",
        "created_at",
        "expires_at",
        "used_at",
        "revoked_at",
    )
    details = (*columns, "table_name", "row_id")
    labels = {
        "purpose": lazy_gettext("What for"),
        "party_name": lazy_gettext("For whom"),
        "expires_at": lazy_gettext("Valid until"),
        "used_at": lazy_gettext("Used"),
        "revoked_at": lazy_gettext("Revoked"),
        "table_name": lazy_gettext("Table"),
        "row_id": lazy_gettext("Record"),
    }
    actions = (
        ButtonAction(
            "revoke",
            lazy_gettext("Revoke"),
            Permissions.LINK_REVOKE,
            service.revoke_link,
            confirm=lazy_gettext("Whoever has the link can no longer open it. A new one must be sent."),
            when=lambda link: link.revoked_at is None,
            needs=("revoked_at",),
            is_danger=True,
        ),
    )

    def row_label(self, row: Any) -> str:
        """What it is for, and for whom."""
        return f"{_purpose(row)} · {row.party_name}" if row.party_name else _purpose(row)


def register(app: Flask) -> None:
    """The view."""
    add_view(app, LinkDesk)
