"""The database itself refuses to change or remove a stock move."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.platform.db import session
from app.records.stock.models import StockMove


@pytest.mark.parametrize("statement", ["UPDATE stock_moves SET quantity = quantity + 1", "DELETE FROM stock_moves"])
def test_a_move_stays_as_it_was_booked(make: Any, statement: str):
    make.product(stock=7)
    connection = session.connection()
    before = connection.execute(sa.select(StockMove.__table__)).all()
    assert len(before) == 1
    savepoint = connection.begin_nested()
    with pytest.raises(DBAPIError, match="only added"):
        connection.exec_driver_sql(statement)
    savepoint.rollback()
    assert connection.execute(sa.select(StockMove.__table__)).all() == before
