"""A process that has loaded the house looks for garbage less often."""

from __future__ import annotations

import gc

from app.kernel.garbage import MIDDLE, OLD, YOUNG, settle


def test_what_is_loaded_stays_and_looks_are_rare():
    before = gc.get_threshold(), gc.get_freeze_count()
    loaded: list[list[int]] = [[number] for number in range(1000)]
    settle()
    try:
        assert gc.get_threshold() == (YOUNG, MIDDLE, OLD)
        assert gc.get_freeze_count() >= before[1] + len(loaded)
    finally:
        gc.set_threshold(*before[0])


def test_garbage_is_still_found():
    settle()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
