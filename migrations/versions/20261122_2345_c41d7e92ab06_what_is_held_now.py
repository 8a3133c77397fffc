"""what is held now

Why: with a million orders only some ten thousand lines hold stock; the list of orders to prepare read all lines to find
them. Indexes of those rows alone are small and answer at once.

Revision: c41d7e92ab06
After: 3f6a9c20d7b1
Made: 2026-11-22 23:45:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c41d7e92ab06"
down_revision = "3f6a9c20d7b1"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_order_lines_holding", "order_lines", ["order_id"], "allocated > 0"),
    ("ix_allocations_holding", "allocations", ["order_line_id", "quantity"], "quantity > 0"),
)


def upgrade() -> None:
    for name, table, columns, held in INDEXES:
        op.create_index(name, table, columns, postgresql_where=sa.text(held), sqlite_where=sa.text(held))


def downgrade() -> None:
    for name, table, _columns, _held in reversed(INDEXES):
        op.drop_index(name, table_name=table)
