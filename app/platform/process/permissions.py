"""Who may act on hand-offs, shape the flow and set working hours."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, open_to_all, permission, row_scope
from app.platform.process.models import (
    Calendar,
    CalendarDay,
    CalendarShift,
    DepartmentCalendar,
    FlowStep,
    FlowTrigger,
    FlowVersion,
    HandOff,
    HandOffPause,
)


class Permissions(PermissionSet, package="process"):
    """Rights of the process engine."""

    HAND_OFF_READ = permission("handoff.read", N_("See who holds what, since when and until when"), reads=HandOff)
    HAND_OFF_ACCEPT = permission("handoff.accept", N_("Accept hand-offs"))
    HAND_OFF_COMPLETE = permission("handoff.complete", N_("Complete hand-offs"))
    HAND_OFF_RETURN = permission("handoff.return", N_("Return hand-offs to their sender, with a reason"))
    HAND_OFF_PAUSE = permission("handoff.pause", N_("Pause hand-offs, with a reason"))
    HAND_OFF_RESUME = permission("handoff.resume", N_("Resume paused hand-offs"))
    HAND_OFF_ASSIGN = permission("handoff.assign", N_("Give hand-offs to a colleague"))
    HAND_OFF_CANCEL = permission("handoff.cancel", N_("Cancel hand-offs, with a reason"))
    FLOW_CHANGE = permission("flow.change", N_("Change the flow: steps, targets, what opens and closes them"))
    CALENDAR_CHANGE = permission("calendar.change", N_("Change working hours and free days"))


#: what a member of a department needs for its own desk; a head also assigns and cancels
MEMBER = (
    Permissions.HAND_OFF_ACCEPT,
    Permissions.HAND_OFF_COMPLETE,
    Permissions.HAND_OFF_RETURN,
    Permissions.HAND_OFF_PAUSE,
    Permissions.HAND_OFF_RESUME,
)
HEAD = (*MEMBER, Permissions.HAND_OFF_ASSIGN, Permissions.HAND_OFF_CANCEL)

_mine = {
    Permissions.HAND_OFF_READ: "all",
    **dict.fromkeys(MEMBER, "department"),
    **dict.fromkeys(HEAD[len(MEMBER) :], "headed"),
}
DEFAULT_GRANTS = {
    "admin": {
        Permissions.HAND_OFF_READ: "all",
        Permissions.FLOW_CHANGE: "all",
        Permissions.CALENDAR_CHANGE: "all",
    },
    "director": {Permissions.HAND_OFF_READ: "all", **dict.fromkeys(HEAD, "all")},
    "sales_manager": {Permissions.HAND_OFF_READ: "all", **dict.fromkeys(HEAD, "department")},
    **dict.fromkeys(("sales", "purchasing", "warehouse", "logistics", "finance"), _mine),
}


@row_scope(HandOff, "own")
def _assigned_to_me(actor: Actor) -> sa.ColumnElement[bool]:
    return HandOff.assignee_id == actor.user_id if actor.user_id is not None else sa.false()


@row_scope(HandOff, "department")
def _of_my_departments(actor: Actor) -> sa.ColumnElement[bool]:
    return HandOff.to_department_id.in_(sorted(actor.department_ids)) if actor.department_ids else sa.false()


@row_scope(HandOff, "involved")
def _to_or_from_my_departments(actor: Actor) -> sa.ColumnElement[bool]:
    if not actor.department_ids:
        return sa.false()
    mine = sorted(actor.department_ids)
    return sa.or_(HandOff.to_department_id.in_(mine), HandOff.from_department_id.in_(mine))


@row_scope(HandOff, "headed")
def _of_departments_i_head(actor: Actor) -> sa.ColumnElement[bool]:
    headed = sorted(actor.headed_department_ids)
    return HandOff.to_department_id.in_(headed) if headed else sa.false()


follows(HandOffPause, "hand_off_id", HandOff)
open_to_all(Calendar, CalendarShift, CalendarDay, DepartmentCalendar, FlowVersion, FlowStep, FlowTrigger)
