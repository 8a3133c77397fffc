"""Permissions: declared once beside the code they guard, each with a sentence an admin can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.kernel.registry import Registry
from app.platform.db import Base


@dataclass(frozen=True, slots=True)
class Permission:
    """A right by name.  reads: models whose rows this right lets a person see."""

    code: str
    sentence: str
    reads: tuple[type[Base], ...] = ()

    def __str__(self) -> str:
        return self.code


registry: Registry[Permission] = Registry("permission")


class _Declared:
    __slots__ = ("code", "reads", "sentence")

    def __init__(self, code: str, sentence: str, reads: tuple[type[Base], ...]) -> None:
        self.code, self.sentence, self.reads = code, sentence, reads


def permission(code: str, sentence: str, *, reads: type[Base] | tuple[type[Base], ...] = ()) -> Any:
    """Declare ``<package>.<code>`` inside a PermissionSet.  sentence: marked with ``N_``."""
    return _Declared(code, sentence, reads if isinstance(reads, tuple) else (reads,))


class PermissionSet:
    """``class Permissions(PermissionSet, package="sales")``: its attributes become registered permissions."""

    def __init_subclass__(cls, package: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, declared in list(vars(cls).items()):
            if isinstance(declared, _Declared):
                made = Permission(f"{package}.{declared.code}", declared.sentence, declared.reads)
                setattr(cls, name, registry.add(made.code, made))


def reading(model: type[Base]) -> Iterator[Permission]:
    """Permissions that let a person see rows of ``model``."""
    return (granted for _, granted in registry if model in granted.reads)
