"""The return slip: the customer puts it into the parcel."""

from __future__ import annotations

from app.departments.sales.permissions import Permissions
from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.documents.printing import Printed, RecordPaper
from app.records.orders.models import Order
from app.records.parties.models import Party
from app.records.returns.events import ReturnAuthorised
from app.records.returns.models import CustomerReturn, ReturnState
from app.records.returns.papers import customer_slip_of


def _read(_actor: Actor, found: CustomerReturn, _asked_in: str) -> Printed:
    language = session.get_one(Party, session.get_one(Order, found.order_id).customer_id).language
    return Printed(customer_slip_of(found, language), language, found.number or "")


SLIP = RecordPaper(
    "sales.return_slip.print", CustomerReturn, Permissions.RETURN_DECIDE, purpose="return slip", read=_read,
    states=(ReturnState.AUTHORISED, ReturnState.RECEIVED),
)  # fmt: skip


def print_slip(actor: Actor, *, return_id: int) -> int:
    """Have the slip made again.  Raises: NotPermitted, NotFound, WrongState."""
    return SLIP.ask(actor, return_id)


def print_when_authorised(_actor: Actor, event: ReturnAuthorised) -> None:
    """The customer gets it with our yes."""
    SLIP.want(event.return_id)
