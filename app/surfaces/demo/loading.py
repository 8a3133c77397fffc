"""Load the demo company into an empty house, once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance.disputes import announce_overdue
from app.departments.warehouse.counting import count_stock
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access import User, house_reading, passwords
from app.platform.access.models import Department
from app.platform.db import run, session
from app.platform.process.calendars import calendar_of
from app.platform.process.default_flow import install_default_flow
from app.platform.settings.service import store
from app.records.catalog.models import Product
from app.records.orders.models import Order
from app.records.parties.models import Company
from app.records.stock.models import StockLevel
from app.surfaces.admin.signing_in import DEMO
from app.surfaces.admin.standard_roles import install_standard_roles
from app.surfaces.demo import catalog, house, people
from app.surfaces.demo.cast import ZONE, Cast, Story, play
from app.surfaces.demo.lives import Life
from app.surfaces.demo.plans import PLANS
from app.surfaces.demo.purchases import PURCHASES, Buying

BEGINS = 45  #: working days before today
MISSING = 37
COUNTED = "FS-M8-25"


def is_lived_in() -> bool:
    """Whether there are people or a company: the demo is never mixed with somebody's own data."""
    with house_reading():
        return bool(session.scalar(sa.select(Company.id).limit(1)) or session.scalar(sa.select(User.id).limit(1)))


def make_company() -> int:
    """Make the demo company in an empty house; how many orders it has."""
    with house_reading():
        _tell(clock.now())
        return session.scalar(sa.select(sa.func.count()).select_from(Order)) or 0


def _tell(now: datetime) -> None:
    run(install_standard_roles, people.house())
    run(install_default_flow, people.house(), zone="Asia/Shanghai", holiday_country="CN")
    run(people.hire, people.house(), password_hash=passwords.hashed(people.PASSWORD))
    department = session.scalars(sa.select(Department.id).order_by(Department.id)).first()
    cast = Cast(people.actors(), calendar_of(department or 0), now)
    begin = cast.moment(BEGINS, "09:00")
    with clock.freeze(begin):
        _furnish(cast, begin)
    stories = [Life(cast, plan).story() for plan in PLANS]
    stories += [Buying(cast, purchase).story() for purchase in PURCHASES]
    play([*stories, _count(cast), *_look_for_overdue(cast)], now)
    run(_open_doors, people.house())


def _furnish(cast: Cast, begin: datetime) -> None:
    """Everything that stands before the first order."""
    today = begin.astimezone(ZONE).date()
    company_id = run(house.found_company, people.house(), today=today)
    run(house.build_warehouses, people.house(), company_id=company_id)
    cast.do("xuhaibo", house.add_fleet)
    cast.do("guzhenhua", catalog.enter_products)
    cast.do("shenjiayi", catalog.enter_prices)
    cast.do("zhengliping", catalog.enter_customers)
    cast.do("guzhenhua", catalog.enter_suppliers)
    run(catalog.open_stock, people.house(), today=cast.now.astimezone(ZONE).date())


def _count(cast: Cast) -> Story:
    """A count finds less than the books say."""
    yield cast.moment(3, "16:10")
    level = session.scalars(
        sa.select(StockLevel)
        .join(Product, Product.id == StockLevel.product_id)
        .where(Product.code == COUNTED, StockLevel.on_hand > 0)
        .order_by(StockLevel.id)
    ).first()
    if level is not None:
        cast.do(
            "zhaoguifang", count_stock, level_id=level.id, counted=level.on_hand - Decimal(MISSING), reason="月度盘点"
        )


def _look_for_overdue(cast: Cast) -> list[Story]:
    """Finance looks every few days for invoices that are overdue."""

    def look(days_ago: int) -> Story:
        yield cast.moment(days_ago, "09:05")
        cast.do("zhengliping", announce_overdue, today=clock.today("Asia/Shanghai"))

    return [look(days_ago) for days_ago in (12, 8, 4, 1)]


def _open_doors(actor: Actor) -> None:
    """From now on people of the demo walk in by a click; this is also the sign that everything is there."""
    store({DEMO.name: True}, internal=True)
