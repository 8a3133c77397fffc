"""Facts about feedback, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfOrder(Event):
    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("feedback.request.sent")
@dataclasses.dataclass(frozen=True, kw_only=True)
class FeedbackAsked(_OfOrder):
    """The customer was asked how it went."""


@named("feedback.answer.given")
@dataclasses.dataclass(frozen=True, kw_only=True)
class FeedbackGiven(_OfOrder):
    """The customer answered."""

    rating: int


@named("feedback.request.expired")
@dataclasses.dataclass(frozen=True, kw_only=True)
class FeedbackExpired(_OfOrder):
    """Nobody answered in time."""


@named("feedback.case.opened")
@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseOpened(_OfOrder):
    """A low rating asks a department for an answer."""

    case_id: int


@named("feedback.case.solved")
@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseSolved(_OfOrder):
    """The department answered."""

    case_id: int
