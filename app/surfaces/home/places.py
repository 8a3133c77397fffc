"""Where records are opened: screens of the departments that show them, as far as a person may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from flask import current_app

from app.kernel.actor import Actor
from app.platform.backoffice import DepartmentView, views
from app.platform.db import session

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Work:
    """Something a department has to do with a record, under an order."""

    department: str
    subject: Subject
    root: Subject


class Places:
    """Addresses of records for one person; no screen is asked twice about the same record."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._known: dict[str, dict[int, str | None]] = defaultdict(dict)  #: screen -> record -> address

    def pages(self, table: str, ids: Collection[int], *, department: str | None = None) -> dict[int, str]:
        """Addresses of the records' pages; without an entry there is none.  department: only on its own screens.

        One query for each screen of the table that is asked, which is one where the first screen shows them all.
        """
        screens = [
            view
            for view in views(current_app)
            if view.model_class.__tablename__ == table
            and department in {None, view.department}
            and view.offers("details", self._actor)
        ]
        screens.sort(key=lambda view: not view.in_menu)  # what has an entry in the sidebar is the usual place
        found: dict[int, str] = {}
        for view in screens:
            left = [row_id for row_id in ids if row_id not in found]
            found.update({row_id: page for row_id, page in self._on(view, left).items() if page})
        return found

    def work(self, wanted: Collection[Work]) -> dict[Work, str]:
        """Where each piece of work is done.

        A screen of its department that shows the record, or else the order it belongs to; else any screen that does.
        """
        found: dict[Work, str] = {}
        for is_own in (True, False):
            for of_root in (False, True):
                left = [(one, one.root if of_root else one.subject) for one in wanted if one not in found]
                groups: dict[tuple[str, str | None], set[int]] = defaultdict(set)
                for one, (table, row_id) in left:
                    groups[table, one.department if is_own else None].add(row_id)
                pages = {key: self.pages(key[0], ids, department=key[1]) for key, ids in groups.items()}
                for one, (table, row_id) in left:
                    page = pages[table, one.department if is_own else None].get(row_id)
                    if page:
                        found[one] = page
        return found

    def _on(self, view: DepartmentView, ids: Collection[int]) -> dict[int, str | None]:
        known = self._known[view.endpoint]
        new = [row_id for row_id in ids if row_id not in known]
        if new:
            key = view.model_class.id  # type: ignore[attr-defined]  # every table of the house is keyed
            shown = set(session.scalars(view.select(self._actor).with_only_columns(key).where(key.in_(new))))
            known.update(
                {row_id: view.address("details_view", row_id=row_id) if row_id in shown else None for row_id in new}
            )
        return {row_id: known[row_id] for row_id in ids}
