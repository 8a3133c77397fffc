"""The way a paper goes from records to a file on its record, as docs/how-to/print-a-paper.md shows it."""

from __future__ import annotations

import pytest

from app.platform import files
from app.platform.db import run
from app.platform.files import storage
from app.platform.jobs import Running, drain, enqueue, job
from tests.platform.documents import samples
from tests.support import pdf, people


def paper_of(actor, *, order_id: int):
    return samples.confirmation()


@job("tests.order.print", outside=True)
def print_order(running: Running, *, order_id: int, language: str) -> None:
    paper = running.run(paper_of, order_id=order_id)
    kept = files.keep(paper.render(language), f"{paper.number}.pdf")
    running.complete(files.store, kept=kept, table="orders", row_id=order_id, purpose="confirmation")


@pytest.mark.usefixtures("app")
def test_paper_is_rendered_by_a_job_and_lies_on_its_record(make):
    order = make.order()
    run(lambda actor: enqueue("tests.order.print", {"order_id": order.id, "language": "zh_Hans_CN"}), people.house())
    assert drain() == 1
    (found,) = files.files_of("orders", order.id)
    assert (found.name, found.media_type, found.purpose, found.stored_by) == (
        "SO-1001.pdf", "application/pdf", "confirmation", "job tests.order.print",
    )  # fmt: skip
    assert "订单确认书" in pdf.text(storage.path_of(found.sha256).read_bytes())
