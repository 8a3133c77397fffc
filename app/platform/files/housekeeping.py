"""Contents that no record has are removed from disk."""

from __future__ import annotations

from itertools import islice
from typing import Any

from app.kernel.actor import Actor
from app.platform.files import storage
from app.platform.files.queries import hashes_in_use
from app.platform.jobs import Running, job

#: a content is written before the transaction that uses it; none lasts this long
GRACE_SECONDS = 2 * 24 * 3600
AT_ONCE = 500


@job("files.unused.forget", outside=True, cron="20 4 * * *")
def forget_unused(running: Running) -> dict[str, Any]:
    """Remove contents untouched for two days that no record has: refused forms, removed files, drafts of a crash."""
    places = storage.contents(GRACE_SECONDS)
    forgotten = 0
    while chunk := list(islice(places, AT_ONCE)):
        running.stop_if_asked()
        used = running.run(_in_use, names=[place.name for place in chunk])
        for place in chunk:
            if place.name not in used and storage.is_older(place, GRACE_SECONDS):  # nobody took it up meanwhile
                place.unlink(missing_ok=True)
                forgotten += 1
    return {"forgotten": forgotten}


def _in_use(actor: Actor, *, names: list[str]) -> set[str]:
    return hashes_in_use(names)
