"""Events open and close hand-offs as the default flow says."""

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import run, session
from app.platform.events import publish
from app.platform.events.bus import event_classes
from app.platform.process import flow
from app.platform.process.default_flow import ON_HOLD, RELEASED, STEPS, install_default_flow
from app.platform.process.models import FlowState, FlowStep, FlowTrigger, FlowVersion, HandOffState, TriggerAction
from tests.support.hand_offs import ORDER, SYSTEM, at, fact, hand_offs, happen, statements, the

RECEIVED = fact("orders.order.received")
CONFIRMED = fact("orders.order.confirmed")


def codes_open(root=ORDER):
    steps = dict(session.execute(sa.select(FlowStep.id, FlowStep.code)).all())
    return sorted(steps[h.step_id] for h in hand_offs(root=root) if h.is_open)


def test_the_clock_of_entry_starts_when_the_order_came_in(house_of_five):
    happen(fact("orders.order.received", occurred_at=at(20, 17, 30)))
    entry = the("H1")
    assert entry.offered_at == at(20, 17, 30)
    assert entry.due_at == at(23, 13, 30)  # half an hour on Friday, the rest on Monday around lunch
    assert (entry.state, entry.offered_by, entry.from_department_id) == (HandOffState.OFFERED, "system", None)
    assert entry.to_department_id == house_of_five.departments["sales"]


def test_a_time_nobody_can_mean_starts_the_clock_within_reason(house_of_five):
    happen(fact("orders.order.received", ("orders", 1), occurred_at=at(24, 9)))
    assert the("H1", root=("orders", 1)).offered_at == at(23, 9)  # not in the future
    happen(fact("orders.order.received", ("orders", 2), occurred_at=at(23, 9).replace(year=1926)))
    assert the("H1", root=("orders", 2)).offered_at.year == 2023


def test_sending_ends_the_entry_at_the_time_it_happened(house_of_five):
    happen(RECEIVED)
    with clock.freeze(at(23, 11)):
        happen(fact("orders.order.sent_for_confirmation", occurred_at=at(23, 10)))
    entry = the("H1")
    assert (entry.state, entry.completed_at, entry.ended_at) == (HandOffState.COMPLETED, at(23, 10), at(23, 10))
    assert (entry.accepted_at, entry.ended_by) == (None, "system")


def test_confirmation_tells_every_department_concerned(house_of_five):
    happen(RECEIVED, fact("orders.order.sent_for_confirmation"), CONFIRMED)
    assert codes_open() == ["H3", "H4"]
    happen(fact("stock.order.allocated"))
    assert codes_open() == ["H2", "H3", "H4"]


def test_a_hand_off_can_open_and_close_in_one_transaction(house_of_five):
    happen(CONFIRMED, fact("stock.order.allocated"), fact("stock.order.covered"), fact("billing.order.set_up"))
    assert codes_open() == ["H2"]
    assert [h.state for h in hand_offs("H3", "H4")] == [HandOffState.COMPLETED] * 2


def test_what_is_open_is_not_opened_twice_and_what_ended_opens_again(house_of_five):
    happen(RECEIVED)
    happen(RECEIVED)
    assert len(hand_offs("H1")) == 1
    happen(fact("orders.order.sent_for_confirmation"))
    happen(fact("orders.order.change_asked"))
    assert [h.state for h in hand_offs("H1")] == [HandOffState.COMPLETED, HandOffState.OFFERED]


def test_a_shipment_ends_its_own_dispatch_and_not_its_sisters(house_of_five):
    happen(CONFIRMED, fact("stock.order.allocated"))
    for number in (1, 2):
        happen(fact("shipping.shipment.ready", ("shipments", number), ORDER))
    happen(fact("shipping.order.dispatch_ready"))
    happen(fact("shipping.shipment.departed", ("shipments", 1), ORDER))
    assert [(h.subject_id, h.state) for h in hand_offs("H7")] == [
        (1, HandOffState.COMPLETED),
        (2, HandOffState.OFFERED),
    ]
    assert the("H2").state is HandOffState.COMPLETED
    assert [(h.subject, h.root) for h in hand_offs("H8")] == [(("shipments", 1), ORDER)]


def test_a_fact_about_another_kind_of_record_under_the_same_root_counts(house_of_five):
    happen(fact("feedback.request.sent"))
    happen(fact("feedback.answer.given", ("feedback_answers", 9), ORDER))
    assert the("H11").state is HandOffState.COMPLETED


def test_another_order_is_not_concerned(house_of_five):
    happen(RECEIVED)
    happen(fact("orders.order.sent_for_confirmation", ("orders", 1)))
    assert the("H1").state is HandOffState.OFFERED


def test_a_hold_stops_the_clocks_of_its_order_and_release_moves_the_due_times(house_of_five):
    happen(CONFIRMED, fact("stock.order.allocated"), fact("feedback.request.sent"))
    before = {h.id: h.due_at for h in hand_offs()}
    with clock.freeze(at(23, 10)):
        happen(fact("orders.order.held"), actor=SYSTEM.because("credit limit"))
    assert {h.state for h in hand_offs("H2", "H3", "H4")} == {HandOffState.PAUSED}
    assert [h.due_at for h in hand_offs("H2", "H3", "H4")] == [None] * 3
    assert the("H11").state is HandOffState.OFFERED  # the customer's answer does not wait for us
    assert [(p.reason, p.cause) for p in the("H2").pauses] == [("credit limit", "orders.order.held")]
    with clock.freeze(at(24, 9, 30)):
        happen(fact("orders.order.released"))
    packing = the("H2")
    assert before[packing.id] == at(23, 14)
    assert packing.due_at == at(24, 13, 30)  # one hour was used, three are left from half past nine
    assert packing.state is HandOffState.OFFERED


