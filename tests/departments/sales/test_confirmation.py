"""The customer's yes: by link, scan or phone; what follows from it in the same transaction."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.sales import service
from app.departments.sales.errors import OlderOrderShown
from app.departments.sales.service import links
from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from app.platform.access.links import LinkInvalid, open_link
from app.platform.db import run, session
from app.platform.files import files_of, keep
from app.records.orders.models import Answer, ConfirmedHow, OrderAnswer
from app.records.orders.states import OrderState


def send(shop, order):
    return shop.do(service.send_for_confirmation, order_id=order.id)


def answer(sent, answer=Answer.ACCEPTED, person="王经理", words="", **values):
    opened = open_link(sent.token, links.CONFIRM)
    return run(
        service.answer_by_link,
        opened.actor,
        **{
            "order_id": opened.row_id,
            "link_id": opened.link_id,
            "order_version": opened.facts["version"],
            "answer": answer,
            "person": person,
            "words": words,
            **values,
        },
    )


def only_answer(order):
    session.rollback()
    return session.scalars(sa.select(OrderAnswer).where(OrderAnswer.order_id == order.id)).one()


@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("logistics", False), (None, False)])
def test_confirming_is_for_sales(shop, role, allowed):
    order = shop.verified()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.confirm_order, role, order_id=order.id, person="王经理")
    assert shop.make.again(order).state is (OrderState.IN_FULFILMENT if allowed else OrderState.VERIFIED)
    assert shop.make.level(shop.product).allocated == Decimal(10 if allowed else 0)
    assert shop.make.count(OrderAnswer) == (1 if allowed else 0)


@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("warehouse", False), (None, False)])
def test_sending_is_for_sales(shop, role, allowed):
    order = shop.verified()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.send_for_confirmation, role, order_id=order.id)
    assert (shop.make.again(order).sent_at is not None) is allowed
    assert ("sent_for_confirmation" in shop.told(order)) is allowed


def test_a_yes_binds_stock_fixes_dates_and_tells_everybody(shop):
    wanted = clock.now().date() + timedelta(days=30)
    short = shop.make.product(price="2")
    order = shop.verified(
        shop.line(requested_date=wanted), shop.line("5", product_code=short.code, requested_date=wanted)
    )
    shop.do(service.confirm_order, order_id=order.id, person="王经理")
    covered, waiting = shop.make.lines(order)
    assert (covered.allocated, covered.first_promised_date, covered.promised_date) == (Decimal(10), wanted, wanted)
    assert (waiting.allocated, waiting.first_promised_date, waiting.shortage) == (Decimal(0), None, Decimal(5))
    found = shop.make.again(order)
    assert (found.state, found.promised_date, found.first_promised_date) == (OrderState.IN_FULFILMENT, wanted, wanted)
    assert shop.told(order) == ["received", "verified", "confirmed"]
    assert (found.confirmed_how, found.confirmed_by) == (ConfirmedHow.PHONE, "王经理")


def test_nothing_covered_stays_confirmed(make):
    from tests.departments.sales.conftest import open_shop

    shop = open_shop(make, stock=None)
    order = shop.confirmed()
    assert shop.make.again(order).state is OrderState.CONFIRMED


def test_the_answer_keeps_what_was_shown(shop):
    order = shop.verified(shop.line("20000", unit_price=Decimal(10)))
    shop.do(service.confirm_order, order_id=order.id, person="王经理")
    kept = only_answer(order)
    assert (kept.person, kept.how, kept.order_version, kept.answer) == (
        "王经理",
        ConfirmedHow.PHONE,
        order.version,
        Answer.ACCEPTED,
    )
    assert kept.shown["gross_total"] == "200000"
    assert kept.shown["lines"][0]["unit_price"] == "10"


@pytest.mark.promise("IV1")
def test_confirming_twice_is_refused(shop):
    order = shop.verified()
    shop.do(service.confirm_order, order_id=order.id, person="王经理")
    with pytest.raises(WrongState):
        shop.do(service.confirm_order, order_id=order.id, person="王经理")
    assert shop.make.lines(order)[0].allocated == Decimal(10)
    assert shop.make.count(OrderAnswer) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"person": " "}, "person"),
        ({"person": "W", "how": ConfirmedHow.SCAN}, "scan"),
        ({"person": "W", "how": ConfirmedHow.LINK}, "how"),
        ({"person": "W", "said_at": clock.now() + timedelta(days=1)}, "said_at"),
    ],
)
def test_a_yes_needs_a_name_a_time_and_for_a_scan_the_file(shop, values, field):
    order = shop.verified()
    with pytest.raises(InvalidInput) as refusal:
        shop.do(service.confirm_order, order_id=order.id, **values)
    assert list(refusal.value.fields) == [field]
    assert shop.make.again(order).state is OrderState.VERIFIED


def test_a_scan_is_kept_with_its_file(shop):
    order = shop.verified()
    scan = keep(b"%PDF-1.7 stamped", "stamped.pdf")
    shop.do(service.confirm_order, order_id=order.id, person="王经理", how=ConfirmedHow.SCAN, scan=scan)
    (stored,) = files_of("orders", order.id)
    assert (only_answer(order).file_id, only_answer(order).how) == (stored.id, ConfirmedHow.SCAN)
    assert stored.purpose == "stamped confirmation"


def test_an_order_that_changed_since_it_was_shown_is_not_confirmed(shop):
    order = shop.verified()
    with pytest.raises(Conflict):
        shop.do(service.confirm_order, order_id=order.id, person="W", version=order.version - 1)
    assert shop.make.again(order).state is OrderState.VERIFIED


# --------------------------------------------------------------------------------------------------- the link
def test_the_customer_accepts_by_link(shop):
    order = shop.verified()
    sent = send(shop, order)
    answer(sent)
    found = shop.make.again(order)
    assert (found.state, found.confirmed_how, found.confirmed_by) == (
        OrderState.IN_FULFILMENT,
        ConfirmedHow.LINK,
        "王经理",
    )
    assert only_answer(order).recorded_by == shop.customer.name
    assert shop.told(order) == ["received", "verified", "sent_for_confirmation", "confirmed"]


def test_the_customer_asks_for_a_change_in_their_own_words(shop):
    order = shop.verified()
    answer(send(shop, order), Answer.CHANGE_ASKED, words="要 12 件，不是 10 件")
    found = shop.make.again(order)
    assert (found.state, found.verified_at, found.sent_at) == (OrderState.DRAFT, None, None)
    assert only_answer(order).words == "要 12 件，不是 10 件"
    assert shop.told(order)[-1] == "change_asked"
    assert shop.make.level(shop.product).allocated == Decimal(0)


def test_a_link_is_good_for_one_answer(shop):
    sent = send(shop, shop.verified())
    opened = open_link(sent.token, links.CONFIRM)
    answer(sent)
    with pytest.raises(LinkInvalid):
        open_link(sent.token, links.CONFIRM)
    with pytest.raises(LinkInvalid):
        run(
            service.answer_by_link, opened.actor, order_id=opened.row_id, link_id=opened.link_id,
            order_version=sent.version, answer=Answer.ACCEPTED, person="W",
        )  # fmt: skip
    assert shop.make.count(OrderAnswer) == 1


def test_a_new_link_ends_the_older_one(shop):
    order = shop.verified()
    old, new = send(shop, order), send(shop, order)
    with pytest.raises(LinkInvalid):
        open_link(old.token, links.CONFIRM)
    answer(new)
    assert shop.make.again(order).state is OrderState.IN_FULFILMENT


def test_an_older_version_cannot_be_accepted(shop):
    order = shop.verified()
    sent = send(shop, order)
    shop.make.change(shop.make.again(order), internal_note="price called back")
    with pytest.raises(OlderOrderShown):
        answer(sent)
    with pytest.raises(OlderOrderShown):
        answer(sent, order_version=shop.make.again(order).version)
    assert shop.make.again(order).state is OrderState.VERIFIED


def test_going_back_to_draft_ends_the_link(shop):
    order = shop.verified()
    sent = send(shop, order)
    shop.do(service.reopen_order, order_id=order.id)
    with pytest.raises(LinkInvalid):
        open_link(sent.token, links.CONFIRM)


def test_a_link_answers_its_own_order_only(shop):
    mine, other = shop.verified(), shop.verified(shop.line("3"))
    sent = send(shop, mine)
    with pytest.raises(NotFound):
        answer(sent, order_id=other.id)
    assert shop.make.again(other).state is OrderState.VERIFIED


def test_asking_for_a_change_needs_words(shop):
    order = shop.verified()
    with pytest.raises(InvalidInput) as refusal:
        answer(send(shop, order), Answer.CHANGE_ASKED, words="  ")
    assert list(refusal.value.fields) == ["words"]
    assert shop.make.again(order).state is OrderState.VERIFIED


def test_sales_records_a_change_asked_on_the_phone(shop):
    order = shop.verified()
    with pytest.raises(NotPermitted):
        shop.do(service.record_change_asked, "finance", order_id=order.id, person="W", words="less")
    shop.do(service.record_change_asked, order_id=order.id, person="W", words="less")
    assert shop.make.again(order).state is OrderState.DRAFT
    assert only_answer(order).answer is Answer.CHANGE_ASKED


@pytest.mark.promise("IV1")
def test_drafts_are_not_sent(shop):
    order = shop.take(requested_date=date(2026, 12, 1))
    with pytest.raises(WrongState):
        send(shop, order)
