"""AZ2, AZ4: a right that reaches some rows is asked about the row, in the use case itself."""

import ast

import pytest

from app.platform import access
from app.platform.backoffice import policies
from app.platform.db import run
from app.surfaces.admin.standard_roles import install_standard_roles
from tests.contracts.test_routes import browser_of, furnish
from tests.support.fingerprint import changed, stored
from tests.support.people import house, make_role, make_user
from tests.support.routes import NOWHERE, READS, visits
from tests.support.source import dotted, nodes, python_files

#: they make something new, or hand on to a use case or a helper that asks about the row
NO_ROW_YET = {
    "_add_block", "_close_staging", "_staged_so_far", "add_price", "add_product", "add_supplier_product",
    "adjust_stock", "allow_problem", "apply", "attach_file", "cancel_order", "cancel_part", "change_calendar",
    "check", "clear_calendar_day", "close_short", "deactivate_user", "draft_purchase_order", "keep_calendar",
    "open_payable", "open_receivable",
    "promise_all", "raise_requisition", "record_one_date", "record_payment", "remove_file", "serve_waiting",
    "set_calendar_day", "set_roles", "take_order", "update_department", "update_grants", "update_role",
    "update_user",
}  # fmt: skip


def asked(function):
    """(rights asked without a row, rights asked with one)."""
    bare, with_row = set(), set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and dotted(node.func) in {"require", "policy.require", "access.require"}:
            right = dotted(node.args[1])
            if right.startswith("Permissions."):
                (with_row if len(node.args) > 2 else bare).add(right)
    return bare, with_row


@pytest.mark.promise("AZ2", "AZ4")
def test_a_use_case_on_a_row_asks_for_the_right_on_this_row():
    forgotten = []
    for path in python_files("app"):
        for node in nodes(path):
            if not isinstance(node, ast.FunctionDef) or node.name in NO_ROW_YET:
                continue
            bare, with_row = asked(node)
            takes_a_row = any(one.arg.endswith(("_id", "_ids")) for one in (*node.args.args, *node.args.kwonlyargs))
            if takes_a_row and bare - with_row:
                forgotten.append(f"{path.stem}.{node.name}: {sorted(bare - with_row)}")
    assert forgotten == []


@pytest.mark.promise("AZ2", "AZ4")
def test_seeing_a_row_is_not_acting_on_it(app, make):
    """Everything is read, nothing may be acted on: no button, form or page changes a row."""
    run(install_standard_roles, house())
    rows = furnish(app, make)
    grants = {code: "all" if right.reads else "nowhere" for code, right in access.registry}
    client, token = browser_of(app, make_user(roles=[make_role(grants)], language="en"))
    before, wrong = stored(), []
    for visit in visits(app, rows):
        is_open = policies(app)[visit.endpoint].kind in {"public", "own", "signed_in"}
        is_new = visit.endpoint.endswith("create_view") or not (visit.view or str(NOWHERE) in visit.address)
        if visit.method in READS or visit.needs == () or is_open or is_new or visit.endpoint == "people_end_sessions":
            continue
        row_id = rows.get(visit.view.model_class, 1) if visit.view else 1
        data = {"csrf_token": token, "_go": "1", "id": row_id, "reason": "because", "what": "accept"}
        status = client.post(visit.address.replace(str(NOWHERE), "1"), data=data).status_code
        if status == 200 or status >= 500:
            wrong.append(f"{visit}: {status}")
    assert wrong == []
    assert changed(before, stored()) == []
