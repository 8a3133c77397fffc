"""AZ13: who was refused what goes into the log, in a unit of work of its own after everything else was rolled back."""

from __future__ import annotations

from flask import Flask, request

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, NotPermitted
from app.platform.access.service import record_refusal
from app.platform.backoffice import on_refusal
from app.platform.backoffice.security import safe_path
from app.platform.db import run


def register(app: Flask) -> None:
    """Listen to refusals."""
    on_refusal(app, _write_down)


def _write_down(actor: Actor | None, error: HandoffError) -> None:
    """Only what a known person or link was refused: strangers who are sent to sign in would fill the log."""
    if actor is None or not isinstance(error, NotPermitted):
        return
    found = error.data.get("permission")
    run(
        record_refusal,
        actor,
        permission=str(found) if found else None,
        subject=None,
        address=safe_path(),
        method=request.method,
    )
