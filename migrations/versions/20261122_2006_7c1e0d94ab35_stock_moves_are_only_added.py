"""Stock moves are only added.

Why: they are the truth of stock and cost; a correction is a new move, and now the database itself says so.

Revision: 7c1e0d94ab35
After: edf7836aad2e
Made: 2026-11-22 20:06:00+00:00
"""

from __future__ import annotations

from alembic import op

from app.platform.db.triggers import drop_append_only, make_append_only

revision = "7c1e0d94ab35"
down_revision = "edf7836aad2e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_append_only(op.get_bind(), "stock_moves")


def downgrade() -> None:
    drop_append_only(op.get_bind(), "stock_moves")
