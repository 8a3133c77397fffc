"""Invoices, payments and credit notes against the database."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest
import sqlalchemy as sa

from app.departments.finance import credit, disputes, invoicing, jobs, payments, queries, setup
from app.departments.finance.errors import BillingNotSetUp, CreditTooLarge, NothingToInvoice, TooMuchSettled
from app.kernel import clock
from app.kernel.errors import InvalidInput, NotPermitted, RuleBroken, WrongState
from app.platform.db import run, session
from app.platform.events import StoredEvent
from app.records.billing.events import InvoiceOverdue
from app.records.billing.models import Invoice, InvoiceKind, InvoiceState, Payment, Settlement
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy, PriceBasis

PAID_ON = date(2026, 3, 20)


@pytest.fixture
def finance(make):
    return make.actor("finance")


def billable_order(make, **values):
    """20,000 pieces at 0.35, tax included, billed as ordered."""
    make.currency("CNY")
    defaults = {
        "state": OrderState.CONFIRMED, "billing_policy": BillingPolicy.ORDERED, "price_basis": PriceBasis.INCLUDED,
        "billing_confirmed_at": clock.now(), "lines": [make.line(make.product(), 20000, "0.35")],
    }  # fmt: skip
    return make.order(**{**defaults, **values})


def test_an_invoice_says_what_was_agreed_and_is_numbered_without_a_gap(make, finance):
    order = billable_order(make)
    draft = run(invoicing.draft_invoice, finance, order_id=order.id)
    assert (draft.state, draft.number) == (InvoiceState.DRAFT, None)
    assert (draft.net_total, draft.tax_total, draft.gross_total) == (D("6194.69"), D("805.31"), D("7000.00"))
    first = run(invoicing.post_invoice, finance, invoice_id=draft.id)
    other = billable_order(make)
    second = run(invoicing.draft_invoice, finance, order_id=other.id)
    second = run(invoicing.post_invoice, finance, invoice_id=second.id)
    assert int(second.number.rsplit("-", 1)[1]) == int(first.number.rsplit("-", 1)[1]) + 1
    assert make.lines(order)[0].invoiced == 20000


def test_what_is_invoiced_is_not_invoiced_again(make, finance):
    order = billable_order(make)
    run(invoicing.draft_invoice, finance, order_id=order.id)
    with pytest.raises(NothingToInvoice):
        run(invoicing.draft_invoice, finance, order_id=order.id)
    assert make.count(Invoice) == 1


def test_a_cancelled_draft_makes_its_lines_billable_again(make, finance):
    order = billable_order(make)
    draft = run(invoicing.draft_invoice, finance, order_id=order.id)
    run(invoicing.cancel_draft, finance, invoice_id=draft.id)
    assert make.lines(order)[0].invoiced == 0
    again = run(invoicing.draft_invoice, finance, order_id=order.id)
    assert again.gross_total == D("7000.00")


@pytest.mark.promise("IV1")
def test_a_posted_invoice_cannot_be_posted_or_cancelled_again(make, finance):
    order = billable_order(make)
    draft = run(invoicing.draft_invoice, finance, order_id=order.id)
    run(invoicing.post_invoice, finance, invoice_id=draft.id)
    with pytest.raises(WrongState):
        run(invoicing.post_invoice, finance, invoice_id=draft.id)
    with pytest.raises(WrongState):
        run(invoicing.cancel_draft, finance, invoice_id=draft.id)


def test_without_billing_set_up_nothing_is_invoiced(make, finance):
    order = billable_order(make, billing_confirmed_at=None)
    with pytest.raises(BillingNotSetUp):
        run(invoicing.draft_invoice, finance, order_id=order.id)
    assert make.count(Invoice) == 0


def test_setting_up_billing_drafts_what_waited(make, finance):
    order = billable_order(make, billing_confirmed_at=None)
    term = make.payment_term()
    run(setup.confirm_billing, finance, order_id=order.id, billing_title="昆山联拓", payment_term_id=term.id)
    assert make.again(order).billing_title == "昆山联拓"
    assert make.count(Invoice, Invoice.state == InvoiceState.DRAFT) == 1


def test_setting_up_billing_needs_a_title_and_terms(make, finance):
    order = billable_order(make, billing_confirmed_at=None)
    with pytest.raises(InvalidInput) as refused:
        run(setup.confirm_billing, finance, order_id=order.id, billing_title=" ", deposit_percent=D(101))
    assert set(refused.value.fields) == {"billing_title", "deposit_percent", "payment_term_id"}
    assert make.again(order).billing_confirmed_at is None


def posted(make, finance, **values):
    order = billable_order(make, **values)
    draft = run(invoicing.draft_invoice, finance, order_id=order.id)
    return order, run(invoicing.post_invoice, finance, invoice_id=draft.id)


def pay(finance, order, amount, **values):
    return run(
        payments.record_payment, finance, party_id=order.customer_id, amount=D(amount), currency="CNY",
        occurred_on=PAID_ON, **values,
    )  # fmt: skip


def test_one_payment_settles_several_invoices_and_one_invoice_takes_several(make, finance):
    customer = make.customer()
    first_order, first = posted(make, finance, customer=customer)
    _, second = posted(make, finance, customer=customer)
    payment = pay(finance, first_order, "9000", allocations={first.id: D(7000), second.id: D(2000)})
    assert payment.allocated == 9000
    pay(finance, first_order, "5000", allocations={second.id: D(5000)})
    assert make.again(first).open_amount == 0
    assert make.again(second).open_amount == 0


def test_oldest_first_leaves_the_rest_unallocated(make, finance):
    order, invoice = posted(make, finance)
    payment = pay(finance, order, "7500", oldest_first=True)
    assert (payment.allocated, make.again(invoice).settled) == (D(7000), D(7000))


def test_a_deposit_settles_the_invoice_when_it_is_posted(make, finance):
    order = billable_order(make, deposit_percent=D(30))
    assert queries.deposit_due(make.again(order)) == D(2100)
    deposit = pay(finance, order, "2100", order_id=order.id)
    assert queries.deposit_due(make.again(order)) == 0
    draft = run(invoicing.draft_invoice, finance, order_id=order.id)
    invoice = run(invoicing.post_invoice, finance, invoice_id=draft.id)
    assert (make.again(invoice).settled, make.again(deposit).allocated) == (D(2100), D(2100))


@pytest.mark.parametrize("amount", ["7000.01", "0", "-5"])
def test_more_than_is_open_or_nothing_is_refused_and_nothing_is_booked(make, finance, amount):
    order, invoice = posted(make, finance)
    with pytest.raises((TooMuchSettled, InvalidInput)):
        pay(finance, order, "8000", allocations={invoice.id: D(amount)})
    assert make.count(Payment) == 0
    assert make.again(invoice).settled == 0


@pytest.mark.promise("IV2")
def test_a_third_decimal_of_renminbi_is_refused_at_its_field(make, finance):
    order, _ = posted(make, finance)
    with pytest.raises(InvalidInput) as refused:
        pay(finance, order, "1.005")
    assert str(refused.value.fields["amount"]) == "CNY has 2 decimals."


@pytest.mark.promise("CO4")
def test_the_same_payment_twice_is_one(make, finance):
    order, _ = posted(make, finance)
    assert pay(finance, order, "100", intake_key="k").id == pay(finance, order, "100", intake_key="k").id
    assert make.count(Payment) == 1


def test_a_settlement_is_taken_back_by_a_row_with_a_minus(make, finance):
    order, invoice = posted(make, finance)
    payment = pay(finance, order, "7000", allocations={invoice.id: D(7000)})
    row_id = session.scalar(sa.select(Settlement.id))
    run(payments.take_back, finance, settlement_id=row_id)
    assert (make.again(invoice).settled, make.again(payment).allocated, make.count(Settlement)) == (0, 0, 2)
    with pytest.raises(TooMuchSettled):
        run(payments.take_back, finance, settlement_id=row_id)


def test_a_credit_note_over_part_of_a_line_reduces_the_claim(make, finance):
    order, invoice = posted(make, finance, lines=[make.line(make.product(), 24, "1860")])
    line = make.do(lambda _actor: [found.id for found in session.get_one(Invoice, invoice.id).lines])[0]
    note = run(credit.credit_invoice, finance, invoice_id=invoice.id, reason="2 damaged", quantities={line: D(2)})
    assert (note.kind, note.gross_total) == (InvoiceKind.CREDIT_NOTE, D("3720.00"))
    assert make.again(invoice).open_amount == D("40920.00")
    assert make.lines(order)[0].credited == 2
    with pytest.raises(CreditTooLarge):
        run(credit.credit_invoice, finance, invoice_id=invoice.id, reason="again", quantities={line: D(23)})


def test_crediting_the_rest_gives_back_exactly_what_was_asked(make, finance):
    _, invoice = posted(make, finance, lines=[make.line(make.product(), 3, "3.35")])
    line = make.do(lambda _actor: [found.id for found in session.get_one(Invoice, invoice.id).lines])[0]
    parts = [
        run(credit.credit_invoice, finance, invoice_id=invoice.id, reason="back", quantities={line: D(1)})
        for _ in range(3)
    ]
    assert sum(part.gross_total for part in parts) == invoice.gross_total
    assert sum(part.tax_total for part in parts) == invoice.tax_total
    assert make.again(invoice).open_amount == 0


@pytest.mark.parametrize("role", ["sales", "warehouse", "logistics", "purchasing", "director"])
def test_only_finance_moves_money(make, finance, role):
    order = billable_order(make)
    stranger = make.actor(role)
    before = make.count(Invoice), make.count(Payment)
    for use_case, values in (
        (invoicing.draft_invoice, {"order_id": order.id}),
        (invoicing.post_invoice, {"invoice_id": 1}),
        (invoicing.cancel_draft, {"invoice_id": 1}),
        (credit.credit_invoice, {"invoice_id": 1, "reason": "x"}),
        (setup.confirm_billing, {"order_id": order.id, "billing_title": "x"}),
        (payments.allocate_payment, {"payment_id": 1, "allocations": {}}),
        (payments.take_back, {"settlement_id": 1}),
        (
            payments.record_payment,
            {"party_id": order.customer_id, "amount": D(1), "currency": "CNY", "occurred_on": PAID_ON},
        ),
    ):
        with pytest.raises(NotPermitted):
            run(use_case, stranger, **values)
    assert (make.count(Invoice), make.count(Payment)) == before


def test_receivables_stand_in_their_columns(make, finance):
    order, invoice = posted(make, finance)
    make.change(invoice, due_on=date(2026, 3, 1))
    (row,) = queries.receivables_by_age(date(2026, 4, 15))
    assert (row.party_id, row.currency, row.columns) == (order.customer_id, "CNY", [0, 0, D("7000.00"), 0, 0])


def overdue_events(invoice):
    return session.scalar(
        sa.select(sa.func.count())
        .select_from(StoredEvent)
        .where(StoredEvent.name == InvoiceOverdue.name, StoredEvent.subject_id == invoice.id)
    )


def test_an_overdue_invoice_is_announced_once_and_a_disputed_one_is_not(make, finance):
    _, late = posted(make, finance)
    _, disputed = posted(make, finance)
    make.change(late, due_on=date(2026, 3, 1))
    make.change(disputed, due_on=date(2026, 3, 1))
    run(disputes.dispute_invoice, finance, invoice_id=disputed.id, reason="2 damaged")
    for _ in range(2):
        make.do(jobs.announce_overdue_everywhere)
    assert (overdue_events(late), overdue_events(disputed)) == (1, 0)


def in_threads(app, count, action):
    """Run ``action`` at once in threads; (results, refusals)."""
    start, results, refusals = threading.Barrier(count), [], []

    def work():
        with app.app_context():
            start.wait()
            try:
                results.append(action())
            except RuleBroken as refusal:
                refusals.append(refusal)

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results, refusals


@pytest.mark.promise("CO2")
def test_eight_at_once_draft_one_invoice(live_app, live_make):
    finance = live_make.actor("finance")
    order = billable_order(live_make)
    results, refusals = in_threads(live_app, 8, lambda: run(invoicing.draft_invoice, finance, order_id=order.id).id)
    assert (len(results), len(refusals)) == (1, 7)
    assert live_make.lines(order)[0].invoiced == 20000


@pytest.mark.promise("CO2")
def test_eight_at_once_settle_no_more_than_is_open(live_app, live_make):
    finance = live_make.actor("finance")
    order, invoice = posted(live_make, finance)
    results, refusals = in_threads(
        live_app, 8, lambda: pay(finance, order, "2000", allocations={invoice.id: D(2000)}).id
    )
    assert (len(results), len(refusals)) == (3, 5)
    assert live_make.again(invoice).settled == D(6000)
    assert live_make.count(Payment) == 3


@pytest.mark.promise("CO5")
def test_numbers_have_no_gap_when_many_post_at_once(live_app, live_make):
    finance = live_make.actor("finance")
    drafts = [run(invoicing.draft_invoice, finance, order_id=billable_order(live_make).id).id for _ in range(6)]
    todo = iter(drafts)
    lock = threading.Lock()

    def post():
        with lock:
            wanted = next(todo)
        return run(invoicing.post_invoice, finance, invoice_id=wanted).number

    results, refusals = in_threads(live_app, 6, post)
    assert refusals == []
    assert sorted(int(number.rsplit("-", 1)[1]) for number in results) == [1, 2, 3, 4, 5, 6]
