"""Checks by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.kernel.registry import Registry

Query = Callable[[], sa.Select[Any]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold."""

    name: str  #: <room>.<what holds>
    sentence: str
    broken: Query
    left_out: Query | None = None


_registry: Registry[Check] = Registry("check")


def check(name: str, sentence: str, *, left_out: Query | None = None) -> Callable[[Query], Query]:
    """Register the query of the rows that break ``sentence``."""

    def register(query: Query) -> Query:
        _registry.add(name, Check(name, sentence, query, left_out))
        return query

    return register


def checks() -> list[Check]:
    """All checks by name."""
    return [found for _, found in _registry]
