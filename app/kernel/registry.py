"""A named collection filled at start-up; a name is taken once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Name -> thing. Registering a taken name is a mistake of the house, found at start-up."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def add(self, name: str, item: T) -> T:
        """Register ``item``; the very same item twice is fine.  Raises: ValueError on a taken name."""
        if self._items.get(name, item) is not item:
            raise ValueError(f"{self.kind} {name!r} is registered twice")
        self._items[name] = item
        return item

    def get(self, name: str) -> T:
        """Raises: KeyError naming the kind."""
        try:
            return self._items[name]
        except KeyError:
            raise KeyError(f"unknown {self.kind}: {name!r}") from None

    def find(self, name: str) -> T | None:
        """The item, or None."""
        return self._items.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(sorted(self._items.items()))

    def __len__(self) -> int:
        return len(self._items)
