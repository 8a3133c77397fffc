"""Where records are opened: screens of the departments that show them, as far as a person may."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app

from app.kernel.actor import Actor
from app.platform.backoffice import views
from app.platform.db import session


def pages_of(actor: Actor, table: str, ids: Collection[int], *, department: str = "") -> dict[int, str]:
    """Addresses of the records' pages, the department's own before others; without an entry there is none.

    One query for each screen of the table that is asked, which is one where the first screen shows them all.
    """
    screens = [
        view for view in views(current_app) if view.model_class.__tablename__ == table and view.offers("details", actor)
    ]
    # The department's own first, then those with an entry in the sidebar, then in the order of registration.
    screens.sort(key=lambda view: (view.department != department, not view.in_menu))
    found: dict[int, str] = {}
    for view in screens:
        left = [row_id for row_id in ids if row_id not in found]
        if left:
            key = view.model_class.id  # type: ignore[attr-defined]  # every table of the house is keyed
            shown = session.scalars(view.select(actor).with_only_columns(key).where(key.in_(left)))
            found.update({row_id: view.address("details_view", row_id=row_id) for row_id in shown})
    return found
