"""Tables whose rows are only added: triggers on both databases refuse everything else, also to the house itself.

Migrations call these with a connection (``op.get_bind()``). A batch operation on SQLite builds the table anew and loses
its triggers: call ``make_append_only`` again after it.
"""

from __future__ import annotations

import sqlalchemy as sa

PREFIX = "only_adds"

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION "%s"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = TG_OP || ' on ' || TG_TABLE_NAME || ': rows of this table are only added',
        ERRCODE = 'integrity_constraint_violation';
END $$
"""


def make_append_only(connection: sa.Connection, table: str, *, allow_delete: bool = False) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table``; repeating it is harmless.

    allow_delete: rows may go, one by one (personal data that must be erasable), but never change.
    """
    drop_append_only(connection, table)
    for statement in _statements(connection.dialect.name, table, allow_delete=allow_delete):
        connection.exec_driver_sql(statement)


def drop_append_only(connection: sa.Connection, table: str) -> None:
    """Take the triggers away again, before the table itself goes (downgrades)."""
    for action in ("change", "delete", "truncate", "replace"):
        on_table = "" if connection.dialect.name == "sqlite" else f' ON "{table}"'
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{PREFIX}_{table}_{action}"{on_table}')
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f'DROP FUNCTION IF EXISTS "{PREFIX}_{table}"()')


def trigger_names(connection: sa.Connection) -> list[str]:
    """Names of our triggers in the database, for tests that compare before and after a migration."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return sorted(name for (name,) in connection.exec_driver_sql(query) if name.startswith(PREFIX))


def _statements(dialect: str, table: str, *, allow_delete: bool) -> list[str]:
    if dialect == "sqlite":
        refused = f"SELECT RAISE(ABORT, 'rows of {table} are only added')"
        events = {"change": "UPDATE", "delete": "DELETE"} if not allow_delete else {"change": "UPDATE"}
        made = [
            f'CREATE TRIGGER "{PREFIX}_{table}_{name}" BEFORE {verb} ON "{table}" BEGIN {refused}; END'
            for name, verb in events.items()
        ]
        # INSERT OR REPLACE deletes the row in its way without asking the delete trigger
        made.append(
            f'CREATE TRIGGER "{PREFIX}_{table}_replace" BEFORE INSERT ON "{table}" '
            f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE rowid = NEW.rowid) BEGIN {refused}; END'
        )
        return made
    refuse = f'EXECUTE FUNCTION "{PREFIX}_{table}"()'
    rows = "UPDATE" if allow_delete else "UPDATE OR DELETE"
    return [
        _POSTGRESQL_FUNCTION % f"{PREFIX}_{table}",
        f'CREATE TRIGGER "{PREFIX}_{table}_change" BEFORE {rows} ON "{table}" FOR EACH ROW {refuse}',
        f'CREATE TRIGGER "{PREFIX}_{table}_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {refuse}',
    ]
