"""Values nobody types by mistake, and the requests they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote_from_bytes

from flask.testing import FlaskClient

from app.platform.backoffice import DepartmentView
from app.platform.backoffice.filters import PREFIX
from tests.support.routes import NOWHERE, Visit
from tests.support.visitor import forms_of

#: bytes as a browser or a program could send them in place of a value
VALUES: tuple[bytes, ...] = (
    b"\x00",
    b"a\x00b",
    b"\xff\xfe",
    b"\xed\xb2\x80",
    b"-1",
    b"0",
    b"1e400",
    b"-1e-400",
    b"NaN",
    b"sNaN",
    b"Infinity",
    "９９９".encode(),
    "²".encode(),
    b"9" * 30,
    b"9223372036854775808",
    b"99999999999999.9999999",
    b"1,2",
    b"1_000",
    b"0x10",
    b"10000-01-01",
    b"0001-01-01T00:00",
    b"9999-12-31T23:59",
    b"2026-02-30",
    b"[1]",
    b"{}",
    b"[[[[[[[[[[",
    b"true",
    b"=1+1",
    b"%' OR 1=1 --",
    b"{{7*7}}%(x)s{0.__class__}",
    b"<script>alert(1)</script>",
    b"\r\nSet-Cookie: a=b",
    "\u202e\ufeff\u2028\U0010ffff".encode(),
    b"x" * 20_000,
)
#: what lists and pages read from an address
ASKED = ("q", "sort", "dir", "size", "after", "before", "end", "id", "ids", "page", "next", "view", "from", "to", "on",
         "person", "record", "table", "scope", "department", "back", "url", "lang", "columns", "kind", "customer_id",
         "product", "term", "order_id", "warehouse_id", "shipment_id", "download", "show")  # fmt: skip


def quoted(value: bytes) -> str:
    """The value in an address or a form."""
    return quote_from_bytes(value, safe="")


def body(fields: list[tuple[str, bytes]]) -> bytes:
    """A form as it travels; the test client would refuse to send broken UTF-8."""
    return "&".join(f"{quoted(name.encode())}={quoted(value)}" for name, value in fields).encode()


def send(client: FlaskClient, address: str, fields: list[tuple[str, bytes]]) -> int:
    """POST a form; the status."""
    kind = "application/x-www-form-urlencoded"
    return client.post(address, data=body(fields), content_type=kind).status_code


def asked(view: DepartmentView | None) -> list[str]:
    """Names a page may look at in its address."""
    filters = getattr(view, "list_filters", ()) if view is not None else ()
    names = [f"{PREFIX}{one.name}{end}" for one in filters for end in ("", ".from", ".to")]
    return [*ASKED, *names]


def addresses(visit: Visit, turn: int) -> Iterator[str]:
    """The visit with hostile values in its query and in its places.  turn: which value each name gets."""
    pairs = [
        f"{quoted(name.encode())}={quoted(VALUES[(turn + place) % len(VALUES)][:400])}"
        for place, name in enumerate(asked(visit.view))
    ]
    for start in range(0, len(pairs), 12):
        yield f"{visit.address}?{'&'.join(pairs[start : start + 12])}"
    for place in (str(NOWHERE), "nothing"):
        if place in visit.address:
            yield visit.address.replace(place, quoted(VALUES[turn % len(VALUES)][:400]) or "0")


def spoiled(fields: list[tuple[str, str]], token: str, turn: int) -> Iterator[list[tuple[str, bytes]]]:
    """The form with one field after the other holding a hostile value, and once with every field twice."""
    whole = [(name, value.encode()) for name, value in fields if name != "csrf_token"]
    sign = [("csrf_token", token.encode())]
    for place, (name, _) in enumerate(whole):
        value = VALUES[(turn + place) % len(VALUES)]
        yield [*sign, *whole[:place], (name, value), *whole[place + 1 :]]
    if whole:
        yield [*sign, *whole, *((name, b"-1") for name, _ in whole)]


def forms(page: str, address: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(where it goes, fields) of each writing form of a page that stays on this page's path."""
    found: Mapping[str, list[tuple[str, str]]] = {
        form.action or address: form.fields for form in forms_of(page) if form.method == "post"
    }
    return list(found.items())
