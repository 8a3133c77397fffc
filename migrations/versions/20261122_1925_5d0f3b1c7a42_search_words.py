"""Search words of all records.

Why: a text must find its record without reading whole tables. PostgreSQL reads the words through GIN; SQLite through an
FTS5 table that triggers keep in step.

Revision: 5d0f3b1c7a42
After: 70e17d10e0f1
Made: 2026-11-22 19:25:00+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d0f3b1c7a42"
down_revision = "70e17d10e0f1"
branch_labels = None
depends_on = None

FORGET = "INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
LEARN = "INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens);"
WORDS = "tokens, tokenize='unicode61 remove_diacritics 0', prefix='2 3', detail=none, columnsize=0"
ON_SQLITE = (
    f"CREATE VIRTUAL TABLE search_fts USING fts5({WORDS}, content='search_entries', content_rowid='id')",
    f"CREATE TRIGGER search_fts_insert AFTER INSERT ON search_entries BEGIN {LEARN} END",
    f"CREATE TRIGGER search_fts_delete AFTER DELETE ON search_entries BEGIN {FORGET} END",
    f"CREATE TRIGGER search_fts_update AFTER UPDATE ON search_entries BEGIN {FORGET} {LEARN} END",
)


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("tokens", postgresql.TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("table_name", "row_id", name=op.f("uq_search_entries_table_name_row_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in ON_SQLITE:
            op.execute(statement)
    else:
        op.create_index("ix_search_entries_tokens", "search_entries", ["tokens"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("update", "delete", "insert"):
            op.execute(f"DROP TRIGGER search_fts_{name}")
        op.execute("DROP TABLE search_fts")
    op.drop_table("search_entries")
