"""Take several orders at once: all of them or none."""

from __future__ import annotations

from app.departments.sales.permissions import Permissions
from app.departments.sales.service.intake import take_order
from app.departments.sales.sheet_intake import Reading, blame_lines, header_of, read_sheet
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, RuleBroken
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import session
from app.records.orders.models import Channel, Order, Origin


class SheetRefused(RuleBroken):
    """Something in the sheet is wrong; ``reading`` names every row and column, nothing was written."""

    code = "sales.sheet_refused"
    status = 422

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        super().__init__(N_("%(count)s problem(s) in the sheet. Nothing was written."), count=len(reading.wrong))


class OnlyChecking(RuntimeError):
    """Ends a check: everything it tried is undone."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        super().__init__("checked")


def take_sheet(actor: Actor, *, text: str, intake_key: str, is_check: bool = False) -> list[Order]:
    """Take every order of a sheet in one transaction.

    intake_key: the same sheet sent twice gives the same orders.  is_check: try everything, then undo it.
    Raises: NotPermitted, InvalidInput (no usable headings), SheetRefused (all problems), OnlyChecking (is_check, with
    what was found).
    """
    require(actor, Permissions.ORDER_TAKE)
    reading = read_sheet(text)
    made = []
    for number, order in enumerate(reading.orders, start=1):
        key = f"{intake_key[:60]}:{number}"
        try:
            with session.begin_nested():
                made.append(
                    take_order(actor, channel=Channel.FILE, origin=Origin.FILE, intake_key=key, **header_of(order))
                )
        except InvalidInput as refusal:
            blame_lines(reading, order, refusal)
    if not reading.orders and not reading.wrong:
        raise InvalidInput({"text": Message(N_("There is nothing in it."))})
    if is_check:
        raise OnlyChecking(reading)
    if reading.wrong:
        raise SheetRefused(reading)
    return made
