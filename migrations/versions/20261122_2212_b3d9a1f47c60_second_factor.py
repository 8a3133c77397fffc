"""Second factor: what a phone shares with the house, recovery codes, and roles that require it.

Why: a stolen password alone opens nothing where a role asks for a code as well.

Revision: b3d9a1f47c60
After: 3f9a51c2b7e8
Made: 2026-11-22 22:12:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b3d9a1f47c60"
down_revision = "3f9a51c2b7e8"
branch_labels = None
depends_on = None


def big_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("user_id", big_id(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factors_user_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", big_id(), autoincrement=True, nullable=False),
        sa.Column("user_id", big_id(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    with op.batch_alter_table("roles") as roles:
        roles.add_column(sa.Column("requires_second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("login_sessions") as sessions:
        sessions.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("login_sessions") as sessions:
        sessions.drop_column("awaits_code")
    with op.batch_alter_table("roles") as roles:
        roles.drop_column("requires_second_factor")
    op.drop_index(op.f("ix_recovery_codes_user_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
