"""What happened without a row changing: a sign-in, a refusal, an export, a print.

The audit log listens; engines below it (access, files) only say what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.platform.db.extension import session
from app.platform.db.unit_of_work import acting


@dataclass(frozen=True, slots=True)
class Note:
    """One happening. action: ``sign_in``, ``sign_in.refused``, ``refusal`` ...; facts: JSON values, never a secret."""

    action: str
    subject: tuple[str, int] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Session, Note], None]
listeners: list[Listener] = []


def note(action: str, *, subject: tuple[str, int] | None = None, **facts: Any) -> None:
    """Tell every listener, in the open unit of work; who acts is its actor.  Raises: RuntimeError outside ``run``."""
    acting()
    happened = Note(action, subject, facts)
    for listener in listeners:
        listener(session(), happened)
