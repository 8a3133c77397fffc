"""What is wrong, in file, row and column; and the rejects as a file that can be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.kernel.errors import Message
from app.kernel.sheets import guarded
from app.platform.db import session
from app.platform.imports.mapping import ImportMapping
from app.platform.imports.models import ImportRow


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at its place."""

    file: str
    row: int
    column: str
    value: str
    sentence: Message
    is_error: bool


def findings(run_id: int, mapping: ImportMapping) -> Iterator[Finding]:
    """Every problem of a run in file and row order."""
    files = {table.number: table.file for table in mapping.tables}
    rows = session.execute(
        sa.select(ImportRow.table_no, ImportRow.row_no, ImportRow.problems)
        .where(ImportRow.run_id == run_id, sa.cast(ImportRow.problems, sa.Text()) != "[]")
        .order_by(ImportRow.table_no, ImportRow.part)
    )
    for row in rows:
        for column, value, (text, data), is_error in row.problems:
            yield Finding(files[row.table_no], row.row_no, column, value, Message(text, **data), is_error)


def write_rejects(run_id: int, mapping: ImportMapping, folder: Path) -> list[Path]:
    """One CSV per table with the records left out, a last column saying why; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in mapping.tables:
        rows = session.execute(
            sa.select(ImportRow.source, ImportRow.problems)
            .where(ImportRow.run_id == run_id, ImportRow.table_no == table.number, ImportRow.is_bad)
            .order_by(ImportRow.part)
        ).all()
        if rows:
            path = folder / f"{table.number:02d}-{table.file.removesuffix('.gz')}"
            _write(path, rows)
            written.append(path)
    return written


def _write(path: Path, rows: Sequence[sa.Row[Any]]) -> None:
    names = list(rows[0].source)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(name) for name in (*names, "problems")])
        for row in rows:
            why = "; ".join(f"{column}: {Message(text[0], **text[1])}" for column, _, text, bad in row.problems if bad)
            writer.writerow([guarded(text) for text in (*(row.source.get(name, "") for name in names), why)])
