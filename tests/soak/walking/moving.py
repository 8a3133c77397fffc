"""Steps of warehouse and logistics."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817  quantities are everywhere here
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from app.departments.logistics import delivering, dispatching
from app.departments.warehouse import counting, packing, picking, planning, putting_away, receiving, serving
from app.platform.db import session
from app.records.shipping.models import PickTask, ShipmentLine
from app.records.stock.models import StockLevel
from app.records.supply.models import Receipt, ReceiptLine
from tests.soak.oracle import Shipment
from tests.soak.walking.selling import NUMBER
from tests.soak.walking.walker import Walker, chance, dec

AMOUNT = st.sampled_from(("0.5", "1", "2", "4", "7", "12", "30"))
GOODS = st.sampled_from(("PIECE", "BULK"))


class Moving(Walker):
    """Receive, plan, pick, pack, ship, deliver, bring back."""

    def shipments(self, *states: str) -> list[Shipment]:
        return [one for one in self.book.shipments if not states or one.state in states]

    def about(self, role: str, use_case: Any, foresee: Any, shipment: Shipment, **values: Any) -> None:
        """A step about one shipment."""
        self.step(role, use_case, lambda: foresee(shipment), shipment_id=shipment.id, **values)

    # -------------------------------------------------------------------------------------------- goods come
    @initialize(sizes=st.tuples(*(st.integers(0, 25) for _ in range(4))))
    def open_with_stock(self, sizes):
        places = [(code, place) for code in self.world.products for place in range(2)]
        for (code, place), size in zip(places, sizes, strict=True):
            if size:
                self.adjust(code, place, str(size), is_loss=False)

    @chance(3, what=st.sampled_from(("receive", "put_away", "put_away", "serve_waiting", "find", "lose")), product=GOODS,
          number=NUMBER, size=AMOUNT)  # fmt: skip
    def stock_changes(self, what, product, number, size):
        if what == "receive":
            self.receive(product, size)
        elif what == "put_away":
            self.put_away(number, "all" if number % 3 else size, number % 7)
        elif what == "serve_waiting":
            self.serve_waiting()
        else:
            self.adjust(product, number % 2, size, is_loss=what == "lose")

    def adjust(self, product, place, size, *, is_loss):
        change = D(size) * (-1 if is_loss else 1)
        here = self.world.products[product], self.world.shelves[place]
        level = session.execute(
            sa.select(StockLevel.on_hand, StockLevel.allocated)
            .where(StockLevel.product_id == here[0], StockLevel.location_id == here[1])
        ).first()  # fmt: skip
        free = Fraction(level.on_hand - level.allocated) if level else Fraction(0)
        self.step(
            "warehouse", counting.adjust_stock, lambda: self.house.adjust(product, Fraction(change), free),
            product_id=here[0], location_id=here[1], change=change, reason="counted",
        )  # fmt: skip

    def receive(self, product, size):
        order_id, line_id = self.world.purchases[product]
        self.step(
            "warehouse", receiving.receive_goods, lambda: self.house.receive(product, Fraction(size)),
            purchase_order_id=order_id, lines=[receiving.Arrived(line_id=line_id, received=D(size))],
        )  # fmt: skip

    def put_away(self, number, size, place):
        rows = session.execute(
            sa.select(ReceiptLine.id, Receipt.id, ReceiptLine.product_id,
                      ReceiptLine.received - ReceiptLine.put_away)
            .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
            .where(ReceiptLine.received > ReceiptLine.put_away).order_by(ReceiptLine.id)
        ).all()  # fmt: skip
        if not rows:
            return
        line_id, receipt_id, product_id, left = rows[number % len(rows)]
        product = next(code for code, key in self.world.products.items() if key == product_id)
        quantity = left if size == "all" else D(size)
        target = (*self.world.shelves, self.world.blocked)[min(place // 2, 2)] if place < 6 else self.world.blocked
        steps = [putting_away.PutAway(receipt_line_id=line_id, location_id=target, quantity=quantity)]

        def foresee():
            from tests.soak.oracle.book import must

            must(quantity <= left, "not in this receipt")
            self.house.put_away(product, Fraction(quantity), blocked=target == self.world.blocked)

        self.step("warehouse", putting_away.put_away, foresee, receipt_id=receipt_id, steps=steps)

    def serve_waiting(self):
        self.step("warehouse", serving.serve_waiting, self.house.serve_waiting, warehouse_id=self.world.warehouse)

    # --------------------------------------------------------------------------------------------- preparing
    def planable(self):
        return [one for one in self.book.orders if not one.held and any(map(self.house.planable, one.lines))]

    @chance(4, when=lambda self: self.book.orders, number=NUMBER,
            size=st.sampled_from(("all", "all", "all", "1", "3")), line=st.integers(0, 5))  # fmt: skip
    def plan(self, number, size, line):
        order = self.choose(number, self.planable(), self.book.orders)
        quantities = None if size == "all" else {order.lines[line % len(order.lines)].id: Fraction(size)}
        self.step(
            "warehouse", planning.plan_shipment, lambda: self.house.plan(order, quantities), order_id=order.id,
            quantities=None if quantities is None else {key: dec(one) for key, one in quantities.items()},
        )  # fmt: skip

    @chance(2, when=lambda self: self.shipments("draft", "picking"), number=NUMBER)
    def pick_all(self, number):
        shipment = self.choose(number, self.shipments("draft", "picking"), self.shipments())
        self.about("warehouse", picking.pick_all, self.house.pick_all, shipment)

    @chance(5, when=lambda self: self.shipments("draft", "picking"), number=NUMBER,
            size=st.sampled_from(("0", "1", "half", "all")), is_short=st.booleans())  # fmt: skip
    def pick_some(self, number, size, is_short):
        shipment = self.choose(number, self.shipments("draft", "picking"), self.shipments())
        tasks = session.execute(
            sa.select(PickTask.id, ShipmentLine.order_line_id, PickTask.quantity, PickTask.picked, PickTask.short)
            .join(ShipmentLine, ShipmentLine.id == PickTask.shipment_line_id)
            .where(PickTask.shipment_id == shipment.id).order_by(PickTask.is_done, PickTask.id)
        ).all()  # fmt: skip
        if not tasks:  # an emptied list
            return
        task = tasks[number % len(tasks)]
        left = task.quantity - task.picked - task.short
        amounts = {"0": D(0), "1": D(1), "half": (left / 2).quantize(D("0.001")), "all": left}
        amount, line_id = amounts[size], task.order_line_id
        if is_short:
            self.step(
                "warehouse", picking.report_short,
                lambda: self.house.pick_short(shipment, line_id, Fraction(left), Fraction(amount)),
                task_id=task.id, found=amount,
            )  # fmt: skip
        else:
            self.step(
                "warehouse", picking.pick,
                lambda: self.house.pick(shipment, line_id, Fraction(left), Fraction(amount)),
                task_id=task.id, quantity=amount,
            )  # fmt: skip

    @chance(2, when=lambda self: self.shipments("picked", "packed"), number=NUMBER)
    def pack_and_hand_over(self, number):
        shipment = self.choose(number, self.shipments("picked", "packed"), self.shipments())
        if shipment.state == "picked":
            self.about("warehouse", packing.pack, self.house.pack, shipment)
        else:
            self.about("warehouse", packing.hand_to_logistics, self.house.hand_over, shipment)

    @chance(2, when=lambda self: any(one.is_here for one in self.book.shipments), number=NUMBER,
            off=st.integers(0, 3))  # fmt: skip
    def step_back(self, number, off):
        here = [one for one in self.shipments() if one.is_here]
        shipment = self.choose(number, here, self.shipments())
        if off == 0:
            self.about("warehouse", planning.cancel_shipment, self.house.call_off, shipment, reason="asked")
        elif shipment.state == "ready":
            self.about("warehouse", packing.take_back, self.house.take_back, shipment, reason="asked")
        elif shipment.state == "packed":
            self.about("warehouse", packing.unpack, self.house.unpack, shipment)
        else:
            self.about("warehouse", picking.unpick, self.house.unpick, shipment)

    # ----------------------------------------------------------------------------------------------- leaving
    @chance(2, when=lambda self: self.shipments("ready"), number=NUMBER)
    def dispatch(self, number):
        shipment = self.choose(number, self.shipments("ready"), self.shipments())
        if not shipment.has_carrier and number % 5:
            self.about(
                "logistics", dispatching.assign_transport, self.house.assign, shipment, carrier_id=self.world.carrier
            )
        else:
            self.about("logistics", dispatching.dispatch, self.house.dispatch, shipment)

    @chance(3, when=lambda self: self.shipments("shipped"), number=NUMBER,
            size=st.sampled_from(("all", "all", "0", "1", "half")))  # fmt: skip
    def deliver(self, number, size):
        shipment = self.choose(number, self.shipments("shipped"), self.shipments())
        rows = session.execute(
            sa.select(ShipmentLine.id, ShipmentLine.order_line_id, ShipmentLine.shipped)
            .where(ShipmentLine.shipment_id == shipment.id).order_by(ShipmentLine.id)
        ).all()  # fmt: skip
        handed = None
        if size != "all":
            handed = {
                row.id: D(size) if size != "half" else (row.shipped / 2).quantize(D("0.001")) for row in rows
            }  # fmt: skip
        by_line = None if handed is None else {row.order_line_id: Fraction(handed[row.id]) for row in rows}
        self.step(
            "logistics", delivering.deliver, lambda: self.house.deliver(shipment, by_line), shipment_id=shipment.id,
            received_by="李四", quantities=handed,
        )  # fmt: skip

    @chance(2, when=lambda self: self.shipments("shipped", "failed"), number=NUMBER)
    def fail_or_replan(self, number):
        shipment = self.choose(number, self.shipments("shipped", "failed"), self.shipments())
        if shipment.state == "failed":
            self.about("logistics", delivering.replan, self.house.replan, shipment)
        else:
            self.about("logistics", delivering.fail_delivery, self.house.fail, shipment, reason="nobody there")

    @chance(4, when=lambda self: self.shipments("failed", "delivered"), number=NUMBER, is_blocked=st.booleans())
    def came_back(self, number, is_blocked):
        shipment = self.choose(number, self.shipments("failed", "delivered"), self.shipments())
        place = self.world.blocked if is_blocked else self.world.shelves[0]
        self.step(
            "logistics", delivering.came_back, lambda: self.house.came_back(shipment, blocked=is_blocked),
            shipment_id=shipment.id, location_id=place,
        )  # fmt: skip
