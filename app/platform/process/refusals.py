"""Why a hand-off stays as it is."""

from __future__ import annotations

from app.kernel.errors import RuleBroken
from app.kernel.text import N_
from app.platform.process.models import HandOffState

ENDED = {
    HandOffState.COMPLETED: N_("This hand-off was already completed by %(name)s."),
    HandOffState.RETURNED: N_("This hand-off was already returned by %(name)s: %(reason)s"),
    HandOffState.CANCELLED: N_("This hand-off was already cancelled by %(name)s."),
}


class HandOffEnded(RuleBroken):
    """Somebody ended it before."""

    code = "hand_off.ended"


class AlreadyAccepted(RuleBroken):
    """A colleague was faster."""

    code = "hand_off.already_accepted"
    default_message = N_("%(name)s has already accepted this hand-off.")


class HandOffPausedNow(RuleBroken):
    """Nothing but resuming, assigning and cancelling is possible while it is paused."""

    code = "hand_off.paused"
    default_message = N_("This hand-off is paused. Resume it first.")


class NotAccepted(RuleBroken):
    """Only accepted work can be paused."""

    code = "hand_off.not_accepted"
    default_message = N_("Accept this hand-off first; only then it can be paused.")


class NotPaused(RuleBroken):
    """Its clock runs."""

    code = "hand_off.not_paused"
    default_message = N_("This hand-off is not paused.")


class PausedByEvent(RuleBroken):
    """What paused it must end first, such as the hold on the order."""

    code = "hand_off.paused_by_event"
    default_message = N_("This hand-off waits until its cause ends: %(reason)s")


class ClosesByEvent(RuleBroken):
    """Nobody ticks it off: it ends when the work is booked."""

    code = "hand_off.closes_by_event"
    default_message = N_("“%(step)s” ends by itself when this is done: %(needed)s (%(events)s).")


class NoSender(RuleBroken):
    """There is no other department to send it back to."""

    code = "hand_off.no_sender"
    default_message = N_("No other department handed this off, so it cannot be returned. Pause it with a reason.")


class ReworkNotReturnable(RuleBroken):
    """Returned work goes forward again when it is completed."""

    code = "hand_off.rework"
    default_message = N_("This came back to you once. Complete it, and it goes to the other department again.")


class NotAMember(RuleBroken):
    """Work stays in the department it was handed to."""

    code = "hand_off.not_a_member"
    default_message = N_("%(name)s does not work in this department or cannot sign in any more.")
