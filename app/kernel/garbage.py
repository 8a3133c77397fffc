"""How often Python looks for cyclic garbage."""

from __future__ import annotations

import gc

#: new objects between two looks; Python's 700 would look many times while one page is made
YOUNG = 20_000
#: looks at the young before one at the middle-aged, and of those before one at all
MIDDLE, OLD = 10, 10


def settle() -> None:
    """Call once when everything is loaded: what is there now stays for good and is never looked through again.

    A process that works on records makes and drops many small objects; looking through the loaded program over and
    over took a quarter of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
