"""Refusals of sales."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.departments.sales.rules import Problem
from app.kernel.errors import RuleBroken
from app.kernel.quantity import plain
from app.kernel.text import N_


class NotVerifiable(RuleBroken):
    """Something is wrong that nobody let pass; ``problems`` names each at its line."""

    code = "sales.not_verifiable"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            N_("%(count)s problem(s) must be solved before the order can be verified."), count=len(problems)
        )


class NoSuchProblem(RuleBroken):
    """Nothing to let pass."""

    code = "sales.no_such_problem"
    default_message = N_("This problem is not there (any more). Look at the order again.")


class MustBeCorrected(RuleBroken):
    """A problem that nobody may let pass."""

    code = "sales.must_be_corrected"
    default_message = N_("This cannot be let pass; it must be corrected.")


class OlderOrderShown(RuleBroken):
    """The customer looked at an order that has changed since."""

    code = "sales.older_order_shown"
    default_message = N_("The order has changed since this page was made. Please ask for a new link.")


class GoodsHaveLeft(RuleBroken):
    """What is with the customer cannot be cancelled."""

    code = "sales.goods_have_left"
    default_message = N_(
        "Line %(line)s: %(quantity)s have left already. Close the order short, or take the goods back first."
    )


class NothingHasLeft(RuleBroken):
    """Closing short is for orders of which a part was delivered."""

    code = "sales.nothing_has_left"
    default_message = N_("Nothing of this order has left yet. Cancel it instead of closing it short.")


class NothingIsLeft(RuleBroken):
    """No quantity remains to cancel."""

    code = "sales.nothing_is_left"
    default_message = N_("Nothing of this order is still to be delivered.")


class GoodsArePicked(RuleBroken):
    """Goods lie in the packing area for this order."""

    code = "sales.goods_are_picked"

    def __init__(self, position: int, quantity: Decimal) -> None:
        super().__init__(
            N_("Line %(line)s: %(quantity)s are picked already. Ask the warehouse to put them back first."),
            line=position,
            quantity=plain(quantity),
        )


class TooMuchCancelled(RuleBroken):
    """More than is still owed."""

    code = "sales.too_much_cancelled"
    default_message = N_("Line %(line)s: at most %(most)s can be cancelled.")


class CancelTheOrder(RuleBroken):
    """Nothing would be left of the order."""

    code = "sales.cancel_the_order"
    default_message = N_("Nothing would be left of the order. Cancel the order instead.")


class AlreadyInvoiced(RuleBroken):
    """A price that stands on an invoice is changed by a credit note."""

    code = "sales.already_invoiced"
    default_message = N_("Line %(line)s is invoiced already. Credit the invoice before you change its price.")


class BelowWhatLeft(RuleBroken):
    """Less than has left the house."""

    code = "sales.below_what_left"
    default_message = N_("Line %(line)s: %(least)s have left already or are cancelled; the quantity cannot be less.")


class NothingChanged(RuleBroken):
    """An amendment without a change."""

    code = "sales.nothing_changed"
    default_message = N_("Nothing would change.")
