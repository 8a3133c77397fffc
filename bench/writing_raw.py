"""The raw partner of the writing benches: the same rows by hand-written SQL on the driver itself.

It reads what a hand-written program would have to read, locks in the same order, and writes the same rows: order, lines,
answer, allocations, levels, hand-offs, events, log entries with their proofs, search words. What it writes is copied
from an order of ours, so it decides nothing and works out no amount and no due time: a lower bound, not a second product.
"""

from __future__ import annotations

import hmac
import json
import random
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa

Row = dict[str, Any]
#: what one taken order leaves behind, parents first
TABLES = (
    "orders", "order_lines", "order_answers", "allocations", "hand_offs", "events", "audit_entries", "audit_personal",
    "search_entries",
)  # fmt: skip
AGAIN = ("40001", "40P01")


class Raw:
    """One connection of the driver, with rows to copy."""

    def __init__(self, url: str) -> None:
        address = sa.make_url(url)
        self.is_sqlite = address.drivername.startswith("sqlite")
        self.count = 0
        self.rows: dict[str, list[Row]] = {}
        self._texts: dict[tuple[str, int], str] = {}
        if self.is_sqlite:
            self.connection: Any = sqlite3.connect(str(address.database), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
                self.connection.execute(f"PRAGMA {pragma}")
            self.connection.row_factory = sqlite3.Row
        else:
            shown = address.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(shown, row_factory=psycopg.rows.dict_row)

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def run(self, text: str, values: Sequence[Any] = ()) -> Any:
        """One statement; ``%s`` is a place."""
        self.count += 1
        return self.connection.execute(text.replace("%s", "?") if self.is_sqlite else text, values)

    def begin(self) -> None:
        """A writing transaction."""
        if self.is_sqlite:
            self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """To disk."""
        if self.is_sqlite:
            self.connection.execute("COMMIT")
        else:
            self.connection.commit()

    def insert(self, table: str, changes: Sequence[Mapping[str, Any]]) -> list[int]:
        """Copies of the remembered rows with other values, in one statement; their ids."""
        rows = [{**row, **change} for row, change in zip(self.rows[table], changes, strict=True)]
        if not rows:
            return []
        key = (table, len(rows))
        if key not in self._texts:
            xid = table == "audit_entries" and not self.is_sqlite
            places = ", ".join("pg_current_xact_id()" if xid and name == "xid" else "%s" for name in rows[0])
            values = ", ".join([f"({places})"] * len(rows))
            self._texts[key] = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES {values} RETURNING id"
        skipped = {"xid"} if table == "audit_entries" and not self.is_sqlite else set()
        values = [value for row in rows for name, value in row.items() if name not in skipped]
        return sorted(row["id"] for row in self.run(self._texts[key], values).fetchall())

    def remember(self, order_id: int) -> None:
        """The rows of this order, the last one that was taken, as the pattern of all that follow."""
        lines = "SELECT id FROM order_lines WHERE order_id = %s"
        root = "root_table = 'orders' AND root_id = %s"
        first = self.run(
            "SELECT uid FROM audit_entries WHERE action = 'insert' AND table_name = 'orders' AND row_id = %s",
            [order_id],
        ).fetchone()
        unit = f"{first['uid'].rpartition('-')[0]}-%"
        wanted = {
            "orders": ("id = %s", [order_id]),
            "order_lines": ("order_id = %s", [order_id]),
            "order_answers": ("order_id = %s", [order_id]),
            "allocations": (f"order_line_id IN ({lines})", [order_id]),
            "hand_offs": (root, [order_id]),
            "events": (root, [order_id]),
            "audit_entries": ("uid LIKE %s", [unit]),
            "audit_personal": ("entry_uid LIKE %s", [unit]),
            "search_entries": ("table_name = 'orders' AND row_id = %s", [order_id]),
        }
        for table, (criterion, values) in wanted.items():
            found = self.run(f"SELECT * FROM {table} WHERE {criterion}", values).fetchall()
            self.rows[table] = [self._plain(table, dict(row)) for row in found]
        if not self.is_sqlite:
            self.commit()

    def _plain(self, table: str, row: Row) -> Row:
        row.pop("id")
        if self.is_sqlite:
            return row
        return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in row.items()}


