"""What is wrong, in file, row and column; and the rejects as a file that can be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.kernel.errors import Message
from app.kernel.sheets import guarded
from app.platform.db import session
from app.platform.imports.checking import bad_rows
from app.platform.imports.mapping import ImportMapping, Table
from app.platform.imports.models import ImportRow
from app.platform.imports.reading import Files


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
        .where(ImportRow.run_id == run_id, ImportRow.problems.is_not(None))
        .order_by(ImportRow.table_no, ImportRow.part)
    )
    for row in rows:
        for column, value, (text, data), is_error in row.problems or ():
            yield Finding(files[row.table_no], row.row_no, column, value, Message(text, **data), is_error)


def write_rejects(run_id: int, mapping: ImportMapping, source: Files, folder: Path) -> list[Path]:
    """One CSV per table with the records left out, as they are in the file, a last column saying why; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in mapping.tables:
        rows = session.execute(
            sa.select(ImportRow.row_no, ImportRow.problems)
            .where(*bad_rows(run_id), ImportRow.table_no == table.number)
            .order_by(ImportRow.part)
        )
        why: dict[int, list[str]] = {}
        for number, problems in rows:
            told = [f"{column}: {Message(text[0], **text[1])}" for column, _, text, bad in problems or () if bad]
            why.setdefault(number, []).extend(told)
        if why:
            path = folder / f"{table.number:02d}-{(table.file or f'{table.target}.csv').removesuffix('.gz')}"
            _write(path, _records(table, source), why)
            written.append(path)
    return written


def _records(table: Table, source: Files) -> Iterator[Sequence[str]]:
    """The table's own file again: its headings, then its records."""
    if table.file:
        yield from source.rows(table.file)
        return
    names = list(dict.fromkeys(name for row in table.rows for name in row))
    yield names
    yield from ([row.get(name, "") for name in names] for row in table.rows)


def _write(path: Path, records: Iterator[Sequence[str]], why: Mapping[int, Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        header = next(records)
        writer.writerow([guarded(name) for name in (*header, "problems")])
        for number, record in enumerate(records, start=2):
            if number in why:
                padded = [*record, *[""] * (len(header) - len(record))][: len(header)]
                writer.writerow([guarded(text) for text in (*padded, "; ".join(dict.fromkeys(why[number])))])
