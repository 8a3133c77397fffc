"""The database: base, types, unit of work, locks and audited Core statements."""

from app.platform.db import dml, locks, types
from app.platform.db.base import BIG_ID, Base, Keyed, Timestamped, Versioned
from app.platform.db.constraints import constraint_sentence
from app.platform.db.extension import db, session
from app.platform.db.notes import note
from app.platform.db.unit_of_work import acting, after_commit, before_commit, current_unit, is_sqlite, run

__all__ = [
    "BIG_ID",
    "Base",
    "Keyed",
    "Timestamped",
    "Versioned",
    "acting",
    "after_commit",
    "before_commit",
    "constraint_sentence",
    "current_unit",
    "db",
    "dml",
    "is_sqlite",
    "locks",
    "note",
    "run",
    "session",
    "types",
]
