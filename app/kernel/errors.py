"""The one tree of errors a person can meet.

A message is an English sentence with ``%(name)s`` places, marked with ``N_`` so that the catalogs hold it; the values
travel in ``data``. Surfaces translate in one place: ``gettext(error.message) % error.data``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from app.kernel.text import N_


class HandoffError(Exception):
    """Base of every refusal. ``code`` is stable for programs, ``status`` is the HTTP status."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    default_message: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, message: str | None = None, **data: Any) -> None:
        self.message = message or self.default_message
        self.data = data
        super().__init__(self.message)

    def __str__(self) -> str:
        """The English sentence, for logs and tests."""
        return self.message % self.data if self.data else self.message


class NotAuthenticated(HandoffError):
    """Nobody is signed in, or the link is not valid (any more)."""

    code = "not_authenticated"
    status = 401
    default_message = N_("Please sign in.")


class NotPermitted(HandoffError):
    """Signed in, but without the right."""

    code = "not_permitted"
    status = 403
    default_message = N_("You may not do this.")


class NotFound(HandoffError):
    """Does not exist, or not for this person: both look the same."""

    code = "not_found"
    status = 404
    default_message = N_("There is no such record, or it is not yours to see.")


class RuleBroken(HandoffError):
    """A rule of the trade says no; the sentence says which and what is allowed."""

    code = "rule_broken"
    status = 409


class WrongState(RuleBroken):
    """The record is not in a state from which this step exists."""

    code = "wrong_state"
    default_message = N_("This is not possible in the state “%(state)s”.")


class Conflict(RuleBroken):
    """Somebody else changed the record since it was shown.

    ``changes`` maps field -> (what the other saved, what you entered).
    """

    code = "conflict"
    default_message = N_("Somebody changed this record while you were editing it.")

    def __init__(self, changes: Mapping[str, tuple[Any, Any]] | None = None, **data: Any) -> None:
        self.changes = dict(changes or {})
        super().__init__(None, **data)


class Message:
    """A sentence with its values, translatable later."""

    __slots__ = ("data", "text")

    def __init__(self, text: str, **data: Any) -> None:
        self.text = text
        self.data = data

    def __str__(self) -> str:
        return self.text % self.data if self.data else self.text

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class InvalidInput(HandoffError):
    """What was entered cannot be used; every problem at its field.

    ``fields`` maps a field path (``quantity``, ``lines.3.quantity`` with 1-based lines) to a sentence.
    """

    code = "invalid_input"
    status = 422
    default_message = N_("Please correct the marked fields.")

    def __init__(self, fields: Mapping[str, Message | str], message: str | None = None, **data: Any) -> None:
        self.fields = {name: text if isinstance(text, Message) else Message(text) for name, text in fields.items()}
        super().__init__(message, **data)

    def __str__(self) -> str:
        """All problems in one line, for logs and tests."""
        return "; ".join(f"{name}: {text}" for name, text in self.fields.items()) or super().__str__()


class TooManyRequests(HandoffError):
    """Throttled; ``seconds`` says how long."""

    code = "too_many_requests"
    status = 429
    default_message = N_("Too many attempts. Please try again in %(seconds)s seconds.")


class ExternalFailure(HandoffError):
    """Something outside the house did not answer as agreed."""

    code = "external_failure"
    status = 502

    def __init__(self, message: str | None = None, *, retryable: bool = True, **data: Any) -> None:
        self.retryable = retryable
        super().__init__(message, **data)
