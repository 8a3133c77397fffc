"""Products, prices and supplier prices: entered and changed in the browser, each under its own right."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.kernel.errors import Conflict, InvalidInput, NotPermitted, RuleBroken
from app.platform.access import everything, read_as
from app.platform.db import run, session
from app.records.catalog import service
from app.records.catalog.models import PriceList, PriceListItem, Product, ProductState, SupplierProduct, Unit
from app.records.catalog.permissions import Permissions
from app.records.parties import service as parties
from app.records.parties.models import Currency
from app.records.parties.permissions import Permissions as PartyPermissions
from tests.platform.backoffice.toys import keeper

P = Permissions
BUYER = (P.PRODUCT_READ, P.PRODUCT_EDIT, P.SUPPLIER_PRICE_READ, P.SUPPLIER_PRICE_EDIT, PartyPermissions.PARTY_READ)
SELLER = (P.PRODUCT_READ, P.PRICE_READ, P.PRICE_EDIT, PartyPermissions.PARTY_READ)
HOUSE = everything("test", ActorKind.SYSTEM, "test")


@pytest.fixture
def acting(house):
    who = {"as": None}

    def identify():
        read_as(who["as"])

    house.before_request_funcs.setdefault(None, []).append(identify)
    yield who
    house.before_request_funcs[None].remove(identify)


@pytest.fixture
def site(app, acting, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    acting["as"] = keeper(*BUYER, scope="all", language="en")
    return app.test_client()


def first_or(model, **values):
    column = getattr(model, next(iter(values)))
    found = session.scalars(sa.select(model).where(column == next(iter(values.values())))).first()
    if found is None:
        found = model(**values)
        session.add(found)
        session.flush()
    return found


@pytest.fixture
def ids(app):
    def fill(actor):
        first_or(Currency, code="CNY", name="CNY")
        piece = first_or(Unit, code="pc-test", name_en="piece", name_zh="件")
        listed = first_or(PriceList, code="L-test", name="Standard", currency="CNY")
        product = service.add_product(actor, code="P-1", name="Ball valve", base_unit_id=piece.id)
        supplier = parties.add_party(actor, code="S-1", name="Huateng", currency="CNY", is_supplier=True)
        return {"unit": piece.id, "list": listed.id, "product": product.id, "supplier": supplier.id}

    return run(fill, HOUSE)


def product(code):
    session.rollback()
    session.expunge_all()
    return session.scalars(sa.select(Product).where(Product.code == code)).one_or_none()


FORM = {"code": "P-2", "name": "Gasket 垫片", "kind": "stocked", "state": "active", "tax_percent": "13", "is_sold": "y",
        "minimum_quantity": "0", "multiple_quantity": "100"}  # fmt: skip


def test_a_product_is_entered_and_found(site, ids):
    answer = site.post("/master/products/new/", data=FORM | {"base_unit_id": ids["unit"]})
    made = product("P-2")
    assert (answer.status_code, answer.location) == (302, f"/master/products/{made.id}/")
    assert (made.multiple_quantity, made.is_sold, made.is_purchased) == (Decimal(100), True, False)
    page = site.get(answer.location).text
    assert "Gasket 垫片" in page
    assert "piece" in page
    assert "P-2" in site.get("/master/products/?q=垫片").text


def test_a_new_form_shows_what_a_row_begins_with(site, ids):
    page = site.get("/master/products/new/").text
    assert 'checked class="form-check-input" id="f-is_sold"' in page
    assert 'id="f-tax_percent" inputmode="decimal" name="tax_percent" required type="text" value="13"' in page
    answer = site.post("/master/products/new/", data=FORM | {"base_unit_id": ids["unit"], "tax_percent": ""})
    assert (answer.status_code, 'id="f-tax_percent-error"' in answer.text) == (422, True)


def test_the_base_unit_of_a_product_stays(site, ids):
    page = site.get(f"/master/products/{ids['product']}/edit/").text
    assert "base_unit_id" not in page
    with pytest.raises(InvalidInput, match="The base unit stays"):
        run(service.change_product, HOUSE, product_id=ids["product"], version=1, base_unit_id=ids["unit"] + 1)


def test_the_standard_cost_needs_its_own_right(site, ids):
    run(service.change_product, HOUSE, product_id=ids["product"], version=1, standard_cost=Decimal("7.77"))
    for path in (
        "/master/products/",
        f"/master/products/{ids['product']}/",
        f"/master/products/{ids['product']}/edit/",
    ):
        assert "7.77" not in site.get(path).text


def test_prices_are_for_who_may_see_them(site, acting, ids):
    run(service.add_price, HOUSE, price_list_id=ids["list"], product_id=ids["product"], unit_price=Decimal("41.5"))
    path = f"/master/products/{ids['product']}/"
    assert "41.50" not in site.get(path).text
    assert site.get("/master/prices/").status_code == 403
    acting["as"] = keeper(*SELLER, scope="all", language="en")
    assert "41.50" in site.get(path).text
    assert "41.50" in site.get("/master/prices/").text
    assert site.get("/purchasing/supplier-products/").status_code == 403


def test_a_price_is_entered_once_for_a_step_and_day(site, acting, ids):
    acting["as"] = keeper(*SELLER, scope="all", language="en")
    data = {
        "price_list_id": ids["list"], "product_id": ids["product"], "unit_price": "0.35", "minimum_quantity": "0",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    assert site.post("/master/prices/new/", data=data).status_code == 302
    assert site.post("/master/prices/new/", data=data).status_code == 409
    found = session.scalars(sa.select(PriceListItem).where(PriceListItem.product_id == ids["product"])).all()
    assert [(one.unit_price, one.valid_from) for one in found] == [(Decimal("0.35"), date(2026, 1, 1))]
    wrong = site.post("/master/prices/new/", data=data | {"valid_from": "2026-02-01", "valid_until": "2026-01-15"})
    assert (wrong.status_code, "Not before the first day." in wrong.text) == (422, True)


def test_a_suppliers_terms_are_entered(site, ids):
    data = {
        "product_id": ids["product"], "party_id": ids["supplier"], "unit_id": ids["unit"], "unit_price": "30",
        "currency": "CNY", "unit_factor": "12", "rank": "1", "lead_days": "14", "price_basis": "excluded",
        "minimum_quantity": "0", "multiple_quantity": "0", "is_active": "y",
    }  # fmt: skip
    assert site.post("/purchasing/supplier-products/new/", data=data).status_code == 302
    made = session.scalars(sa.select(SupplierProduct)).one()
    assert (made.unit_factor, made.rank, made.lead_days) == (Decimal(12), 1, 14)
    assert "Huateng" in site.get("/purchasing/supplier-products/").text
    assert site.post("/purchasing/supplier-products/new/", data=data | {"unit_factor": "0"}).status_code == 422
    assert site.post("/purchasing/supplier-products/new/", data=data).status_code == 409


def test_what_was_chosen_before_may_stay(site, acting, ids):
    made = run(service.add_price, HOUSE, price_list_id=ids["list"], product_id=ids["product"], unit_price=Decimal(1))
    run(service.change_product, HOUSE, product_id=ids["product"], version=1, state=ProductState.DISCONTINUED)
    acting["as"] = keeper(*SELLER, scope="all", language="en")
    path = f"/master/prices/{made.id}/edit/"
    assert 'value="P-1 · Ball valve"' in site.get(path).text
    data = {
        "price_list_id": ids["list"], "product_id": ids["product"], "unit_price": "2", "minimum_quantity": "0",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    assert site.post(path, data=data | {"version_seen": "1"}).status_code == 302
    assert site.post("/master/prices/new/", data=data | {"minimum_quantity": "9"}).status_code == 422


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"base_unit_id": 999_999}, "base_unit_id"),
        ({"tax_percent": Decimal(101)}, "tax_percent"),
        ({"tax_percent": Decimal(-1)}, "tax_percent"),
        ({"multiple_quantity": Decimal(-1)}, "multiple_quantity"),
        ({"category_id": 999_999}, "category_id"),
        ({"code": ""}, "code"),
    ],
)
def test_a_product_that_cannot_be_is_refused_at_its_field(ids, values, field):
    given = {"code": "P-9", "name": "x", "base_unit_id": ids["unit"]} | values
    with pytest.raises(InvalidInput) as refused:
        run(service.add_product, HOUSE, **given)
    assert list(refused.value.fields) == [field]
    assert product("P-9") is None


def test_a_code_is_taken_once(ids):
    with pytest.raises(RuleBroken, match="already a product with this code"):
        run(service.add_product, HOUSE, code="P-1", name="x", base_unit_id=ids["unit"])


def test_a_lost_update_is_a_conflict(ids):
    run(service.change_product, HOUSE, product_id=ids["product"], version=1, name="Two")
    with pytest.raises(Conflict):
        run(service.change_product, HOUSE, product_id=ids["product"], version=1, name="Three")
    assert product("P-1").name == "Two"


@pytest.mark.parametrize("use_case", ["add_product", "add_price", "add_supplier_product"])
def test_without_the_right_nothing_is_written(ids, use_case):
    values = {
        "add_product": {"code": "P-9", "name": "x", "base_unit_id": ids["unit"]},
        "add_price": {"price_list_id": ids["list"], "product_id": ids["product"], "unit_price": Decimal(1)},
        "add_supplier_product": {
            "party_id": ids["supplier"], "product_id": ids["product"], "unit_id": ids["unit"],
            "unit_price": Decimal(1), "currency": "CNY",
        },
    }[use_case]  # fmt: skip
    with pytest.raises(NotPermitted):
        run(getattr(service, use_case), keeper(P.PRODUCT_READ, scope="all"), **values)
    counts = [session.scalar(sa.select(sa.func.count()).select_from(m)) for m in (PriceListItem, SupplierProduct)]
    assert (product("P-9"), counts) == (None, [0, 0])
