"""S4: on confirmation every department concerned has its hand-off, at once."""

from __future__ import annotations

import sqlalchemy as sa

from app.departments.sales import service
from app.platform.db import run, session
from app.platform.process import HandOff
from app.platform.process.default_flow import install_default_flow
from app.platform.process.models import FlowStep
from tests.support.factories import DEPARTMENTS


def open_steps(order):
    session.rollback()
    statement = (
        sa.select(FlowStep.code)
        .join(HandOff, HandOff.step_id == FlowStep.id)
        .where(HandOff.root_table == "orders", HandOff.root_id == order.id, HandOff.ended_at.is_(None))
    )
    return sorted(session.scalars(statement))


def test_each_step_of_sales_moves_the_hand_offs(shop):
    for code in DEPARTMENTS:
        shop.make.department(code)
    run(install_default_flow, shop.make.house())
    short = shop.make.product(price="2")
    order = shop.take(shop.line(), shop.line("5", product_code=short.code))
    assert open_steps(order) == ["H1"]
    shop.do(service.verify_order, order_id=order.id)
    shop.do(service.send_for_confirmation, order_id=order.id)
    assert open_steps(order) == []
    shop.do(service.confirm_order, order_id=order.id, person="王经理")
    assert open_steps(order) == ["H2", "H3", "H4"]
    shop.do(service.cancel_order, order_id=order.id, reason="changed plans")
    assert open_steps(order) == []


def test_a_change_asked_gives_the_order_back_to_sales(shop):
    for code in DEPARTMENTS:
        shop.make.department(code)
    run(install_default_flow, shop.make.house())
    order = shop.verified()
    shop.do(service.send_for_confirmation, order_id=order.id)
    shop.do(service.record_change_asked, order_id=order.id, person="王经理", words="12")
    assert open_steps(order) == ["H1"]
