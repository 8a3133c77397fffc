"""One history that goes up, down and up again on both databases and ends where the models are."""

import ast
import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from app.platform.db import Base, changes, migrations
from tests.support.databases import make_engine
from tests.support.source import ROOT, python_files, tree, where


def files():
    return [path for path in python_files("migrations") if path.parent.name == "versions"]


@pytest.fixture
def engine(databases):
    url = databases.empty()
    made = make_engine(url)
    yield made
    made.dispose()
    databases.drop(url)


def schema(engine):
    """Everything the database knows about itself, in words that can be compared."""
    if engine.dialect.name == "sqlite":
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    else:
        query = """
            SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
              FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
              FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(query).fetchall()
    return sorted(tuple(_sorted_parts(str(cell)) for cell in row) for row in rows)


def _sorted_parts(text):
    """A table built anew by a batch operation quotes its name, and names its constraints in any order."""
    return " ".join(sorted(re.sub(r"[(),\"]", " ", text).split()))


def test_there_is_one_head_and_one_base():
    script = ScriptDirectory.from_config(migrations.configuration())
    assert len(script.get_heads()) == 1, script.get_heads()
    assert len(script.get_bases()) == 1, script.get_bases()


@pytest.mark.promise("MI1")
def test_up_down_and_up_again_ends_where_it_began(engine):
    migrations.upgrade(engine)
    first = schema(engine)
    assert migrations.is_current(engine)
    migrations.downgrade(engine, "base")
    assert [row for row in schema(engine) if "alembic_version" not in " ".join(row)] == []
    migrations.upgrade(engine)
    assert schema(engine) == first


@pytest.mark.promise("MI1")
def test_a_house_that_runs_is_brought_up_with_its_rows(engine):
    """From inside the application, whose guard refuses writes that no log knows of."""
    changes.install()
    migrations.upgrade(engine, "3f9a51c2b7e8")
    outside = engine.execution_options(**{changes.AUDITED: True})
    with outside.begin() as connection:
        for code in ("sales", "purchasing", "warehouse", "logistics", "finance"):
            _fill(connection, "departments", code=code, name_en=code, name_zh=code, mark_en="X", mark_zh="X")
        when = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
        _fill(connection, "flow_versions", state="active", published_at=when, fingerprint="a" * 64)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        codes = connection.exec_driver_sql("SELECT code FROM flow_steps ORDER BY code").scalars().all()
    assert codes == ["R1", "R2", "R3", "R4", "R5", "R6", "R7"]


def _fill(connection, table, **values):
    """A row with what was given, and something in every other column that must hold something."""
    for column in sa.inspect(connection).get_columns(table):
        name, kind = column["name"], column["type"]
        if name == "id" or column["nullable"] or name in values:
            continue
        if isinstance(kind, sa.DateTime):
            values[name] = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
        else:
            values[name] = True if isinstance(kind, sa.Boolean) else 1 if isinstance(kind, sa.Integer) else ""
    connection.execute(sa.table(table, *(sa.column(name) for name in values)).insert(), values)


@pytest.mark.promise("MI1")
def test_every_step_can_be_taken_back_alone(engine):
    script = ScriptDirectory.from_config(migrations.configuration())
    for revision in reversed(list(script.walk_revisions())):
        before = schema(engine)
        migrations.upgrade(engine, revision.revision)
        if revision.down_revision is None:
            continue
        migrations.downgrade(engine, "-1")
        assert schema(engine) == before, revision.revision
        migrations.upgrade(engine, revision.revision)


@pytest.mark.promise("MI1")
def test_the_models_are_the_schema(engine):
    migrations.upgrade(engine)
    command.check(migrations.configuration(engine))


def test_check_constraints_and_primary_keys_are_in_the_schema_too(engine):
    """``alembic check`` does not look at them."""
    migrations.upgrade(engine)
    inspector = sa.inspect(engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        found = {str(c["name"]) for c in inspector.get_check_constraints(table.name)}
        assert found == wanted, table.name
        assert inspector.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]


@pytest.mark.promise("MI3")
def test_a_broken_step_leaves_nothing_behind(engine):
    tables = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def break_off(_connection, _cursor, statement, *_rest):
        if "CREATE TABLE" in statement and (tables.append("one") or len(tables) == 5):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrations.upgrade(engine)
    assert schema(engine) == []
    sa.event.remove(engine, "before_cursor_execute", break_off)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


@pytest.mark.promise("MI3")
@pytest.mark.slow
def test_two_processes_that_start_together_migrate_once(databases):
    url = databases.empty()
    command_line = [sys.executable, "-m", "alembic", "upgrade", "head"]
    env = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "only for tests " * 3}
    running = [
        subprocess.Popen(command_line, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    engine = make_engine(url)
    assert migrations.is_current(engine)
    engine.dispose()
    databases.drop(url)


@pytest.mark.sqlite
def test_a_reference_to_nothing_stops_the_migration(engine):
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO user_roles (user_id, role_id) VALUES (7, 8)")
        connection.commit()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(RuntimeError, match="breaks 2 references"):
        migrations.upgrade(engine)


def test_names_and_reasons():
    for path in files():
        assert re.fullmatch(r"\d{8}_\d{4}_[0-9a-f]{12}_[a-z0-9_]+\.py", path.name), path.name
        words = ast.get_docstring(tree(path)) or ""
        assert re.search(r"^Why:? \S", words, re.MULTILINE), f"{where(path)} does not say why"


def test_no_migration_imports_models():
    """A model changes; what a migration did must not."""
    found = [
        where(path, node)
        for path in files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("app.")
        and not (node.module or "").startswith("app.platform.db")
    ]
    assert found == []


def test_every_migration_can_be_undone_or_says_why_not():
    for path in files():
        [down] = [n for n in tree(path).body if isinstance(n, ast.FunctionDef) and n.name == "downgrade"]
        assert not all(isinstance(step, ast.Pass) for step in down.body), where(path)


def test_bare_alembic_and_the_app_use_the_same_scripts():
    bare = migrations.configuration()
    assert ScriptDirectory.from_config(bare).dir == str(ROOT / "migrations")


@pytest.mark.usefixtures("house")  # with the guard of the log, as ``flask db upgrade`` runs
def test_a_house_that_runs_gets_the_steps_of_returns(engine):
    """Its flow is rows: the steps join every published version, under a new fingerprint, and go again.

    The guard of the log listens, as it does when the app itself migrates.
    """
    changes.install()
    migrations.upgrade(engine, "b3d9a1f47c60")
    made = {"created_at": NOW, "updated_at": NOW, "version": 1}
    outside = engine.execution_options(**{changes.AUDITED: True})
    with outside.begin() as connection:
        for code in ("sales", "purchasing", "warehouse", "finance"):
            names = dict.fromkeys(("name_en", "name_zh", "mark_en", "mark_zh"), "x")
            _put(connection, "departments", code=code, position=1, is_active=True, **names, **made)
        flow = {"number": 1, "state": "active", "note": "", "published_at": NOW, "fingerprint": "old"}
        _put(connection, "flow_versions", **flow, **made)
    migrations.upgrade(engine, "6f2d90b1c4a7")
    with engine.begin() as connection:
        codes = connection.exec_driver_sql("select code from flow_steps order by position").scalars().all()
        assert codes == ["R1", "R2", "R3", "R4", "R5", "R6", "R7"]
        assert connection.exec_driver_sql("select count(*) from flow_triggers where action = 'open'").scalar() == 7
        assert connection.exec_driver_sql("select fingerprint from flow_versions").scalar() != "old"
    migrations.downgrade(engine, "b3d9a1f47c60")
    with engine.begin() as connection:
        assert connection.exec_driver_sql("select count(*) from flow_steps").scalar() == 0


NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def _put(connection, table, **values):
    known = sa.Table(table, sa.MetaData(), autoload_with=connection)
    connection.execute(known.insert().values(values), execution_options={changes.AUDITED: True})
