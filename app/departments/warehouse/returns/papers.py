"""The slip that goes with goods back to their supplier."""

from __future__ import annotations

from app.departments.warehouse.permissions import Permissions
from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.documents.printing import Printed, RecordPaper
from app.records.parties.models import Party
from app.records.returns.events import SupplierReturnSent
from app.records.returns.models import SupplierReturn, SupplierReturnState
from app.records.returns.papers import supplier_slip_of
from app.records.supply.models import PurchaseOrder

S = SupplierReturnState


def _read(_actor: Actor, found: SupplierReturn, _asked_in: str) -> Printed:
    language = session.get_one(Party, session.get_one(PurchaseOrder, found.purchase_order_id).supplier_id).language
    return Printed(supplier_slip_of(found, language), language, found.number or "")


SLIP = RecordPaper(
    "warehouse.supplier_return_slip.print", SupplierReturn, Permissions.SUPPLIER_RETURN_SEND, purpose="return slip",
    read=_read, states=(S.REQUESTED, S.SENT, S.SETTLED),
)  # fmt: skip


def print_slip(actor: Actor, *, return_id: int) -> int:
    """Have the slip made.  Raises: NotPermitted, NotFound, WrongState."""
    return SLIP.ask(actor, return_id)


def print_when_sent(_actor: Actor, event: SupplierReturnSent) -> None:
    """It travels with the goods."""
    SLIP.want(event.return_id)
