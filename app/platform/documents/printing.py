"""Papers of records: somebody with the right asks, a job renders, and the file lies on the record.

    PAPER = RecordPaper(
        "finance.invoice.print", Invoice, Permissions.INVOICE_POST, purpose="invoice", read=paper_of_invoice
    )

A button calls ``PAPER.ask(actor, invoice_id)`` from its use case; docs/how-to/print-a-paper.md shows the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.kernel.actor import Actor
from app.kernel.errors import WrongState
from app.platform.access import Permission, house_reading, require
from app.platform.db import Base, locks, session
from app.platform.documents.data import Paper
from app.platform.files import Kept, StoredFile, keep, store
from app.platform.jobs import Job, JobState, Running, enqueue, job


@dataclass(frozen=True, slots=True)
class Printed:
    """What is to be rendered.  name: of the file, without ``.pdf``."""

    paper: Paper
    language: str
    name: str


#: reads a record into a paper, in a unit of work of the job: ``read(actor, row, language of who asked)``
Read = Callable[[Actor, Any, str], Printed]


class RecordPaper:
    """One kind of paper of one kind of record.

    job_name: ``<package>.<resource>.print``.  purpose: what the file is called among those of the record; a paper of
    the same bytes is kept once.  states: in which there is something to print, None for all.
    """

    def __init__(
        self,
        job_name: str,
        model: type[Base],
        permission: Permission,
        *,
        purpose: str,
        read: Read,
        states: Iterable[StrEnum] | None = None,
    ) -> None:
        self.job_name = job_name
        self.model = model
        self.permission = permission
        self.purpose = purpose
        self.read = read
        self.states = frozenset(states) if states is not None else None
        job(job_name, outside=True)(self.render)

    @property
    def table(self) -> str:
        """Of the records it belongs to."""
        return str(self.model.__tablename__)

    def fits(self, row: Any) -> bool:
        """Whether there is something to print of the record as it is."""
        return self.states is None or row.state in self.states

    def ask(self, actor: Actor, row_id: int) -> int:
        """Have it made, in the language of whoever asks where the paper stays in the house; the job's id.

        Raises: NotPermitted, NotFound, WrongState.
        """
        require(actor, self.permission)
        row: Any = locks.get(self.model, row_id)
        require(actor, self.permission, row)
        if not self.fits(row):
            raise WrongState(state=row.state.value)
        return self.want(row_id, actor.language)

    def want(self, row_id: int, language: str = "en") -> int:
        """Have it made because of what just happened; the caller checked the right."""
        arguments = {"row_id": row_id, "language": language}
        return enqueue(self.job_name, arguments, dedup_key=f"{_key(self.table, row_id)} {self.purpose}")

    def render(self, running: Running, *, row_id: int, language: str) -> None:
        """The job: read, render outside every transaction, keep."""
        printed: Printed = running.run(self._read, row_id=row_id, language=language)
        kept = keep(printed.paper.render(printed.language), f"{printed.name}.pdf")
        running.complete(self._store, kept=kept, row_id=row_id)

    def _read(self, actor: Actor, *, row_id: int, language: str) -> Printed:
        return self.read(actor, session.get_one(self.model, row_id), language)

    def _store(self, actor: Actor, *, kept: Kept, row_id: int) -> dict[str, int]:
        same = sa.select(StoredFile.id).where(
            StoredFile.table_name == self.table,
            StoredFile.row_id == row_id,
            StoredFile.purpose == self.purpose,
            StoredFile.sha256 == kept.sha256,
        )
        found = session.scalar(same.limit(1))
        return {"file_id": found or store(actor, kept, table=self.table, row_id=row_id, purpose=self.purpose).id}


def _key(table: str, row_id: int) -> str:
    return f"paper {table} {row_id}"


def is_being_made(table: str, row_id: int) -> bool:
    """Whether a paper of the record waits for its job or is just being rendered."""
    asked = sa.select(Job.id).where(
        Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        Job.dedup_key.startswith(f"{_key(table, row_id)} ", autoescape=True),
    )
    with house_reading():
        return session.scalar(asked.limit(1)) is not None


def public_address(endpoint: str, **values: Any) -> str:
    """Address of a page as a phone outside reaches it; also where there is no request, as in a job."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{current_app.config['PUBLIC_URL']}{path}"
