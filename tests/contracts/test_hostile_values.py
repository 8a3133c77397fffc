"""IV2-IV4, IV6: what nobody types by mistake is refused with a sentence, at every address, and never breaks anything."""

from __future__ import annotations

import pytest

from app.platform.access import house_reading
from app.platform.backoffice import views
from app.platform.db import run
from app.surfaces.admin.standard_roles import install_standard_roles
from tests.contracts.test_routes import browser_of, furnish, person_with, wanted
from tests.support import hostile
from tests.support.people import house
from tests.support.routes import NOWHERE, READS, visits

#: addresses that would end this person's own session
ENDS = {"sign_out", "account_password", "account_end_session"}
#: every how many-th page is tried with every how many-th of its requests; `make soak` tries them all
SHARE = pytest.mark.parametrize("share", [3, pytest.param(1, marks=pytest.mark.soak)])


@pytest.fixture
def admin(app, make):
    """Everything furnished once, an admin's browser, its token, and an id for every address that wants one."""
    run(install_standard_roles, house())
    with house_reading():
        rows = furnish(app, make)
    client, token = browser_of(app, person_with("admin"))
    return client, token, rows


def opened(visit, rows):
    """The address with a row that is there."""
    if visit.view is not None and visit.endpoint.endswith(".action_view"):
        return f"{visit.address}?id={rows.get(visit.view.model_class, NOWHERE)}"
    return visit.address.replace(str(NOWHERE), "1")


@SHARE
@pytest.mark.promise("IV3", "IV4", "DS1")
def test_hostile_addresses_are_refused(app, admin, share):
    client, _token, _rows = admin
    wrong = []
    pages = [one for one in visits(app) if one.method in READS and one.needs != ()][::share]
    tried = [address for turn, one in enumerate(pages) for address in hostile.addresses(one, turn * 7)][::share]
    for address in tried:
        status = client.get(address).status_code
        if status >= 500:
            wrong.append(f"{address}: {status}")
    assert wrong == []
    assert len(tried) > 60


@SHARE
@pytest.mark.promise("IV2", "IV3", "IV6")
def test_hostile_forms_are_refused(app, admin, share):
    client, token, rows = admin
    tried, wrong = [], []
    pages = [one for one in wanted(app, rows) if one.method in READS and one.needs != () and one.endpoint not in ENDS]
    for turn, visit in enumerate(pages[::share]):
        answer = client.get(opened(visit, rows))
        if answer.status_code != 200 or "html" not in answer.content_type:
            continue
        for action, fields in hostile.forms(answer.text, opened(visit, rows)):
            tried += [(action, way) for way in hostile.spoiled(fields, token, turn * 7)]
    for action, fields in tried[::share]:
        status = hostile.send(client, action, fields)
        if status >= 500:
            wrong.append(f"{action} {fields}: {status}")
    assert wrong == []
    assert len(tried) > 60


@pytest.mark.promise("IV3", "IV6")
def test_hostile_bodies_are_refused(app, client):
    """Public addresses and writes of nobody, with bodies that are no form."""
    kinds = (
        ("application/json", b'{"csrf_token":[1],"login":{"a":1}}'),
        ("application/json", b"[" * 50_000),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\x00"),
        ("multipart/form-data", b"no boundary"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=%00&a=%ff"),
        ("text/plain\xff", b"\x00"),
    )
    wrong = []
    for visit in visits(app):
        if visit.method in READS or visit.policy.kind not in {"public", "own"}:
            continue
        for kind, body in kinds:
            status = client.open(visit.address, method=visit.method, data=body, content_type=kind).status_code
            if status >= 500 or status < 400:
                wrong.append(f"{visit} {kind}: {status}")
    assert wrong == []
    assert len(views(app)) > 10
