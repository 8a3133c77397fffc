"""Where is my order: a page behind a signed link, without an account, showing the minimum."""

from __future__ import annotations

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.departments.logistics.queries import tracked_order
from app.departments.logistics.tracking import TRACK
from app.kernel.errors import NotFound
from app.platform.access import house_reading
from app.platform.access.links import open_link
from app.platform.backoffice import public_page
from app.records.returns.queries import tracked_returns


def track(token: str) -> ResponseReturnValue:
    """The order's way.  Raises: LinkInvalid, TooManyRequests."""
    link = open_link(token, TRACK, address=request.remote_addr)
    with house_reading():
        order = tracked_order(link.row_id)
        if order is None:
            raise NotFound
        zh = str(get_locale()).startswith("zh")
        body = render_template("portal/track.html", order=order, returns=tracked_returns(link.row_id), zh=zh)
    answer = make_response(body, 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def register(app: Flask) -> None:
    """The address."""
    public_page(app, "/t/<token>/", why="the signed link is the right, for one order", endpoint="track")(track)
