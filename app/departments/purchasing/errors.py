"""Refusals of purchasing."""

from __future__ import annotations

from app.kernel.errors import RuleBroken
from app.kernel.text import N_


class NoSupplier(RuleBroken):
    """Nobody is known to supply the product."""

    code = "purchasing.no_supplier"
    default_message = N_("%(supplier)s does not supply %(product)s: enter its price and lead time first.")


class NothingToOrder(RuleBroken):
    """All of it is on purchase orders."""

    code = "purchasing.nothing_to_order"
    default_message = N_("Requisition %(number)s is ordered already.")


class OtherCurrencyOrWarehouse(RuleBroken):
    """One purchase order has one currency and one warehouse."""

    code = "purchasing.mixed_order"
    default_message = N_("One purchase order has one currency, one price basis and one warehouse.")


class GoodsHaveArrived(RuleBroken):
    """What has arrived cannot be cancelled."""

    code = "purchasing.goods_arrived"
    default_message = N_("Goods of %(number)s have arrived: close it short instead of cancelling it.")
