"""A refused constraint becomes a clear sentence, so that a lost race reads like any other refusal."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.kernel.errors import HandoffError, RuleBroken
from app.kernel.text import N_
from app.platform.db.base import Base

_sentences: dict[str, str] = {}
_sqlite_unique = re.compile(r"UNIQUE constraint failed: (.+)")
_sqlite_index = re.compile(r"UNIQUE constraint failed: index '([^']+)'")
_sqlite_check = re.compile(r"CHECK constraint failed: (\w+)")


class ConstraintBroken(RuleBroken):
    """The database refused what can never be true."""

    code = "constraint"


def constraint_sentence(name: str, sentence: str) -> None:
    """What to tell people when the constraint called ``name`` refuses a change."""
    _sentences[name] = sentence


def constraint_name(problem: IntegrityError) -> str | None:
    """Name of the broken constraint on either database, if it tells."""
    diagnosis = getattr(problem.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or None
    text = str(problem.orig)
    if found := _sqlite_index.search(text) or _sqlite_check.search(text):
        return found.group(1)
    if found := _sqlite_unique.search(text):
        return _unique_on([part.strip() for part in found.group(1).split(",")])
    return "foreign_key" if "FOREIGN KEY" in text else None


def _unique_on(columns: list[str]) -> str | None:
    table = Base.metadata.tables.get(columns[0].split(".")[0])
    names = {column.split(".")[1] for column in columns}
    if table is None:
        return None
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint) and {c.name for c in constraint.columns} == names:
            return str(constraint.name)
    for index in table.indexes:
        if index.unique and {c.name for c in index.columns} == names:
            return str(index.name)
    return None


def explain(problem: IntegrityError) -> HandoffError:
    """The refusal as an error of ours; the constraint's own name travels in ``data`` for the log."""
    name = constraint_name(problem) or "unknown"
    if name in _sentences:
        return ConstraintBroken(_sentences[name], constraint=name)
    if name.startswith("uq_") or "unique" in str(problem.orig).lower():
        return ConstraintBroken(N_("There is already a record with these values."), constraint=name)
    if name.startswith("fk_") or name == "foreign_key":
        return ConstraintBroken(
            N_("Other records still refer to this one, or it refers to one that is gone."), constraint=name
        )
    return ConstraintBroken(N_("The change would break a rule of the data (%(constraint)s)."), constraint=name)
