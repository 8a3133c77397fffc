"""My desk over HTTP: what it shows, what its buttons do, and what it refuses in plain words."""

import re

import pytest
import sqlalchemy as sa

from app.departments.finance.permissions import Permissions as Finance
from app.departments.purchasing.permissions import Permissions as Purchasing
from app.kernel import clock
from app.platform.access import house_reading
from app.platform.db import run, session
from app.platform.process import service
from app.platform.process.models import HandOff, HandOffState
from app.platform.process.permissions import MEMBER, Permissions
from tests.support.hand_offs import at, fact, happen, statements, the

HTMX = {"HX-Request": "true", "HX-Boosted": "true"}


def h2(order):
    with house_reading():
        return the("H2", root=("orders", order.id))


def rows(page):
    """Title, number and party of each row, tags taken out."""
    cells = re.findall(r'<td role="cell" class="ph-l ph-1[^>]*>(.*?)</td>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def groups(page):
    heads = re.findall(r'<tr role="row" class="ho-group"><th[^>]*>(.*?)</th>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", head).split()) for head in heads]


def test_the_desk_groups_my_work_by_due_time(five, allocated, browse):
    member = five.actor("warehouse")
    late, today = allocated(9, "Brightwater"), allocated(12, "深圳南澳电子科技有限公司")
    later, paused = allocated(15, "Kestrel"), allocated(13, "Pacific")
    run(service.accept_hand_off, member, hand_off_id=h2(paused).id)
    run(service.pause_hand_off, member, hand_off_id=h2(paused).id, reason="dock closed")
    page = browse(member, "/desk/").text
    assert groups(page) == [
        "Late 1 · oldest first",
        "Due today 1",
        "Tomorrow and later 1",
        "Paused 1 · the clock stands still, with a reason",
    ]
    assert rows(page) == [
        f"Pick and pack {order.number} · {name}"
        for order, name in (
            (late, "Brightwater"),
            (today, "深圳南澳电子科技有限公司"),
            (later, "Kestrel"),
            (paused, "Pacific"),
        )
    ]
    assert "Monday 23 November, 14:30" in page
    assert "30 min late" in page
    assert "4 h 30 of 4 h" in page
    assert "in 2 h 30" in page
    assert "in 19 h 30" in page


def test_mine_and_my_teams(five, allocated, browse):
    one, two = allocated(9), allocated(10)
    run(service.accept_hand_off, five.actor("warehouse-2"), hand_off_id=h2(one).id)
    member = five.actor("warehouse")
    mine, team = browse(member, "/desk/").text, browse(member, "/desk/?whose=team").text
    assert [row.split(" · ")[0] for row in rows(mine)] == [f"Pick and pack {two.number}"]
    assert rows(team) == [
        f"Pick and pack {one.number} · Brightwater · warehouse-2",
        f"Pick and pack {two.number} · Brightwater",
    ]
    assert browse(member, "/desk/?whose=nobody").status_code == 404


def test_an_empty_desk_says_what_comes_next(five, browse):
    page = browse(five.actor("finance"), "/desk/").text
    assert "Nothing waits for you" in page
    assert "New hand-offs appear here as soon as" in page


def test_accepting_without_script_leads_back_to_the_desk(five, allocated, browse):
    order = allocated(9)
    taken = h2(order)
    answer = browse(five.actor("warehouse"), f"/desk/{taken.id}/accept", {"version": taken.version})
    assert (answer.status_code, answer.location) == (303, "/desk/?whose=mine&department=")
    assert (h2(order).state, h2(order).assignee_id) == (HandOffState.ACCEPTED, five.people["warehouse"])
    page = browse(five.actor("warehouse"), answer.location).text
    assert f"Accepted: Pick and pack {order.number}" in page


def test_with_script_the_answer_is_the_new_desk(five, allocated, browse):
    order = allocated(9)
    answer = browse(five.actor("warehouse"), f"/desk/{h2(order).id}/accept?whose=team", {}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == "/desk/?whose=team&department="
    assert f"Accepted: Pick and pack {order.number}" in answer.text
    assert 'id="desk"' in answer.text


def test_who_comes_too_late_is_told_who_was_faster(five, allocated, browse):
    order = allocated(9)
    run(service.accept_hand_off, five.actor("warehouse-2"), hand_off_id=h2(order).id)
    answer = browse(five.actor("warehouse"), f"/desk/{h2(order).id}/accept", {}, headers=HTMX)
    assert answer.status_code == 409
    assert "warehouse-2 has already accepted this hand-off." in answer.text
    assert h2(order).assignee_id == five.people["warehouse-2"]


def test_what_ends_by_itself_offers_no_button_to_complete(five, allocated, browse):
    order = allocated(9)
    run(service.accept_hand_off, five.actor("warehouse"), hand_off_id=h2(order).id)
    page = browse(five.actor("warehouse"), "/desk/").text
    assert "/complete" not in page
    answer = browse(five.actor("warehouse"), f"/desk/{h2(order).id}/complete", {})
    assert answer.status_code == 409
    assert "“Pick and pack” ends by itself when this is done" in answer.text


def test_returning_asks_for_a_reason_and_keeps_it_on_the_sender_s_desk(five, allocated, browse):
    order = allocated(9)
    member, path = five.actor("warehouse"), f"/desk/{h2(order).id}/return"
    assert "Return to sender" in browse(member, path).text
    refused = browse(member, path, {"reason": "  "})
    assert (refused.status_code, h2(order).state) == (422, HandOffState.OFFERED)
    assert "Please say why." in refused.text
    assert browse(member, path, {"reason": "drawing revision missing"}).status_code == 303
    page = browse(five.actor("sales"), "/desk/").text
    assert rows(page) == [f"Pick and pack {order.number} · Brightwater"]
    assert "drawing revision missing" in page
    rework = h2(order)
    done = browse(five.actor("sales"), f"/desk/{rework.id}/complete", {}, headers=HTMX)
    assert f"Completed: Pick and pack {order.number}" in done.text
    assert h2(order).to_department_id == five.departments["warehouse"]


def test_pausing_and_resuming_in_place(five, allocated, browse):
    order, member = allocated(9), five.actor("warehouse")
    run(service.accept_hand_off, member, hand_off_id=h2(order).id)
    browse(member, f"/desk/{h2(order).id}/pause", {"reason": "dock closed"})
    page = browse(member, "/desk/").text
    assert "dock closed" in page
    assert f"/desk/{h2(order).id}/resume" in page
    with clock.freeze(at(23, 15)):
        browse(member, f"/desk/{h2(order).id}/resume", {})
    assert h2(order).state is HandOffState.ACCEPTED


def test_what_a_hold_paused_is_not_resumed_here(five, allocated, browse):
    order = allocated(9)
    happen(fact("orders.order.held", ("orders", order.id)))
    assert "/resume" not in browse(five.actor("warehouse"), "/desk/").text


def test_a_head_passes_work_on_to_a_colleague_of_the_department(five, allocated, browse):
    order, head = allocated(9), five.actor("warehouse-head")
    path = f"/desk/{h2(order).id}/assign"
    page = browse(head, path).text
    assert re.findall(r"<option value=\"\d+\">([\w-]+)</option>", page) == [
        "warehouse",
        "warehouse-2",
        "warehouse-head",
    ]
    assert browse(head, path, {"assignee_id": five.people["finance"]}).status_code == 422
    assert browse(head, path, {"assignee_id": five.people["warehouse-2"]}).status_code == 303
    assert h2(order).assignee_id == five.people["warehouse-2"]


def test_the_rail_tells_the_clock_what_is_left_and_who_else_works_on_it(five, allocated, browse, make):
    order = allocated(9)
    happen(fact("orders.order.confirmed", ("orders", order.id)), actor=five.actor("sales"))
    page = browse(five.actor("warehouse"), f"/desk/?pick={h2(order).id}").text
    rail = page[page.index('id="rail"') :]
    for words in (
        "Offered by system",
        "Worked of 4 h target",
        "Ends when: goods packed and ready for dispatch.",
        "10 short",
        "Also open",
        "Confirm stock",
        "Set up billing",
    ):
        assert words in rail, words


def test_a_foreign_hand_off_can_be_looked_at_but_not_touched(five, allocated, browse):
    order, outsider = allocated(9), five.actor("finance")
    page = browse(outsider, f"/desk/?pick={h2(order).id}").text
    assert f"Pick and pack {order.number}" in page
    assert f"/desk/{h2(order).id}/" not in page
    before = h2(order).version
    for action, data in (("accept", {}), ("return", {"reason": "x"})):
        assert browse(outsider, f"/desk/{h2(order).id}/{action}", data).status_code == 404
    assert h2(order).version == before


@pytest.mark.parametrize(
    ("path", "data"),
    [("accept", {}), ("complete", {}), ("resume", {}), ("return", {"reason": "x"}), ("pause", {"reason": "x"})],
)
def test_without_the_right_nothing_moves(five, allocated, browse, path, data):
    order = allocated(9)
    looker = five.actor("warehouse", Permissions.HAND_OFF_READ, scope="all")
    assert browse(looker, f"/desk/{h2(order).id}/{path}", data).status_code == 403
    assert (h2(order).state, h2(order).version) == (HandOffState.OFFERED, 1)


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "x"])
def test_numbers_that_cannot_be_are_not_found(five, browse, number):
    actor = five.actor("warehouse")
    assert browse(actor, f"/desk/{number}/accept", {}).status_code == 404
    assert browse(actor, f"/desk/{number}/return").status_code == 404
    assert browse(actor, f"/desk/?pick={number}").status_code == 200


def test_nobody_is_sent_to_sign_in_or_refused(five, browse):
    assert browse(None, "/desk/").status_code in {302, 401}
    assert browse(None, "/desk/1/accept", {}).status_code == 401


def test_the_desk_speaks_chinese(five, allocated, browse):
    order = allocated(9)
    member = five.actor("warehouse")
    zh = type(member)(**{name: getattr(member, name) for name in member.__slots__} | {"language": "zh_Hans_CN"})
    page = browse(zh, "/desk/").text
    assert rows(page) == [f"拣货装箱 {order.number} · Brightwater"]
    assert groups(page) == ["已超时 1 · 最早的在前"]
    assert "11月23日" in page
    assert "我的工作台" in page
    assert "超时 30 分钟" in page


def test_a_desk_of_many_rows_costs_no_more_queries(five, allocated, browse):
    for hour in (9, 10):
        allocated(hour)
    with statements() as few:
        browse(five.actor("warehouse"), "/desk/")
    for _ in range(8):
        allocated(11)
    with statements() as many:
        page = browse(five.actor("warehouse"), "/desk/").text
    assert len(rows(page)) == 10
    assert len(few) == len(many)
    assert len(many) <= 18, "\n".join(many)


def test_every_record_of_the_flow_introduces_itself(five, browse, make):
    """Shipments, purchase orders, receipts and invoices have numbers on the desk, or their id where there is none."""
    for name, table in (
        ("shipping.shipment.ready", "shipments"),
        ("supply.purchase_order.acknowledged", "purchase_orders"),
        ("supply.receipt.put_away", "receipts"),
        ("billing.invoice.overdue", "invoices"),
    ):
        happen(fact(name, (table, 424242)))
    seen = [
        row
        for who in ("logistics", "warehouse", "finance", "sales")
        for row in rows(browse(five.actor(who), "/desk/").text)
    ]
    assert seen == [
        "Dispatch #424242",
        "Receive goods #424242",
        "Match supplier bill #424242",
        "Answer overdue invoice #424242",
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(HandOff)) == 4


SCREENS = {
    "warehouse": (),
    "purchasing": (Purchasing.STOCK_ASSESS,),
    "finance": (Finance.BILLING_SET_UP,),
}


def ways(page):
    return re.findall(r'<a class="btn btn-sm" href="([^"]+)">Open', page)


def test_each_department_is_led_to_its_own_screen(five, allocated, browse, make):
    product = make.product()
    make.stock(product, 4)
    order = allocated(9, lines=[make.line(product=product, quantity=10)], allocate=True)
    happen(fact("orders.order.confirmed", ("orders", order.id)))
    happen(fact("billing.shipment.billable", ("shipments", 99), ("orders", order.id)))
    seen = {}
    for code, step in (("warehouse", "H2"), ("purchasing", "H3"), ("finance", "H4"), ("finance", "H9")):
        with house_reading():
            wanted = the(step, root=("orders", order.id)).id
        rights = (*MEMBER, *SCREENS[code])
        run(service.accept_hand_off, five.actor(code), hand_off_id=wanted)
        seen[code] = ways(browse(five.actor(code, *rights), "/desk/").text)
    assert seen == {
        "warehouse": [f"/warehouse/orders/{order.id}/"],
        "purchasing": [f"/purchasing/orders/{order.id}/"],
        "finance": [f"/finance/orders/{order.id}/"] * 2,
    }
