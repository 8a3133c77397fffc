"""A nudge for the workers of this process, so that they need not wait for their next look."""

from __future__ import annotations

import threading
from weakref import WeakSet

_sleepers: WeakSet[threading.Event] = WeakSet()
_guard = threading.Lock()


def sleeper() -> threading.Event:
    """An event that `local` sets."""
    made = threading.Event()
    with _guard:
        _sleepers.add(made)
    return made


def local() -> None:
    """Wake the workers of this process; those of others look again within a second."""
    with _guard:
        for each in _sleepers:
            each.set()
