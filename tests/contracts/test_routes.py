"""AZ1-AZ6, AZ13, SE6: what holds for every address there is, whoever asks.

Nothing here knows a department: a new page or view is walked over as soon as it is registered.
"""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.platform import access
from app.platform.access import policy as rights
from app.platform.access.door import Visit as Door
from app.platform.access.door import sign_in_without_password
from app.platform.access.models import Role, UserRole
from app.platform.backoffice import policies, views
from app.platform.db import Base, run, session
from app.surfaces.admin.standard_roles import ROLES, install_standard_roles
from tests.support.fingerprint import changed, stored
from tests.support.people import house, make_role, make_user
from tests.support.routes import NOWHERE, READS, visits
from tests.support.rows import some_row

ROLE_CODES = [role[0] for role in ROLES]
#: a refusal without a page around it
AS_DATA = {"Accept": "application/json"}
GARBAGE = ("-1", "1,2", "%00", "9" * 30, "９９９９")
HERE = Door(address="127.0.0.1")
#: written when looked at, by intent: a link's opening is noted on the link
WRITES_WHEN_READ: set[str] = set()


def browser_of(app, user):
    """A browser in which this person is signed in, and a CSRF token of it."""
    client = app.test_client()
    token = sign_in_without_password(user.id, visit=HERE)
    with client.session_transaction() as cookie:
        cookie["sid"] = token
    page = client.get("/account").get_data(as_text=True)
    return client, re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


def send(client, visit, token=None, **options):
    data = {} if token is None else {"csrf_token": token}
    if visit.method in READS:
        return client.get(visit.address, **options)
    return client.open(visit.address, method=visit.method, data=data, **options)


def wanted(app, rows=None):
    """Visits that need an account."""
    return [visit for visit in visits(app, rows) if visit.policy.kind not in {"public", "own"}]


def person_with(role):
    user = make_user(language="en")
    role_id = session.scalar(sa.select(Role.id).where(Role.code == role))

    def give(_actor):
        session.add(UserRole(user_id=user.id, role_id=role_id))

    run(give, house())
    return user


def grants_of(role):
    statement = sa.select(access.models.RoleGrant.permission).join(Role).where(Role.code == role)
    return dict.fromkeys(session.scalars(statement), "all")


@pytest.mark.promise("AZ1")
def test_every_address_says_who_may_open_it_and_public_ones_why(app):
    found = policies(app)
    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= set(found)
    silent = [name for name, one in found.items() if one.kind in {"public", "own"} and not one.why]
    empty = [name for name, one in found.items() if one.kind == "permission" and not one.permissions]
    assert (silent, empty) == ([], [])


@pytest.mark.promise("AZ1")
def test_a_stranger_is_sent_to_sign_in_and_writes_nothing(app, client):
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    before, wrong = stored(), []
    for visit in wanted(app):
        answer = send(client, visit, token)
        expected = 302 if visit.method in READS else 401
        target = answer.headers.get("Location", "/sign-in")
        if answer.status_code != expected or not target.startswith("/sign-in"):
            wrong.append(f"{visit}: {answer.status_code} {target}")
    assert wrong == []
    assert changed(before, stored()) == []


@pytest.mark.promise("AZ1", "AZ13")
@pytest.mark.sqlite  # the gate asks no database
@pytest.mark.parametrize("role", ROLE_CODES)
def test_each_role_opens_what_it_was_granted_and_nothing_else(app, role):
    run(install_standard_roles, house())
    held = grants_of(role)
    client, token = browser_of(app, person_with(role))
    before, wrong = stored(), []
    for visit in wanted(app):
        if visit.needs is None or (visit.method not in READS and visit.is_open_to(held)):
            continue
        status = send(client, visit, token, headers={} if visit.is_open_to(held) else AS_DATA).status_code
        if visit.needs == ():
            fits = status == 404
        elif visit.is_open_to(held):
            fits = status < 500 and status not in {401, 403}
        else:
            fits = status == 403
        if not fits:
            wrong.append(f"{visit}: {status}")
    assert wrong == []
    assert changed(before, stored()) == []


def test_no_write_of_an_admin_ends_in_a_failure_of_ours(app):
    run(install_standard_roles, house())
    user = person_with("admin")
    client, token = browser_of(app, user)
    wrong = []
    for visit in wanted(app):
        if visit.method in READS or visit.endpoint in {"sign_out", "account_password"}:
            continue
        status = send(client, visit, token).status_code
        if status >= 500:
            wrong.append(f"{visit}: {status}")
    assert wrong == []


