"""One client of the race for scarce goods, in a process of its own; told what to do by a line of JSON.

Takes orders one after another, each with a key of its own; every tenth is cancelled again, so that goods come back while
others want them; every fiftieth message comes twice. With ``said`` it notes each order it was told is safe.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from app.departments.sales import service
from app.departments.sales.values import LineValues
from app.kernel.errors import HandoffError
from app.platform.db import run
from tests.conftest import build_app
from tests.support.factories import Make

#: how many different goods the clients quarrel about
PRODUCTS = 20


def lines_of(number: int) -> list[LineValues]:
    """One to three lines; neighbours ask for the same goods in opposite order; no two orders cost the same."""
    kinds = sorted({(number + step * step) % PRODUCTS for step in range(1 + number % 3)}, reverse=number % 2 == 1)
    price = Decimal(1) + Decimal(number) * Decimal("0.00018")
    return [
        LineValues(product_code=f"SCARCE-{kind}", quantity=Decimal(1 + (number + kind) % 4), unit_price=price)
        for kind in kinds
    ]


def take(actor: Any, number: int, customers: list[int]) -> Any:
    """The order of this number, confirmed."""
    return run(
        service.take_order, actor, customer_id=customers[number % len(customers)], lines=lines_of(number),
        intake_key=f"race-{number}", confirmed_by="W",
    )  # fmt: skip


def once(actor: Any, number: int, customers: list[int]) -> Counter[str]:
    """One order's share of the race."""
    found: Counter[str] = Counter()
    order = take(actor, number, customers)
    found["taken"] += 1
    if number % 50 == 0:
        found["repeated"] += take(actor, number, customers).id == order.id
    if number % 10 == 0:
        run(service.cancel_order, actor, order_id=order.id, reason="a race")
        found["cancelled"] += 1
    return found


def main() -> None:
    told = json.loads(sys.argv[1])
    app = build_app(told["url"], Path(told["folder"]))
    actor = Make().actor("sales")
    outcomes: Counter[str] = Counter()
    took: list[float] = []
    with app.app_context():
        for number in range(told["first"], told["last"]):
            began = time.perf_counter()
            while True:
                try:
                    outcomes += once(actor, number, told["customers"])
                except HandoffError as refusal:
                    outcomes[f"{type(refusal).__name__}: {refusal}"] += 1
                except DBAPIError:
                    if not told["patient"]:
                        raise
                    outcomes["database away"] += 1
                    time.sleep(0.2)
                    continue
                break
            took.append(time.perf_counter() - began)
            if told.get("said"):
                with Path(told["said"]).open("a") as note:
                    note.write(f"{number}\n")
    sys.stdout.write(json.dumps({"outcomes": outcomes, "seconds": took}))


if __name__ == "__main__":
    main()
