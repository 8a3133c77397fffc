"""The audit log and its seals.

Why: every change is written down where nobody can quietly change it: rows of these tables are only added, and the
database itself refuses anything else.

Revision: 70e17d10e0f1
After: 8b391df5c5e0
Made: 2026-11-22 19:14:00+00:00
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

from app.platform.db.triggers import drop_append_only, make_append_only

revision = "70e17d10e0f1"
down_revision = "8b391df5c5e0"
branch_labels = None
depends_on = None

ONLY_ADDED = ("audit_entries", "audit_blocks", "audit_epochs")


class Xid8(UserDefinedType[int]):
    """PostgreSQL's number of a transaction."""

    def get_col_spec(self, **_options: Any) -> str:
        return "XID8"


XID = Xid8().with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_blocks",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.Column("entries_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_blocks")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("xid", XID, nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("on_behalf", sa.String(length=200), nullable=True),
        sa.Column("surface", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=True),
        sa.Column("row_id", sa.BigInteger(), nullable=True),
        sa.Column("record_table", sa.String(length=60), nullable=True),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("personal", sa.String(length=64), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_action_id", ["action", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_at_id", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_epoch_xid_id", ["epoch", "xid", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_record", ["record_table", "record_id", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_user_id_id", ["user_id", "id"], unique=False)

    op.create_table(
        "audit_epochs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("server", sa.String(length=60), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_epochs")),
        sa.UniqueConstraint("server", name=op.f("uq_audit_epochs_server")),
    )
    op.create_table(
        "audit_personal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entry_uid", sa.String(length=32), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_personal")),
    )
    with op.batch_alter_table("audit_personal", schema=None) as batch_op:
        batch_op.create_index("ix_audit_personal_entry_uid", ["entry_uid"], unique=False)
        batch_op.create_index("ix_audit_personal_row", ["table_name", "row_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "INSERT INTO audit_epochs (number, server, begun_at) "
            "SELECT 1, system_identifier::text, now() FROM pg_control_system()"
        )
    for table in ONLY_ADDED:
        make_append_only(op.get_bind(), table)
    make_append_only(op.get_bind(), "audit_personal", allow_delete=True)


def downgrade() -> None:
    for table in (*ONLY_ADDED, "audit_personal"):
        drop_append_only(op.get_bind(), table)
    with op.batch_alter_table("audit_personal", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_personal_row")
        batch_op.drop_index("ix_audit_personal_entry_uid")

    op.drop_table("audit_personal")
    op.drop_table("audit_epochs")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_user_id_id")
        batch_op.drop_index("ix_audit_entries_record")
        batch_op.drop_index("ix_audit_entries_epoch_xid_id")
        batch_op.drop_index("ix_audit_entries_at_id")
        batch_op.drop_index("ix_audit_entries_action_id")

    op.drop_table("audit_entries")
    op.drop_table("audit_blocks")
