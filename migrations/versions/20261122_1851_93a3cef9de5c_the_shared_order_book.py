"""the shared order book

Why: every document that crosses a hand-off lives in tables all departments share.

Revision: 93a3cef9de5c
After: e79ce667332e
Made: 2026-11-22 18:51:13.218877+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "93a3cef9de5c"
down_revision = "e79ce667332e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("tax_number", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("bank_name", sa.String(length=200), nullable=False),
        sa.Column("bank_account", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("code", name=op.f("uq_companies_code")),
    )
    op.create_table(
        "currencies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_currencies")),
        sa.UniqueConstraint("code", name=op.f("uq_currencies_code")),
    )
    op.create_table(
        "currency_rates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=False),
        sa.Column("from_currency", sa.String(length=3), nullable=False),
        sa.Column("to_currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.CheckConstraint("rate > 0", name=op.f("ck_currency_rates_rate_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_currency_rates")),
        sa.UniqueConstraint(
            "from_currency",
            "to_currency",
            "valid_on",
            name=op.f("uq_currency_rates_from_currency_to_currency_valid_on"),
        ),
    )
    with op.batch_alter_table("currency_rates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_currency_rates_external_key"), ["external_key"], unique=False)

    op.create_table(
        "payment_terms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("from_end_of_month", sa.Boolean(), nullable=False),
        sa.Column("deposit_percent", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_payment_terms_days_not_negative")),
        sa.CheckConstraint(
            "deposit_percent between 0 and 1000000", name=op.f("ck_payment_terms_deposit_percent_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_terms")),
        sa.UniqueConstraint("code", name=op.f("uq_payment_terms_code")),
    )
    op.create_table(
        "price_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "price_basis",
            sa.Enum("included", "excluded", name="price_basis", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("tolerance_percent", sa.BigInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_lists")),
        sa.UniqueConstraint("code", name=op.f("uq_price_lists_code")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.CheckConstraint("decimals between 0 and 3", name=op.f("ck_units_decimals_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_table(
        "vehicles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("max_kg", sa.BigInteger(), nullable=True),
        sa.Column("max_m3", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
        sa.UniqueConstraint("plate", name=op.f("uq_vehicles_plate")),
    )
    op.create_table(
        "parties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("is_person", sa.Boolean(), nullable=False),
        sa.Column("is_customer", sa.Boolean(), nullable=False),
        sa.Column("is_supplier", sa.Boolean(), nullable=False),
        sa.Column("is_carrier", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("tax_number", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "price_basis",
            sa.Enum("included", "excluded", name="price_basis", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("payment_term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "billing_policy",
            sa.Enum(
                "ordered",
                "delivered",
                "period",
                name="billing_policy",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("billing_title", sa.String(length=200), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("billing_confirmed", sa.Boolean(), nullable=False),
        sa.Column("salesperson_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("supplier_rank", sa.Integer(), nullable=False),
        sa.Column("is_qualified", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("credit_limit >= 0", name=op.f("ck_parties_credit_limit_not_negative")),
        sa.ForeignKeyConstraint(["buyer_id"], ["users.id"], name=op.f("fk_parties_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["payment_term_id"], ["payment_terms.id"], name=op.f("fk_parties_payment_term_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["salesperson_id"], ["users.id"], name=op.f("fk_parties_salesperson_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("code", name=op.f("uq_parties_code")),
        sa.UniqueConstraint("external_source", "external_key", name=op.f("uq_parties_external_source_external_key")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index("ix_parties_customer", ["is_customer", "id"], unique=False)
        batch_op.create_index("ix_parties_name_id", ["name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_payment_term_id"), ["payment_term_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_salesperson_id"), ["salesperson_id"], unique=False)
        batch_op.create_index("ix_parties_supplier", ["is_supplier", "id"], unique=False)

    op.create_table(
        "product_categories",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["users.id"], name=op.f("fk_product_categories_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["product_categories.id"], name=op.f("fk_product_categories_parent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_product_categories_code")),
    )
    with op.batch_alter_table("product_categories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_categories_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_categories_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "warehouses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_warehouses_company_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouses")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouses_code")),
    )
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_warehouses_company_id"), ["company_id"], unique=False)

    op.create_table(
        "carriers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_own_fleet", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("base_charge", sa.BigInteger(), nullable=True),
        sa.Column("charge_per_kg", sa.BigInteger(), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("tracking_url", sa.String(length=300), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_carriers_party_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carriers")),
        sa.UniqueConstraint("code", name=op.f("uq_carriers_code")),
        sa.UniqueConstraint("external_source", "external_key", name=op.f("uq_carriers_external_source_external_key")),
    )
    with op.batch_alter_table("carriers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carriers_party_id"), ["party_id"], unique=False)

    op.create_table(
        "locations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receiving",
                "storage",
                "blocked",
                "dispatch",
                name="location_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("walk_order", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_locations_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("external_source", "external_key", name=op.f("uq_locations_external_source_external_key")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_locations_warehouse_id_code")),
    )
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_locations_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "party_addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "billing", "shipping", "both", name="address_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("line1", sa.String(length=200), nullable=False),
        sa.Column("line2", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("latitude", sa.BigInteger(), nullable=True),
        sa.Column("longitude", sa.BigInteger(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_party_addresses_party_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_addresses")),
        sa.UniqueConstraint(
            "external_source", "external_key", name=op.f("uq_party_addresses_external_source_external_key")
        ),
    )
    with op.batch_alter_table("party_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_addresses_party_id"), ["party_id"], unique=False)

    op.create_table(
        "party_contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_party_contacts_party_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_contacts")),
    )
    with op.batch_alter_table("party_contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_contacts_party_id"), ["party_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("stocked", "service", name="product_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "active", "discontinued", name="product_state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("base_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_sold", sa.Boolean(), nullable=False),
        sa.Column("is_purchased", sa.Boolean(), nullable=False),
        sa.Column("is_lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("tax_percent", sa.BigInteger(), nullable=False),
        sa.Column("minimum_quantity", sa.BigInteger(), nullable=False),
        sa.Column("multiple_quantity", sa.BigInteger(), nullable=False),
        sa.Column("weight_kg", sa.BigInteger(), nullable=True),
        sa.Column("volume_m3", sa.BigInteger(), nullable=True),
        sa.Column("standard_cost", sa.BigInteger(), nullable=True),
        sa.Column("reorder_point", sa.BigInteger(), nullable=True),
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("barcode", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minimum_quantity >= 0", name=op.f("ck_products_minimum_not_negative")),
        sa.CheckConstraint("multiple_quantity >= 0", name=op.f("ck_products_multiple_not_negative")),
        sa.CheckConstraint("tax_percent >= 0", name=op.f("ck_products_tax_not_negative")),
        sa.ForeignKeyConstraint(
            ["base_unit_id"], ["units.id"], name=op.f("fk_products_base_unit_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["users.id"], name=op.f("fk_products_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["product_categories.id"], name=op.f("fk_products_category_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
        sa.UniqueConstraint("external_source", "external_key", name=op.f("uq_products_external_source_external_key")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_barcode"), ["barcode"], unique=False)
        batch_op.create_index(batch_op.f("ix_products_base_unit_id"), ["base_unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_products_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_products_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_products_name_id", ["name", "id"], unique=False)

    op.create_table(
        "purchase_orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                "sent",
                "acknowledged",
                "partly_received",
                "received",
                "closed",
                "closed_short",
                "cancelled",
                name="purchase_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_history", sa.Boolean(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column(
            "price_basis",
            sa.Enum("included", "excluded", name="price_basis", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("net_total", sa.BigInteger(), nullable=False),
        sa.Column("tax_total", sa.BigInteger(), nullable=False),
        sa.Column("gross_total", sa.BigInteger(), nullable=False),
        sa.Column("payment_term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("supplier_reference", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=100), nullable=False),
        sa.Column("close_reason", sa.String(length=200), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("net_total + tax_total = gross_total", name=op.f("ck_purchase_orders_totals_add_up")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_purchase_orders_rate_positive")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["users.id"], name=op.f("fk_purchase_orders_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_purchase_orders_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["payment_term_id"],
            ["payment_terms.id"],
            name=op.f("fk_purchase_orders_payment_term_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["parties.id"], name=op.f("fk_purchase_orders_supplier_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_purchase_orders_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint(
            "external_source", "external_key", name=op.f("uq_purchase_orders_external_source_external_key")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_orders_number")),
    )
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_orders_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_orders_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_orders_payment_term_id"), ["payment_term_id"], unique=False)
        batch_op.create_index("ix_purchase_orders_state_id", ["state", "id"], unique=False)
        batch_op.create_index("ix_purchase_orders_supplier_id_id", ["supplier_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_orders_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "supplier_certificates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_supplier_certificates_party_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_certificates")),
    )
    with op.batch_alter_table("supplier_certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_certificates_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_certificates_valid_until"), ["valid_until"], unique=False)

    op.create_table(
        "customer_parts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("their_number", sa.String(length=80), nullable=False),
        sa.Column("their_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_customer_parts_party_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_customer_parts_product_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_parts")),
        sa.UniqueConstraint("party_id", "their_number", name=op.f("uq_customer_parts_party_id_their_number")),
    )
    with op.batch_alter_table("customer_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_parts_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_parts_product_id"), ["product_id"], unique=False)

    op.create_table(
        "lots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_lots_product_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("product_id", "code", name=op.f("uq_lots_product_id_code")),
    )
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lots_product_id"), ["product_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "quoted",
                "verified",
                "confirmed",
                "in_fulfilment",
                "fulfilled",
                "completed",
                "cancelled",
                "closed_short",
                name="order_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "entered",
                "file",
                "api",
                "portal",
                "import",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "chat",
                "phone",
                "mail",
                "file",
                "form",
                "api",
                "visit",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_order_number", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.Column("intake_digest", sa.String(length=64), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column(
            "price_basis",
            sa.Enum("included", "excluded", name="price_basis", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("net_total", sa.BigInteger(), nullable=False),
        sa.Column("tax_total", sa.BigInteger(), nullable=False),
        sa.Column("gross_total", sa.BigInteger(), nullable=False),
        sa.Column("payment_term_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deposit_percent", sa.BigInteger(), nullable=False),
        sa.Column(
            "billing_policy",
            sa.Enum(
                "ordered",
                "delivered",
                "period",
                name="billing_policy",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("billing_title", sa.String(length=200), nullable=False),
        sa.Column("billing_tax_number", sa.String(length=40), nullable=False),
        sa.Column("billing_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("billing_address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shipping_address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("requested_date", sa.Date(), nullable=True),
        sa.Column("first_promised_date", sa.Date(), nullable=True),
        sa.Column("promised_date", sa.Date(), nullable=True),
        sa.Column("allows_part_shipment", sa.Boolean(), nullable=False),
        sa.Column("customer_note", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "confirmed_how",
            sa.Enum(
                "link", "scan", "phone", name="confirmed_how", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("confirmed_by", sa.String(length=100), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=200), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(confirmed_at is null) = (confirmed_how is null)", name=op.f("ck_orders_confirmed_how_known")
        ),
        sa.CheckConstraint("deposit_percent between 0 and 1000000", name=op.f("ck_orders_deposit_percent_range")),
        sa.CheckConstraint("net_total + tax_total = gross_total", name=op.f("ck_orders_totals_add_up")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_orders_rate_positive")),
        sa.ForeignKeyConstraint(
            ["billing_address_id"],
            ["party_addresses.id"],
            name=op.f("fk_orders_billing_address_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_orders_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["parties.id"], name=op.f("fk_orders_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_orders_owner_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["payment_term_id"], ["payment_terms.id"], name=op.f("fk_orders_payment_term_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shipping_address_id"],
            ["party_addresses.id"],
            name=op.f("fk_orders_shipping_address_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_orders_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("external_source", "external_key", name=op.f("uq_orders_external_source_external_key")),
        sa.UniqueConstraint("intake_key", name=op.f("uq_orders_intake_key")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_billing_address_id"), ["billing_address_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_orders_customer_id_id", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_orders_customer_reference", ["customer_id", "customer_order_number"], unique=False)
        batch_op.create_index("ix_orders_gross_total_id", ["gross_total", "id"], unique=False)
        batch_op.create_index("ix_orders_owner_id_id", ["owner_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_payment_term_id"), ["payment_term_id"], unique=False)
        batch_op.create_index("ix_orders_promised_date_id", ["promised_date", "id"], unique=False)
        batch_op.create_index("ix_orders_received_at_id", ["received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_shipping_address_id"), ["shipping_address_id"], unique=False)
        batch_op.create_index("ix_orders_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "price_list_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("price_list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minimum_quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("floor_price", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_price_list_items_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_lists.id"], name=op.f("fk_price_list_items_price_list_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_price_list_items_product_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list_items")),
        sa.UniqueConstraint(
            "price_list_id", "product_id", "minimum_quantity", "valid_from", name="uq_price_list_items_step"
        ),
    )
    with op.batch_alter_table("price_list_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_list_items_price_list_id"), ["price_list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_list_items_product_id"), ["product_id"], unique=False)

    op.create_table(
        "product_costs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("average_cost", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_product_costs_on_hand_not_negative")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_product_costs_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_costs_product_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_costs")),
        sa.UniqueConstraint("company_id", "product_id", name=op.f("uq_product_costs_company_id_product_id")),
    )
    with op.batch_alter_table("product_costs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_costs_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_costs_product_id"), ["product_id"], unique=False)

    op.create_table(
        "product_units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("factor", sa.BigInteger(), nullable=False),
        sa.Column("barcode", sa.String(length=60), nullable=True),
        sa.CheckConstraint("factor > 0", name=op.f("ck_product_units_factor_positive")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_units_product_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_product_units_unit_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_units")),
        sa.UniqueConstraint("product_id", "unit_id", name=op.f("uq_product_units_product_id_unit_id")),
    )
    with op.batch_alter_table("product_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_units_barcode"), ["barcode"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_units_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_units_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("purchase_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "arrived",
                "put_away",
                "matched",
                name="receipt_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("delivery_note", sa.String(length=80), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.String(length=100), nullable=False),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_receipts_purchase_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_receipts_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("intake_key", name=op.f("uq_receipts_intake_key")),
        sa.UniqueConstraint("number", name=op.f("uq_receipts_number")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_purchase_order_id"), ["purchase_order_id"], unique=False)
        batch_op.create_index("ix_receipts_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipts_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "requisitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "sourced",
                "ordered",
                "done",
                "exception",
                "cancelled",
                name="requisition_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("buyer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ordered >= 0", name=op.f("ck_requisitions_ordered_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_requisitions_quantity_positive")),
        sa.ForeignKeyConstraint(["buyer_id"], ["users.id"], name=op.f("fk_requisitions_buyer_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_requisitions_product_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_requisitions_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisitions")),
        sa.UniqueConstraint("number", name=op.f("uq_requisitions_number")),
    )
    with op.batch_alter_table("requisitions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requisitions_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requisitions_product_id"), ["product_id"], unique=False)
        batch_op.create_index("ix_requisitions_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requisitions_warehouse_id"), ["warehouse_id"], unique=False)
        batch_op.create_index(
            "uq_requisitions_need",
            ["product_id", "warehouse_id", "needed_by"],
            unique=True,
            postgresql_where=sa.text("state in ('open', 'sourced')"),
            sqlite_where=sa.text("state in ('open', 'sourced')"),
        )

    op.create_table(
        "supplier_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("dates", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_supplier_answers_purchase_order_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_answers")),
    )
    with op.batch_alter_table("supplier_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_answers_purchase_order_id"), ["purchase_order_id"], unique=False)

    op.create_table(
        "supplier_products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_factor", sa.BigInteger(), nullable=False),
        sa.Column("their_number", sa.String(length=80), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "price_basis",
            sa.Enum("included", "excluded", name="price_basis", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("minimum_quantity", sa.BigInteger(), nullable=False),
        sa.Column("maximum_quantity", sa.BigInteger(), nullable=True),
        sa.Column("multiple_quantity", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_cost", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit_factor > 0", name=op.f("ck_supplier_products_factor_positive")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_supplier_products_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_supplier_products_party_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_supplier_products_product_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_supplier_products_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_products")),
        sa.UniqueConstraint(
            "party_id", "product_id", "unit_id", name=op.f("uq_supplier_products_party_id_product_id_unit_id")
        ),
    )
    with op.batch_alter_table("supplier_products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_products_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_products_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_products_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "amendments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "applied",
                "rejected",
                name="amendment_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("impact", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("order_version", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_amendments_order_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_amendments_order_id_number")),
    )
    with op.batch_alter_table("amendments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "feedback_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_feedback_requests_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_requests")),
        sa.UniqueConstraint("order_id", name=op.f("uq_feedback_requests_order_id")),
    )
    with op.batch_alter_table("feedback_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_requests_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "order_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "link", "scan", "phone", name="confirmed_how", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "answer",
            sa.Enum("accepted", "change_asked", name="answer", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("order_version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_answers_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_answers")),
    )
    with op.batch_alter_table("order_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_answers_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_holds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.String(length=100), nullable=False),
        sa.Column("expected_until", sa.Date(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "released_at is null or released_at >= held_at", name=op.f("ck_order_holds_released_after_held")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_holds_order_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_holds")),
    )
    with op.batch_alter_table("order_holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_holds_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_order_holds_open",
            ["order_id"],
            unique=True,
            postgresql_where=sa.text("released_at is null"),
            sqlite_where=sa.text("released_at is null"),
        )

    op.create_table(
        "order_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "product",
                "service",
                "freight",
                "sample",
                "text",
                name="line_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "stock",
                "buy_to_order",
                "drop_ship",
                name="line_source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("customer_part_number", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_factor", sa.BigInteger(), nullable=False),
        sa.Column("entered_quantity", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("invoiced", sa.BigInteger(), nullable=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("list_price", sa.BigInteger(), nullable=True),
        sa.Column("discount_percent", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_reason", sa.String(length=200), nullable=False),
        sa.Column("tax_percent", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("requested_date", sa.Date(), nullable=True),
        sa.Column("first_promised_date", sa.Date(), nullable=True),
        sa.Column("promised_date", sa.Date(), nullable=True),
        sa.Column("promise_note", sa.String(length=200), nullable=False),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind not in ('product', 'sample') or product_id is not null", name=op.f("ck_order_lines_product_named")
        ),
        sa.CheckConstraint(
            "allocated + shipped - failed <= ordered - cancelled", name=op.f("ck_order_lines_never_oversold")
        ),
        sa.CheckConstraint("allocated >= 0", name=op.f("ck_order_lines_allocated_not_negative")),
        sa.CheckConstraint("cancelled <= ordered", name=op.f("ck_order_lines_cancelled_within_ordered")),
        sa.CheckConstraint("cancelled >= 0", name=op.f("ck_order_lines_cancelled_not_negative")),
        sa.CheckConstraint("credited <= invoiced", name=op.f("ck_order_lines_credited_within_invoiced")),
        sa.CheckConstraint("credited >= 0", name=op.f("ck_order_lines_credited_not_negative")),
        sa.CheckConstraint("delivered <= shipped - failed", name=op.f("ck_order_lines_delivered_within_shipped")),
        sa.CheckConstraint("delivered >= 0", name=op.f("ck_order_lines_delivered_not_negative")),
        sa.CheckConstraint("discount_percent between 0 and 1000000", name=op.f("ck_order_lines_discount_range")),
        sa.CheckConstraint("entered_quantity >= 0", name=op.f("ck_order_lines_entered_not_negative")),
        sa.CheckConstraint("failed <= shipped", name=op.f("ck_order_lines_failed_within_shipped")),
        sa.CheckConstraint("failed >= 0", name=op.f("ck_order_lines_failed_not_negative")),
        sa.CheckConstraint("invoiced >= 0", name=op.f("ck_order_lines_invoiced_not_negative")),
        sa.CheckConstraint("net + tax = gross", name=op.f("ck_order_lines_amounts_add_up")),
        sa.CheckConstraint("ordered >= 0", name=op.f("ck_order_lines_ordered_not_negative")),
        sa.CheckConstraint("packed >= 0", name=op.f("ck_order_lines_packed_not_negative")),
        sa.CheckConstraint("picked >= 0", name=op.f("ck_order_lines_picked_not_negative")),
        sa.CheckConstraint("returned <= delivered", name=op.f("ck_order_lines_returned_within_delivered")),
        sa.CheckConstraint("returned >= 0", name=op.f("ck_order_lines_returned_not_negative")),
        sa.CheckConstraint("shipped >= 0", name=op.f("ck_order_lines_shipped_not_negative")),
        sa.CheckConstraint("unit_factor > 0", name=op.f("ck_order_lines_factor_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_order_lines_unit_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint(
            "external_source", "external_key", name=op.f("uq_order_lines_external_source_external_key")
        ),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_order_lines_product_id_id", ["product_id", "id"], unique=False)
        batch_op.create_index("ix_order_lines_promised_date", ["promised_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_lines_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column(
            "direction",
            sa.Enum("received", "sent", name="payment_direction", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "bank",
                "cash",
                "card",
                "alipay",
                "wechat",
                "acceptance",
                "other",
                name="payment_method",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("slip_file_id", sa.BigInteger(), nullable=True),
        sa.Column("booked_by", sa.String(length=100), nullable=False),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("allocated >= 0 and allocated <= amount", name=op.f("ck_payments_allocated_within_amount")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_payments_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_payments_party_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("intake_key", name=op.f("uq_payments_intake_key")),
        sa.UniqueConstraint("number", name=op.f("uq_payments_number")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_payments_party_id_id", ["party_id", "id"], unique=False)

    op.create_table(
        "shipments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "picking",
                "picked",
                "packed",
                "ready",
                "shipped",
                "delivered",
                "failed",
                "cancelled",
                name="shipment_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_drop_ship", sa.Boolean(), nullable=False),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("dock", sa.String(length=40), nullable=False),
        sa.Column("carrier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("vehicle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("driver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tracking_number", sa.String(length=80), nullable=False),
        sa.Column("expected_cost", sa.BigInteger(), nullable=True),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.String(length=100), nullable=False),
        sa.Column("proof_file_id", sa.BigInteger(), nullable=True),
        sa.Column("failure_reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier_id"], ["carriers.id"], name=op.f("fk_shipments_carrier_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["driver_id"], ["users.id"], name=op.f("fk_shipments_driver_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicles.id"], name=op.f("fk_shipments_vehicle_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouses.id"], name=op.f("fk_shipments_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("number", name=op.f("uq_shipments_number")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipments_carrier_id"), ["carrier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipments_driver_id"), ["driver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipments_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_shipments_planned_on_id", ["planned_on", "id"], unique=False)
        batch_op.create_index("ix_shipments_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipments_vehicle_id"), ["vehicle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipments_warehouse_id"), ["warehouse_id"], unique=False)

    op.create_table(
        "stock_levels",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("incoming", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("allocated <= on_hand", name=op.f("ck_stock_levels_allocated_within_on_hand")),
        sa.CheckConstraint("allocated >= 0", name=op.f("ck_stock_levels_allocated_not_negative")),
        sa.CheckConstraint("incoming >= 0", name=op.f("ck_stock_levels_incoming_not_negative")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_levels_on_hand_not_negative")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_stock_levels_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_stock_levels_lot_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_stock_levels_product_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_levels")),
    )
    with op.batch_alter_table("stock_levels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_levels_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_levels_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_levels_product_id"), ["product_id"], unique=False)
        batch_op.create_index(
            "uq_stock_levels_lot_place",
            ["product_id", "location_id", "lot_id"],
            unique=True,
            postgresql_where=sa.text("lot_id is not null"),
            sqlite_where=sa.text("lot_id is not null"),
        )
        batch_op.create_index(
            "uq_stock_levels_place",
            ["product_id", "location_id"],
            unique=True,
            postgresql_where=sa.text("lot_id is null"),
            sqlite_where=sa.text("lot_id is null"),
        )

    op.create_table(
        "supplier_bills",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_number", sa.String(length=80), nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "matched",
                "exception",
                "posted",
                "cancelled",
                name="bill_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("net_total", sa.BigInteger(), nullable=False),
        sa.Column("tax_total", sa.BigInteger(), nullable=False),
        sa.Column("gross_total", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("billed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("net_total + tax_total = gross_total", name=op.f("ck_supplier_bills_totals_add_up")),
        sa.CheckConstraint(
            "settled >= 0 and settled <= gross_total", name=op.f("ck_supplier_bills_settled_within_total")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_supplier_bills_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_supplier_bills_purchase_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_supplier_bills_receipt_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["parties.id"], name=op.f("fk_supplier_bills_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_bills")),
        sa.UniqueConstraint(
            "supplier_id", "supplier_number", name=op.f("uq_supplier_bills_supplier_id_supplier_number")
        ),
    )
    with op.batch_alter_table("supplier_bills", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_bills_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_bills_purchase_order_id"), ["purchase_order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_bills_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index("ix_supplier_bills_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_bills_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "allocations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("picked >= 0 and picked <= quantity", name=op.f("ck_allocations_picked_within_quantity")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_allocations_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["level_id"], ["stock_levels.id"], name=op.f("fk_allocations_level_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_allocations_order_line_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("order_line_id", "level_id", name=op.f("uq_allocations_order_line_id_level_id")),
    )
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocations_level_id"), ["level_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocations_order_line_id"), ["order_line_id"], unique=False)

    op.create_table(
        "feedback_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_feedback_answers_rating_range")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_feedback_answers_order_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["feedback_requests.id"], name=op.f("fk_feedback_answers_request_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_answers")),
        sa.UniqueConstraint("request_id", name=op.f("uq_feedback_answers_request_id")),
    )
    with op.batch_alter_table("feedback_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_answers_order_id"), ["order_id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "invoice",
                "credit_note",
                name="invoice_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "posted",
                "cancelled",
                name="invoice_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column(
            "price_basis",
            sa.Enum("included", "excluded", name="price_basis", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("net_total", sa.BigInteger(), nullable=False),
        sa.Column("tax_total", sa.BigInteger(), nullable=False),
        sa.Column("gross_total", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("billing_title", sa.String(length=200), nullable=False),
        sa.Column("billing_tax_number", sa.String(length=40), nullable=False),
        sa.Column("billing_address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("customer_order_number", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_disputed", sa.Boolean(), nullable=False),
        sa.Column("dispute_reason", sa.String(length=300), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.String(length=100), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'posted') = (number is not null)", name=op.f("ck_invoices_posted_has_number")),
        sa.CheckConstraint(
            "kind <> 'credit_note' or reverses_id is not null", name=op.f("ck_invoices_credit_note_names_invoice")
        ),
        sa.CheckConstraint("gross_total >= 0", name=op.f("ck_invoices_gross_not_negative")),
        sa.CheckConstraint("net_total + tax_total = gross_total", name=op.f("ck_invoices_totals_add_up")),
        sa.CheckConstraint("settled >= 0 and settled <= gross_total", name=op.f("ck_invoices_settled_within_total")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_invoices_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["parties.id"], name=op.f("fk_invoices_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["invoices.id"], name=op.f("fk_invoices_reverses_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_invoices_shipment_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_invoices_company_id_number")),
        sa.UniqueConstraint("intake_key", name=op.f("uq_invoices_intake_key")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index("ix_invoices_customer_id_id", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_invoices_due_on_id", ["due_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_reverses_id"), ["reverses_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_shipment_id"), ["shipment_id"], unique=False)
        batch_op.create_index("ix_invoices_state_id", ["state", "id"], unique=False)

    op.create_table(
        "line_overrides",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("problem", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("allowed_by", sa.String(length=100), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_line_overrides_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_line_overrides_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_overrides")),
        sa.UniqueConstraint("order_id", "line_id", "problem", name=op.f("uq_line_overrides_order_id_line_id_problem")),
    )
    with op.batch_alter_table("line_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_overrides_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_overrides_order_id"), ["order_id"], unique=False)

    op.create_table(
        "packages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("weight_kg", sa.BigInteger(), nullable=True),
        sa.Column("length_cm", sa.BigInteger(), nullable=True),
        sa.Column("width_cm", sa.BigInteger(), nullable=True),
        sa.Column("height_cm", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_packages_shipment_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("shipment_id", "position", name=op.f("uq_packages_shipment_id_position")),
    )
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packages_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "purchase_order_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("purchase_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("supplier_part_number", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_factor", sa.BigInteger(), nullable=False),
        sa.Column("entered_quantity", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("put_away", sa.BigInteger(), nullable=False),
        sa.Column("billed", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("discount_percent", sa.BigInteger(), nullable=False),
        sa.Column("tax_percent", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("requested_date", sa.Date(), nullable=True),
        sa.Column("first_promised_date", sa.Date(), nullable=True),
        sa.Column("promised_date", sa.Date(), nullable=True),
        sa.Column("requisition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("billed >= 0", name=op.f("ck_purchase_order_lines_billed_not_negative")),
        sa.CheckConstraint("cancelled <= ordered", name=op.f("ck_purchase_order_lines_cancelled_within_ordered")),
        sa.CheckConstraint("cancelled >= 0", name=op.f("ck_purchase_order_lines_cancelled_not_negative")),
        sa.CheckConstraint("net + tax = gross", name=op.f("ck_purchase_order_lines_amounts_add_up")),
        sa.CheckConstraint("ordered >= 0", name=op.f("ck_purchase_order_lines_ordered_not_negative")),
        sa.CheckConstraint(
            "put_away + rejected <= received", name=op.f("ck_purchase_order_lines_put_away_within_received")
        ),
        sa.CheckConstraint("put_away >= 0", name=op.f("ck_purchase_order_lines_put_away_not_negative")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_purchase_order_lines_received_not_negative")),
        sa.CheckConstraint("rejected >= 0", name=op.f("ck_purchase_order_lines_rejected_not_negative")),
        sa.CheckConstraint("unit_factor > 0", name=op.f("ck_purchase_order_lines_factor_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_purchase_order_lines_order_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_purchase_order_lines_product_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_purchase_order_lines_purchase_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"],
            ["requisitions.id"],
            name=op.f("fk_purchase_order_lines_requisition_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_purchase_order_lines_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_lines")),
        sa.UniqueConstraint(
            "external_source", "external_key", name=op.f("uq_purchase_order_lines_external_source_external_key")
        ),
        sa.UniqueConstraint(
            "purchase_order_id", "position", name=op.f("uq_purchase_order_lines_purchase_order_id_position")
        ),
    )
    with op.batch_alter_table("purchase_order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_order_lines_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index("ix_purchase_order_lines_product_id_id", ["product_id", "id"], unique=False)
        batch_op.create_index("ix_purchase_order_lines_promised_date", ["promised_date"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_purchase_order_lines_purchase_order_id"), ["purchase_order_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_purchase_order_lines_requisition_id"), ["requisition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_order_lines_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "requisition_origins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("requisition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_requisition_origins_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_requisition_origins_order_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"],
            ["requisitions.id"],
            name=op.f("fk_requisition_origins_requisition_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition_origins")),
        sa.UniqueConstraint(
            "requisition_id", "order_line_id", name=op.f("uq_requisition_origins_requisition_id_order_line_id")
        ),
    )
    with op.batch_alter_table("requisition_origins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requisition_origins_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requisition_origins_requisition_id"), ["requisition_id"], unique=False)

    op.create_table(
        "shipment_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("invoiced", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("delivered + failed <= shipped", name=op.f("ck_shipment_lines_outcome_within_shipped")),
        sa.CheckConstraint("delivered >= 0 and failed >= 0", name=op.f("ck_shipment_lines_outcome_not_negative")),
        sa.CheckConstraint("invoiced >= 0", name=op.f("ck_shipment_lines_invoiced_not_negative")),
        sa.CheckConstraint("packed >= 0 and packed <= picked", name=op.f("ck_shipment_lines_packed_within_picked")),
        sa.CheckConstraint("picked >= 0 and picked <= planned", name=op.f("ck_shipment_lines_picked_within_planned")),
        sa.CheckConstraint("planned > 0", name=op.f("ck_shipment_lines_planned_positive")),
        sa.CheckConstraint("shipped >= 0 and shipped <= packed", name=op.f("ck_shipment_lines_shipped_within_packed")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_shipment_lines_order_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_lines")),
        sa.UniqueConstraint("shipment_id", "order_line_id", name=op.f("uq_shipment_lines_shipment_id_order_line_id")),
    )
    with op.batch_alter_table("shipment_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_lines_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipment_lines_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "stock_moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "opening",
                "receipt",
                "put_away",
                "shipment",
                "failed_delivery",
                "customer_return",
                "supplier_return",
                "transfer",
                "adjustment",
                "count",
                "revaluation",
                name="move_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.String(length=100), nullable=False),
        sa.Column("document_table", sa.String(length=60), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("external_source", sa.String(length=40), nullable=True),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.CheckConstraint("quantity <> 0 or kind = 'revaluation'", name=op.f("ck_stock_moves_quantity_not_zero")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_stock_moves_company_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_stock_moves_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_stock_moves_lot_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_stock_moves_order_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_stock_moves_product_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
        sa.UniqueConstraint(
            "external_source", "external_key", name=op.f("uq_stock_moves_external_source_external_key")
        ),
    )
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_moves_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_stock_moves_document", ["document_table", "document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_moves_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_moves_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_moves_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index("ix_stock_moves_place", ["product_id", "location_id", "lot_id"], unique=False)
        batch_op.create_index("ix_stock_moves_product_id_id", ["product_id", "id"], unique=False)

    op.create_table(
        "tracking_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "handed_over",
                "departed",
                "in_transit",
                "out_for_delivery",
                "delivered",
                "failed",
                "returned",
                "replanned",
                "note",
                name="tracking_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("booked_by", sa.String(length=100), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("intake_key", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_tracking_events_shipment_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint("shipment_id", "intake_key", name=op.f("uq_tracking_events_shipment_id_intake_key")),
    )
    with op.batch_alter_table("tracking_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tracking_events_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "feedback_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "solved", name="case_state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("why_here", sa.String(length=300), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["feedback_answers.id"], name=op.f("fk_feedback_cases_answer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_feedback_cases_department_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_feedback_cases_order_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_cases")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_feedback_cases_answer_id")),
    )
    with op.batch_alter_table("feedback_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_cases_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_cases_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_feedback_cases_state_id", ["state", "id"], unique=False)

    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reverses_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("unit_label", sa.String(length=40), nullable=False),
        sa.Column("unit_factor", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("discount_percent", sa.BigInteger(), nullable=False),
        sa.Column("tax_percent", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("net + tax = gross", name=op.f("ck_invoice_lines_amounts_add_up")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_invoice_lines_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_invoice_lines_order_line_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reverses_line_id"],
            ["invoice_lines.id"],
            name=op.f("fk_invoice_lines_reverses_line_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_lines_invoice_id_position")),
    )
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_lines_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_lines_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_lines_reverses_line_id"), ["reverses_line_id"], unique=False)

    op.create_table(
        "package_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("package_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_package_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_package_lines_package_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_line_id"],
            ["shipment_lines.id"],
            name=op.f("fk_package_lines_shipment_line_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_lines")),
        sa.UniqueConstraint(
            "package_id", "shipment_line_id", name=op.f("uq_package_lines_package_id_shipment_line_id")
        ),
    )
    with op.batch_alter_table("package_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_package_lines_package_id"), ["package_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_package_lines_shipment_line_id"), ["shipment_line_id"], unique=False)

    op.create_table(
        "pick_tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("allocation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=False),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "picked >= 0 and short >= 0 and picked + short <= quantity",
            name=op.f("ck_pick_tasks_picked_within_quantity"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_pick_tasks_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocations.id"], name=op.f("fk_pick_tasks_allocation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["stock_levels.id"], name=op.f("fk_pick_tasks_level_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_pick_tasks_shipment_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_line_id"],
            ["shipment_lines.id"],
            name=op.f("fk_pick_tasks_shipment_line_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_tasks")),
    )
    with op.batch_alter_table("pick_tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pick_tasks_allocation_id"), ["allocation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_tasks_level_id"), ["level_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_tasks_shipment_id"), ["shipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_tasks_shipment_line_id"), ["shipment_line_id"], unique=False)

    op.create_table(
        "receipt_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("reject_reason", sa.String(length=200), nullable=False),
        sa.Column("put_away", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("put_away + rejected <= received", name=op.f("ck_receipt_lines_put_away_within_received")),
        sa.CheckConstraint("received > 0", name=op.f("ck_receipt_lines_received_positive")),
        sa.CheckConstraint("rejected >= 0 and put_away >= 0", name=op.f("ck_receipt_lines_parts_not_negative")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_receipt_lines_lot_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_receipt_lines_product_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_lines.id"],
            name=op.f("fk_receipt_lines_purchase_order_line_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_receipt_lines_receipt_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_lines")),
    )
    with op.batch_alter_table("receipt_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_lines_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_lines_product_id"), ["product_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_receipt_lines_purchase_order_line_id"), ["purchase_order_line_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_receipt_lines_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "settlements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("credit_note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.String(length=100), nullable=False),
        sa.CheckConstraint("(payment_id is null) <> (credit_note_id is null)", name=op.f("ck_settlements_one_source")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_settlements_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["invoices.id"], name=op.f("fk_settlements_credit_note_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_settlements_invoice_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_settlements_payment_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlements_credit_note_id"), ["credit_note_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlements_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlements_payment_id"), ["payment_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlements_payment_id"))
        batch_op.drop_index(batch_op.f("ix_settlements_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_settlements_credit_note_id"))

    op.drop_table("settlements")
    with op.batch_alter_table("receipt_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_lines_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_receipt_lines_purchase_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_receipt_lines_product_id"))
        batch_op.drop_index(batch_op.f("ix_receipt_lines_lot_id"))

    op.drop_table("receipt_lines")
    with op.batch_alter_table("pick_tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pick_tasks_shipment_line_id"))
        batch_op.drop_index(batch_op.f("ix_pick_tasks_shipment_id"))
        batch_op.drop_index(batch_op.f("ix_pick_tasks_level_id"))
        batch_op.drop_index(batch_op.f("ix_pick_tasks_allocation_id"))

    op.drop_table("pick_tasks")
    with op.batch_alter_table("package_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_lines_shipment_line_id"))
        batch_op.drop_index(batch_op.f("ix_package_lines_package_id"))

    op.drop_table("package_lines")
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_lines_reverses_line_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_lines_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_lines_invoice_id"))

    op.drop_table("invoice_lines")
    with op.batch_alter_table("feedback_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_feedback_cases_state_id")
        batch_op.drop_index(batch_op.f("ix_feedback_cases_order_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_cases_department_id"))

    op.drop_table("feedback_cases")
    with op.batch_alter_table("tracking_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tracking_events_shipment_id"))

    op.drop_table("tracking_events")
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_moves_product_id_id")
        batch_op.drop_index("ix_stock_moves_place")
        batch_op.drop_index(batch_op.f("ix_stock_moves_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_stock_moves_lot_id"))
        batch_op.drop_index(batch_op.f("ix_stock_moves_location_id"))
        batch_op.drop_index("ix_stock_moves_document")
        batch_op.drop_index(batch_op.f("ix_stock_moves_company_id"))

    op.drop_table("stock_moves")
    with op.batch_alter_table("shipment_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_lines_shipment_id"))
        batch_op.drop_index(batch_op.f("ix_shipment_lines_order_line_id"))

    op.drop_table("shipment_lines")
    with op.batch_alter_table("requisition_origins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requisition_origins_requisition_id"))
        batch_op.drop_index(batch_op.f("ix_requisition_origins_order_line_id"))

    op.drop_table("requisition_origins")
    with op.batch_alter_table("purchase_order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_order_lines_unit_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_order_lines_requisition_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_order_lines_purchase_order_id"))
        batch_op.drop_index("ix_purchase_order_lines_promised_date")
        batch_op.drop_index("ix_purchase_order_lines_product_id_id")
        batch_op.drop_index(batch_op.f("ix_purchase_order_lines_order_line_id"))

    op.drop_table("purchase_order_lines")
    with op.batch_alter_table("packages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_packages_shipment_id"))

    op.drop_table("packages")
    with op.batch_alter_table("line_overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_overrides_order_id"))
        batch_op.drop_index(batch_op.f("ix_line_overrides_line_id"))

    op.drop_table("line_overrides")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index("ix_invoices_state_id")
        batch_op.drop_index(batch_op.f("ix_invoices_shipment_id"))
        batch_op.drop_index(batch_op.f("ix_invoices_reverses_id"))
        batch_op.drop_index(batch_op.f("ix_invoices_order_id"))
        batch_op.drop_index("ix_invoices_due_on_id")
        batch_op.drop_index("ix_invoices_customer_id_id")

    op.drop_table("invoices")
    with op.batch_alter_table("feedback_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_answers_order_id"))

    op.drop_table("feedback_answers")
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocations_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_allocations_level_id"))

    op.drop_table("allocations")
    with op.batch_alter_table("supplier_bills", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_bills_supplier_id"))
        batch_op.drop_index("ix_supplier_bills_state_id")
        batch_op.drop_index(batch_op.f("ix_supplier_bills_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_bills_purchase_order_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_bills_company_id"))

    op.drop_table("supplier_bills")
    with op.batch_alter_table("stock_levels", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stock_levels_place", postgresql_where=sa.text("lot_id is null"), sqlite_where=sa.text("lot_id is null")
        )
        batch_op.drop_index(
            "uq_stock_levels_lot_place",
            postgresql_where=sa.text("lot_id is not null"),
            sqlite_where=sa.text("lot_id is not null"),
        )
        batch_op.drop_index(batch_op.f("ix_stock_levels_product_id"))
        batch_op.drop_index(batch_op.f("ix_stock_levels_lot_id"))
        batch_op.drop_index(batch_op.f("ix_stock_levels_location_id"))

    op.drop_table("stock_levels")
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipments_warehouse_id"))
        batch_op.drop_index(batch_op.f("ix_shipments_vehicle_id"))
        batch_op.drop_index("ix_shipments_state_id")
        batch_op.drop_index("ix_shipments_planned_on_id")
        batch_op.drop_index(batch_op.f("ix_shipments_order_id"))
        batch_op.drop_index(batch_op.f("ix_shipments_driver_id"))
        batch_op.drop_index(batch_op.f("ix_shipments_carrier_id"))

    op.drop_table("shipments")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_party_id_id")
        batch_op.drop_index(batch_op.f("ix_payments_order_id"))
        batch_op.drop_index(batch_op.f("ix_payments_company_id"))

    op.drop_table("payments")
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_lines_unit_id"))
        batch_op.drop_index("ix_order_lines_promised_date")
        batch_op.drop_index("ix_order_lines_product_id_id")
        batch_op.drop_index(batch_op.f("ix_order_lines_order_id"))

    op.drop_table("order_lines")
    with op.batch_alter_table("order_holds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_order_holds_open",
            postgresql_where=sa.text("released_at is null"),
            sqlite_where=sa.text("released_at is null"),
        )
        batch_op.drop_index(batch_op.f("ix_order_holds_order_id"))

    op.drop_table("order_holds")
    with op.batch_alter_table("order_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_answers_order_id"))

    op.drop_table("order_answers")
    with op.batch_alter_table("feedback_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_requests_expires_at"))

    op.drop_table("feedback_requests")
    with op.batch_alter_table("amendments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendments_order_id"))

    op.drop_table("amendments")
    with op.batch_alter_table("supplier_products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_products_unit_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_products_product_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_products_party_id"))

    op.drop_table("supplier_products")
    with op.batch_alter_table("supplier_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_answers_purchase_order_id"))

    op.drop_table("supplier_answers")
    with op.batch_alter_table("requisitions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_requisitions_need",
            postgresql_where=sa.text("state in ('open', 'sourced')"),
            sqlite_where=sa.text("state in ('open', 'sourced')"),
        )
        batch_op.drop_index(batch_op.f("ix_requisitions_warehouse_id"))
        batch_op.drop_index("ix_requisitions_state_id")
        batch_op.drop_index(batch_op.f("ix_requisitions_product_id"))
        batch_op.drop_index(batch_op.f("ix_requisitions_buyer_id"))

    op.drop_table("requisitions")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_warehouse_id"))
        batch_op.drop_index("ix_receipts_state_id")
        batch_op.drop_index(batch_op.f("ix_receipts_purchase_order_id"))

    op.drop_table("receipts")
    with op.batch_alter_table("product_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_units_unit_id"))
        batch_op.drop_index(batch_op.f("ix_product_units_product_id"))
        batch_op.drop_index(batch_op.f("ix_product_units_barcode"))

    op.drop_table("product_units")
    with op.batch_alter_table("product_costs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_costs_product_id"))
        batch_op.drop_index(batch_op.f("ix_product_costs_company_id"))

    op.drop_table("product_costs")
    with op.batch_alter_table("price_list_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_list_items_product_id"))
        batch_op.drop_index(batch_op.f("ix_price_list_items_price_list_id"))

    op.drop_table("price_list_items")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_warehouse_id"))
        batch_op.drop_index("ix_orders_state_id")
        batch_op.drop_index(batch_op.f("ix_orders_shipping_address_id"))
        batch_op.drop_index("ix_orders_received_at_id")
        batch_op.drop_index("ix_orders_promised_date_id")
        batch_op.drop_index(batch_op.f("ix_orders_payment_term_id"))
        batch_op.drop_index("ix_orders_owner_id_id")
        batch_op.drop_index("ix_orders_gross_total_id")
        batch_op.drop_index("ix_orders_customer_reference")
        batch_op.drop_index("ix_orders_customer_id_id")
        batch_op.drop_index(batch_op.f("ix_orders_company_id"))
        batch_op.drop_index(batch_op.f("ix_orders_billing_address_id"))

    op.drop_table("orders")
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lots_product_id"))

    op.drop_table("lots")
    with op.batch_alter_table("customer_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_parts_product_id"))
        batch_op.drop_index(batch_op.f("ix_customer_parts_party_id"))

    op.drop_table("customer_parts")
    with op.batch_alter_table("supplier_certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_certificates_valid_until"))
        batch_op.drop_index(batch_op.f("ix_supplier_certificates_party_id"))

    op.drop_table("supplier_certificates")
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_orders_warehouse_id"))
        batch_op.drop_index("ix_purchase_orders_supplier_id_id")
        batch_op.drop_index("ix_purchase_orders_state_id")
        batch_op.drop_index(batch_op.f("ix_purchase_orders_payment_term_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_orders_company_id"))
        batch_op.drop_index(batch_op.f("ix_purchase_orders_buyer_id"))

    op.drop_table("purchase_orders")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_index("ix_products_name_id")
        batch_op.drop_index(batch_op.f("ix_products_category_id"))
        batch_op.drop_index(batch_op.f("ix_products_buyer_id"))
        batch_op.drop_index(batch_op.f("ix_products_base_unit_id"))
        batch_op.drop_index(batch_op.f("ix_products_barcode"))

    op.drop_table("products")
    with op.batch_alter_table("party_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_contacts_party_id"))

    op.drop_table("party_contacts")
    with op.batch_alter_table("party_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_addresses_party_id"))

    op.drop_table("party_addresses")
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_locations_warehouse_id"))

    op.drop_table("locations")
    with op.batch_alter_table("carriers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carriers_party_id"))

    op.drop_table("carriers")
    with op.batch_alter_table("warehouses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_warehouses_company_id"))

    op.drop_table("warehouses")
    with op.batch_alter_table("product_categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_categories_parent_id"))
        batch_op.drop_index(batch_op.f("ix_product_categories_buyer_id"))

    op.drop_table("product_categories")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index("ix_parties_supplier")
        batch_op.drop_index(batch_op.f("ix_parties_salesperson_id"))
        batch_op.drop_index(batch_op.f("ix_parties_payment_term_id"))
        batch_op.drop_index("ix_parties_name_id")
        batch_op.drop_index("ix_parties_customer")
        batch_op.drop_index(batch_op.f("ix_parties_buyer_id"))

    op.drop_table("parties")
    op.drop_table("vehicles")
    op.drop_table("units")
    op.drop_table("price_lists")
    op.drop_table("payment_terms")
    with op.batch_alter_table("currency_rates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_currency_rates_external_key"))

    op.drop_table("currency_rates")
    op.drop_table("currencies")
    op.drop_table("companies")
