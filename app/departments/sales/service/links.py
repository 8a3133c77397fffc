"""The link by which a customer answers an order: it shows one version of one order and is good for one answer."""

from __future__ import annotations

from datetime import timedelta

from app.departments.sales.permissions import Permissions
from app.kernel.text import N_
from app.platform.access.links import link_purpose, make_link, revoke_links
from app.records.orders.models import Order
from app.records.parties.models import Party

CONFIRM = "sales.order.confirm"
VALID_FOR = timedelta(days=30)

link_purpose(CONFIRM, N_("Confirm an order or ask for a change"), [Permissions.ORDER_ANSWER])


def make(order: Order, customer: Party) -> str:
    """The token of a new link for the order as it is now; earlier ones stop working."""
    revoke(order.id)
    return make_for_paper(order, customer)


def make_for_paper(order: Order, customer: Party) -> str:
    """The token of a link that is printed; the one that was sent goes on working until one of them is answered."""
    return make_link(
        CONFIRM, "orders", order.id,
        valid_for=VALID_FOR, facts={"version": order.version}, party_name=customer.name,
    )  # fmt: skip


def revoke(order_id: int) -> None:
    """No link of this order opens any more."""
    revoke_links(CONFIRM, "orders", order_id)
