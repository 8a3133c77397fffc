"""Customers, suppliers, carriers in the browser: the worked example of a table screen."""

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.kernel.errors import Conflict, InvalidInput, NotPermitted
from app.platform.access import everything, read_as
from app.platform.db import run, session
from app.records.parties import service
from app.records.parties.models import Currency, Party
from app.records.parties.permissions import Permissions
from tests.platform.backoffice.toys import keeper

EVERY = (Permissions.PARTY_READ, Permissions.PARTY_EDIT, Permissions.PARTY_EXPORT)
HOUSE = everything("test", ActorKind.SYSTEM, "test")


@pytest.fixture
def acting(house):
    """Requests act as ``acting["as"]``; the hook is taken away again."""
    who = {"as": None}

    def identify():
        read_as(who["as"])

    house.before_request_funcs.setdefault(None, []).append(identify)
    yield who
    house.before_request_funcs[None].remove(identify)


@pytest.fixture
def site(app, acting, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    acting["as"] = keeper(*EVERY, scope="all")
    return app.test_client()


@pytest.fixture(autouse=True)
def _currencies(app):
    def add(_actor):
        known = set(session.scalars(sa.select(Currency.code)))
        session.add_all(Currency(code=code, name=code) for code in ("CNY", "USD") if code not in known)

    run(add, HOUSE)


def party(code):
    session.rollback()
    return session.scalars(sa.select(Party).where(Party.code == code)).one_or_none()


FORM = {
    "code": "C1", "name": "蓝桥贸易", "currency": "CNY", "language": "zh_Hans_CN", "is_customer": "y", "is_active": "y",
    "price_basis": "included", "billing_policy": "delivered",
}  # fmt: skip


def test_a_customer_is_entered_seen_and_changed(site):
    assert "New customer" in site.get("/master/customers/").text
    assert site.post("/master/customers/new/", data=FORM).status_code == 302
    made = party("C1")
    assert (made.name, made.is_customer, made.is_supplier, made.version) == ("蓝桥贸易", True, False, 1)
    path = f"/master/customers/{made.id}/edit/"
    assert "蓝桥贸易" in site.get("/master/customers/?q=蓝桥").text
    assert "蓝桥贸易" not in site.get("/master/suppliers/").text
    answer = site.post(path, data={**FORM, "name": "Lanqiao", "version_seen": "1"})
    assert answer.status_code == 302
    assert "Lanqiao" in site.get(answer.location).text
    assert party("C1").version == 2


def test_a_new_customer_form_says_customer(site):
    form = site.get("/master/customers/new/").text
    assert 'checked class="form-check-input" id="f-is_customer"' in form
    assert 'checked class="form-check-input" id="f-is_supplier"' not in form


def test_a_code_is_taken_once(site):
    site.post("/master/customers/new/", data=FORM)
    answer = site.post("/master/customers/new/", data=FORM | {"name": "Another"})
    assert answer.status_code == 409
    assert "There is already a party with this code." in answer.text
    assert 'value="Another"' in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Party).where(Party.code == "C1")) == 1


def test_wrong_input_is_told_at_its_field(site):
    answer = site.post("/master/customers/new/", data=FORM | {"name": "", "email": "nobody", "currency": "XXX"})
    assert answer.status_code == 422
    for name in ("name", "email", "currency"):
        assert f'id="f-{name}-error"' in answer.text
    assert party("C1") is None


def test_the_credit_limit_needs_its_own_right(site):
    site.post("/master/customers/new/", data=FORM | {"credit_limit": "5000"})
    assert party("C1").credit_limit is None
    assert "Credit limit" not in site.get("/master/customers/").text


def test_the_pickers_search_their_own_kind(site):
    site.post("/master/customers/new/", data=FORM)
    assert [row["text"] for row in site.get("/lookup/customers?q=c1").json["rows"]] == ["C1 · 蓝桥贸易"]
    assert site.get("/lookup/suppliers?q=c1").json["rows"] == []


def test_without_the_right_nothing_is_written(app):
    reader = keeper(Permissions.PARTY_READ, scope="all")
    with pytest.raises(NotPermitted):
        run(service.add_party, reader, code="C1", name="x", currency="CNY", is_customer=True)
    assert party("C1") is None


def test_a_lost_update_is_a_conflict(app):
    made = run(service.add_party, HOUSE, code="C1", name="One", currency="CNY", is_customer=True)
    run(service.change_party, HOUSE, party_id=made.id, version=1, name="Two")
    with pytest.raises(Conflict):
        run(service.change_party, HOUSE, party_id=made.id, version=1, name="Three")
    assert party("C1").name == "Two"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"payment_term_id": 999_999}, "payment_term_id"),
        ({"credit_limit": -1}, "credit_limit"),
        ({"is_customer": False}, "is_customer"),
        ({"name": ""}, "name"),
    ],
)
def test_what_only_the_data_knows_is_checked(app, values, field):
    given = {"code": "C1", "name": "x", "currency": "CNY", "is_customer": True} | values
    with pytest.raises(InvalidInput) as refused:
        run(service.add_party, HOUSE, **given)
    assert list(refused.value.fields) == [field]
    assert party("C1") is None
