"""Files on records, on both databases: who sees them, who changes them, how they are handed out."""

from __future__ import annotations

import os
import time

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.kernel.errors import InvalidInput, NotFound, NotPermitted
from app.platform.access import everything, read_as, scope
from app.platform.access.door import Visit, sign_in_without_password
from app.platform.db import run, session
from app.platform.files import (
    Permissions,
    StoredFile,
    attach_file,
    files_of,
    housekeeping,
    keep,
    remove_file,
    storage,
    store,
)
from app.platform.jobs import drain, enqueue
from app.records.orders.permissions import Permissions as Orders
from tests.platform.files.contents import PDF, PNG
from tests.support import people

HERE = Visit(address="127.0.0.1", agent="test", request_id="r1")


@pytest.fixture
def order(make):
    return make.order()


@pytest.fixture
def scan(order):
    """A scan on the order."""
    return run(
        store, people.house(), kept=keep(PDF, "回执 (盖章).pdf"), table="orders", row_id=order.id, purpose="scan"
    )


def count() -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(StoredFile))


def browser(app, user):
    client = app.test_client()
    if user is not None:
        with client.session_transaction() as cookie:
            cookie["sid"] = sign_in_without_password(user.id, visit=HERE)
    return client


def test_file_hangs_on_its_record(order, scan):
    (found,) = files_of("orders", order.id)
    assert (found.name, found.size, found.media_type, found.purpose, found.stored_by) == (
        "回执 (盖章).pdf", len(PDF), "application/pdf", "scan", "tests",
    )  # fmt: skip
    assert storage.path_of(found.sha256).read_bytes() == PDF


def test_file_of_a_record_nobody_may_read_is_refused(app):
    kept = keep(PDF, "x.pdf")
    for table in ("no_table", "stored_files"):
        with pytest.raises(KeyError):
            run(store, people.house(), kept=kept, table=table, row_id=1)
    assert count() == 0


@pytest.mark.promise("AZ11")
@pytest.mark.parametrize(
    ("grants", "sees"),
    [
        ({Orders.ORDER_READ: "all"}, True),
        ({Orders.ORDER_READ: "own"}, False),
        ({}, False),
        ({Permissions.FILE_ATTACH: "all", Permissions.FILE_REMOVE: "all"}, False),
    ],
)
def test_file_is_seen_by_who_sees_its_record(app, scan, grants, sees):
    user = people.make_user(grants)
    answer = browser(app, user).get(f"/files/{scan.id}", buffered=True)
    assert answer.status_code == (200 if sees else 404)
    assert (PDF in answer.data) is sees
    read_as(people.actor_of(user))
    assert len(files_of("orders", scan.row_id)) == (1 if sees else 0)
    read_as(None)


def test_own_record_shows_its_files(app, make, order, scan):
    user = people.make_user({Orders.ORDER_READ: "own"})
    make.change(order, owner_id=user.id)
    assert browser(app, user).get(f"/files/{scan.id}", buffered=True).data == PDF


@pytest.mark.promise("AZ11")
def test_visitor_and_wrong_ids_get_nothing(app, scan):
    answer = browser(app, None).get(f"/files/{scan.id}", buffered=True)
    assert answer.status_code in {302, 303, 401}
    assert PDF not in answer.data
    client = browser(app, people.make_user({Orders.ORDER_READ: "all"}))
    for address in (scan.id + 1, 0, 2**63, 10**30, "x"):
        assert client.get(f"/files/{address}", buffered=True).status_code == 404


@pytest.mark.promise("AZ11")
def test_link_visitor_sees_no_file_by_himself(order):
    visitor = everything("link", ActorKind.PORTAL, "portal")
    assert isinstance(scope(visitor, StoredFile), sa.False_)


