"""Papers of orders: what a confirmation must be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from app.platform.documents import PricedPaper, add_templates

add_templates("orders", Path(__file__).parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationData(PricedPaper):
    """What we have understood and will deliver; the customer accepts it by link, stamp or phone.

    received_on: when the order reached us.  deliver_to: name and address as one text.  confirmed_by and confirmed_at:
    once the customer has said yes; the paper then shows it in place of the request to answer.
    confirmed_at: aware, already in the zone the reader lives in.
    """

    template: ClassVar[str] = "orders/confirmation"

    received_on: date
    customer_order_number: str = ""
    deliver_to: str = ""
    deposit: str = ""
    salesperson: str = ""
    answer_by: date | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
