"""The flow a new house starts with: data only, told in names of departments and events.

Who publishes an event decides when a step opens and closes; nothing here knows an order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import RuleBroken
from app.kernel.text import N_
from app.platform.access import require
from app.platform.access.models import Department
from app.platform.db import session
from app.platform.process import flow
from app.platform.process.calendar_service import made_calendar
from app.platform.process.models import (
    Calendar,
    FlowState,
    FlowStep,
    FlowTrigger,
    FlowVersion,
    TriggerAction,
)
from app.platform.process.permissions import Permissions
from app.platform.process.working_time import Shift

HOUR = 60
DAY = 8 * HOUR


class DepartmentMissing(RuleBroken):
    """The flow names a department the house does not have."""

    code = "process.department_missing"
    default_message = N_("The flow needs these departments, which do not exist yet: %(codes)s.")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as it is written down here.  from_: None where work comes from outside the house."""

    code: str
    title: tuple[str, str]  #: English, Chinese
    needed: tuple[str, str]
    from_: str | None
    to: str
    target_minutes: int
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    cancels: tuple[str, ...] = ()
    waits: bool = True  #: stands still while its order is on hold
    checklist: tuple[str, ...] = ()
    guards: dict[str, str] = field(default_factory=dict)


ORDER_ENDS = ("orders.order.cancelled", "orders.order.closed_short")
ON_HOLD, RELEASED = "orders.order.held", "orders.order.released"

