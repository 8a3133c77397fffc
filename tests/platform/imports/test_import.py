"""Files become records: all of them once, all problems at once, or nothing."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.kernel.errors import InvalidInput
from app.platform.access import everything
from app.platform.db import run, session
from app.platform.events import StoredEvent
from app.platform.imports import applying, checking, reading, report, staging
from app.platform.imports.applying import HasProblems
from app.platform.imports.mapping import load
from app.platform.imports.models import ImportRow
from app.platform.imports.reading import Source, check_columns, digest_of
from app.records.orders.models import Order, OrderLine, Origin
from app.records.parties.models import Party, PartyAddress
from app.records.stock.models import ProductCost, StockMove

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data"
NORTHWIND = ROOT / "examples" / "mappings" / "northwind.toml"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with order data from outside is absent")

CUSTOMERS = """
name = "old"

[[tables]]
target = "parties"
file = "customers.csv"
key = "{No}"
[tables.columns]
code = { column = "No", required = true }
name = { column = "Name", required = true }
is_customer = { constant = "1" }
currency = { constant = "CNY" }
credit_limit = "Limit"

[[tables]]
target = "party_addresses"
file = "addresses.csv"
key = "{Id}"
[tables.columns]
party_id = { ref = "parties", key = "{Customer}" }
line1 = { column = "Street", required = true }
"""


def prepare(folder: Path, mapping: str = CUSTOMERS, **files: str) -> tuple[Path, Path]:
    """A mapping and its files in a folder."""
    path = folder / "mapping.toml"
    path.write_text(mapping, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return path, folder


def bring_in(path: Path, folder: Path, *, skip_bad: bool = False):
    """What the command does; the run and its findings."""
    mapping, source = load(path), Source(folder)
    check_columns(mapping, source)
    actor = everything("import old", ActorKind.IMPORT, "cli")
    run_id = staging.stage(actor, mapping, source, digest_of(path, mapping, source))
    run(checking.check, actor, run_id=run_id, mapping=mapping)
    found = [
        (finding.file, finding.row, finding.column, str(finding.sentence))
        for finding in report.findings(run_id, mapping)
    ]
    return run_id, mapping, found, lambda: run(applying.apply, actor, run_id=run_id, mapping=mapping, skip_bad=skip_bad)


GOOD = "No,Name,Limit\nA1,昆山联拓,1000.5\nA2,Höft & Söhne,\n"
STREETS = "Id,Customer,Street\n1,A1,长江路 8 号\n"


def test_good_files_become_records_and_again_change_nothing(make, tmp_path):
    files = prepare(tmp_path, customers=GOOD, addresses=STREETS)
    *_, found, apply = bring_in(*files)
    assert found == []
    done = apply()
    assert (done.created, done.changed, done.left_out) == (3, 0, 0)
    party = session.scalars(sa.select(Party).where(Party.external_key == "A1")).one()
    assert (party.name, party.credit_limit, party.external_source) == ("昆山联拓", Decimal("1000.5"), "old")
    assert session.scalars(sa.select(PartyAddress)).one().party_id == party.id
    again = bring_in(*files)[3]()
    assert (again.created, again.changed) == (0, 0)
    assert make.count(Party) == 2


def test_changed_files_change_what_changed(make, tmp_path):
    bring_in(*prepare(tmp_path, customers=GOOD, addresses=STREETS))[3]()
    done = bring_in(*prepare(tmp_path, customers=GOOD.replace("1000.5", "2000"), addresses=STREETS))[3]()
    assert (done.created, done.changed) == (0, 1)
    assert make.count(Party, Party.credit_limit == Decimal(2000)) == 1


def test_every_problem_is_told_with_file_row_and_column_and_nothing_is_written(make, tmp_path):
    bad = "No,Name,Limit\nA1,x,1e400\nA2,,٣\nA2,again,1.00001\n"
    streets = "Id,Customer,Street\n1,A1,a\n2,ZZ,b\n3,A2,\n"
    *_, found, apply = bring_in(*prepare(tmp_path, customers=bad, addresses=streets))
    assert found == [
        ("customers.csv", 2, "credit_limit", "“1e400” is no number."),
        ("customers.csv", 3, "name", "This value is needed."),
        ("customers.csv", 3, "credit_limit", "“٣” is no number."),
        ("customers.csv", 4, "credit_limit", "1.00001 has more than 4 decimals."),
        ("customers.csv", 4, "key", "This key comes more than once in the file."),
        ("addresses.csv", 2, "party_id", "There is no parties with the key A1."),
        ("addresses.csv", 3, "party_id", "There is no parties with the key ZZ."),
        ("addresses.csv", 4, "line1", "This value is needed."),
    ]
    with pytest.raises(HasProblems) as refused:
        apply()
    assert refused.value.data == {"count": 6}
    assert make.count(Party) == 0


def test_bad_rows_are_left_out_with_all_that_hangs_on_them(make, tmp_path):
    customers = "No,Name,Limit\nA1,good,1\nA2,bad,x\n"
    streets = "Id,Customer,Street\n1,A1,a\n2,A2,b\n"
    files = prepare(tmp_path, customers=customers, addresses=streets)
    run_id, mapping, _, apply = bring_in(*files, skip_bad=True)
    done = apply()
    assert (done.created, done.left_out) == (2, 2)
    first, _ = report.write_rejects(run_id, mapping, Source(files[1]), tmp_path / "rejects")
    with first.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["No", "Name", "Limit", "problems"],
            ["A2", "bad", "x", "credit_limit: “x” is no number."],
        ]


def test_staging_goes_on_where_it_stopped(make, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 1)
    path, folder = prepare(tmp_path, customers=GOOD, addresses=STREETS)
    mapping, source = load(path), Source(folder)
    actor, digest = everything("import old", ActorKind.IMPORT, "cli"), digest_of(path, mapping, source)
    prepared = staging.prepared

    def killed_after_one(table, files):
        yield next(prepared(table, files))
        raise KeyboardInterrupt

    monkeypatch.setattr(staging, "prepared", killed_after_one)
    with pytest.raises(KeyboardInterrupt):
        staging.stage(actor, mapping, source, digest)
    assert make.count(ImportRow) == 1
    monkeypatch.setattr(staging, "prepared", prepared)
    staging.stage(actor, mapping, source, digest)
    assert make.count(ImportRow) == 3


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (("parties", "partys"), "tables.1.target", "Nothing can be imported into “partys”."),
        (
            ('name = { column = "Name"', 'name = { column = "Nam"'),
            "tables.1.columns.name",
            "The file has no column Nam.",
        ),
        (('"Limit"', '{ colum = "Limit" }'), "tables.1.columns.credit_limit.colum", "Unknown option."),
        (("credit_limit", "version"), "tables.1.columns.version", "parties has no field version."),
        (('name = "old"', 'name = "Old!"'), "name", "A mapping has a name of small letters"),
        (("customers.csv", "../secret.csv"), "folder", "../secret.csv lies outside the folder."),
        (("customers.csv", "nowhere.csv"), "folder", "There is no file"),
        (("[[tables]]", "[[tables"), "mapping", "This is not TOML"),
    ],
)
def test_a_wrong_mapping_is_told_at_its_place(make, tmp_path, change, place, sentence):
    path, folder = prepare(tmp_path, CUSTOMERS.replace(*change, 1), customers=GOOD, addresses=STREETS)
    with pytest.raises(InvalidInput) as refused:
        bring_in(path, folder)
    assert str(refused.value.fields[place]).startswith(sentence)


def test_a_file_that_is_not_utf8_is_refused_and_not_guessed(make, tmp_path):
    path, folder = prepare(tmp_path, customers=GOOD, addresses=STREETS)
    (folder / "customers.csv").write_bytes(GOOD.replace("ö", "o").encode("gb18030"))
    with pytest.raises(InvalidInput) as refused:
        bring_in(path, folder)
    assert "cannot be read" in str(refused.value.fields["folder"])


@needs_data
def test_northwind_comes_in_as_history(make):
    *_, found, apply = bring_in(NORTHWIND, SHARED / "northwind")
    assert found == []
    apply()
    assert (make.count(Order), make.count(OrderLine, OrderLine.position < 10000)) == (830, 2155)
    assert make.count(Order, Order.origin != Origin.IMPORT) == 0
    assert make.count(StoredEvent) == 0
    on_hand = session.scalar(sa.select(sa.func.sum(StockMove.quantity)))
    assert on_hand == session.scalar(sa.select(sa.func.sum(ProductCost.on_hand))) == 3119


KILLED = """
import os, signal, sys
from app import create_app
from app.platform.imports import applying

