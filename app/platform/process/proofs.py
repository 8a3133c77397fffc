"""What can never be true of hand-offs (``flask check``)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.platform.process.models import OPEN_STATES, HandOff, HandOffPause, HandOffState

hand_offs, pauses = HandOff.__table__, HandOffPause.__table__


@check("process.states_fit_times", "The state of a hand-off and its times say the same.")
def states_fit_times() -> sa.Select[Any]:
    """Open ones have no end, completed ones a time, paused ones no due time, and nothing ends before it begins."""
    state = hand_offs.c.state
    broken = sa.or_(
        state.in_(OPEN_STATES) != hand_offs.c.ended_at.is_(None),
        (state == HandOffState.COMPLETED) != hand_offs.c.completed_at.is_not(None),
        (state == HandOffState.PAUSED) != hand_offs.c.due_at.is_(None),
        sa.and_(state == HandOffState.ACCEPTED, hand_offs.c.accepted_at.is_(None)),
        hand_offs.c.accepted_at < hand_offs.c.offered_at,
        hand_offs.c.ended_at < sa.func.coalesce(hand_offs.c.accepted_at, hand_offs.c.offered_at),
    )
    return _hand_offs().where(broken)


@check("process.paused_while_a_pause_runs", "A hand-off is paused exactly while one of its pauses runs.")
def paused_while_a_pause_runs() -> sa.Select[Any]:
    """Also finds an ended one whose pause was forgotten."""
    runs = sa.exists().where(pauses.c.hand_off_id == hand_offs.c.id, pauses.c.until.is_(None))
    return _hand_offs().where((hand_offs.c.state == HandOffState.PAUSED) != runs)


@check("process.pauses_within", "A pause lies within the life of its hand-off.")
def pauses_within() -> sa.Select[Any]:
    """Else working time would be taken off that was never there."""
    outside = sa.or_(pauses.c.since < hand_offs.c.offered_at, pauses.c.until > hand_offs.c.ended_at)
    found = _hand_offs().add_columns(pauses.c.since, pauses.c.until)
    return found.join(pauses, pauses.c.hand_off_id == hand_offs.c.id).where(outside)


@check("process.open_once", "A step of a record is open once.")
def open_once() -> sa.Select[Any]:
    """Two open ones would be two people's work and one of them in vain."""
    key = (hand_offs.c.step_id, hand_offs.c.subject_table, hand_offs.c.subject_id)
    return (
        sa.select(*key, sa.func.count().label("open"))
        .where(hand_offs.c.ended_at.is_(None))
        .group_by(*key)
        .having(sa.func.count() > 1)
        .order_by(*key)
    )


def _hand_offs() -> sa.Select[Any]:
    return sa.select(
        hand_offs.c.id, hand_offs.c.root_table, hand_offs.c.root_id, hand_offs.c.state, hand_offs.c.ended_at
    ).order_by(hand_offs.c.id)
