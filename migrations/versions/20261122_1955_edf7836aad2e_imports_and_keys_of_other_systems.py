"""imports and keys of other systems

Why: an import is staged, checked as a whole and applied once, and what came from elsewhere keeps its key.

Revision: edf7836aad2e
After: bf4ccfeb8a41
Made: 2026-11-22 19:28:16.416259+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "edf7836aad2e"
down_revision = "bf4ccfeb8a41"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("mapping", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "staging",
                "staged",
                "checked",
                "applied",
                name="run_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
        sa.UniqueConstraint("digest", name=op.f("uq_import_runs_digest")),
    )
    op.create_table(
        "import_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
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
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
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

    with op.batch_alter_table("currency_rates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("external_source", sa.String(length=40), nullable=True))
        batch_op.drop_index(batch_op.f("ix_currency_rates_external_key"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_currency_rates_external_source_external_key"), ["external_source", "external_key"]
        )

    with op.batch_alter_table("price_list_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("external_source", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("external_key", sa.String(length=80), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_price_list_items_external_source_external_key"), ["external_source", "external_key"]
        )

    with op.batch_alter_table("supplier_products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("external_source", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("external_key", sa.String(length=80), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_supplier_products_external_source_external_key"), ["external_source", "external_key"]
        )


def downgrade() -> None:
    with op.batch_alter_table("supplier_products", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_supplier_products_external_source_external_key"), type_="unique")
        batch_op.drop_column("external_key")
        batch_op.drop_column("external_source")

    with op.batch_alter_table("price_list_items", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_price_list_items_external_source_external_key"), type_="unique")
        batch_op.drop_column("external_key")
        batch_op.drop_column("external_source")

    with op.batch_alter_table("currency_rates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_currency_rates_external_source_external_key"), type_="unique")
        batch_op.create_index(batch_op.f("ix_currency_rates_external_key"), ["external_key"], unique=False)
        batch_op.drop_column("external_source")

    with op.batch_alter_table("import_refs", schema=None) as batch_op:
        batch_op.drop_index("ix_import_refs_wanted")
        batch_op.drop_index(batch_op.f("ix_import_refs_row_id"))

    op.drop_table("import_refs")
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_import_rows_key")
        batch_op.drop_index("ix_import_rows_bad")

    op.drop_table("import_rows")
    op.drop_table("import_runs")
