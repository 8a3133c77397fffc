"""Erasing personal data from the log. What was changed, when and by whom stays proved; the values are gone."""

from __future__ import annotations

import sqlalchemy as sa

from app.platform.audit.models import AuditPersonal
from app.platform.audit.recorder import note, write_waiting
from app.platform.db import session

#: the note that explains to ``verify`` why values are missing
ERASED = "audit.personal.erased"


def erase_personal(table_name: str, row_id: int, *, reason: str) -> int:
    """Forget the personal values of one row in all its entries, inside the open unit of work; in how many entries.

    The caller has checked the right to do so, and has emptied the row itself first.
    """
    write_waiting()
    kept = AuditPersonal.__table__
    gone = sa.delete(AuditPersonal).where(kept.c.table_name == table_name, kept.c.row_id == row_id)
    count = session().connection().execute(gone).rowcount
    note(ERASED, about=(table_name, row_id), reason=reason, entries=count)
    return int(count)
