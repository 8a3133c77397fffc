"""Settings declared beside the code that reads them: name, kind, default and a sentence an admin can read.

    TOLERANCE = setting("purchasing.receipt_tolerance", Decimal, Decimal("5"), N_("Over-receipt allowed, in percent"))
    ...
    limit = TOLERANCE.value()

Values are rows; every process keeps them and asks the database once per request whether they are still the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from app.kernel.errors import Message
from app.kernel.registry import Registry
from app.kernel.text import N_, clean
from app.platform.access import house_reading
from app.platform.db import session
from app.platform.settings.models import ConfigStamp, StoredSetting

V = TypeVar("V", str, bool, int, Decimal)
LONGEST_TEXT = 2_000
STAMP = "settings"
_SEEN = "settings_seen"

_guard = threading.Lock()
#: the values of this process with the stamp they belong to
_cache: dict[str, Any] = {"stamp": None, "values": {}}


class WrongValue(ValueError):
    """The value does not fit the setting; carries the sentence."""

    def __init__(self, sentence: Message) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class Setting(Generic[V]):
    """One setting.  choices: stored value -> sentence.  internal: set by the house itself, not on the screen."""

    name: str
    kind: type[V]
    default: V
    sentence: str
    choices: Mapping[str, str] | None = None
    check: Callable[[V], Message | None] | None = None
    internal: bool = False

    def value(self) -> V:
        """What holds now."""
        stored = _values().get(self.name)
        if stored is None:
            return self.default
        try:
            return self.parse(stored)
        except WrongValue:
            return self.default

    def parse(self, given: Any) -> V:
        """A value from a form or from the database.  Raises: WrongValue."""
        made = _PARSERS[self.kind](given)
        if self.choices is not None and made not in self.choices:
            raise WrongValue(Message(N_("Choose one of the list.")))
        problem = self.check(made) if self.check else None
        if problem is not None:
            raise WrongValue(problem)
        found: V = made
        return found


def _text(given: Any) -> str:
    return clean(str(given), LONGEST_TEXT)


def _boolean(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    words = {"true": True, "on": True, "1": True, "y": True, "false": False, "": False, "0": False, "n": False}
    if str(given).lower() not in words:
        raise WrongValue(Message(N_("Choose yes or no.")))
    return words[str(given).lower()]


def _whole(given: Any) -> int:
    text = str(given).strip()
    if isinstance(given, bool) or not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        raise WrongValue(Message(N_("Enter a whole number.")))
    return int(text)


def _decimal(given: Any) -> Decimal:
    text = str(given).strip()
    try:
        made = Decimal(text)
    except InvalidOperation:
        raise WrongValue(Message(N_("Enter a number such as 12.5."))) from None
    if isinstance(given, bool) or not text.isascii() or not made.is_finite() or len(text) > 30 or abs(made) > 10**15:
        raise WrongValue(Message(N_("Enter a number such as 12.5.")))
    return made


_PARSERS: dict[type, Callable[[Any], Any]] = {str: _text, bool: _boolean, int: _whole, Decimal: _decimal}

registry: Registry[Setting[Any]] = Registry("setting")


def setting(
    name: str,
    kind: type[V],
    default: V,
    sentence: str,
    *,
    choices: Mapping[str, str] | Sequence[str] | None = None,
    check: Callable[[V], Message | None] | None = None,
    internal: bool = False,
) -> Setting[V]:
    """Declare a setting ``<package>.<name>`` at import.  sentence: marked with ``N_``.

    check: a sentence about a value that fits the kind but not the purpose, or None.
    """
    offered = choices if choices is None or isinstance(choices, Mapping) else {one: one for one in choices}
    made = Setting(name, kind, default, sentence, offered, check, internal)
    if registry.find(name) == made:
        return registry.get(name)
    registry.add(name, made)
    return made


def _values() -> Mapping[str, Any]:
    """Stored values; the database is asked once per transaction, that is once per request and unit of work."""
    seen = session.info.get(_SEEN)
    if seen is not None and seen[0] is session().get_transaction():
        found: Mapping[str, Any] = seen[1]
        return found
    with house_reading():
        stamp = session.scalar(sa.select(ConfigStamp.stamp).where(ConfigStamp.name == STAMP))
        with _guard:
            known: str | None = _cache["stamp"]
            values: Mapping[str, Any] = _cache["values"]
        if stamp is None:
            values = {}
        elif stamp != known:
            rows = session.execute(sa.select(StoredSetting.name, StoredSetting.value)).all()
            values = {row.name: row.value for row in rows}
            with _guard:
                _cache.update(stamp=stamp, values=values)
    session.info[_SEEN] = (session().get_transaction(), values)
    return values


def forget_seen() -> None:
    """The next read in this session asks the database again."""
    session.info.pop(_SEEN, None)
