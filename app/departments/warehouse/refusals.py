"""Sentences with which the warehouse says no."""

from __future__ import annotations

from app.kernel.errors import Conflict, RuleBroken
from app.kernel.text import N_


class PurchaseOrderNotOpen(RuleBroken):
    """Nothing is expected of this purchase order."""

    code = "warehouse.purchase_order_not_open"
    default_message = N_("Purchase order %(number)s is “%(state)s”: goods are received for orders that were sent.")


class ReceiptKeyTaken(Conflict):
    """The key belongs to the receipt of another purchase order."""

    code = "warehouse.receipt_key_taken"
    default_message = N_("This receipt has been booked already, for another purchase order.")


class NothingToPlan(RuleBroken):
    """No stock is held that is not planned yet."""

    code = "warehouse.nothing_to_plan"
    default_message = N_("Order %(number)s holds no stock that is not planned already.")


class MustLeaveWhole(RuleBroken):
    """The customer takes one delivery only."""

    code = "warehouse.must_leave_whole"
    default_message = N_(
        "Order %(number)s leaves in one piece: line %(position)s still lacks %(missing)s of %(product)s."
    )


class MoreThanHeld(RuleBroken):
    """A plan asks for more than is held for the line."""

    code = "warehouse.more_than_held"
    default_message = N_("Line %(position)s: %(wanted)s wanted, %(held)s held and not planned yet.")


class PackagesDiffer(RuleBroken):
    """The packages do not hold what was picked."""

    code = "warehouse.packages_differ"
    default_message = N_("Line %(position)s: %(picked)s picked, %(packed)s in packages.")


class HeldStock(RuleBroken):
    """A correction would take stock that is promised; the sentence says to whom."""

    code = "warehouse.held_stock"
    default_message = N_(
        "%(on_hand)s would be left of %(product)s at %(place)s, but %(held)s are held: %(holders)s. "
        "Release what is not needed, or count again."
    )
