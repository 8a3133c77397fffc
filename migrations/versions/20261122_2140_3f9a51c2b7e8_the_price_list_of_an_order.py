"""The price list of an order.

Why: a customer may have a list of their own beside the default one; the order keeps which list priced it, so that it is
verified against the same prices.

Revision: 3f9a51c2b7e8
After: 7c1e0d94ab35
Made: 2026-11-22 21:40:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3f9a51c2b7e8"
down_revision = "7c1e0d94ab35"
branch_labels = None
depends_on = None

TABLES = ("parties", "orders")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("price_list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
            )
            batch_op.create_index(batch_op.f(f"ix_{table}_price_list_id"), ["price_list_id"], unique=False)
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_price_list_id"),
                "price_lists",
                ["price_list_id"],
                ["id"],
                ondelete="RESTRICT",
            )


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_price_list_id"), type_="foreignkey")
            batch_op.drop_index(batch_op.f(f"ix_{table}_price_list_id"))
            batch_op.drop_column("price_list_id")
