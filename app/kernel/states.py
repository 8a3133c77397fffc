"""Declared transitions: what is not declared is refused, on every path."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.kernel.errors import WrongState

S = TypeVar("S", bound=StrEnum)


class Machine(Generic[S]):
    """The states of one kind of record and the arrows between them."""

    def __init__(self, name: str, arrows: Mapping[S, frozenset[S] | set[S]]) -> None:
        self.name = name
        self.arrows = {source: frozenset(targets) for source, targets in arrows.items()}

    def allows(self, current: S, to: S) -> bool:
        """Whether the arrow is declared."""
        return to in self.arrows.get(current, frozenset())

    def move(self, record: Any, to: S) -> None:
        """Set ``record.state``.  Raises: WrongState."""
        self.require(record.state, to)
        record.state = to

    def require(self, current: S, to: S) -> None:
        """Raises: WrongState when the arrow is not declared."""
        if not self.allows(current, to):
            raise WrongState(state=current.value, wanted=to.value, machine=self.name)