STEPS = (
    Step(
        code="H1",
        title=("Enter and verify", "录入核对"),
        needed=("verified and sent to the customer for confirmation", "核对无误并发给客户确认"),
        from_=None,
        to="sales",
        target_minutes=4 * HOUR,
        opens=("orders.order.received", "orders.order.change_asked"),
        closes=("orders.order.sent_for_confirmation", "orders.order.confirmed"),
        cancels=ORDER_ENDS,
    ),
    Step(
        code="H2",
        title=("Pick and pack", "拣货装箱"),
        needed=("goods packed and ready for dispatch", "货物装箱、可发运"),
        from_="sales",
        to="warehouse",
        target_minutes=4 * HOUR,
        opens=("stock.order.allocated", "shipping.order.to_prepare"),
        closes=("shipping.order.dispatch_ready",),
        cancels=ORDER_ENDS,
    ),
    Step(
        code="H3",
        title=("Confirm stock", "确认库存"),
        needed=("every short line has a promised date", "每个缺货行都有承诺日期"),
        from_="sales",
        to="purchasing",
        target_minutes=2 * HOUR,
        opens=("orders.order.confirmed", "orders.order.amended", "stock.order.short"),
        closes=("stock.order.covered",),
        cancels=ORDER_ENDS,
    ),
    Step(
        code="H4",
        title=("Set up billing", "开票设置"),
        needed=("invoice title, terms, deposit and credit confirmed", "抬头、账期、订金、信用已确认"),
        from_="sales",
        to="finance",
        target_minutes=4 * HOUR,
        opens=("orders.order.confirmed",),
        closes=("billing.order.set_up",),
        cancels=ORDER_ENDS,
    ),
    Step(
        code="H5",
        title=("Receive goods", "收货"),
        needed=("everything expected received and put away", "应到货物收齐并上架"),
        from_="purchasing",
        to="warehouse",
        target_minutes=3 * HOUR + 30,
        opens=("supply.purchase_order.acknowledged",),
        closes=("supply.purchase_order.put_away",),
        cancels=("supply.purchase_order.cancelled",),
        waits=False,
    ),
    Step(
        code="H6",
        title=("Match supplier bill", "核对供应商发票"),
        needed=("the supplier's bill matched to order and receipt", "供应商发票与订单、收货相符"),
        from_="warehouse",
        to="finance",
        target_minutes=DAY,
        opens=("supply.receipt.put_away",),
        closes=("supply.receipt.matched",),
        waits=False,
    ),
    Step(
        code="H7",
        title=("Dispatch", "发运"),
        needed=("shipment handed to vehicle or carrier", "货物已交车辆或承运商"),
        from_="warehouse",
        to="logistics",
        target_minutes=2 * HOUR,
        opens=("shipping.shipment.ready",),
        closes=("shipping.shipment.departed",),
        cancels=("shipping.shipment.cancelled", "shipping.shipment.taken_back", *ORDER_ENDS),
    ),
    Step(
        code="H8",
        title=("Deliver", "配送"),
        needed=("delivered with proof, or failed and planned again", "凭签收送达，或失败后重新安排"),
        from_="logistics",
        to="logistics",
        target_minutes=2 * DAY,
        opens=("shipping.shipment.departed",),
        closes=("shipping.shipment.delivered", "shipping.shipment.replanned", "shipping.shipment.came_back"),
        waits=False,
    ),
    Step(
        code="H9",
        title=("Invoice", "开票"),
        needed=("invoice posted, or on the period's statement", "发票已过账或列入本期对账单"),
        from_="logistics",
        to="finance",
        target_minutes=DAY,
        opens=("billing.shipment.billable",),
        closes=("billing.shipment.invoiced",),
        waits=False,
    ),
    Step(
        code="H10",
        title=("Answer overdue invoice", "答复逾期发票"),
        needed=("invoice paid or settled", "发票已付清或结清"),
        from_="finance",
        to="sales",
        target_minutes=DAY,
        opens=("billing.invoice.overdue", "billing.invoice.disputed"),
        closes=("billing.invoice.settled",),
        waits=False,
    ),
    Step(
        code="H9B",
        title=("Put billing right", "更正开票"),
        needed=("what is owed is invoiced, and what is not owed is credited", "应收的已开票，不应收的已冲红"),
        from_="finance",
        to="finance",
        target_minutes=DAY,
        opens=("billing.order.differs",),
        closes=("billing.order.agrees",),
        waits=False,
    ),
    Step(
        code="H11",
        title=("Ask for feedback", "客户反馈"),
        needed=("the customer answered, or the question expired", "客户已答复或问卷已过期"),
        from_="logistics",
        to="sales",
        target_minutes=10 * DAY,
        opens=("feedback.request.sent",),
        closes=("feedback.answer.given", "feedback.request.expired"),
        waits=False,
    ),
    Step(
        code="R1",
        title=("Decide on return", "审核退货"),
        needed=("return authorised or refused", "退货已同意或已拒绝"),
        from_=None,
        to="sales",
        target_minutes=DAY,
        opens=("returns.return.requested",),
        closes=("returns.return.authorised", "returns.return.refused"),
        cancels=("returns.return.cancelled",),
        waits=False,
    ),
    Step(
        code="R2",
        title=("Take return in", "接收退货"),
        needed=("the goods are here, or no more are expected", "退货已到齐，或不再有货退回"),
        from_="sales",
        to="warehouse",
        target_minutes=10 * DAY,
        opens=("returns.return.authorised",),
        closes=("returns.return.all_here",),
        cancels=("returns.return.cancelled",),
        waits=False,
    ),
    Step(
        code="R3",
        title=("Inspect return", "检验退货"),
        needed=("of every piece it is said what becomes of it", "每件退货都有处理结果"),
        from_="warehouse",
        to="warehouse",
        target_minutes=DAY,
        opens=("returns.return.received",),
        closes=("returns.return.inspected",),
        waits=False,
    ),
    Step(
        code="R4",
        title=("Refund return", "退货退款"),
        needed=("credit note posted", "红字发票已过账"),
        from_="warehouse",
        to="finance",
        target_minutes=DAY,
        opens=("returns.return.refund_due",),
        closes=("returns.return.refunded",),
        waits=False,
    ),
    Step(
        code="R5",
        title=("Send customer's goods back", "退回客户货物"),
        needed=("repaired or rejected goods are on their way to the customer", "已修好或拒收的货物已发回客户"),
        from_="warehouse",
        to="warehouse",
        target_minutes=5 * DAY,
        opens=("returns.return.held",),
        closes=("returns.return.sent_back",),
        cancels=("returns.return.not_held",),
        waits=False,
    ),
    Step(
        code="R6",
        title=("Send back to supplier", "退货给供应商"),
        needed=("the goods are on their way to the supplier", "货物已发回供应商"),
        from_="purchasing",
        to="warehouse",
        target_minutes=2 * DAY,
        opens=("returns.supplier_return.requested",),
        closes=("returns.supplier_return.sent",),
        cancels=("returns.supplier_return.cancelled",),
        waits=False,
    ),
    Step(
        code="R7",
        title=("Claim from supplier", "向供应商扣款"),
        needed=("debit note posted", "扣款单已开出"),
        from_="warehouse",
        to="finance",
        target_minutes=DAY,
        opens=("returns.supplier_return.claim_due",),
        closes=("returns.supplier_return.settled",),
        waits=False,
    ),
)