def take_order(raw: Raw, customer_id: int, product_ids: Sequence[int]) -> None:
    """One order of five lines from nothing to allocated, in one transaction."""
    raw.begin()
    levels = _read_and_lock(raw, customer_id, product_ids)
    number = f"RAW-{secrets.token_hex(8)}"
    (order_id,) = raw.insert("orders", [{"number": number, "customer_id": customer_id}])
    lines = raw.insert("order_lines", [{"order_id": order_id, "product_id": product_id} for product_id in product_ids])
    by_product = {level["product_id"]: level["id"] for level in levels}
    bound = list(zip(lines, (by_product[product_id] for product_id in product_ids), strict=True))
    _take_from_levels(raw, dict(zip((level for _, level in bound), raw.rows["allocations"], strict=True)))
    raw.insert("allocations", [{"order_line_id": line, "level_id": level} for line, level in bound])
    raw.insert("order_answers", [{"order_id": order_id}])
    mine = {"subject_id": order_id, "root_id": order_id}
    raw.insert("hand_offs", [mine for _ in raw.rows["hand_offs"]])
    raw.insert("events", [mine for _ in raw.rows["events"]])
    unit = secrets.token_hex(9)
    entries = [_proved(row, f"{unit}-{n}", order_id) for n, row in enumerate(raw.rows["audit_entries"])]
    raw.insert("audit_entries", entries)
    raw.insert("audit_personal", [{"entry_uid": f"{unit}-{n}"} for n, _ in enumerate(raw.rows["audit_personal"])])
    raw.insert("search_entries", [{"row_id": order_id} for _ in raw.rows["search_entries"]])
    raw.commit()


def _proved(row: Row, uid: str, order_id: int) -> Row:
    """The entry as it would have to be written: its values as JSON, and the proof over all of it."""
    changes = json.dumps(json.loads(row["changes"]), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    text = json.dumps([uid, str(row["at"]), row["actor_name"], row["action"], row["table_name"], order_id, changes])
    return {"uid": uid, "changes": changes, "mac": hmac.digest(b"a key of the bench", text.encode(), "sha256")}


def _read_and_lock(raw: Raw, customer_id: int, product_ids: Sequence[int]) -> list[Any]:
    """What a hand-written program would have to know before it writes."""
    places = ", ".join(["%s"] * len(product_ids))
    raw.run(
        "SELECT p.*, t.*, c.* FROM parties p LEFT JOIN payment_terms t ON t.id = p.payment_term_id"
        " JOIN companies c ON c.is_default WHERE p.id = %s",
        [customer_id],
    ).fetchall()
    raw.run("SELECT id, kind FROM party_addresses WHERE party_id = %s AND is_active", [customer_id]).fetchall()
    raw.run(
        "SELECT p.*, u.*, i.* FROM products p JOIN units u ON u.id = p.base_unit_id"
        " JOIN price_list_items i ON i.product_id = p.id JOIN price_lists l ON l.id = i.price_list_id"
        f" WHERE l.currency = 'CNY' AND l.is_default AND p.id IN ({places})",
        product_ids,
    ).fetchall()
    raw.run(
        "SELECT o.rate, sum(l.gross) FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.customer_id = %s"
        " AND o.state IN ('confirmed', 'in_fulfilment', 'fulfilled', 'closed_short') AND l.invoiced < l.ordered"
        " GROUP BY o.rate",
        [customer_id],
    ).fetchall()
    raw.run(
        "SELECT kind, rate, sum(gross_total), sum(settled) FROM invoices WHERE customer_id = %s AND state = 'posted'"
        " AND settled < gross_total GROUP BY kind, rate",
        [customer_id],
    ).fetchall()
    raw.run(
        "SELECT id, number FROM orders WHERE customer_id = %s AND gross_total = %s AND state <> 'cancelled'"
        " ORDER BY id DESC LIMIT 20",
        [customer_id, raw.rows["orders"][0]["gross_total"]],
    ).fetchall()
    raw.run("SELECT id, fingerprint, state FROM flow_versions WHERE state <> 'draft'").fetchall()
    lock = "" if raw.is_sqlite else " FOR NO KEY UPDATE OF s"
    return list(
        raw.run(
            "SELECT s.id, s.product_id, s.on_hand, s.allocated FROM stock_levels s JOIN locations l"
            " ON l.id = s.location_id JOIN warehouses w ON w.id = l.warehouse_id WHERE w.is_default"
            f" AND l.kind = 'storage' AND s.product_id IN ({places}) AND s.on_hand > s.allocated + 1000000"
            f" ORDER BY s.id{lock}",
            product_ids,
        ).fetchall()
    )


def _take_from_levels(raw: Raw, parts: Mapping[int, Row]) -> None:
    """All levels in one conditional statement, refused as a whole when one of them has not enough."""
    whens = " ".join(["WHEN %s THEN CAST(%s AS BIGINT)"] * len(parts))
    places = ", ".join(["%s"] * len(parts))
    part = f"CASE id {whens} END"
    amounts = [value for level, row in parts.items() for value in (level, row["quantity"])]
    done = raw.run(
        f"UPDATE stock_levels SET allocated = allocated + {part}, version = version + 1"
        f" WHERE id IN ({places}) AND on_hand - allocated >= {part}",
        [*amounts, *parts, *amounts],
    ).rowcount
    if done != len(parts):
        raise RuntimeError("not enough stock for the bench")


def choose(products: Sequence[int], count: int) -> list[int]:
    """Products of one order."""
    return random.sample(list(products), count)
