"""``flask search rebuild``: after writing with raw SQL, everything is found again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.db import db
from app.platform.search.models import SearchEntry
from app.records.parties.models import Party


def test_rebuilding_says_how_many_rows_were_read(live_app: Any):
    result = live_app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert (result.exit_code, result.exception) == (0, None)
    lines = dict(line.split(": ") for line in result.output.splitlines())
    assert {"orders", "parties", "products", "invoices"} <= set(lines)
    with db.engine.connect() as connection:
        found = connection.scalar(sa.select(sa.func.count()).select_from(SearchEntry.__table__))
        parties = connection.scalar(sa.select(sa.func.count()).select_from(Party.__table__))
    assert found == sum(map(int, lines.values()))
    assert lines["parties"] == str(parties)
