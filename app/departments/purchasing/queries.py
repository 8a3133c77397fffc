"""What purchasing looks at: ranked offers for a need, and what suppliers are late with."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.departments.purchasing import rules
from app.departments.purchasing.ordering import OWED, rate_to
from app.kernel import clock
from app.kernel.money import HUNDRED
from app.platform.db import session
from app.records.catalog.models import Product, SupplierProduct
from app.records.parties.models import Company, Party, PriceBasis
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine


def offers_for(product_id: int, needed_by: date, company: Company) -> list[rules.RankedOffer]:
    """Suppliers of a product, best first; prices in company currency per base unit, tax excluded."""
    product = session.get_one(Product, product_id)
    rows = session.execute(
        sa.select(SupplierProduct, Party)
        .join(Party, Party.id == SupplierProduct.party_id)
        .where(SupplierProduct.product_id == product_id, SupplierProduct.is_active.is_(True), Party.is_active.is_(True))
    ).all()
    offers = []
    for term, supplier in rows:
        price = term.unit_price / term.unit_factor * rate_to(term.currency, company)
        if term.price_basis is PriceBasis.INCLUDED:
            price = price * HUNDRED / (HUNDRED + product.tax_percent)
        offers.append(rules.Offer(supplier.id, supplier.name, price, term.lead_days, term.rank, supplier.is_qualified))
    return rules.rank_offers(offers, clock.today(company.timezone), needed_by)


def late_lines(today: date, limit: int = 100) -> list[tuple[PurchaseOrder, PurchaseOrderLine, int]]:
    """Purchase order lines that should have come, latest first, with days late."""
    due = sa.func.coalesce(PurchaseOrderLine.promised_date, PurchaseOrderLine.requested_date)
    rows = session.execute(
        sa.select(PurchaseOrder, PurchaseOrderLine, due.label("due"))
        .join(PurchaseOrderLine, PurchaseOrderLine.purchase_order_id == PurchaseOrder.id)
        .where(
            PurchaseOrder.state.in_(tuple(OWED)),
            PurchaseOrder.is_history.is_(False),
            PurchaseOrderLine.received + PurchaseOrderLine.cancelled < PurchaseOrderLine.ordered,
            due < today,
        )
        .order_by(due, PurchaseOrderLine.id)
        .limit(limit)
    )
    return [(order, line, (today - due_on).days) for order, line, due_on in rows]
