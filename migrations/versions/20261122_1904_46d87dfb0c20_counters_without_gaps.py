"""counters without gaps

Why: invoice numbers may have no gap, so the last one given is a locked row that a rollback gives back.

Revision: 46d87dfb0c20
After: 43ef0ccac71d
Made: 2026-11-22 19:04:21.960771+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "46d87dfb0c20"
down_revision = "43ef0ccac71d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("name", "company_id", "year", name=op.f("uq_counters_name_company_id_year")),
    )


def downgrade() -> None:
    op.drop_table("counters")
