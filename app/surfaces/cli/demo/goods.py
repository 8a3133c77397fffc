"""What the demo company is and trades: warehouses, products, prices, suppliers, customers, carriers, opening stock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from app.departments.logistics import fleet
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access import User
from app.platform.db import run, session
from app.records.catalog.models import (
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
    ProductUnit,
    SupplierProduct,
    Unit,
)
from app.records.parties.models import (
    Company,
    Currency,
    CurrencyRate,
    Party,
    PartyAddress,
    PartyContact,
    PaymentTerm,
    PriceBasis,
)
from app.records.stock import ledger
from app.records.stock.models import Location, LocationKind, MoveKind, Warehouse
from app.surfaces.cli.demo.people import ZONE, house

COMPANY = "CY"

#: code, name, unit, price with tax, cost, opening stock, box factor, category
PRODUCTS = (
    ("LS-M6-20", "六角螺栓 M6×20 8.8级 Hex bolt", "pcs", "0.35", "0.18", 60000, 500, "FAST"),
    ("LS-M8-40", "六角螺栓 M8×40 A2-70 Hex bolt", "pcs", "0.92", "0.51", 42000, 200, "FAST"),
    ("LM-M8", "六角螺母 M8 A2 Hex nut", "pcs", "0.28", "0.15", 51000, 500, "FAST"),
    ("DP-M8", "平垫圈 M8 Flat washer", "pcs", "0.0125", "0.0060", 150000, 1000, "FAST"),
    ("ZC-6204", "深沟球轴承 6204-2RS Bearing", "pcs", "14.80", "8.90", 1800, 10, "BEAR"),
    ("ZC-6205", "深沟球轴承 6205-2RS Bearing", "pcs", "17.60", "10.40", 1500, 10, "BEAR"),
    ("ZC-UCP205", "外球面轴承座 UCP205 Pillow block", "pcs", "46.00", "29.00", 320, None, "BEAR"),
    ("GJ-BS12", "套筒扳手 12件套 Socket set", "set", "168.00", "104.00", 260, None, "TOOL"),
    ("GJ-DZ18", "电钻 18V 无刷 Cordless drill", "pcs", "628.00", "431.00", 85, None, "TOOL"),
    ("GJ-YB150", "数显游标卡尺 150mm Caliper", "pcs", "136.00", "82.00", 140, None, "TOOL"),
    ("ST-DQ-L", "丁腈手套 L 100只/盒 Nitrile gloves", "box", "42.50", "27.80", 620, 10, "PPE"),
    ("ST-PU-M", "PU涂层手套 M Coated gloves", "pair", "3.20", "1.70", 9600, 12, "PPE"),
    ("JN-401", "瞬干胶 401 20g Instant adhesive", "pcs", "21.50", "13.20", 900, 24, "GLUE"),
    ("JN-243", "螺纹锁固剂 243 50ml Thread locker", "pcs", "78.00", "51.00", 380, 10, "GLUE"),
    ("LJ-XT60", "连接器 XT60 公母对 Connector", "pair", "4.60", "2.45", 5200, 50, "CONN"),
    ("LJ-M12-5", "M12 五芯接插件 Connector", "pcs", "23.40", "14.10", 760, 20, "CONN"),
    ("GJ-SP25", "砂磨片 25mm Abrasive disc", "pcs", "1.15", "0.58", 18000, 100, "TOOL"),
    ("DT-200", "润滑脂 200kg 桶 Grease drum", "drum", "1860.00", "1390.00", 40, None, "GLUE"),
)
UNITS = (
    ("pcs", "piece", "件"),
    ("box", "box", "盒"),
    ("set", "set", "套"),
    ("pair", "pair", "双"),
    ("drum", "drum", "桶"),
    ("ctn", "carton", "箱"),
)
#: code, name, the buyer who answers for it
CATEGORIES = (
    ("FAST", "紧固件", "guzhenhua"),
    ("BEAR", "轴承", "qianmin"),
    ("TOOL", "工具", "luyiming"),
    ("PPE", "劳保", "qianmin"),
    ("GLUE", "胶粘剂", "luyiming"),
    ("CONN", "连接器", "guzhenhua"),
)
#: code, name, city, street, contact, credit limit
CUSTOMERS = (
    ("C0001", "昆山联拓精密机械有限公司", "昆山", "玉山镇城北路 66 号", "许文斌", 400000),
    ("C0002", "太仓海德自动化设备有限公司", "太仓", "北京东路 88 号", "周琳", 300000),
    ("C0003", "苏州金鸡湖精密机械有限公司", "苏州", "工业园区星湖街 218 号", "陈佳", 600000),
    ("C0004", "无锡太湖泵业有限公司", "无锡", "滨湖区建筑路 15 号", "顾敏", 250000),
    ("C0005", "常州天目电机有限公司", "常州", "新北区河海中路 9 号", "钱海", 350000),
    ("C0006", "上海浦江船舶配件有限公司", "上海", "浦东新区金桥路 1200 号", "沈强", 500000),
    ("C0007", "杭州云栖机电有限公司", "杭州", "西湖区转塘街道 7 号", "何静", 450000),
    ("C0008", "宁波东钱湖注塑有限公司", "宁波", "鄞州区东钱湖大道 30 号", "王磊", 200000),
    ("C0009", "南京紫金仪器有限公司", "南京", "江宁区秣周东路 12 号", "刘洋", 300000),
    ("C0010", "嘉兴南湖包装机械有限公司", "嘉兴", "南湖区凌公塘路 3 号", "赵倩", 180000),
    ("C0011", "合肥科大智控有限公司", "合肥", "高新区望江西路 800 号", "孙伟", 280000),
    ("C0012", "青岛海屿船舶配件有限公司", "青岛", "黄岛区江山南路 50 号", "丁涛", 260000),
)
#: code, name, agreed lead time, rank, price factor on cost, categories
SUPPLIERS = (
    ("S0001", "宁波固达紧固件有限公司", 7, 1, "1.00", ("FAST",)),
    ("S0002", "无锡正杰标准件有限公司", 9, 2, "1.06", ("FAST",)),
    ("S0003", "海盐恒锐紧固件厂", 5, 3, "1.12", ("FAST",)),
    ("S0004", "上海轴联轴承有限公司", 10, 1, "1.00", ("BEAR",)),
    ("S0005", "永康锐工工具有限公司", 12, 1, "1.00", ("TOOL",)),
    ("S0006", "江苏安护劳保用品有限公司", 8, 1, "1.00", ("PPE",)),
    ("S0007", "东莞胶联材料有限公司", 9, 1, "1.00", ("GLUE", "CONN")),
)
#: code, name, is own fleet, charge per shipment, charge per kg
CARRIERS = (
    ("SJ", "速捷物流", False, "8", "1.60"),
    ("SC", "顺驰物流", False, "12", "2.10"),
    ("OWN", "自有车队", True, None, None),
)
VEHICLES = (("苏E·2K718", "4.2米厢式", "1800"), ("苏E·6F305", "面包车", "700"))


def install() -> None:
    """Everything the story needs, in a handful of units of work."""
    run(_terms_and_places, house())
    run(_products, house())
    run(_parties, house())
    for code, name, is_own, base, per_kg in CARRIERS:
        run(
            fleet.add_carrier,
            house(),
            code=code,
            name=name,
            is_own_fleet=is_own,
            base_charge=Decimal(base) if base else None,
            charge_per_kg=Decimal(per_kg) if per_kg else None,
        )
    for plate, name, most in VEHICLES:
        run(fleet.add_vehicle, house(), plate=plate, name=name, max_kg=Decimal(most))
    run(_opening_stock, house())


def _terms_and_places(actor: Actor) -> None:
    company = Company(
        code=COMPANY,
        name="苏州澄远工业品有限公司",
        name_en="Chengyuan Industrial Supply",
        tax_number="91320594DEMO000018",
        address="苏州工业园区唯亭镇葑亭大道 600 号",
        phone="0512-5550 0100",
        bank_name="演示银行苏州分行",
        bank_account="6200 0000 0000 0018",
        currency="CNY",
        timezone=ZONE,
        is_default=True,
    )
    session.add_all([company, Currency(code="CNY", name="人民币"), Currency(code="USD", name="US dollar")])
    today = clock.today(ZONE)
    session.add(
        CurrencyRate(from_currency="USD", to_currency="CNY", valid_on=today - timedelta(days=400), rate=Decimal("7.1"))
    )
    session.add_all(
        [
            PaymentTerm(code="NET30", name_en="Net 30 days", name_zh="货到30天", days=30),
            PaymentTerm(
                code="EOM60", name_en="60 days, end of month", name_zh="月结60天", days=60, from_end_of_month=True
            ),
            PaymentTerm(code="NOW", name_en="On receipt", name_zh="款到发货", days=0),
        ]
    )
    session.flush()
    for code, name, is_default in (("WT", "唯亭主仓", True), ("TC", "太仓分仓", False)):
        warehouse = Warehouse(code=code, name=name, company_id=company.id, is_default=is_default)
        session.add(warehouse)
        session.flush()
        places = [
            ("收货区", LocationKind.RECEIVING),
            ("待发区", LocationKind.DISPATCH),
            ("待检区", LocationKind.BLOCKED),
        ]
        shelves = [(f"{aisle}-{shelf:02}", LocationKind.STORAGE) for aisle in "ABC" for shelf in range(1, 9)]
        session.add_all(
            Location(warehouse_id=warehouse.id, code=place, kind=kind, walk_order=order)
            for order, (place, kind) in enumerate([*shelves, *places], start=1)
        )


def _products(actor: Actor) -> None:
    units = {code: Unit(code=code, name_en=en, name_zh=zh) for code, en, zh in UNITS}
    buyers = {user.login: user.id for user in session.scalars(sa.select(User))}
    categories = {code: ProductCategory(code=code, name=name, buyer_id=buyers[who]) for code, name, who in CATEGORIES}
    prices = PriceList(
        code="STD", name="标准价 2026", currency="CNY", price_basis=PriceBasis.INCLUDED, is_default=True,
        tolerance_percent=Decimal(2),
    )  # fmt: skip
    session.add_all([*units.values(), *categories.values(), prices])
    session.flush()
    for code, name, unit, price, cost, opening, factor, category in PRODUCTS:
        product = Product(
            code=code,
            name=name,
            base_unit_id=units[unit].id,
            category_id=categories[category].id,
            standard_cost=Decimal(cost),
            reorder_point=Decimal(opening // 4),
            safety_stock=Decimal(opening // 10),
            weight_kg=Decimal(25) if unit == "drum" else Decimal("0.05"),
        )
        session.add(product)
        session.flush()
        if factor:
            session.add(ProductUnit(product_id=product.id, unit_id=units["ctn"].id, factor=Decimal(factor)))
        session.add(
            PriceListItem(
                price_list_id=prices.id,
                product_id=product.id,
                unit_price=Decimal(price),
                floor_price=(Decimal(price) * Decimal("0.85")).quantize(Decimal("0.000001")),
            )
        )


def _parties(actor: Actor) -> None:
    terms = {term.code: term.id for term in session.scalars(sa.select(PaymentTerm))}
    staff = {user.login: user.id for user in session.scalars(sa.select(User))}
    sellers = ("linxiaowen", "zhoulei", "shenjiayi")
    for number, (code, name, city, street, contact, limit) in enumerate(CUSTOMERS):
        party = Party(
            code=code, name=name, is_customer=True, currency="CNY", price_basis=PriceBasis.INCLUDED,
            payment_term_id=terms["EOM60" if number % 4 == 0 else "NET30"], credit_limit=Decimal(limit),
            billing_confirmed=number != 9, billing_title=name, salesperson_id=staff[sellers[number % 3]],
            tax_number=f"9132000000DEMO{number:04}", phone=f"0512-555{number:05}", email=f"buyer{number + 1}@example.com",
        )  # fmt: skip
        session.add(party)
        session.flush()
        session.add(
            PartyAddress(
                party_id=party.id, recipient=contact, phone=party.phone, line1=street, city=city, is_default=True
            )
        )
        session.add(PartyContact(party_id=party.id, name=contact, role="采购", email=party.email, is_default=True))
    _suppliers(terms["NET30"])


def _suppliers(term_id: int) -> None:
    products = session.scalars(sa.select(Product)).all()
    group_of = {item.id: item.code for item in session.scalars(sa.select(ProductCategory))}
    for code, name, lead, rank, factor, groups in SUPPLIERS:
        party = Party(
            code=code, name=name, is_supplier=True, currency="CNY", price_basis=PriceBasis.EXCLUDED,
            payment_term_id=term_id, lead_days=lead, supplier_rank=rank, is_qualified=True,
            email=f"sales-{code.lower()}@example.com",
        )  # fmt: skip
        session.add(party)
        session.flush()
        session.add_all(
            SupplierProduct(
                party_id=party.id, product_id=product.id, unit_id=product.base_unit_id, currency="CNY",
                unit_price=((product.standard_cost or Decimal(1)) * Decimal(factor)).quantize(Decimal("0.000001")),
                lead_days=lead, rank=rank,
            )
            for product in products
            if group_of[product.category_id or 0] in groups
        )  # fmt: skip


def _opening_stock(actor: Actor) -> None:
    products = {product.code: product for product in session.scalars(sa.select(Product))}
    shelves = session.scalars(
        sa.select(Location.id)
        .join(Warehouse)
        .where(Warehouse.is_default, Location.kind == LocationKind.STORAGE)
        .order_by(Location.walk_order)
    ).all()
    opened = clock.today(ZONE) - timedelta(days=90)
    ledger.book(
        [
            ledger.NewMove(
                product_id=products[code].id,
                location_id=shelves[number % len(shelves)],
                quantity=Decimal(opening),
                kind=MoveKind.OPENING,
                occurred_on=opened,
                unit_cost=Decimal(cost),
            )
            for number, (code, _name, _unit, _price, cost, opening, *_rest) in enumerate(PRODUCTS)
        ]
    )
