import pytest
import sqlalchemy as sa

from app.platform.db import db


@pytest.mark.sqlite
@pytest.mark.promise("DU4")
def test_sqlite_waits_for_the_disk_and_for_its_turn(live_app):
    with db.engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        checked = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
    assert checked == "ok"


@pytest.mark.postgresql
@pytest.mark.promise("DU4", "DS4")
def test_postgresql_waits_for_the_disk_and_ends_what_takes_too_long(live_app):
    with db.engine.connect() as connection:
        names = ("statement_timeout", "lock_timeout", "TimeZone", "transaction_isolation")
        said = {name: connection.execute(sa.text(f"SHOW {name}")).scalar() for name in names}
    assert said == {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "TimeZone": "UTC",
        "transaction_isolation": "read committed",
    }
