"""How an order lives: each step by the person who would do it, hours of work apart."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance.disputes import dispute_invoice
from app.departments.finance.invoicing import draft_invoice, post_invoice
from app.departments.finance.payments import record_payment
from app.departments.finance.setup import confirm_billing
from app.departments.logistics.delivering import deliver
from app.departments.logistics.dispatching import assign_transport, dispatch
from app.departments.sales import service as sales
from app.departments.sales.service import links as sales_links
from app.departments.sales.values import LineValues
from app.departments.warehouse.packing import hand_to_logistics, pack
from app.departments.warehouse.picking import pick, pick_all
from app.departments.warehouse.planning import plan_shipment
from app.kernel import clock
from app.platform.access import User
from app.platform.access.links import open_link
from app.platform.db import run, session
from app.platform.process.service import pause_hand_off, return_hand_off
from app.practices.feedback import service as feedback
from app.practices.feedback.models import FeedbackRequest
from app.practices.feedback.service import give_feedback, make_feedback_link
from app.records.billing.models import Invoice, InvoiceState
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import Answer, Order
from app.records.parties.models import Party, PartyContact
from app.records.shipping.models import Carrier, PickTask, ShipmentLine, Vehicle
from app.surfaces.demo.cast import Cast, Chapter, Story
from app.surfaces.demo.plans import Plan, Until

DIRECTOR, SALES_HEAD = "chenli", "shenjiayi"
WAREHOUSE_HEAD, LOGISTICS, DRIVER = "wangjianguo", "xuhaibo", "mashifu"
FINANCE_HEAD, BOOKKEEPER = "zhengliping", "wujing"
PICKERS = ("sunxiaojun", "zhaoguifang")


class Life:
    """One order from the customer's message to his rating, as far as its plan says."""

    def __init__(self, cast: Cast, plan: Plan) -> None:
        self.cast = cast
        self.plan = plan
        self.order_id = 0
        self.shipment_id = 0
        self.picker = PICKERS[int(plan.key) % len(PICKERS)]

    @property
    def root(self) -> tuple[str, int]:
        """What its hand-offs hang on."""
        return ("orders", self.order_id)

    @property
    def order(self) -> Order:
        """The order as it is now, a copy that later steps do not touch."""
        found = session.get_one(Order, self.order_id, populate_existing=True)
        session.expunge(found)
        return found

    def story(self) -> Story:
        """All of it."""
        start = self.cast.moment(self.plan.days_ago, self.plan.at)
        yield start
        self._take(start)
        for chapter in (self._agree, self._prepare, self._carry, self._settle):
            following = yield from chapter(start)
            if following is None:
                return
            start = following

    def _take(self, start: datetime) -> None:
        plan = self.plan
        customer = session.scalar(sa.select(Party.id).where(Party.code == plan.customer))
        lines = [
            LineValues(
                product_code=code, quantity=Decimal(quantity), unit=unit, unit_price=Decimal(price) if price else None
            )
            for code, quantity, unit, price in plan.lines
        ]
        order = self.cast.do(
            plan.seller,
            sales.take_order,
            customer_id=customer,
            lines=lines,
            received_at=start,
            channel=plan.channel,
            customer_order_number=plan.number,
            intake_key=f"demo-{plan.key}",
            requested_date=self.cast.later(start, 6 * 480).date(),
        )
        self.order_id = order.id

    def _agree(self, start: datetime) -> Chapter:
        """Verified, sent, and confirmed by the customer."""
        plan, cast = self.plan, self.cast
        if plan.until is Until.DRAFT:
            return None
        yield cast.later(start, 35)
        cast.accept(plan.seller, self.root, "H1")
        if plan.allow:
            self._allow()
        cast.do(plan.seller, sales.verify_order, order_id=self.order_id)
        yield cast.later(start, 50)
        sent = cast.do(plan.seller, sales.send_for_confirmation, order_id=self.order_id)
        if plan.until is Until.SENT:
            return None
        start = cast.later(start, 180)
        yield start
        person = self._contact()
        if plan.by_link:
            link = open_link(sent.token, sales_links.CONFIRM)
            run(
                sales.answer_by_link, link.actor, order_id=self.order_id, link_id=link.link_id,
                order_version=sent.version, answer=Answer.ACCEPTED, person=person,
            )  # fmt: skip
        else:
            cast.do(plan.seller, sales.confirm_order, order_id=self.order_id, person=person, said_at=start)
        if plan.sets_up_billing and self.order.billing_confirmed_at is None:
            yield cast.later(start, 60)
            self._set_up_billing()
        if plan.hold:
            yield cast.later(start, 90)
            cast.do(plan.seller, sales.hold_order, order_id=self.order_id, reason=plan.hold)
        if plan.cancel:
            yield cast.later(start, 120)
            cast.do(plan.seller, sales.cancel_order, order_id=self.order_id, reason=plan.cancel)
        if plan.back:
            yield cast.later(start, 100)
            hand_off = cast.accept(WAREHOUSE_HEAD, self.root, "H2")
            cast.do(WAREHOUSE_HEAD, return_hand_off, hand_off_id=hand_off, reason=plan.back)
        if plan.waits:
            yield cast.later(start, 130)
            hand_off = cast.accept(self.picker, self.root, "H2")
            cast.do(self.picker, pause_hand_off, hand_off_id=hand_off, reason=plan.waits)
        return start

    def _allow(self) -> None:
        line_id = lines_of(self.order_id)[0].id
        for login, problem in ((SALES_HEAD, "price.off_list"), (DIRECTOR, "price.below_floor")):
            self.cast.do(
                login, sales.allow_problem, order_id=self.order_id, problem=problem, reason=self.plan.allow,
                line_id=line_id,
            )  # fmt: skip

    def _contact(self) -> str:
        name = sa.select(PartyContact.name).where(PartyContact.party_id == self.order.customer_id)
        return session.scalar(name) or ""

    def _set_up_billing(self) -> None:
        order = self.order
        self.cast.accept(BOOKKEEPER, self.root, "H4")
        self.cast.do(
            BOOKKEEPER, confirm_billing, order_id=order.id, billing_title=order.billing_title,
            billing_tax_number="DEMO" + f"{order.customer_id:014d}", payment_term_id=order.payment_term_id,
            deposit_percent=order.deposit_percent, remember=True,
        )  # fmt: skip

    def _prepare(self, start: datetime) -> Chapter:
        """Planned, picked, packed and handed to logistics."""
        plan, cast = self.plan, self.cast
        if plan.until is Until.CONFIRMED:
            return None
        if plan.goods_days_ago is not None:
            start = cast.moment(plan.goods_days_ago, "09:30")
        yield cast.later(start, 70)
        cast.accept(self.picker, self.root, "H2")
        self.shipment_id = cast.do(self.picker, plan_shipment, order_id=self.order_id).id
        yield cast.later(start, 110)
        if plan.until is Until.PICKING:
            first = session.scalar(sa.select(sa.func.min(PickTask.id)).where(PickTask.shipment_id == self.shipment_id))
            cast.do(self.picker, pick, task_id=first)
            return None
        cast.do(self.picker, pick_all, shipment_id=self.shipment_id)
        yield cast.later(start, 150)
        cast.do(self.picker, pack, shipment_id=self.shipment_id)
        if plan.until is Until.PACKED:
            return None
        start = cast.later(start, 170)
        yield start
        cast.do(self.picker, hand_to_logistics, shipment_id=self.shipment_id, dock="3号月台")
        return start

    def _carry(self, start: datetime) -> Chapter:
        """On the road and delivered."""
        plan, cast = self.plan, self.cast
        if plan.until is Until.READY:
            return None
        yield cast.later(start, 60 + plan.delay)
        cast.accept(LOGISTICS, self.root, "H7")
        cast.do(LOGISTICS, assign_transport, shipment_id=self.shipment_id, **self._transport())
        start = cast.later(start, 100 + plan.delay)
        yield start
        cast.do(LOGISTICS, dispatch, shipment_id=self.shipment_id)
        if plan.until is Until.ON_THE_WAY:
            return None
        start = cast.later(start, 420)
        yield start
        quantities = None
        if plan.signed_for:
            row = session.scalar(sa.select(ShipmentLine.id).where(ShipmentLine.shipment_id == self.shipment_id))
            quantities = {row: Decimal(plan.signed_for)}
        by = LOGISTICS if plan.carrier else DRIVER
        cast.do(by, deliver, shipment_id=self.shipment_id, received_by=self._contact(), quantities=quantities)
        return start

    def _transport(self) -> dict[str, object]:
        if self.plan.carrier:
            carrier = session.scalar(sa.select(Carrier.id).where(Carrier.code == self.plan.carrier))
            return {"carrier_id": carrier, "tracking_number": f"{self.plan.carrier}{self.order_id:08d}"}
        van = session.scalar(sa.select(Vehicle.id).order_by(Vehicle.max_kg.desc(), Vehicle.id).limit(1))
        driver = session.scalar(sa.select(User.id).where(User.login == DRIVER))
        return {"vehicle_id": van, "driver_id": driver}

    def _settle(self, start: datetime) -> Chapter:
        """Invoiced, paid, disputed, rated."""
        plan, cast = self.plan, self.cast
        if plan.until is Until.DELIVERED:
            return None
        yield cast.later(start, 90)
        cast.accept(BOOKKEEPER, self.root, "H9")
        invoice_id = session.scalar(
            sa.select(Invoice.id).where(Invoice.order_id == self.order_id, Invoice.state == InvoiceState.DRAFT)
        )
        if invoice_id is None:
            invoice_id = cast.do(BOOKKEEPER, draft_invoice, order_id=self.order_id, shipment_id=self.shipment_id).id
        cast.do(BOOKKEEPER, post_invoice, invoice_id=invoice_id)
        if plan.dispute:
            yield cast.later(start, 480)
            cast.do(FINANCE_HEAD, dispute_invoice, invoice_id=invoice_id, reason=plan.dispute)
        if plan.rating:
            yield cast.later(start, 700)
            self._rate()
        if plan.until is Until.PAID:
            yield cast.later(start, 9 * 480)
            self._pay(invoice_id)
        return None

    def _rate(self) -> None:
        token = self.cast.do(self.plan.seller, make_feedback_link, order_id=self.order_id)
        link = open_link(token, feedback.PURPOSE)
        request_id = session.scalars(
            sa.select(FeedbackRequest.id).where(FeedbackRequest.order_id == self.order_id)
        ).one()
        run(
            give_feedback, link.actor, request_id=request_id, rating=self.plan.rating, comment=self.plan.comment
        )  # fmt: skip

    def _pay(self, invoice_id: int) -> None:
        invoice = session.get_one(Invoice, invoice_id, populate_existing=True)
        session.expunge(invoice)
        amount = (invoice.open_amount * self.plan.paid_percent / 100).quantize(Decimal("0.01"))
        self.cast.do(
            FINANCE_HEAD, record_payment, party_id=invoice.customer_id, amount=amount, currency=invoice.currency,
            occurred_on=clock.today("Asia/Shanghai"), reference=f"银行回单 {invoice.number}",
            allocations={invoice_id: amount}, intake_key=f"demo-{self.plan.key}",
        )  # fmt: skip