write = applying._write

def _write(target, source, chunk):
    made = write(target, source, chunk)
    if target.name == "party_addresses":
        os.kill(os.getpid(), signal.SIGKILL)
    return made

if sys.argv[4] == "kill":
    applying._write = _write
result = create_app().test_cli_runner().invoke(args=["import", "run", *sys.argv[1:3], "--rejects", sys.argv[3]])
sys.exit(result.exit_code)
"""


@pytest.mark.soak
def test_an_import_killed_while_it_writes_leaves_nothing_and_the_next_one_finishes(live_app, live_make, tmp_path):
    files = [str(path) for path in prepare(tmp_path, customers=GOOD, addresses=STREETS)]
    environment = {**os.environ, "DATABASE_URL": live_app.config["DATABASE_URL"], "SECRET_KEY": "x1y2z3" * 8}

    def brought_in(how):
        command = [sys.executable, "-c", KILLED, *files, str(tmp_path / "rejects"), how]
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode

    assert brought_in("kill") == -signal.SIGKILL
    assert (live_make.count(Party), live_make.count(PartyAddress), live_make.count(ImportRow)) == (0, 0, 3)
    assert brought_in("finish") == 0
    assert (live_make.count(Party), live_make.count(PartyAddress), live_make.count(ImportRow)) == (2, 1, 3)