@pytest.mark.promise("SE6")
def test_a_write_without_token_or_from_another_site_is_refused(app):
    run(install_standard_roles, house())
    client, token = browser_of(app, person_with("admin"))
    before, wrong = stored(), []
    for visit in wanted(app):
        if visit.method in READS:
            continue
        bare = send(client, visit, headers=AS_DATA).status_code
        foreign = send(client, visit, token, headers={"Origin": "https://evil.example", **AS_DATA}).status_code
        null = send(client, visit, token, headers={"Origin": "null", **AS_DATA}).status_code
        if (bare, foreign, null) != (400, 403, 403):
            wrong.append(f"{visit}: {bare} without token, {foreign} and {null} from elsewhere")
    assert wrong == []
    assert changed(before, stored()) == []


def furnish(app, make):
    """Model -> id of a row, for every view that has one."""
    make.stock(make.product(), 100)
    make.order(state="confirmed")
    found = {view.model_class: some_row(view.model_class) for view in views(app)}
    return {model: row_id for model, row_id in found.items() if row_id is not None}


def test_every_screen_has_a_row_to_try(app, make):
    rows = furnish(app, make)
    assert sorted({view.model_class.__name__ for view in views(app)} - {model.__name__ for model in rows}) == []


@pytest.mark.promise("SE6")
def test_looking_never_writes(app, make):
    run(install_standard_roles, house())
    rows = furnish(app, make)
    client, _token = browser_of(app, person_with("admin"))
    before, wrong = stored(), []
    for visit in wanted(app, rows):
        if visit.method not in READS or visit.endpoint in WRITES_WHEN_READ:
            continue
        address = visit.address
        if visit.view is not None and visit.endpoint.endswith(".action_view"):
            address = f"{address}?id={rows.get(visit.view.model_class, NOWHERE)}"
        status = client.get(address).status_code
        if status >= 500:
            wrong.append(f"{visit}: {status}")
    assert wrong == []
    assert changed(before, stored()) == []


@pytest.mark.promise("AZ2", "AZ5")
def test_a_row_out_of_reach_is_not_there(app, make):
    """Every right, but on no row: details, forms, actions, lists and files show and change nothing."""
    run(install_standard_roles, house())
    rows = furnish(app, make)
    nowhere = make_role({code: "nowhere" for code, _ in access.registry})
    client, token = browser_of(app, make_user(roles=[nowhere], language="en"))
    before, wrong = stored(), []
    for visit in wanted(app, rows):
        if visit.view is None or visit.needs == () or visit.view.model_class in rights._open:
            continue
        name, row_id = visit.endpoint.rpartition(".")[2], rows.get(visit.view.model_class, NOWHERE)
        if name in {"details_view", "edit_view", "delete_view"}:
            status, fits = send(client, visit, token).status_code, {404}
        elif name == "action_view":
            data = {"csrf_token": token, "id": row_id, "_go": "1"}
            status, fits = client.post(visit.address, data=data).status_code, {404}
        elif name in {"index_view", "export"}:
            answer = client.get(visit.address)
            status, fits = answer.status_code, {200}
            shown = f'data-id="{row_id}"' in answer.get_data(as_text=True)
            status = 0 if shown else status
        else:
            continue
        if status not in fits:
            wrong.append(f"{visit}: {status}")
    assert wrong == []
    assert changed(before, stored()) == []


@pytest.mark.promise("IV4")
def test_garbage_for_an_id_is_nothing_here(app):
    run(install_standard_roles, house())
    client, _token = browser_of(app, person_with("admin"))
    wrong = []
    for visit in wanted(app):
        if visit.method not in READS or str(NOWHERE) not in visit.address:
            continue
        for garbage in GARBAGE:
            status = client.get(visit.address.replace(str(NOWHERE), garbage), headers=AS_DATA).status_code
            if status >= 500 or status == 200:
                wrong.append(f"{visit} with {garbage}: {status}")
    assert wrong == []


def test_every_model_on_a_screen_says_who_reads_it(app):
    assert [view.model_class.__name__ for view in views(app) if not rights.is_readable_model(view.model_class)] == []
    assert all(issubclass(view.model_class, Base) for view in views(app))