def test_an_event_may_end_what_is_paused(house_of_five):
    happen(CONFIRMED)
    happen(fact("orders.order.held"))
    with clock.freeze(at(23, 11)):
        happen(fact("stock.order.covered"))
    ended = the("H3")
    assert (ended.state, ended.ended_at) == (HandOffState.COMPLETED, at(23, 11))
    assert [(p.since, p.until) for p in ended.pauses] == [(at(23, 9), at(23, 11))]
    assert ended.due_at == at(23, 14)  # two hours of target, two of pause, lunch between


def test_a_cancelled_order_takes_its_hand_offs_along(house_of_five):
    happen(CONFIRMED, fact("stock.order.allocated"))
    happen(fact("shipping.shipment.departed", ("shipments", 1), ORDER))
    happen(fact("orders.order.cancelled"), actor=SYSTEM.because("customer gave up"))
    assert codes_open() == ["H8"]  # what is on the road must still arrive or come back
    assert {(h.state, h.reason) for h in hand_offs("H2", "H3", "H4")} == {(HandOffState.CANCELLED, "customer gave up")}


def big_enough(event, subject):
    return event.name == "orders.order.confirmed" and subject[1] > 100


flow.guards.add("tests.big_enough", big_enough)


def test_guards_decide_and_a_missing_one_loses_no_work(house_of_five):
    set_guards({"H3": "tests.big_enough", "H4": "tests.nobody_registered"})
    happen(fact("orders.order.confirmed", ("orders", 99)), fact("orders.order.confirmed", ("orders", 101)))
    assert codes_open(("orders", 99)) == ["H4"]
    assert codes_open(("orders", 101)) == ["H3", "H4"]


def test_a_missing_guard_closes_nothing(house_of_five):
    happen(CONFIRMED)
    set_guards({"H4": "tests.nobody_registered"}, action=TriggerAction.CLOSE)
    happen(fact("billing.order.set_up"))
    assert the("H4").state is HandOffState.OFFERED


def set_guards(guards, action=TriggerAction.OPEN):
    def change(actor):
        version = session.scalars(sa.select(FlowVersion)).one()
        for step in version.steps:
            for trigger in step.triggers:
                if step.code in guards and trigger.action is action:
                    trigger.guard = guards[step.code]
        session.flush()
        flow.seal(version)

    run(change, SYSTEM)


def test_an_order_keeps_the_flow_it_began_with(house_of_five):
    happen(RECEIVED)

    def publish_another(actor):
        old = session.scalars(sa.select(FlowVersion)).one()
        old.state = FlowState.RETIRED
        session.flush()
        new = FlowVersion(number=2, state=FlowState.ACTIVE, published_at=clock.now())
        new.steps = [
            FlowStep(
                code="N1", position=1, title_en="New", title_zh="新", needed_en="", needed_zh="",
                to_department_id=house_of_five.departments["finance"], target_minutes=30,
                triggers=[
                    FlowTrigger(action=TriggerAction.OPEN, event=name)
                    for name in ("orders.order.received", "orders.order.confirmed")
                ],
            )
        ]  # fmt: skip
        session.add(new)
        session.flush()
        flow.seal(new)

    run(publish_another, SYSTEM)
    happen(CONFIRMED, fact("orders.order.received", ("orders", 1)))
    assert codes_open() == ["H3", "H4"]
    assert codes_open(("orders", 1)) == ["N1"]


def test_installing_twice_changes_nothing(house_of_five):
    first = session.scalars(sa.select(FlowVersion.id)).one()
    assert run(install_default_flow, SYSTEM).id == first
    assert session.scalar(sa.select(sa.func.count()).select_from(FlowStep)) == len(STEPS)


def test_without_a_flow_events_pass_by(app):
    happen(RECEIVED)
    assert hand_offs() == []


def test_every_published_event_reaches_the_flow(house_of_five):
    def rename(actor):
        for trigger in session.scalars(sa.select(FlowTrigger).where(FlowTrigger.event == "orders.order.received")):
            trigger.event = "tests.nobody.else_listens"
        session.flush()
        flow.seal(session.scalars(sa.select(FlowVersion)).one())

    run(rename, SYSTEM)
    run(lambda actor: publish(fact("tests.nobody.else_listens")), SYSTEM)
    assert the("H1").state is HandOffState.OFFERED


def test_every_event_the_default_flow_waits_for_is_one_that_somebody_declares(app):
    named = {event for step in STEPS for event in (*step.opens, *step.closes, *step.cancels)} | {ON_HOLD, RELEASED}
    assert named - event_classes().keys() == set()


def test_an_event_no_step_waits_for_costs_one_query(house_of_five):
    happen(RECEIVED)
    with statements() as sent:
        happen(fact("stock.product.adjusted", ("products", 1)), fact("stock.product.adjusted", ("products", 2)))
    assert len([one for one in sent if "flow_" in one or "hand_off" in one]) == 1


@pytest.mark.parametrize("mistake", ["state", "times", "due"])
def test_the_database_refuses_what_can_never_be_true(house_of_five, mistake):
    happen(RECEIVED)
    values = {
        "state": {"state": HandOffState.COMPLETED},
        "times": {"accepted_at": at(20, 9)},
        "due": {"due_at": None},
    }[mistake]

    def break_it(actor):
        for name, value in values.items():
            setattr(session.get(type(the("H1")), the("H1").id), name, value)

    with pytest.raises(Exception, match="break a rule of the data"):
        run(break_it, SYSTEM)
    assert (the("H1").state, the("H1").accepted_at) == (HandOffState.OFFERED, None)
