"""What people do with hand-offs, what is refused, and that a refusal changes nothing."""

import threading

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.platform.access import house_reading
from app.platform.db import run, session
from app.platform.events import StoredEvent
from app.platform.process import completions, on_event, service
from app.platform.process.models import FlowStep, HandOff, HandOffPause, HandOffState
from app.platform.process.permissions import Permissions
from app.platform.process.refusals import (
    AlreadyAccepted,
    ClosesByEvent,
    HandOffEnded,
    HandOffPausedNow,
    NoSender,
    NotAccepted,
    NotAMember,
    NotPaused,
    PausedByEvent,
    ReworkNotReturnable,
)
from tests.support.hand_offs import ORDER, SYSTEM, at, fact, hand_offs, happen, make_house, the

#: use case -> the right it needs and what else it asks for
USE_CASES = {
    service.accept_hand_off: (Permissions.HAND_OFF_ACCEPT, {}),
    service.complete_hand_off: (Permissions.HAND_OFF_COMPLETE, {}),
    service.return_hand_off: (Permissions.HAND_OFF_RETURN, {"reason": "drawing missing"}),
    service.pause_hand_off: (Permissions.HAND_OFF_PAUSE, {"reason": "dock closed"}),
    service.resume_hand_off: (Permissions.HAND_OFF_RESUME, {}),
    service.assign_hand_off: (Permissions.HAND_OFF_ASSIGN, {"assignee_id": 1}),
    service.cancel_hand_off: (Permissions.HAND_OFF_CANCEL, {"reason": "no longer needed"}),
}
every_use_case = pytest.mark.parametrize("use_case", USE_CASES, ids=lambda one: one.__name__)


@pytest.fixture
def shop(house_of_five):
    """A confirmed order with goods: H2 lies with the warehouse, H3 and H4 elsewhere."""
    happen(fact("orders.order.confirmed"), fact("stock.order.allocated"), actor=house_of_five.actor("sales"))
    return house_of_five


def everything_there_is():
    """All values that a refused use case must leave alone."""
    session.expire_all()
    tables = (HandOff.__table__, HandOffPause.__table__, StoredEvent.__table__)
    return [session.execute(sa.select(table).order_by(table.c.id)).all() for table in tables]


def refused(problem, use_case, actor, **values):
    before = everything_there_is()
    with pytest.raises(problem) as caught:
        run(use_case, actor, **values)
    assert everything_there_is() == before
    return str(caught.value)


# Rights


@every_use_case
def test_without_the_right_nothing_happens(shop, use_case):
    needed, values = USE_CASES[use_case]
    others = [one for one, _ in USE_CASES.values() if one is not needed]
    refused(NotPermitted, use_case, shop.actor("warehouse", *others), hand_off_id=the("H2").id, **values)


@pytest.mark.promise("AZ2")
@every_use_case
def test_another_department_s_work_does_not_exist_for_me(shop, use_case):
    needed, values = USE_CASES[use_case]
    refused(NotFound, use_case, shop.actor("finance", needed), hand_off_id=the("H2").id, **values)


@every_use_case
def test_nobody_may_act_without_a_name(shop, use_case):
    _, values = USE_CASES[use_case]
    refused(NotPermitted, use_case, None, hand_off_id=the("H2").id, **values)


@every_use_case
@pytest.mark.parametrize("wrong", [0, -1, 2**63, 2**80])
def test_an_id_that_cannot_exist_is_not_found(shop, use_case, wrong):
    needed, values = USE_CASES[use_case]
    refused(NotFound, use_case, shop.actor("warehouse", needed), hand_off_id=wrong, **values)


def test_a_member_may_not_assign_or_cancel_but_the_head_may(shop):
    colleague = shop.people["warehouse-2"]
    member, head = shop.actor("warehouse"), shop.actor("warehouse-head")
    refused(NotPermitted, service.assign_hand_off, member, hand_off_id=the("H2").id, assignee_id=colleague)
    refused(NotPermitted, service.cancel_hand_off, member, hand_off_id=the("H2").id, reason="x")
    run(service.assign_hand_off, head, hand_off_id=the("H2").id, assignee_id=colleague)
    assert the("H2").assignee_id == colleague
    run(service.cancel_hand_off, head, hand_off_id=the("H2").id, reason="sold from the shop")
    assert (the("H2").state, the("H2").reason) == (HandOffState.CANCELLED, "sold from the shop")


