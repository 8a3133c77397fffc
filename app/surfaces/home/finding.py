"""Search over everything a person may see, from the top bar (Ctrl-K)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor
from app.platform.backoffice import page
from app.platform.search import Hit, find_anything
from app.surfaces.admin.history import table_word
from app.surfaces.home.places import Places

MOST = 30
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the way to it."""

    kind: str
    label: str
    href: str


def register(app: Flask) -> None:
    """The page."""

    @page(app, "/search/", permission=None, endpoint="search")
    def search(actor: Actor) -> ResponseReturnValue:
        text = request.args.get("q", "").strip()[:LONGEST]
        hits = find_anything(actor, text, MOST + 1)
        ways = addresses(actor, hits[:MOST])
        found = [Found(table_word(hit.table_name), hit.label, ways[hit]) for hit in hits[:MOST]]
        if len(found) == 1:
            return redirect(found[0].href)
        return render_template("home/search.html", text=text, found=found, is_capped=len(hits) > MOST)


def addresses(actor: Actor, hits: Sequence[Hit]) -> Mapping[Hit, str]:
    """Where each hit is opened: its own page, a screen that shows it, else its history."""
    places = Places(actor)
    ways: dict[Hit, str] = {}
    for table in dict.fromkeys(hit.table_name for hit in hits):
        ids = [hit.row_id for hit in hits if hit.table_name == table]
        shown = places.pages(table, ids)
        for hit in hits:
            if hit.table_name == table:
                ways[hit] = shown.get(hit.row_id) or url_for("record_history", table=table, row_id=hit.row_id)
    return ways
