"""Goods on their way back.

Why: a return has lines with an outcome each, a refund points to the credit note that pays it, and what goes back to a
supplier is claimed with a debit note; all of it is shared by the departments, so it has tables of its own.

Revision: 08aeb5ac7bf1
After: b3d9a1f47c60
Made: 2026-11-22 22:04:43.584082+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "08aeb5ac7bf1"
down_revision = "b3d9a1f47c60"
branch_labels = None
depends_on = None


def _refuse_loss() -> None:
    """Raises: RuntimeError when there are returns, which nothing could bring back."""
    for table in ("customer_returns", "supplier_returns"):
        if op.get_bind().execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar():
            raise RuntimeError(f"{table} has rows that would be lost: keep this version, or delete them first")


def upgrade() -> None:
    op.create_table(
        "customer_returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inspection_place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "authorised",
                "received",
                "inspected",
                "closed",
                "refused",
                "cancelled",
                name="return_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("customer_words", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("sent_back_with", sa.String(length=100), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_place_id"],
            ["locations.id"],
            name=op.f("fk_customer_returns_inspection_place_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_customer_returns_order_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_customer_returns_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_returns")),
        sa.UniqueConstraint("intake_key", name=op.f("uq_customer_returns_intake_key")),
        sa.UniqueConstraint("number", name=op.f("uq_customer_returns_number")),
    )
    with op.batch_alter_table("customer_returns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_returns_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_returns_inspection_place_id"), ["inspection_place_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_returns_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_customer_returns_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_returns_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "supplier_returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "sent",
                "settled",
                "cancelled",
                name="supplier_return_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("requested_by", sa.String(length=100), nullable=False),
        sa.Column("sent_with", sa.String(length=100), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=200), nullable=False),
        sa.Column("close_reason", sa.String(length=200), nullable=False),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_supplier_returns_purchase_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_supplier_returns_receipt_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_returns")),
        sa.UniqueConstraint("intake_key", name=op.f("uq_supplier_returns_intake_key")),
        sa.UniqueConstraint("number", name=op.f("uq_supplier_returns_number")),
    )
    with op.batch_alter_table("supplier_returns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_returns_purchase_order_id"), ["purchase_order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_returns_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index("ix_supplier_returns_state_id", ["state", "id"], unique=False)

    op.create_table(
        "customer_return_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("restocked", sa.BigInteger(), nullable=False),
        sa.Column("scrapped", sa.BigInteger(), nullable=False),
        sa.Column("repaired", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("sent_back", sa.BigInteger(), nullable=False),
        sa.Column("replaced", sa.BigInteger(), nullable=False),
        sa.Column("refundable", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cancelled >= 0", name=op.f("ck_customer_return_lines_cancelled_not_negative")),
        sa.CheckConstraint(
            "received + cancelled <= requested", name=op.f("ck_customer_return_lines_received_within_requested")
        ),
        sa.CheckConstraint("received >= 0", name=op.f("ck_customer_return_lines_received_not_negative")),
        sa.CheckConstraint(
            "refundable + replaced <= restocked + scrapped", name=op.f("ck_customer_return_lines_made_good_within_kept")
        ),
        sa.CheckConstraint("refundable >= 0", name=op.f("ck_customer_return_lines_refundable_not_negative")),
        sa.CheckConstraint("refunded <= refundable", name=op.f("ck_customer_return_lines_refunded_within_refundable")),
        sa.CheckConstraint("refunded >= 0", name=op.f("ck_customer_return_lines_refunded_not_negative")),
        sa.CheckConstraint("rejected >= 0", name=op.f("ck_customer_return_lines_rejected_not_negative")),
        sa.CheckConstraint("repaired >= 0", name=op.f("ck_customer_return_lines_repaired_not_negative")),
        sa.CheckConstraint("replaced >= 0", name=op.f("ck_customer_return_lines_replaced_not_negative")),
        sa.CheckConstraint("requested > 0", name=op.f("ck_customer_return_lines_requested_positive")),
        sa.CheckConstraint(
            "restocked + scrapped + repaired + rejected <= received",
            name=op.f("ck_customer_return_lines_inspected_within_received"),
        ),
        sa.CheckConstraint("restocked >= 0", name=op.f("ck_customer_return_lines_restocked_not_negative")),
        sa.CheckConstraint("scrapped >= 0", name=op.f("ck_customer_return_lines_scrapped_not_negative")),
        sa.CheckConstraint(
            "sent_back <= repaired + rejected", name=op.f("ck_customer_return_lines_sent_back_within_held")
        ),
        sa.CheckConstraint("sent_back >= 0", name=op.f("ck_customer_return_lines_sent_back_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_customer_return_lines_order_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["customer_returns.id"], name=op.f("fk_customer_return_lines_return_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_return_lines")),
        sa.UniqueConstraint(
            "return_id", "order_line_id", name=op.f("uq_customer_return_lines_return_id_order_line_id")
        ),
    )
    with op.batch_alter_table("customer_return_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_return_lines_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_return_lines_return_id"), ["return_id"], unique=False)

    op.create_table(
        "debit_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("supplier_return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("net_total", sa.BigInteger(), nullable=False),
        sa.Column("tax_total", sa.BigInteger(), nullable=False),
        sa.Column("gross_total", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("posted_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("gross_total >= 0", name=op.f("ck_debit_notes_gross_not_negative")),
        sa.CheckConstraint("net_total + tax_total = gross_total", name=op.f("ck_debit_notes_totals_add_up")),
        sa.CheckConstraint("settled >= 0 and settled <= gross_total", name=op.f("ck_debit_notes_settled_within_total")),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["supplier_bills.id"], name=op.f("fk_debit_notes_bill_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_debit_notes_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["parties.id"], name=op.f("fk_debit_notes_supplier_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_return_id"],
            ["supplier_returns.id"],
            name=op.f("fk_debit_notes_supplier_return_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debit_notes")),
        sa.UniqueConstraint("number", name=op.f("uq_debit_notes_number")),
        sa.UniqueConstraint("supplier_return_id", name=op.f("uq_debit_notes_supplier_return_id")),
    )
    with op.batch_alter_table("debit_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_debit_notes_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_debit_notes_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_debit_notes_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "customer_return_findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "restock",
                "scrap",
                "repair",
                "reject",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "remedy",
            sa.Enum("refund", "replace", "none", name="remedy", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replacement_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.String(length=100), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome in ('restock', 'scrap')) = (remedy in ('refund', 'replace'))",
            name=op.f("ck_customer_return_findings_remedy_fits_outcome"),
        ),
        sa.CheckConstraint(
            "outcome <> 'restock' or location_id is not null",
            name=op.f("ck_customer_return_findings_restocked_somewhere"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_customer_return_findings_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["customer_return_lines.id"],
            name=op.f("fk_customer_return_findings_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_customer_return_findings_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replacement_order_id"],
            ["orders.id"],
            name=op.f("fk_customer_return_findings_replacement_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["customer_returns.id"],
            name=op.f("fk_customer_return_findings_return_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_return_findings")),
    )
    with op.batch_alter_table("customer_return_findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_return_findings_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_return_findings_location_id"), ["location_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_return_findings_replacement_order_id"), ["replacement_order_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_return_findings_return_id"), ["return_id"], unique=False)

    op.create_table(
        "customer_return_refunds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_customer_return_refunds_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["credit_line_id"],
            ["invoice_lines.id"],
            name=op.f("fk_customer_return_refunds_credit_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["customer_return_lines.id"],
            name=op.f("fk_customer_return_refunds_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["customer_returns.id"],
            name=op.f("fk_customer_return_refunds_return_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_return_refunds")),
        sa.UniqueConstraint(
            "line_id", "credit_line_id", name=op.f("uq_customer_return_refunds_line_id_credit_line_id")
        ),
    )
    with op.batch_alter_table("customer_return_refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_return_refunds_credit_line_id"), ["credit_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_return_refunds_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_return_refunds_return_id"), ["return_id"], unique=False)

    op.create_table(
        "supplier_return_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_supplier_return_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_supplier_return_lines_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["receipt_line_id"],
            ["receipt_lines.id"],
            name=op.f("fk_supplier_return_lines_receipt_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["supplier_returns.id"], name=op.f("fk_supplier_return_lines_return_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return_lines")),
    )
    with op.batch_alter_table("supplier_return_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_return_lines_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_return_lines_receipt_line_id"), ["receipt_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_return_lines_return_id"), ["return_id"], unique=False)

    op.create_table(
        "debit_note_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("debit_note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("return_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("net + tax = gross", name=op.f("ck_debit_note_lines_amounts_add_up")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_debit_note_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["debit_note_id"], ["debit_notes.id"], name=op.f("fk_debit_note_lines_debit_note_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["return_line_id"],
            ["supplier_return_lines.id"],
            name=op.f("fk_debit_note_lines_return_line_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debit_note_lines")),
        sa.UniqueConstraint("debit_note_id", "position", name=op.f("uq_debit_note_lines_debit_note_id_position")),
    )
    with op.batch_alter_table("debit_note_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_debit_note_lines_debit_note_id"), ["debit_note_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_debit_note_lines_return_line_id"), ["return_line_id"], unique=False)


def downgrade() -> None:
    _refuse_loss()
    with op.batch_alter_table("debit_note_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_debit_note_lines_return_line_id"))
        batch_op.drop_index(batch_op.f("ix_debit_note_lines_debit_note_id"))

    op.drop_table("debit_note_lines")
    with op.batch_alter_table("supplier_return_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_return_lines_return_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_return_lines_receipt_line_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_return_lines_location_id"))

    op.drop_table("supplier_return_lines")
    with op.batch_alter_table("customer_return_refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_return_refunds_return_id"))
        batch_op.drop_index(batch_op.f("ix_customer_return_refunds_line_id"))
        batch_op.drop_index(batch_op.f("ix_customer_return_refunds_credit_line_id"))

    op.drop_table("customer_return_refunds")
    with op.batch_alter_table("customer_return_findings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_return_findings_return_id"))
        batch_op.drop_index(batch_op.f("ix_customer_return_findings_replacement_order_id"))
        batch_op.drop_index(batch_op.f("ix_customer_return_findings_location_id"))
        batch_op.drop_index(batch_op.f("ix_customer_return_findings_line_id"))

    op.drop_table("customer_return_findings")
    with op.batch_alter_table("debit_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_debit_notes_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_debit_notes_company_id"))
        batch_op.drop_index(batch_op.f("ix_debit_notes_bill_id"))

    op.drop_table("debit_notes")
    with op.batch_alter_table("customer_return_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_return_lines_return_id"))
        batch_op.drop_index(batch_op.f("ix_customer_return_lines_order_line_id"))

    op.drop_table("customer_return_lines")
    with op.batch_alter_table("supplier_returns", schema=None) as batch_op:
        batch_op.drop_index("ix_supplier_returns_state_id")
        batch_op.drop_index(batch_op.f("ix_supplier_returns_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_returns_purchase_order_id"))

    op.drop_table("supplier_returns")
    with op.batch_alter_table("customer_returns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_returns_warehouse_id"))
        batch_op.drop_index("ix_customer_returns_state_id")
        batch_op.drop_index(batch_op.f("ix_customer_returns_order_id"))
        batch_op.drop_index(batch_op.f("ix_customer_returns_inspection_place_id"))
        batch_op.drop_index(batch_op.f("ix_customer_returns_case_id"))

    op.drop_table("customer_returns")
