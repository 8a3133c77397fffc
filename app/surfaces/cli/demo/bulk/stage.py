"""The temporary tables a batch is laid out in, and the ids it will have.

What differs from order to order is a handful of whole numbers; they are loaded with COPY on PostgreSQL and executemany
on SQLite. Everything else is joined from small tables, so the rows of the house are made by the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.platform.db import Base, session
from app.platform.db.types import Json, UtcDateTime, money_type, percent_column, price_type, quantity_type
from app.surfaces.cli.demo.bulk.journeys import MOMENTS, STEPS

_own = sa.MetaData()
_PERCENT: Any = percent_column.__metadata__[0].column.type  # type: ignore[attr-defined]


def _table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, _own, *columns, prefixes=["TEMPORARY"])


def _number(name: str, *, is_key: bool = False) -> sa.Column[Any]:
    return sa.Column(
        name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=is_key, autoincrement=False
    )


JOURNEYS = _table(
    "bulk_journeys",
    _number("id", is_key=True),
    *(sa.Column(name, UtcDateTime()) for name in (*MOMENTS, "touched", "closed")),
    *(sa.Column(name, sa.String(40)) for name in ("state", "shipment_state", "confirmed_how")),
    *(sa.Column(name, sa.Date()) for name in ("promised_on", "shipped_on", "invoiced_on", "due_on", "paid_on")),
    sa.Column("holds", sa.Integer()),
    *(
        sa.Column(f"{code.lower()}_{part}", UtcDateTime())
        for code in STEPS
        for part in ("offered", "accepted", "ended", "due")
    ),
)
CUSTOMERS = _table(
    "bulk_customers",
    _number("id", is_key=True),
    _number("address_id"),
    _number("owner_id"),
    sa.Column("title", sa.String(200)),
    sa.Column("tax_number", sa.String(40)),
    sa.Column("address", Json()),
)
GOODS = _table(
    "bulk_goods",
    _number("id", is_key=True),
    *(_number(name) for name in ("product_id", "level_id", "location_id", "unit_id")),
    sa.Column("unit_label", sa.String(40)),
    sa.Column("description", sa.String(300)),
    *(sa.Column(name, quantity_type()) for name in ("quantity", "quantity_out")),
    *(sa.Column(name, price_type()) for name in ("unit_price", "unit_cost")),
    sa.Column("tax_percent", _PERCENT),
    *(sa.Column(name, money_type()) for name in ("net", "tax", "gross", "value_out")),
)
ORDERS = _table(
    "bulk_orders",
    _number("number", is_key=True),
    *(_number(name) for name in ("id", "customer_id", "journey_id", "shipment_id", "invoice_id", "payment_id")),
    *(sa.Column(name, money_type()) for name in ("net", "tax", "gross")),
    sa.Column("channel", sa.String(24)),
)
LINES = _table("bulk_lines", *(_number(name) for name in ("id", "number", "position", "good_id")))
TABLES = (JOURNEYS, CUSTOMERS, GOODS, ORDERS, LINES)
_ANALYZE = {
    "bulk_journeys": sa.text("ANALYZE bulk_journeys"),
    "bulk_customers": sa.text("ANALYZE bulk_customers"),
    "bulk_goods": sa.text("ANALYZE bulk_goods"),
    "bulk_orders": sa.text("ANALYZE bulk_orders"),
    "bulk_lines": sa.text("ANALYZE bulk_lines"),
}


def lay_out(connection: sa.Connection) -> None:
    """Empty tables, of this connection alone."""
    _own.drop_all(connection, checkfirst=True)
    _own.create_all(connection, checkfirst=False)


def clear_away(connection: sa.Connection) -> None:
    """Leave nothing to the connection's next user."""
    _own.drop_all(connection, checkfirst=False)


def load(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Rows of numbers and plain texts in the order of the table's columns; amounts as the whole numbers they are."""
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    statement = str(sa.insert(table).compile(dialect=connection.dialect))
    connection.exec_driver_sql(statement, [tuple(row) for row in rows])


def look_over(connection: sa.Connection) -> None:
    """Tell PostgreSQL how large the tables are; it would guess."""
    if connection.dialect.name == "postgresql":
        for table in TABLES:
            connection.execute(_ANALYZE[table.name])


def next_ids(model: type[Base], count: int) -> Iterable[int]:
    """Ids nobody else will get: from the sequence, or behind the last row, as SQLite's only writer."""
    connection = session.connection()
    table = model.__tablename__
    if connection.dialect.name == "postgresql":
        sequence = sa.func.nextval(sa.func.pg_get_serial_sequence(table, "id"))
        return connection.scalars(sa.select(sequence).select_from(sa.func.generate_series(1, count))).all()
    last = connection.scalar(sa.select(sa.func.max(model.__table__.c.id))) or 0
    return range(last + 1, last + 1 + count)
