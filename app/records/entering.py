"""Entering and changing master data: the same checks for every table before its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message
from app.kernel.text import N_
from app.platform.access import require_fields
from app.platform.db import Base, session

M = TypeVar("M", bound=Base)


def check_fields(actor: Actor, model: type[Base], values: Mapping[str, Any], editable: frozenset[str]) -> None:
    """Raises: TypeError for a field that is not entered this way (a mistake of the caller), NotPermitted."""
    if unknown := set(values) - editable:
        raise TypeError(f"{model.__tablename__} has no {', '.join(sorted(unknown))} to enter")
    require_fields(actor, model, values)


def enter(actor: Actor, model: type[M], values: Mapping[str, Any], editable: frozenset[str]) -> M:
    """Make a row; its own checks were done.  Raises: NotPermitted, RuleBroken (a constraint)."""
    check_fields(actor, model, values, editable)
    row = model(**values)
    session.add(row)
    session.flush()
    return row


def differences(row: Base, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What would change.  Raises: Conflict with both values when somebody saved since ``version``."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if row.version != version:  # type: ignore[attr-defined]
        raise Conflict({name: (getattr(row, name), value) for name, value in changed.items()})
    return changed


def change(actor: Actor, row: M, changed: Mapping[str, Any], editable: frozenset[str]) -> M:
    """Write the changed fields.  Raises: NotPermitted, RuleBroken (a constraint)."""
    check_fields(actor, type(row), changed, editable)
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    return row


class Problems:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.fields: dict[str, Message | str] = {}

    def add(self, name: str, text: str, **data: Any) -> None:
        """One sentence at one field; the first stays."""
        self.fields.setdefault(name, Message(text, **data))

    def need(self, values: Mapping[str, Any], *names: str) -> None:
        """These may not be emptied."""
        for name in names:
            if name in values and (values[name] is None or values[name] == ""):
                self.add(name, N_("Please fill this in."))

    def not_negative(self, values: Mapping[str, Any], *names: str) -> None:
        """These are zero or more."""
        for name in names:
            if values.get(name) is not None and values[name] < 0:
                self.add(name, N_("0 or more."))

    def known(self, values: Mapping[str, Any], name: str, column: Any) -> None:
        """The value stands in ``column``, if one is given."""
        value = values.get(name)
        if value is not None and session.execute(sa.select(column).where(column == value)).first() is None:
            self.add(name, N_("Choose one from the list."))

    def tell(self) -> None:
        """Raises: InvalidInput if anything was added."""
        if self.fields:
            raise InvalidInput(self.fields)