OFFICE = (Shift(time(9), time(12)), Shift(time(13), time(18)))
WEEK = dict.fromkeys(range(5), OFFICE)


def install_default_flow(
    actor: Actor, *, zone: str = "Asia/Shanghai", holiday_country: str | None = "CN"
) -> FlowVersion:
    """Give the house its first calendar and flow; what is there already stays as it is.

    Raises: NotPermitted, DepartmentMissing (names the codes), InvalidInput (zone, country).
    """
    require(actor, Permissions.FLOW_CHANGE)
    require(actor, Permissions.CALENDAR_CHANGE)
    if session.scalar(sa.select(Calendar.id).where(Calendar.is_default)) is None:
        made_calendar(
            code="house",
            name_en="House",
            name_zh="公司",
            zone=zone,
            holiday_country=holiday_country,
            week=WEEK,
            is_default=True,
        )
    active = session.scalar(sa.select(FlowVersion).where(FlowVersion.state == FlowState.ACTIVE))
    if active is not None:
        return active
    departments = _departments()
    highest = session.scalar(sa.select(sa.func.max(FlowVersion.number))) or 0
    version = FlowVersion(number=highest + 1, state=FlowState.ACTIVE, published_at=clock.now())
    version.steps = [_row(position, step, departments) for position, step in enumerate(STEPS, start=1)]
    session.add(version)
    session.flush()
    flow.seal(version)
    session.flush()
    return version


def _departments() -> dict[str, int]:
    wanted = {code for step in STEPS for code in (step.from_, step.to) if code}
    rows = session.execute(sa.select(Department.code, Department.id).where(Department.code.in_(wanted)))
    found = {row.code: row.id for row in rows}
    if missing := wanted - found.keys():
        raise DepartmentMissing(codes=", ".join(sorted(missing)))
    return found


def _row(position: int, step: Step, departments: dict[str, int]) -> FlowStep:
    names = {
        TriggerAction.OPEN: step.opens,
        TriggerAction.CLOSE: step.closes,
        TriggerAction.CANCEL: step.cancels,
        TriggerAction.PAUSE: (ON_HOLD,) if step.waits else (),
        TriggerAction.RESUME: (RELEASED,) if step.waits else (),
    }
    return FlowStep(
        code=step.code,
        position=position,
        title_en=step.title[0],
        title_zh=step.title[1],
        needed_en=step.needed[0],
        needed_zh=step.needed[1],
        from_department_id=departments[step.from_] if step.from_ else None,
        to_department_id=departments[step.to],
        target_minutes=step.target_minutes,
        checklist=list(step.checklist),
        escalation=[{"after_percent": 100, "tell": "assignee"}, {"after_percent": 150, "tell": "head"}],
        triggers=[
            FlowTrigger(action=action, event=event, guard=step.guards.get(event))
            for action, events in names.items()
            for event in events
        ],
    )
