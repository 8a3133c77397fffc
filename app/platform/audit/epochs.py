"""Which server counts the transactions: a restore on another one begins an epoch, so that blocks never overlap."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel import clock
from app.platform.audit.models import AuditEpoch

#: SQLite counts no transactions
ONLY_EPOCH = 1
_CACHED = "handoff_audit_epoch"
_epochs = AuditEpoch.__table__


def epoch_of(connection: sa.Connection) -> int:
    """The epoch of this server, asked once per connection. The migration wrote the first one down."""
    if connection.dialect.name == "sqlite":
        return ONLY_EPOCH
    found = connection.info.get(_CACHED)
    if found is None:
        server = str(connection.scalar(sa.text("SELECT system_identifier FROM pg_control_system()")))
        found = connection.scalar(_number_of(server)) or _begin(connection.engine, server)
        connection.info[_CACHED] = found
    return int(found)


def _number_of(server: str) -> sa.Select[int]:
    return sa.select(_epochs.c.number).where(_epochs.c.server == server)


def _begin(engine: sa.Engine, server: str) -> int:
    """After a restore the first writer begins an epoch, in a transaction of its own: nobody waits for its work."""
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE audit_epochs IN SHARE ROW EXCLUSIVE MODE")
        number = connection.scalar(_number_of(server))
        if number is None:
            following = sa.select(sa.func.coalesce(sa.func.max(_epochs.c.number), 0) + 1).scalar_subquery()
            values = {"number": following, "server": server, "begun_at": clock.now()}
            number = connection.scalar(sa.insert(AuditEpoch).values(values).returning(_epochs.c.number))
    return int(number or 0)
