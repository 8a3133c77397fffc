"""Hand-offs, the flow as rows, and working hours.

Why: every pass of work between departments gets an owner and a deadline, by the receiver's own calendar.

Revision: 43ef0ccac71d
After: 93a3cef9de5c
Made: 2026-11-22 18:53:18.470734+00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "43ef0ccac71d"
down_revision = "93a3cef9de5c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("holiday_country", sa.String(length=10), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("code", name=op.f("uq_calendars_code")),
    )
    with op.batch_alter_table("calendars") as calendars:
        calendars.create_index(
            "uq_calendars_default",
            ["is_default"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "flow_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "active", "retired", name="flow_state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name=op.f("ck_flow_versions_published_unless_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_flow_versions_number")),
    )
    with op.batch_alter_table("flow_versions") as flow_versions:
        flow_versions.create_index(
            "uq_flow_versions_active",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "calendar_days",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_calendar_days_both_ends_or_none")),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_calendar_days_calendar_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("calendar_id", "day", "starts", name=op.f("uq_calendar_days_calendar_id_day_starts")),
    )
    with op.batch_alter_table("calendar_days") as calendar_days:
        calendar_days.create_index(calendar_days.f("ix_calendar_days_calendar_id"), ["calendar_id"])
        calendar_days.create_index(
            "uq_calendar_days_free",
            ["calendar_id", "day"],
            unique=True,
            sqlite_where=sa.text("starts IS NULL"),
            postgresql_where=sa.text("starts IS NULL"),
        )

    op.create_table(
        "calendar_shifts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_calendar_shifts_weekday_of_week")),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_calendar_shifts_calendar_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_shifts")),
        sa.UniqueConstraint(
            "calendar_id", "weekday", "starts", name=op.f("uq_calendar_shifts_calendar_id_weekday_starts")
        ),
    )
    with op.batch_alter_table("calendar_shifts") as calendar_shifts:
        calendar_shifts.create_index(calendar_shifts.f("ix_calendar_shifts_calendar_id"), ["calendar_id"])

    op.create_table(
        "department_calendars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_department_calendars_calendar_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_department_calendars_department_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_calendars")),
        sa.UniqueConstraint("department_id", name=op.f("uq_department_calendars_department_id")),
    )
    with op.batch_alter_table("department_calendars") as department_calendars:
        department_calendars.create_index(
            department_calendars.f("ix_department_calendars_calendar_id"), ["calendar_id"]
        )

    op.create_table(
        "flow_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("flow_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_en", sa.String(length=100), nullable=False),
        sa.Column("title_zh", sa.String(length=100), nullable=False),
        sa.Column("needed_en", sa.String(length=200), nullable=False),
        sa.Column("needed_zh", sa.String(length=200), nullable=False),
        sa.Column("from_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("warning_percent", sa.Integer(), nullable=False),
        sa.Column("is_closed_by_hand", sa.Boolean(), nullable=False),
        sa.Column("completion", sa.String(length=80), nullable=True),
        sa.Column("escalation", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("checklist", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("target_minutes > 0", name=op.f("ck_flow_steps_target_positive")),
        sa.CheckConstraint("warning_percent BETWEEN 0 AND 100", name=op.f("ck_flow_steps_warning_is_a_share")),
        sa.ForeignKeyConstraint(
            ["flow_version_id"], ["flow_versions.id"], name=op.f("fk_flow_steps_flow_version_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["from_department_id"],
            ["departments.id"],
            name=op.f("fk_flow_steps_from_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_department_id"], ["departments.id"], name=op.f("fk_flow_steps_to_department_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_steps")),
        sa.UniqueConstraint("flow_version_id", "code", name=op.f("uq_flow_steps_flow_version_id_code")),
    )
    with op.batch_alter_table("flow_steps") as flow_steps:
        flow_steps.create_index(flow_steps.f("ix_flow_steps_flow_version_id"), ["flow_version_id"])
        flow_steps.create_index(flow_steps.f("ix_flow_steps_from_department_id"), ["from_department_id"])
        flow_steps.create_index(flow_steps.f("ix_flow_steps_to_department_id"), ["to_department_id"])

    op.create_table(
        "flow_triggers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("flow_step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "open",
                "close",
                "cancel",
                "pause",
                "resume",
                name="trigger_action",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("guard", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["flow_step_id"], ["flow_steps.id"], name=op.f("fk_flow_triggers_flow_step_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_triggers")),
        sa.UniqueConstraint("flow_step_id", "action", "event", name=op.f("uq_flow_triggers_flow_step_id_action_event")),
    )
    with op.batch_alter_table("flow_triggers") as flow_triggers:
        flow_triggers.create_index(flow_triggers.f("ix_flow_triggers_flow_step_id"), ["flow_step_id"])

    op.create_table(
        "hand_offs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("flow_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_table", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root_table", sa.String(length=60), nullable=False),
        sa.Column("root_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "paused",
                "completed",
                "returned",
                "cancelled",
                name="hand_off_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_by", sa.String(length=100), nullable=False),
        sa.Column("offered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rework_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_hand_offs_completed_has_a_time")
        ),
        sa.CheckConstraint("(state = 'paused') = (due_at IS NULL)", name=op.f("ck_hand_offs_due_unless_paused")),
        sa.CheckConstraint(
            "(state IN ('offered', 'accepted', 'paused')) = (ended_at IS NULL)",
            name=op.f("ck_hand_offs_open_until_it_ends"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_at IS NOT NULL", name=op.f("ck_hand_offs_accepted_has_a_time")
        ),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name=op.f("ck_hand_offs_returned_with_a_reason")),
        sa.CheckConstraint(
            "accepted_at IS NULL OR accepted_at >= offered_at", name=op.f("ck_hand_offs_accepted_after_offered")
        ),
        sa.CheckConstraint(
            "completed_at IS NULL OR completed_at = ended_at", name=op.f("ck_hand_offs_completed_is_an_end")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR accepted_at IS NULL OR ended_at >= accepted_at",
            name=op.f("ck_hand_offs_ended_after_accepted"),
        ),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= offered_at", name=op.f("ck_hand_offs_ended_after_offered")),
        sa.CheckConstraint("target_minutes > 0", name=op.f("ck_hand_offs_target_positive")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_hand_offs_assignee_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["flow_version_id"], ["flow_versions.id"], name=op.f("fk_hand_offs_flow_version_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["from_department_id"],
            ["departments.id"],
            name=op.f("fk_hand_offs_from_department_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["users.id"], name=op.f("fk_hand_offs_offered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["rework_of_id"], ["hand_offs.id"], name=op.f("fk_hand_offs_rework_of_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["step_id"], ["flow_steps.id"], name=op.f("fk_hand_offs_step_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["to_department_id"], ["departments.id"], name=op.f("fk_hand_offs_to_department_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_offs")),
    )
    with op.batch_alter_table("hand_offs") as hand_offs:
        hand_offs.create_index(
            "ix_hand_offs_assignee_due",
            ["assignee_id", "due_at", "id"],
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        hand_offs.create_index(hand_offs.f("ix_hand_offs_assignee_id"), ["assignee_id"])
        hand_offs.create_index(
            "ix_hand_offs_department_due",
            ["to_department_id", "due_at", "id"],
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        hand_offs.create_index("ix_hand_offs_department_ended", ["to_department_id", "ended_at"])
        hand_offs.create_index(hand_offs.f("ix_hand_offs_flow_version_id"), ["flow_version_id"])
        hand_offs.create_index(hand_offs.f("ix_hand_offs_from_department_id"), ["from_department_id"])
        hand_offs.create_index(hand_offs.f("ix_hand_offs_offered_by_id"), ["offered_by_id"])
        hand_offs.create_index(hand_offs.f("ix_hand_offs_rework_of_id"), ["rework_of_id"])
        hand_offs.create_index("ix_hand_offs_root", ["root_table", "root_id", "id"])
        hand_offs.create_index(hand_offs.f("ix_hand_offs_step_id"), ["step_id"])
        hand_offs.create_index("ix_hand_offs_subject", ["subject_table", "subject_id", "id"])
        hand_offs.create_index(hand_offs.f("ix_hand_offs_to_department_id"), ["to_department_id"])
        hand_offs.create_index(
            "uq_hand_offs_open",
            ["step_id", "subject_table", "subject_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "hand_off_pauses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("hand_off_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.String(length=100), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hand_off_pauses_has_a_reason")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_hand_off_pauses_until_after_since")),
        sa.ForeignKeyConstraint(
            ["hand_off_id"], ["hand_offs.id"], name=op.f("fk_hand_off_pauses_hand_off_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_off_pauses")),
    )
    with op.batch_alter_table("hand_off_pauses") as hand_off_pauses:
        hand_off_pauses.create_index(hand_off_pauses.f("ix_hand_off_pauses_hand_off_id"), ["hand_off_id"])
        hand_off_pauses.create_index(
            "uq_hand_off_pauses_open",
            ["hand_off_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("hand_off_pauses") as hand_off_pauses:
        hand_off_pauses.drop_index(
            "uq_hand_off_pauses_open", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        hand_off_pauses.drop_index(hand_off_pauses.f("ix_hand_off_pauses_hand_off_id"))

    op.drop_table("hand_off_pauses")
    with op.batch_alter_table("hand_offs") as hand_offs:
        hand_offs.drop_index(
            "uq_hand_offs_open", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_to_department_id"))
        hand_offs.drop_index("ix_hand_offs_subject")
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_step_id"))
        hand_offs.drop_index("ix_hand_offs_root")
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_rework_of_id"))
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_offered_by_id"))
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_from_department_id"))
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_flow_version_id"))
        hand_offs.drop_index("ix_hand_offs_department_ended")
        hand_offs.drop_index(
            "ix_hand_offs_department_due",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        hand_offs.drop_index(hand_offs.f("ix_hand_offs_assignee_id"))
        hand_offs.drop_index(
            "ix_hand_offs_assignee_due",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("hand_offs")
    with op.batch_alter_table("flow_triggers") as flow_triggers:
        flow_triggers.drop_index(flow_triggers.f("ix_flow_triggers_flow_step_id"))

    op.drop_table("flow_triggers")
    with op.batch_alter_table("flow_steps") as flow_steps:
        flow_steps.drop_index(flow_steps.f("ix_flow_steps_to_department_id"))
        flow_steps.drop_index(flow_steps.f("ix_flow_steps_from_department_id"))
        flow_steps.drop_index(flow_steps.f("ix_flow_steps_flow_version_id"))

    op.drop_table("flow_steps")
    with op.batch_alter_table("department_calendars") as department_calendars:
        department_calendars.drop_index(department_calendars.f("ix_department_calendars_calendar_id"))

    op.drop_table("department_calendars")
    with op.batch_alter_table("calendar_shifts") as calendar_shifts:
        calendar_shifts.drop_index(calendar_shifts.f("ix_calendar_shifts_calendar_id"))

    op.drop_table("calendar_shifts")
    with op.batch_alter_table("calendar_days") as calendar_days:
        calendar_days.drop_index(
            "uq_calendar_days_free", sqlite_where=sa.text("starts IS NULL"), postgresql_where=sa.text("starts IS NULL")
        )
        calendar_days.drop_index(calendar_days.f("ix_calendar_days_calendar_id"))

    op.drop_table("calendar_days")
    with op.batch_alter_table("flow_versions") as flow_versions:
        flow_versions.drop_index(
            "uq_flow_versions_active",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.drop_table("flow_versions")
    with op.batch_alter_table("calendars") as calendars:
        calendars.drop_index(
            "uq_calendars_default", sqlite_where=sa.text("is_default"), postgresql_where=sa.text("is_default")
        )

    op.drop_table("calendars")
