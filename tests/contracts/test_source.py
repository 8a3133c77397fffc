"""What holds for every file, because it is easy to forget in one of them."""

import ast
import re

import pytest

from tests.support.source import ROOT, dotted, nodes, python_files, tracked, where

LONGEST_FILE = 450
LONGEST_FUNCTION = 60
#: homes of people and workplaces; written so that this file does not hold one
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(home|Users|root|wor[k]|far[m]|mnt|media)/[A-Za-z0-9_.-]+")
TEXT = {".py", ".md", ".html", ".toml", ".txt", ".css", ".js", ".json", ".sh", ".in", ".cfg", ".typ", ".po", ""}
CODE = ("app", "config.py", "wsgi.py", "gunicorn.conf.py", "tools", "bench")


def code_files():
    return python_files(*CODE)


def test_no_path_of_a_machine_is_written_down():
    found = []
    for path in tracked():
        if path.suffix not in TEXT or path.name in {"requirements.txt", "requirements-dev.txt"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1):
            if match := MACHINE_PATH.search(line):
                found.append(f"{where(path)}:{number} {match.group()}")
    assert found == []


def test_files_stay_readable_in_one_sitting():
    long = {where(p): n for p in code_files() if (n := p.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE}
    assert long == {}


def test_functions_stay_readable_on_one_screen():
    long = {
        where(path, node): node.end_lineno - node.lineno + 1
        for path in code_files()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_file_says_what_it_is_for():
    silent = [
        where(path)
        for path in code_files()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.promise("SD4")
def test_nobody_switches_a_check_off_without_naming_it():
    pattern = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*noqa(?!:\s*[A-Z])")
    found = [
        f"{where(path)}:{number}"
        for path in python_files(*CODE, "tests", "migrations")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line) and "re.compile" not in line
    ]
    assert found == []


def test_no_error_is_swallowed():
    def is_silent(node):
        broad = node.type is None or dotted(node.type) in {"Exception", "BaseException"}
        return broad and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)

    found = [
        where(path, node)
        for path in code_files()
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler) and is_silent(node)
    ]
    assert found == []


@pytest.mark.promise("AL2")
def test_only_the_unit_of_work_commits():
    found = [
        where(path, node)
        for path in python_files("app")
        if not path.is_relative_to(ROOT / "app/platform/db")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and dotted(node.func) in {"session.commit", "db.session.commit", "self.session.commit"}
    ]
    assert found == []


#: where statements are made of text, whose every part is written in the code: names of columns, tables and sequences
MADE_OF_OUR_WORDS = ("app/platform/db/", "app/platform/audit/recorder.py", "app/surfaces/cli/demo/bulk/stage.py")


@pytest.mark.promise("IV5")
def test_no_statement_is_made_of_text():
    """SQL is written by SQLAlchemy; where it is text, the text is a constant."""
    takes_sql = {"text", "exec_driver_sql", "literal_column", "execute", "executemany", "scalar", "scalars"}
    found = [
        where(path, node)
        for path in python_files("app")
        if not where(path).startswith(MADE_OF_OUR_WORDS)
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and dotted(node.func).rpartition(".")[2] in takes_sql
        and node.args
        and (
            isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
            or (dotted(node.func) in {"sa.text", "sa.literal_column"} and not isinstance(node.args[0], ast.Constant))
        )
    ]
    assert found == []


def test_only_the_clock_knows_what_time_it_is():
    clocks = {"datetime.now", "datetime.utcnow", "datetime.datetime.now", "date.today", "datetime.date.today"}
    found = [
        where(path, node)
        for path in python_files("app")
        if path != ROOT / "app/kernel/clock.py"
        for node in nodes(path)
        if isinstance(node, ast.Call) and dotted(node.func) in clocks
    ]
    assert found == []


def test_no_average_or_rounding_of_scaled_numbers_in_sql():
    """Money is stored as scaled whole numbers: avg, round and abs in SQL forget the scale without a word."""
    found = [
        where(path, node)
        for path in python_files("app")
        if not path.is_relative_to(ROOT / "app/platform/db")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and re.fullmatch(r"(\w+\.)?func\.(avg|round|floor|ceil)", dotted(node))
    ]
    assert found == []


def test_json_is_replaced_and_never_changed_in_place():
    found = [
        where(path, node)
        for path in python_files("app")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy.ext.mutable")
    ]
    assert found == []


DDL = re.compile(
    r"\s*(create|alter|drop|truncate)\s+(or\s+replace\s+)?(temp\w*\s+|unique\s+|virtual\s+)?(table|index|view|trigger|function|schema|sequence|type|extension|column|materialized)\b",
    re.IGNORECASE,
)
#: what only migrations call, and temporary tables that one connection has for itself
MIGRATION_HELPERS = {
    "app/platform/db/triggers.py",
    "app/platform/db/search_tables.py",
    "app/surfaces/cli/demo/bulk/stage.py",
}


def test_the_schema_changes_in_migrations_only():
    found = []
    for path in python_files("app"):
        if where(path) in MIGRATION_HELPERS:
            continue
        for node in nodes(path):
            is_call = isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in {
                "create_all",
                "drop_all",
                "DDL",
            }
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and DDL.match(node.value)
            if is_call or is_text:
                found.append(where(path, node))
    assert found == []


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE x (", "alter table x add y", "DROP INDEX ix", " CREATE UNIQUE INDEX i"]
)
def test_the_search_for_ddl_finds_it(statement):
    assert DDL.match(statement)
