"""Changing a setting."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.settings.models import ConfigStamp, StoredSetting
from app.platform.settings.permissions import Permissions
from app.platform.settings.registry import STAMP, Setting, WrongValue, forget_seen, registry


def update_settings(actor: Actor, *, values: Mapping[str, Any]) -> None:
    """Give settings new values; what equals its default is no longer stored.

    Raises: NotPermitted, InvalidInput with every problem at its setting's name.
    """
    require(actor, Permissions.UPDATE)
    store(values, internal=False)


def update_setting(actor: Actor, *, name: str, value: Any) -> None:
    """Give one setting a new value.  Raises: as ``update_settings``."""
    update_settings(actor, values={name: value})


def store(values: Mapping[str, Any], *, internal: bool) -> None:
    """For use cases that set what the house keeps for itself, with their own right.  internal: such settings too."""
    problems: dict[str, Message] = {}
    made: dict[str, Any] = {}
    for name, given in values.items():
        found = registry.find(name)
        if found is None or (found.internal and not internal):
            problems[name] = Message(N_("There is no such setting."))
            continue
        try:
            made[name] = found.parse(given)
        except WrongValue as wrong:
            problems[name] = wrong.sentence
    if problems:
        raise InvalidInput(problems)
    statement = sa.select(StoredSetting.id).where(StoredSetting.name.in_(made))
    rows = {row.name: row for row in locks.lock_all(StoredSetting, session.scalars(statement).all())}
    changed = [_write(registry.get(name), value, rows.get(name)) for name, value in sorted(made.items())]
    if any(changed):
        session.flush()
        _stamp()


def _write(declared: Setting[Any], value: Any, row: StoredSetting | None) -> bool:
    stored = str(value) if isinstance(value, Decimal) else value
    if row is None:
        if value == declared.default:
            return False
        session.add(StoredSetting(name=declared.name, value=stored))
        return True
    if value == declared.default:
        session.delete(row)
        return True
    if row.value == stored:
        return False
    row.value = stored
    return True


def _stamp() -> None:
    row = session.scalars(sa.select(ConfigStamp).where(ConfigStamp.name == STAMP).with_for_update()).first()
    if row is None:
        session.add(ConfigStamp(name=STAMP, stamp=secrets.token_hex(16)))
    else:
        row.stamp = secrets.token_hex(16)
    session.flush()
    forget_seen()