def test_own_and_headed_scopes_reach_their_rows_only(shop):
    own = shop.actor("warehouse", Permissions.HAND_OFF_PAUSE, scope="own")
    refused(NotFound, service.pause_hand_off, own, hand_off_id=the("H2").id, reason="x")
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    assert run(service.pause_hand_off, own, hand_off_id=the("H2").id, reason="x").state is HandOffState.PAUSED
    headed = shop.actor("warehouse", Permissions.HAND_OFF_CANCEL, scope="headed")
    refused(NotFound, service.cancel_hand_off, headed, hand_off_id=the("H2").id, reason="x")


# Accept


def test_accepting_makes_it_mine(shop):
    with clock.freeze(at(23, 9, 41)):
        run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    taken = the("H2")
    assert (taken.state, taken.accepted_at) == (HandOffState.ACCEPTED, at(23, 9, 41))
    assert (taken.assignee_id, taken.version) == (shop.people["warehouse"], 2)
    assert taken.due_at == at(23, 14)
    event = session.scalars(sa.select(StoredEvent).order_by(StoredEvent.id.desc())).first()
    assert (event.name, event.subject_id, event.root_id) == ("process.hand_off.accepted", taken.id, ORDER[1])
    assert event.payload["step"] == "H2"


def test_accepting_twice_changes_nothing_and_a_colleague_comes_too_late(shop):
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    before = everything_there_is()
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    assert everything_there_is() == before
    sentence = refused(AlreadyAccepted, service.accept_hand_off, shop.actor("warehouse-2"), hand_off_id=the("H2").id)
    assert sentence == "warehouse has already accepted this hand-off."
    assert AlreadyAccepted.status == 409


