"""imports staged by column

Why: a staged row is one line of texts with the keys it refers to beside it, so that files are read, checked and applied
by column, fifteen times as fast. What was only half imported is staged again by the next run of its files.

Revision: 3f6a9c20d7b1
After: 6f2d90b1c4a7
Made: 2026-11-22 22:51:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3f6a9c20d7b1"
down_revision = "6f2d90b1c4a7"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _stage_again() -> None:
    op.execute("UPDATE import_runs SET state = 'staging' WHERE state <> 'applied'")


def upgrade() -> None:
    op.drop_table("import_refs")
    op.drop_table("import_rows")
    op.create_table(
        "import_rows",
        sa.Column("run_id", BIG, autoincrement=False, nullable=False),
        sa.Column("table_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("external_key", sa.String(length=80), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        *(sa.Column(f"ref_{number}", sa.String(length=80), nullable=True) for number in range(1, 9)),
        sa.Column("problems", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_bad", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_runs.id"], name=op.f("fk_import_rows_run_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("run_id", "table_no", "part", name=op.f("pk_import_rows")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.create_index("ix_import_rows_key", ["run_id", "table_no", "external_key", "is_bad"], unique=False)
        batch_op.create_index(
            "ix_import_rows_told",
            ["run_id", "table_no", "part"],
            unique=False,
            postgresql_where=sa.text("problems is not null"),
            sqlite_where=sa.text("problems is not null"),
        )
    _stage_again()


def downgrade() -> None:
    op.drop_table("import_rows")
    op.create_table(
        "import_rows",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("table_no", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("external_key", sa.String(length=80), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("source", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("problems", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_bad", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_runs.id"], name=op.f("fk_import_rows_run_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("run_id", "table_no", "part", name=op.f("uq_import_rows_run_id_table_no_part")),
    )
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.create_index(
            "ix_import_rows_bad",
            ["run_id"],
            unique=False,
            postgresql_where=sa.text("is_bad"),
            sqlite_where=sa.text("is_bad"),
        )
        batch_op.create_index("ix_import_rows_key", ["run_id", "target", "external_key", "is_bad"], unique=False)
    op.create_table(
        "import_refs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("external_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["import_rows.id"], name=op.f("fk_import_refs_row_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_runs.id"], name=op.f("fk_import_refs_run_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_refs")),
    )
    with op.batch_alter_table("import_refs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_refs_row_id"), ["row_id"], unique=False)
        batch_op.create_index("ix_import_refs_wanted", ["run_id", "target", "external_key"], unique=False)
    _stage_again()
