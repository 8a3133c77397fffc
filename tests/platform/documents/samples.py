"""Every paper with sample values, as departments fill them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from app.departments.warehouse.documents import PickLine, PickListData
from app.kernel.money import line_amounts
from app.platform.documents import Paper, Party, PricedLine, Quantity
from app.records.billing.documents import CreditNoteData, InvoiceData
from app.records.orders.documents import ConfirmationData
from app.records.returns.documents import DebitNoteData, ReturnSlipData
from app.records.shipping.documents import DeliveryNoteData, GoodsLine, PackageContent, PackingSlipData
from app.records.supply.documents import PurchaseOrderData

COMPANY = Party(
    name="苏州澄远工业品有限公司",
    address="江苏省苏州市工业园区唯亭镇亭融街 88 号",
    phone="0512-6280 0000",
    email="sales@chengyuan.example",
    tax_id="91320594MA1XXXXX0Q",
    bank="中国工商银行苏州唯亭支行",
    account="1102 0266 0900 0123 456",
)
CUSTOMER = Party(
    name="昆山联拓精密机械制造有限公司",
    address="江苏省昆山市玉山镇城北中路 1288 号 3 号厂房",
    contact="何喆",
    phone="138 0000 0000",
    tax_id="91320583MA1YYYYY1X",
    bank="中国农业银行昆山城北支行",
    account="10-5321 0104 0012 345",
)
SUPPLIER = Party(
    name="宁波固达紧固件有限公司", address="浙江省宁波市镇海区骆驼街道", contact="沈经理", phone="0574-8600 0000"
)
ADDRESS = "昆山市玉山镇城北中路 1288 号 3 号厂房（收货时间 8:30-17:00）"
LINK = "https://handoff.example/p/eyJwIjoiY29uZmlybSIsImkiOjQ3MTF9.aRk3"
ISSUED = date(2026, 11, 20)

#: code, name, specification, base quantity, base unit, unit, factor, price, discount percent, tax percent
GOODS = (
    ("F-10012", "外六角螺栓", "M8×25 8.8 级 镀锌", "20000", "件", "箱", "500", "0.35", "0", "13"),
    ("B-20441", "深沟球轴承", "6204-2RS C3", "41", "件", "盒", "12", "18.6", "5", "13"),
    ("C-77310", "圆形连接器（插头）", "M12 4 芯 A 编码 IP67", "8000", "件", "件", "1", "0.0125", "0", "13"),
    ("A-55018", "厌氧胶 Threadlocker 243", "50 ml/瓶", "24", "瓶", "瓶", "1", "62.5", "0", "13"),
    ("S-00001", "运费", "", "1", "次", "次", "1", "120", "0", "9"),
)


def priced_line(position: int, goods: tuple[str, ...], *, due: date | None = None) -> PricedLine:
    code, name, specification, base, base_unit, unit, factor, price, discount, percent = goods
    amounts = line_amounts(
        Decimal(base), Decimal(price), Decimal(percent), "included", "CNY", discount_percent=Decimal(discount)
    )
    return PricedLine(
        position=position,
        code=code,
        name=name,
        specification=specification,
        partner_code=f"KL-{position:04d}" if position % 2 else "",
        quantity=Quantity.of(Decimal(base), base_unit, unit, Decimal(factor)),
        unit_price=Decimal(price),
        price_unit=base_unit,
        tax_percent=Decimal(percent),
        discount_percent=Decimal(discount),
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        due_on=due,
    )


def priced_lines(count: int = 5, *, due: date | None = None) -> tuple[PricedLine, ...]:
    return tuple(priced_line(n, GOODS[(n - 1) % len(GOODS)], due=due) for n in range(1, count + 1))


def sums(lines: tuple[PricedLine, ...]) -> dict[str, Decimal]:
    return {name: sum((getattr(line, name) for line in lines), Decimal(0)) for name in ("net", "tax", "gross")}


def invoice(count: int = 5) -> InvoiceData:
    lines = priced_lines(count)
    return InvoiceData(
        number="INV-2026-00318",
        issued_on=ISSUED,
        due_on=date(2026, 12, 31),
        terms="月结 30 天",
        company=COMPANY,
        partner=CUSTOMER,
        currency="CNY",
        lines=lines,
        order_numbers=("SO-1001",),
        customer_order_numbers=("KL-PO-260918",),
        paid=Decimal("1000.00"),
        note="请在附言中注明发票号码。Goods remain ours until paid in full.",
        prepared_by="郑丽萍",
        link=LINK,
        **sums(lines),
    )


def credit_note() -> CreditNoteData:
    lines = (replace(priced_line(1, GOODS[3]), order_number="SO-1001"),)
    return CreditNoteData(
        number="CN-2026-00007",
        issued_on=ISSUED,
        invoice_number="INV-2026-00318",
        invoice_issued_on=date(2026, 11, 1),
        reason="签收时发现 2 桶破损（见照片），经双方协商冲减。",
        company=COMPANY,
        partner=CUSTOMER,
        currency="CNY",
        lines=lines,
        prepared_by="吴静",
        **sums(lines),
    )


def return_slip(*, to_supplier: bool = False) -> ReturnSlipData:
    return ReturnSlipData(
        number="RS-26-00004" if to_supplier else "RT-26-00017",
        issued_on=ISSUED,
        company=COMPANY,
        partner=SUPPLIER if to_supplier else CUSTOMER,
        return_to=SUPPLIER if to_supplier else replace(COMPANY, name="苏州澄远工业品有限公司 一号库"),
        lines=goods_lines(2),
        reason="开箱检验发现 5 件划伤",
        to_supplier=to_supplier,
        order_numbers=("SO-1001",),
        partner_order_numbers=("KL-PO-889",),
        carrier="顺丰 SF1234567" if to_supplier else "",
        prepared_by="何喆",
    )


def debit_note() -> DebitNoteData:
    lines = (priced_line(1, GOODS[1]),)
    return DebitNoteData(
        number="DN-26-00003",
        issued_on=ISSUED,
        company=COMPANY,
        partner=SUPPLIER,
        currency="CNY",
        lines=lines,
        bill_number="25117000001234567890",
        return_number="RS-26-00004",
        order_number="PO-26-00012",
        reason="滚珠破碎",
        prepared_by="吴静",
        **sums(lines),
    )


def confirmation(count: int = 5) -> ConfirmationData:
    lines = priced_lines(count, due=date(2026, 11, 27))
    return ConfirmationData(
        number="SO-1001",
        issued_on=ISSUED,
        received_on=date(2026, 11, 19),
        customer_order_number="KL-PO-260918",
        company=COMPANY,
        partner=CUSTOMER,
        deliver_to=ADDRESS,
        currency="CNY",
        lines=lines,
        terms="月结 30 天",
        deposit="30 %，发货前付清",
        salesperson="林晓雯",
        answer_by=date(2026, 11, 23),
        link=LINK,
        **sums(lines),
    )


def purchase_order(count: int = 4) -> PurchaseOrderData:
    lines = priced_lines(count, due=date(2026, 12, 5))
    return PurchaseOrderData(
        number="PO-2026-0442",
        issued_on=ISSUED,
        company=COMPANY,
        partner=SUPPLIER,
        currency="CNY",
        lines=lines,
        buyer="顾振华 0512-6280 0012",
        deliver_to="唯亭主仓，亭融街 88 号 2 号门",
        requisition_numbers=("PR-0881", "PR-0882"),
        shipping_method="供方送货",
        terms="货到票到 60 天",
        revision=1,
        note="螺栓须附材质证明与镀层厚度检测报告。",
        link=LINK,
        **sums(lines),
    )


def goods_lines(count: int) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(
            position=n,
            code=goods[0],
            name=goods[1],
            specification=goods[2],
            partner_code=f"KL-{n:04d}" if n % 2 else "",
            lot="L20261003" if goods[0].startswith("A") else "",
            quantity=Quantity.of(Decimal(goods[3]), goods[4], goods[5], Decimal(goods[6])),
            outstanding=Quantity.of(Decimal(7), goods[4]) if n == 2 else None,
        )
        for n, goods in ((n, GOODS[(n - 1) % 4]) for n in range(1, count + 1))
    )


def delivery_note(count: int = 4, paper: str = "a4") -> DeliveryNoteData:
    return DeliveryNoteData(
        number="DN-2026-01177",
        issued_on=ISSUED,
        company=COMPANY,
        customer=CUSTOMER,
        deliver_to=CUSTOMER,
        lines=goods_lines(count),
        order_numbers=("SO-1001",),
        customer_order_numbers=("KL-PO-260918",),
        carrier="速捷物流",
        tracking_number="SJ7788990011",
        driver="马师傅",
        vehicle="苏E·5K208",
        packages=6,
        weight_kg=Decimal("182.500"),
        volume_m3=Decimal("0.640"),
        note="易碎品在第 3 件，请轻放。",
        prepared_by="赵桂芳",
        link=LINK,
        paper=paper,
    )


def packing_slip(packages: int = 3) -> PackingSlipData:
    return PackingSlipData(
        number="SH-2026-01177",
        issued_on=ISSUED,
        company=COMPANY,
        deliver_to=CUSTOMER,
        packages=tuple(
            PackageContent(
                number=f"PK-{n:05d}",
                kind="纸箱",
                size="60×40×35 cm",
                weight_kg=Decimal("18.250"),
                lines=goods_lines(1 + n % 4),
            )
            for n in range(1, packages + 1)
        ),
        order_numbers=("SO-1001",),
        customer_order_numbers=("KL-PO-260918",),
        carrier="速捷物流",
        packed_by="孙小军",
        link=LINK,
    )


def pick_list(count: int = 12) -> PickListData:
    return PickListData(
        number="PL-2026-0931",
        printed_at=datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
        leaves_on=date(2026, 11, 20),
        company=COMPANY.name,
        warehouse="唯亭主仓",
        picker="孙小军",
        lines=tuple(
            PickLine(
                location=f"A-{1 + n // 3:02d}-{1 + n // 2:02d}-3",
                code=goods[0],
                name=goods[1],
                specification=goods[2],
                barcode=f"69012345{n:05d}",
                quantity=Quantity.of(Decimal(goods[3]), goods[4], goods[5], Decimal(goods[6])),
                order_number=f"SO-{1001 + n % 3}",
                lot="L20261003" if goods[0].startswith("A") else "",
                expires_on="2026-12-12" if goods[0].startswith("A") else "",
                bin="ABC"[n % 3],
            )
            for n, goods in ((n, GOODS[n % 4]) for n in range(count))
        ),
        order_numbers=("SO-1001", "SO-1002", "SO-1003"),
        weight_kg=Decimal("182.5"),
        link=LINK,
    )


def all_papers() -> dict[str, Paper]:
    """By a name for pictures and test ids."""
    return {
        "invoice": invoice(),
        "invoice-60": invoice(60),
        "credit_note": credit_note(),
        "return_slip": return_slip(),
        "return_slip-to_supplier": return_slip(to_supplier=True),
        "debit_note": debit_note(),
        "confirmation": confirmation(),
        "purchase_order": purchase_order(),
        "delivery_note": delivery_note(),
        "delivery_note-three_part": delivery_note(22, "three_part"),
        "packing_slip": packing_slip(),
        "pick_list": pick_list(),
    }
