"""settings as rows

Why: what people change while the house runs are rows, and one stamp tells every process that they changed.

Revision: ce52343f18b1
After: 46d87dfb0c20
Made: 2026-11-22 19:07:59.977146+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ce52343f18b1"
down_revision = "46d87dfb0c20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "config_stamps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_config_stamps")),
        sa.UniqueConstraint("name", name=op.f("uq_config_stamps_name")),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("name", name=op.f("uq_settings_name")),
    )


def downgrade() -> None:
    op.drop_table("settings")
    op.drop_table("config_stamps")
