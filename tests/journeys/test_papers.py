"""Three boxes and five pieces, from the order to the credit note: every page and every paper says the same."""

from __future__ import annotations

import re
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest
import sqlalchemy as sa

from app.departments.finance import papers as finance_papers
from app.departments.logistics import papers as logistics_papers
from app.departments.purchasing import papers as purchasing_papers
from app.departments.warehouse import papers as warehouse_papers
from app.departments.warehouse.planning import plan_shipment
from app.kernel.errors import NotPermitted, WrongState
from app.platform.access import house_reading
from app.platform.db import run, session
from app.platform.files import StoredFile
from app.platform.files.storage import path_of
from app.platform.jobs import Job, drain
from app.platform.settings import update_setting
from app.records.billing.models import Invoice, InvoiceKind
from app.records.orders.models import Order, OrderLine
from app.records.shipping.models import Carrier
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, Receipt, Requisition
from tests.journeys.steps import address_in, one, pack_and_hand_over, send_off
from tests.support import goods
from tests.support.pdf import text as text_of
from tests.support.visitor import Visitor


def words(page):
    """A page as one reads it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def paper(purpose):
    """The text of the newest paper of a kind, once every job is done."""
    drain()
    with house_reading():
        found = session.scalars(
            sa.select(StoredFile).where(StoredFile.purpose == purpose).order_by(StoredFile.id.desc()).limit(1)
        ).one()
        assert found.name.endswith(".pdf")
        return text_of(path_of(found.sha256).read_bytes()).replace("\u200b", "")


def test_three_boxes_and_five_pieces_are_right_everywhere(app, opened, colleague):  # noqa: PLR0915  one way
    make = opened
    sales, purchasing, warehouse = colleague("sales"), colleague("purchasing"), colleague("warehouse")
    logistics, finance = colleague("logistics"), colleague("finance")
    make.company(name="苏州澄远工业品有限公司", tax_number="91320594MA1XXXXX0Q")
    customer = make.customer(name="昆山联拓精密", billing_confirmed=True, payment_term_id=make.payment_term().id)
    bearing = make.product(code="B-20441", name="深沟球轴承", units={"box": 12}, price="10")
    make.product(code="HB-M8", name="六角螺栓", price="0.35", stock=25000)
    supplier = make.supplier(name="无锡正杰")
    make.supplier_product(supplier, bearing, unit_id=make.unit("box").id, unit_factor=D(12), unit_price=D(60))
    shelf, carrier = make.location("A-01"), make.row(Carrier, code="SF", name="顺丰")

    # sales: boxes and pieces in one line, and the price example of the house
    sales.do(
        "/sales/orders/new/", customer_id=customer.id,
        **{
            "line-product": ["B-20441", "HB-M8"], "line-quantity": ["3+5", "20000"], "line-unit": ["box", ""],
            "line-price": ["120", "0.35"],
        },
    )  # fmt: skip
    order = one(Order)
    assert (order.net_total, order.tax_total, order.gross_total) == (D("6557.52"), D("852.48"), D("7410.00"))
    line = one(OrderLine, OrderLine.product_id == bearing.id)
    assert (line.ordered, line.gross, line.unit_factor) == (41, D("410.00"), 12)
    assert 'value="3+5"' in sales.get(f"/sales/orders/{order.id}/edit/")
    sales.do(f"/sales/orders/{order.id}/check/")
    link = address_in(sales.press(f"/sales/orders/{order.id}/confirm/", f"/sales/orders/{order.id}/send/").text)
    order_page = words(sales.get(f"/sales/orders/{order.id}/"))
    assert "3 box 5 pcs = 41 pcs" in order_page
    assert "7,410.00" in order_page
    confirmation = paper("order confirmation")
    for told in ("3 盒 5 件", "= 41 件", "120.00 /盒", "410.00", "6,194.69 805.31 7,000.00", "¥7,410.00", "扫码确认"):
        assert told in confirmation
    phone = Visitor(app)
    assert "3 盒 5 件 = 41 件 × 120.00" in words(
        phone.get(link + "?lang=zh_Hans_CN")
    ) or "3 box 5 pcs = 41 pcs" in words(phone.get(link))
    phone.submit(link, person="王经理", answer="accepted")

    # purchasing: what lacks is bought by the box
    requisition = one(Requisition)
    purchasing.do(f"/purchasing/requisitions/action/order/?id={requisition.id}", supplier_id=supplier.id)
    bought = one(PurchaseOrder)
    purchasing.press(f"/purchasing/purchase-orders/{bought.id}/", "/action/approve/")
    purchasing.do(f"/purchasing/purchase-orders/action/send/?id={bought.id}")
    text = paper("purchase order")
    for told in (bought.number, "无锡正杰", "4 盒", "= 48 件", "60.00 /盒", "240.00 31.20 271.20", "扫码确认订单"):
        assert told in text

    # warehouse: three boxes and five pieces come, and nothing that cannot be counted
    address = f"/warehouse/expected/{bought.id}/receive/"
    field = f"l{one(PurchaseOrderLine).id}-received"
    assert f'name="{field}" type="text" value="4"' in warehouse.get(address)
    for wrong, said in (("3 pallets", "This cannot be counted"), ("5", "At most 50.4 pcs may still arrive")):
        refused = warehouse.submit(address, **{field: wrong})
        assert (refused.status_code, said in refused.text) == (422, True)
    assert one(Receipt) is None
    assert warehouse.submit(address, **{field: "3+5"}).status_code == 302
    receipt = one(Receipt)
    for page in (f"/warehouse/expected/{bought.id}/", f"/warehouse/receipts/{receipt.id}/"):
        assert "3 box 5 pcs = 41 pcs" in words(warehouse.get(page))
    assert "3 box 5 pcs = 41 pcs" in words(purchasing.get(f"/purchasing/purchase-orders/{bought.id}/"))
    away = f"/warehouse/receipts/{receipt.id}/put-away/"
    page = warehouse.get(away)
    quantity = re.search(r'name="(r\d+-quantity)"[^>]*value="([^"]*)"', page)
    assert quantity[2] == "3 + 5"
    place = quantity[1].replace("quantity", "location_id")
    assert warehouse.submit(away, **{place: shelf.id, quantity[1]: "3 boxes 6 pcs"}).status_code == 422
    assert warehouse.submit(away, **{place: shelf.id, quantity[1]: "3 boxes 5 pcs"}).status_code == 302
    assert one(OrderLine, OrderLine.id == line.id).allocated == 41

    # the way out: pick list, packing slip, delivery note
    shipment = pack_and_hand_over(warehouse, order)
    warehouse_page = f"/warehouse/shipments/{shipment.id}/"
    assert words(warehouse.get(warehouse_page)).count("3 box 5 pcs = 41 pcs") == 3
    warehouse.press(warehouse_page, "/action/print_pick_list/")
    text = paper("pick list")
    for told in ("Pick list", shipment.number, "A-01", "3 box + 5 pcs", "= 41 pcs", "20,000 pcs"):
        assert told in text
    warehouse.press(warehouse_page, "/action/print_packing_slip/")
    text = paper("packing slip")
    for told in ("装箱单", "3 盒 5 件", "= 41 件", "20,000 件", "全部合计：20,041 件"):
        assert told in text
    send_off(logistics, shipment, carrier)
    logistics_page = f"/logistics/shipments/{shipment.id}/"
    logistics.press(logistics_page, "/action/print/")
    text = paper("delivery note")
    for told in ("送货单", "昆山联拓精密", "3 盒 5 件", "= 41 件", "顺丰", "SF123", "合计：20,041 件"):
        assert told in text
    assert "欠交" not in text
    assert "第三联" not in text
    make.do(update_setting, name="logistics.delivery_note_paper", value="three_part")
    logistics.press(logistics_page, "/action/print/")
    assert "第三联 回单（黄）" in paper("delivery note")
    assert "3 box 5 pcs = 41 pcs" in words(logistics.get(logistics_page))
    assert len(re.findall(r'href="/files/\d+\?show=1"', logistics.get(logistics_page))) == 4
    logistics.do(f"/logistics/shipments/{shipment.id}/deliver/", received_by="李四")

    # finance: invoice, and all of it credited
    invoice = one(Invoice)
    finance.do(f"/finance/invoices/action/post/?id={invoice.id}")
    text = paper("invoice")
    for told in (
        "销售发票",
        "3 盒 5 件",
        "= 41 件",
        "410.00",
        "6,194.69 805.31 7,000.00",
        "¥7,410.00",
        "柒仟肆佰壹拾元整",
    ):
        assert told in text
    assert "3 box 5 pcs = 41 pcs" in words(finance.get(f"/finance/invoices/{invoice.id}/"))
    papers_before = make.count(StoredFile)
    finance.press(f"/finance/invoices/{invoice.id}/", "/action/print/")
    drain()
    assert make.count(StoredFile) == papers_before  # the same bytes are kept once
    finance.do(f"/finance/invoices/action/credit/?id={invoice.id}", reason="错发")
    note = one(Invoice, Invoice.kind == InvoiceKind.CREDIT_NOTE)
    text = paper("invoice")
    for told in ("销售红字发票", note.number, "3 盒 5 件", "= 41 件", "错发", "¥7,410.00"):
        assert told in text
    assert "3 box 5 pcs = 41 pcs" in words(finance.get(f"/finance/invoices/{note.id}/"))


@pytest.mark.usefixtures("app")
def test_papers_are_for_their_department_and_for_what_is_ready(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    supply = goods.purchase_order(make, (make.product(), 10, "2"), state="draft")
    company, customer = make.company(), make.customer()
    zero = dict.fromkeys(("net_total", "tax_total", "gross_total"), D(0))
    draft = make.row(
        Invoice, company_id=company.id, customer_id=customer.id, currency="CNY", price_basis="included",
        billing_title="x", issued_on=order.received_at.date(), due_on=order.received_at.date(), **zero,
    )  # fmt: skip
    cases = (
        (warehouse_papers.print_pick_list, {"shipment_id": shipment.id}, "logistics", "warehouse", True),
        (warehouse_papers.print_packing_slip, {"shipment_id": shipment.id}, "logistics", "warehouse", False),
        (logistics_papers.print_delivery_note, {"shipment_id": shipment.id}, "warehouse", "logistics", False),
        (purchasing_papers.print_purchase_order, {"purchase_order_id": supply.id}, "sales", "purchasing", False),
        (finance_papers.print_invoice, {"invoice_id": draft.id}, "sales", "finance", False),
    )
    for use_case, values, stranger, owner, is_ready in cases:
        for role in (stranger, None):
            with pytest.raises(NotPermitted):
                run(use_case, make.actor(role), **values)
        if is_ready:
            continue
        with pytest.raises(WrongState):
            run(use_case, make.actor(owner), **values)
    assert make.count(Job, Job.name.like("%.print")) == 0
