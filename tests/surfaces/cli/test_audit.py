"""``flask audit``: seal, prove, and name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskCliRunner

from app.platform.audit import AuditBlock, AuditEntry
from app.platform.audit.models import AuditPersonal
from app.platform.db import db
from tests.platform.audit.tampering import as_owner, seal, write_notes
from tests.support.factories import Make

pytestmark = pytest.mark.slow


@pytest.fixture
def flask(live_app: Flask) -> FlaskCliRunner:
    return live_app.test_cli_runner()


def test_seal_says_what_it_did(flask: FlaskCliRunner):
    assert flask.invoke(args=["audit", "seal"]).output == "There was nothing to seal.\n"
    write_notes("a")
    seal()
    assert flask.invoke(args=["audit", "seal"]).output == "There was nothing to seal.\n"


def test_verify_counts_what_is_sealed_and_what_is_not(flask: FlaskCliRunner, tmp_path: Path):
    write_notes("a", "b")
    seal(tmp_path / "anchor")
    write_notes("c")
    good = flask.invoke(args=["audit", "verify", "--anchor", str(tmp_path / "anchor")])
    assert good.output == "3 entries in 1 blocks, 1 not sealed yet.\nThe log is whole.\n"
    assert good.exit_code == 0


def test_verify_names_the_first_bad_entry(flask: FlaskCliRunner):
    ids = write_notes("a", "b", "c")
    seal()
    with as_owner() as owner:
        owner.execute(sa.update(AuditEntry).where(AuditEntry.id == ids[1]).values(actor_name="x"))
        owner.execute(sa.delete(AuditEntry).where(AuditEntry.id == ids[2]))
    bad = flask.invoke(args=["audit", "verify"])
    assert bad.output.splitlines()[1:] == [
        f"First: entry {ids[1]}: its contents are not what was written",
        f"Also: entry {ids[2]}: deleted from sealed block 1",
    ]
    assert bad.exit_code == 1


@pytest.mark.promise("AL4")
def test_an_anchor_finds_the_cut_tail(flask: FlaskCliRunner, tmp_path: Path):
    write_notes("a")
    seal(tmp_path / "anchor")
    with as_owner() as owner:
        owner.execute(sa.delete(AuditEntry))
        owner.execute(sa.delete(AuditBlock))
    assert flask.invoke(args=["audit", "verify"]).exit_code == 0
    bad = flask.invoke(args=["audit", "verify", "--anchor", str(tmp_path / "anchor")])
    assert bad.exit_code == 1
    assert "First: block 1: gone, although anchored at" in bad.output


@pytest.mark.promise("AL7")
def test_personal_values_are_forgotten_and_the_log_stays_whole(flask: FlaskCliRunner):
    make = Make()
    made = make.customer(phone="555-0199", address=False)
    make.change(made, phone="", email="")
    seal()
    done = flask.invoke(args=["audit", "erase", "parties", str(made.id), "--reason", "asked to be forgotten"])
    assert (done.exit_code, done.output) == (0, "Personal values of 2 entries are gone.\n")
    seal()
    assert flask.invoke(args=["audit", "verify"]).exit_code == 0
    with db.engine.connect() as connection:
        kept = connection.execute(sa.select(AuditPersonal.__table__)).all()
    assert "555-0199" not in str(kept)
    refused = flask.invoke(args=["audit", "erase", "orders", "1", "--reason", "x"])
    assert (refused.exit_code, refused.output) == (1, "Error: The log keeps no personal values of a table orders.\n")


@pytest.mark.parametrize("content", [None, "nonsense", "[]", '{"number": 1}'])
def test_a_file_that_is_no_anchor_is_refused_with_a_sentence(
    flask: FlaskCliRunner, tmp_path: Path, content: str | None
):
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    refused = flask.invoke(args=["audit", "verify", "--anchor", str(path)])
    assert (refused.exit_code, "cannot be read as an anchor" in refused.output) == (1, True)