@pytest.mark.promise("OE4")
def test_file_is_saved_and_never_shown_by_default(app, scan):
    answer = browser(app, people.make_user({Orders.ORDER_READ: "all"})).get(f"/files/{scan.id}", buffered=True)
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="file-{scan.id}.pdf"; '
        "filename*=UTF-8''%E5%9B%9E%E6%89%A7%20%28%E7%9B%96%E7%AB%A0%29.pdf"
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.promise("OE4")
def test_plain_name_stands_in_the_header_as_it_is(app, order):
    stored = run(store, people.house(), kept=keep(PDF, 'a "b"; c=d.pdf'), table="orders", row_id=order.id)
    answer = browser(app, people.make_user({Orders.ORDER_READ: "all"})).get(f"/files/{stored.id}", buffered=True)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"a _b_; c=d.pdf\"; filename*=UTF-8''a%20_b_%3B%20c%3Dd.pdf"
    )


@pytest.mark.promise("OE4")
@pytest.mark.parametrize(
    ("content", "name", "disposition"),
    [
        (PNG, "photo.png", "inline"),
        (PDF, "scan.pdf", "inline"),
        (b"<?xml version='1.0'?><a/>", "fapiao.xml", "attachment"),
        (b"words", "note.txt", "attachment"),
    ],
)
def test_only_pictures_and_pdf_are_shown_on_request(app, order, content, name, disposition):
    stored = run(store, people.house(), kept=keep(content, name), table="orders", row_id=order.id)
    answer = browser(app, people.make_user({Orders.ORDER_READ: "all"})).get(f"/files/{stored.id}?show=1", buffered=True)
    assert answer.headers["Content-Disposition"].partition(";")[0] == disposition


def test_missing_content_is_a_clear_answer(app, scan):
    storage.path_of(scan.sha256).unlink()
    answer = browser(app, people.make_user({Orders.ORDER_READ: "all"})).get(f"/files/{scan.id}", buffered=True)
    assert answer.status_code == 404


# -------------------------------------------------------------------------------------------------------- changing
def test_file_is_attached_by_who_sees_the_record_and_may(order):
    kept = keep(PNG, "photo.png")
    may = people.make_actor({Orders.ORDER_READ: "all", Permissions.FILE_ATTACH: "all"})
    stored = run(attach_file, may, kept=kept, table="orders", row_id=order.id)
    assert (stored.stored_by, stored.purpose) == (may.name, "attachment")
    for grants, refusal in (
        ({Orders.ORDER_READ: "all"}, NotPermitted),
        ({Orders.ORDER_READ: "own", Permissions.FILE_ATTACH: "all"}, NotFound),
        ({Permissions.FILE_ATTACH: "all"}, NotFound),
    ):
        with pytest.raises(refusal):
            run(attach_file, people.make_actor(grants), kept=kept, table="orders", row_id=order.id)
    for table, row_id in (("orders", order.id + 1000), ("no_table", 1), ("stored_files", stored.id)):
        with pytest.raises(NotFound):
            run(attach_file, may, kept=kept, table=table, row_id=row_id)
    assert count() == 1


def test_file_is_removed_with_a_reason_by_who_may(scan):
    for grants, refusal in (
        ({Orders.ORDER_READ: "all"}, NotPermitted),
        ({Orders.ORDER_READ: "own", Permissions.FILE_REMOVE: "all"}, NotFound),
    ):
        with pytest.raises(refusal):
            run(remove_file, people.make_actor(grants), file_id=scan.id, reason="wrong order")
    may = people.make_actor({Orders.ORDER_READ: "all", Permissions.FILE_REMOVE: "all"})
    with pytest.raises(InvalidInput, match=r"reason: Say why the file is removed."):
        run(remove_file, may, file_id=scan.id, reason=" ")
    assert count() == 1
    run(remove_file, may, file_id=scan.id, reason="wrong order")
    assert count() == 0


def test_content_goes_when_no_record_has_it(order, scan):
    unused, fresh = keep(b"unused", "unused.txt"), keep(b"fresh", "fresh.txt")
    old = time.time() - housekeeping.GRACE_SECONDS - 1
    for sha256 in (scan.sha256, unused.sha256):
        os.utime(storage.path_of(sha256), (old, old))
    run(lambda actor: enqueue("files.unused.forget"), people.house())
    assert drain() == 1
    there = {sha256: storage.path_of(sha256).exists() for sha256 in (scan.sha256, unused.sha256, fresh.sha256)}
    assert there == {scan.sha256: True, unused.sha256: False, fresh.sha256: True}
