"""What stands before the first order: the company, its money and its warehouses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from app.departments.logistics.fleet import add_carrier, add_vehicle
from app.kernel.actor import Actor
from app.platform.access import User
from app.platform.db import session
from app.records.catalog.models import PriceList, ProductCategory, Unit
from app.records.parties.models import Company, Currency, CurrencyRate, PaymentTerm, PriceBasis
from app.records.stock.models import Location, LocationKind, Warehouse
from app.surfaces.demo.goods import CATEGORIES, UNITS
from app.surfaces.demo.partners import CARRIERS, VANS

COMPANY = "CYGY"
#: code, English, Chinese, days, from the end of the month, deposit in percent
TERMS = (
    ("NET30", "Net 30 days", "月结30天", 30, False, 0),
    ("NET15", "Net 15 days", "货到15天", 15, False, 0),
    ("EOM60", "60 days after the end of the month", "月结60天", 60, True, 0),
    ("PREPAID", "30 % deposit, the rest in 7 days", "预付30%，余款7天", 7, False, 30),
)
DOLLAR_IN_RENMINBI = ("7.18", "7.16", "7.14")


def found_company(actor: Actor, *, today: date) -> int:
    """The company, its currencies, terms, price lists, units and groups; its id."""
    company = Company(
        code=COMPANY,
        name="苏州澄远工业品有限公司",
        name_en="Chengyuan Industrial Supply",
        tax_number="91320594MA1DEMO00X",
        address="江苏省苏州市工业园区唯亭街道葑亭大道600号",
        phone="0512-6299 8800",
        email="service@chengyuan.example",
        bank_name="示例银行苏州工业园区支行",
        bank_account="0000 0000 0000 0001",
        currency="CNY",
        timezone="Asia/Shanghai",
        is_default=True,
    )
    session.add(company)
    session.add_all([Currency(code="CNY", name="人民币"), Currency(code="USD", name="美元")])
    session.add_all(
        CurrencyRate(
            from_currency="USD", to_currency="CNY", rate=Decimal(rate), valid_on=today - timedelta(days=30 * months)
        )
        for months, rate in enumerate(DOLLAR_IN_RENMINBI, start=1)
    )
    session.add_all(
        PaymentTerm(
            code=code, name_en=english, name_zh=chinese, days=days, from_end_of_month=is_end, deposit_percent=deposit
        )
        for code, english, chinese, days, is_end, deposit in TERMS
    )
    session.add_all([
        PriceList(code="CN", name="人民币含税价目表", currency="CNY", tolerance_percent=Decimal(3), is_default=True),
        PriceList(
            code="USD", name="美元出口价目表", currency="USD", price_basis=PriceBasis.EXCLUDED,
            tolerance_percent=Decimal(3), is_default=True,
        ),
    ])  # fmt: skip
    session.add_all(
        Unit(code=code, name_en=english, name_zh=chinese, decimals=decimals)
        for code, english, chinese, decimals in UNITS
    )
    buyers = {row.login: row.id for row in session.execute(sa.select(User.login, User.id))}
    session.add_all(ProductCategory(code=code, name=name, buyer_id=buyers[login]) for code, name, login in CATEGORIES)
    session.flush()
    return company.id


def build_warehouses(actor: Actor, *, company_id: int) -> None:
    """Both warehouses with their places in walking order."""
    main = Warehouse(
        code="WT", name="唯亭仓", company_id=company_id, address="苏州工业园区唯亭葑亭大道600号", is_default=True
    )
    second = Warehouse(code="TC", name="太仓仓", company_id=company_id, address="太仓市沙溪镇台资园8号")
    session.add_all([main, second])
    session.flush()
    for warehouse, aisles in ((main, "ABCDEF"), (second, "AB")):
        session.add_all([
            Location(warehouse_id=warehouse.id, code="RCV", kind=LocationKind.RECEIVING, walk_order=1),
            Location(warehouse_id=warehouse.id, code="QC", kind=LocationKind.BLOCKED, walk_order=2),
            Location(warehouse_id=warehouse.id, code="DOCK", kind=LocationKind.DISPATCH, walk_order=9000),
        ])  # fmt: skip
        for aisle, letter in enumerate(aisles, start=1):
            # There and back: odd aisles are walked upwards, even ones downwards.
            session.add_all(
                Location(
                    warehouse_id=warehouse.id,
                    code=f"{letter}-{shelf:02d}",
                    walk_order=100 * aisle + (shelf if aisle % 2 else 50 - shelf),
                )
                for shelf in range(1, 13)
            )
    session.flush()


def add_fleet(actor: Actor) -> None:
    """Carriers and our own vans."""
    for code, name, is_own, base, per_kg, phone, page in CARRIERS:
        add_carrier(
            actor, code=code, name=name, is_own_fleet=is_own, phone=phone, tracking_url=page,
            base_charge=Decimal(base) if base else None, charge_per_kg=Decimal(per_kg) if per_kg else None,
        )  # fmt: skip
    for plate, name, most_kg in VANS:
        add_vehicle(actor, plate=plate, name=name, max_kg=Decimal(most_kg))