@pytest.mark.slow
def test_of_two_people_who_accept_at_once_one_wins(live_app):
    shop = make_house()
    happen(fact("orders.order.confirmed"), fact("stock.order.allocated"))
    wanted = the("H2").id
    names = ["warehouse", "warehouse-2", "warehouse-head"] * 4
    start = threading.Barrier(len(names))
    ends = []

    def accept(name):
        with live_app.app_context(), house_reading():
            start.wait()
            try:
                run(service.accept_hand_off, shop.actor(name), hand_off_id=wanted)
            except AlreadyAccepted:
                ends.append((name, "late"))
            else:
                ends.append((name, "mine"))
            session.remove()

    threads = [threading.Thread(target=accept, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    winner = {name for name, end in ends if end == "mine"}
    assert len(ends) == 12
    assert len(winner) == 1
    assert the("H2").assignee_id == shop.people[winner.pop()]
    assert the("H2").version == 2


# Complete


def test_work_that_is_booked_is_not_ticked_off(shop):
    sentence = refused(ClosesByEvent, service.complete_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    assert sentence == (
        "“Pick and pack” ends by itself when this is done: "
        "goods packed and ready for dispatch (shipping.order.dispatch_ready)."
    )


def change_step(code, **values):
    def change(actor):
        step = session.scalars(sa.select(FlowStep).where(FlowStep.code == code)).one()
        for name, value in values.items():
            setattr(step, name, value)

    run(change, SYSTEM)


def test_a_step_may_be_completed_by_hand(shop):
    change_step("H4", is_closed_by_hand=True)
    with clock.freeze(at(23, 10)):
        run(service.complete_hand_off, shop.actor("finance"), hand_off_id=the("H4").id)
    done = the("H4")
    assert (done.state, done.completed_at, done.accepted_at) == (HandOffState.COMPLETED, at(23, 10), at(23, 10))
    assert (done.ended_by, done.assignee_id) == ("finance", shop.people["finance"])


def set_up_billing(actor, hand_off):
    if hand_off.subject_id == ORDER[1]:
        on_event(actor, fact("billing.order.set_up"))


completions.add("tests.set_up_billing", set_up_billing)


def test_completing_does_the_work_that_closes_it(shop):
    change_step("H4", completion="tests.set_up_billing")
    run(service.complete_hand_off, shop.actor("finance"), hand_off_id=the("H4").id)
    assert (the("H4").state, the("H4").ended_by) == (HandOffState.COMPLETED, "finance")


def test_a_completion_that_leaves_work_undone_completes_nothing(shop):
    change_step("H4", completion="tests.set_up_billing")
    other = ("orders", 1)
    happen(fact("orders.order.confirmed", other))
    undone = the("H4", root=other).id
    refused(ClosesByEvent, service.complete_hand_off, shop.actor("finance"), hand_off_id=undone)


# Return and rework


def test_returned_work_goes_back_and_comes_again(shop):
    with clock.freeze(at(23, 10)):
        run(service.return_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id, reason=" drawing\nmissing ")
    returned, rework = hand_offs("H2")
    assert (returned.state, returned.reason, returned.ended_at) == (
        HandOffState.RETURNED,
        "drawing missing",
        at(23, 10),
    )
    assert (returned.completed_at, returned.ended_by) == (None, "warehouse")
    assert (rework.from_department_id, rework.to_department_id) == (
        shop.departments["warehouse"],
        shop.departments["sales"],
    )
    assert (rework.rework_of_id, rework.offered_at, rework.due_at) == (returned.id, at(23, 10), at(23, 15))
    assert rework.assignee_id == shop.people["sales"]  # who had passed it on
    back = rework.id
    refused(ReworkNotReturnable, service.return_hand_off, shop.actor("sales"), hand_off_id=back, reason="no, you")
    with clock.freeze(at(23, 11)):
        run(service.complete_hand_off, shop.actor("sales"), hand_off_id=back)
    _, rework, again = hand_offs("H2")
    assert rework.state is HandOffState.COMPLETED
    assert (again.state, again.rework_of_id, again.offered_at) == (HandOffState.OFFERED, None, at(23, 11))
    assert again.to_department_id == shop.departments["warehouse"]
    happen(fact("shipping.order.dispatch_ready"))
    assert the("H2").state is HandOffState.COMPLETED


def test_rework_ends_with_what_it_was_for(shop):
    run(service.return_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id, reason="drawing missing")
    happen(fact("shipping.order.dispatch_ready"))
    assert [h.state for h in hand_offs("H2")] == [HandOffState.RETURNED, HandOffState.COMPLETED]


def test_what_came_from_outside_or_from_ourselves_cannot_be_returned(shop):
    happen(fact("orders.order.received", ("orders", 1)))
    happen(fact("shipping.shipment.departed", ("shipments", 1), ORDER))
    entry, delivery = the("H1", root=("orders", 1)).id, the("H8").id
    refused(NoSender, service.return_hand_off, shop.actor("sales"), hand_off_id=entry, reason="x")
    refused(NoSender, service.return_hand_off, shop.actor("logistics"), hand_off_id=delivery, reason="x")


@pytest.mark.parametrize("use_case", [service.return_hand_off, service.pause_hand_off, service.cancel_hand_off])
@pytest.mark.parametrize("reason", ["", "  \n\t ", "\x00"])
def test_a_reason_is_asked_for_at_its_field(shop, use_case, reason):
    head = shop.actor("warehouse-head")
    sentence = refused(InvalidInput, use_case, head, hand_off_id=the("H2").id, reason=reason)
    assert sentence == "reason: Please say why."


# Pause and resume


def test_a_pause_moves_the_due_time_by_its_working_hours(shop):
    actor = shop.actor("warehouse")
    run(service.accept_hand_off, actor, hand_off_id=the("H2").id)
    with clock.freeze(at(23, 17)):  # seven hours worked of four: three late
        run(service.pause_hand_off, actor, hand_off_id=the("H2").id, reason="dock closed")
    assert (the("H2").state, the("H2").due_at) == (HandOffState.PAUSED, None)
    with clock.freeze(at(24, 9, 30)):
        run(service.resume_hand_off, actor, hand_off_id=the("H2").id)
    assert (the("H2").state, the("H2").due_at) == (HandOffState.ACCEPTED, at(23, 14))  # it was late before

    other = ("orders", 1)
    happen(fact("stock.order.allocated", other))
    run(service.accept_hand_off, actor, hand_off_id=the("H2", root=other).id)
    with clock.freeze(at(23, 10)):
        run(service.pause_hand_off, actor, hand_off_id=the("H2", root=other).id, reason="one")
    with clock.freeze(at(23, 11)):
        run(service.resume_hand_off, actor, hand_off_id=the("H2", root=other).id)
    with clock.freeze(at(23, 11, 30)):
        run(service.pause_hand_off, actor, hand_off_id=the("H2", root=other).id, reason="two")
    with clock.freeze(at(24, 9, 30)):
        run(service.resume_hand_off, actor, hand_off_id=the("H2", root=other).id)
    paused = the("H2", root=other)
    assert [(p.reason, p.since, p.until) for p in paused.pauses] == [
        ("one", at(23, 10), at(23, 11)),
        ("two", at(23, 11, 30), at(24, 9, 30)),
    ]
    assert paused.due_at == at(24, 12)  # an hour and a half was worked, two and a half are left


def test_only_accepted_work_is_paused_and_only_paused_work_resumed(shop):
    actor = shop.actor("warehouse")
    wanted = the("H2").id
    refused(NotAccepted, service.pause_hand_off, actor, hand_off_id=wanted, reason="x")
    refused(NotPaused, service.resume_hand_off, actor, hand_off_id=wanted)
    run(service.accept_hand_off, actor, hand_off_id=wanted)
    run(service.pause_hand_off, actor, hand_off_id=wanted, reason="x")
    refused(HandOffPausedNow, service.pause_hand_off, actor, hand_off_id=wanted, reason="x")
    refused(HandOffPausedNow, service.accept_hand_off, actor, hand_off_id=wanted)
    refused(HandOffPausedNow, service.complete_hand_off, actor, hand_off_id=the("H2").id)
    refused(HandOffPausedNow, service.return_hand_off, actor, hand_off_id=wanted, reason="x")


def test_a_hold_is_not_lifted_by_the_people_it_stops(shop):
    happen(fact("orders.order.held"), actor=SYSTEM.because("credit limit"))
    sentence = refused(PausedByEvent, service.resume_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    assert sentence == "This hand-off waits until its cause ends: credit limit"


def test_a_release_leaves_alone_what_a_person_paused(shop):
    actor = shop.actor("warehouse")
    run(service.accept_hand_off, actor, hand_off_id=the("H2").id)
    run(service.pause_hand_off, actor, hand_off_id=the("H2").id, reason="forklift broken")
    happen(fact("orders.order.held"))
    happen(fact("orders.order.released"))
    assert (the("H2").state, the("H3").state) == (HandOffState.PAUSED, HandOffState.OFFERED)


# Assign


def test_work_stays_in_its_department(shop):
    head = shop.actor("warehouse-head")
    outsider = shop.people["finance"]
    sentence = refused(NotAMember, service.assign_hand_off, head, hand_off_id=the("H2").id, assignee_id=outsider)
    assert sentence == "finance does not work in this department or cannot sign in any more."
    refused(NotAMember, service.assign_hand_off, head, hand_off_id=the("H2").id, assignee_id=10**12)


def test_accepted_work_can_be_given_to_a_colleague(shop):
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=the("H2").id)
    head, colleague = shop.actor("warehouse-head"), shop.people["warehouse-2"]
    run(service.assign_hand_off, head, hand_off_id=the("H2").id, assignee_id=colleague)
    assert (the("H2").assignee_id, the("H2").state) == (colleague, HandOffState.ACCEPTED)


# What ended stays ended, and what somebody else changed is not overwritten


@every_use_case
def test_ended_work_stays_as_it_is(shop, use_case):
    head = shop.actor("warehouse-head")
    run(service.cancel_hand_off, head, hand_off_id=the("H2").id, reason="sold")
    _, values = USE_CASES[use_case]
    if use_case is service.complete_hand_off:
        change_step("H2", is_closed_by_hand=True)
    sentence = refused(HandOffEnded, use_case, head, hand_off_id=the("H2").id, **values)
    assert sentence == "This hand-off was already cancelled by warehouse-head."


@pytest.mark.parametrize(
    "use_case", [one for one in USE_CASES if one not in {service.resume_hand_off, service.complete_hand_off}]
)
def test_acting_on_an_old_picture_is_a_conflict(shop, use_case):
    actor, head = shop.actor("warehouse"), shop.actor("warehouse-head")
    _, values = USE_CASES[use_case]
    run(service.accept_hand_off, actor, hand_off_id=the("H2").id)
    if use_case is service.accept_hand_off:
        change_offer("H2")
    if use_case is service.assign_hand_off:
        values = {"assignee_id": shop.people["warehouse-2"]}
    refused(Conflict, use_case, head, hand_off_id=the("H2").id, version=1, **values)


def change_offer(code):
    """Back to offered, two versions later."""

    def change(actor):
        row = session.get(HandOff, the(code).id)
        row.state, row.accepted_at, row.assignee_id = HandOffState.OFFERED, None, None

    run(change, SYSTEM)
