"""Returns in the flow.

Why: houses that run already have their flow as rows; without these steps nobody there would be asked to take a return
in, to refund it or to claim it. They are added to every published version, so that orders under way have them, too.

Revision: 6f2d90b1c4a7
After: 08aeb5ac7bf1
Made: 2026-11-22 22:10:00+00:00
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

from app.platform.db.changes import AUDITED

revision = "6f2d90b1c4a7"
down_revision = "08aeb5ac7bf1"
branch_labels = None
depends_on = None

versions = sa.table("flow_versions", sa.column("id"), sa.column("state"), sa.column("fingerprint"))
departments = sa.table("departments", sa.column("id"), sa.column("code"))
steps = sa.table(
    "flow_steps",
    *(
        sa.column(name)
        for name in (
            "id", "flow_version_id", "code", "position", "title_en", "title_zh", "needed_en", "needed_zh",
            "from_department_id", "to_department_id", "target_minutes", "warning_percent", "is_closed_by_hand",
            "instruction",
        )
    ),
    sa.column("escalation", sa.JSON()),
    sa.column("checklist", sa.JSON()),
)  # fmt: skip
triggers = sa.table(
    "flow_triggers", sa.column("id"), sa.column("flow_step_id"), sa.column("action"), sa.column("event")
)

DAY = 8 * 60
ESCALATION = [{"after_percent": 100, "tell": "assignee"}, {"after_percent": 150, "tell": "head"}]
#: code, title, needed (English, Chinese), from, to, minutes, opens, closes, cancels
STEPS = (
    ("R1", ("Decide on return", "审核退货"), ("return authorised or refused", "退货已同意或已拒绝"), None, "sales", DAY,
     ("return.requested",), ("return.authorised", "return.refused"), ("return.cancelled",)),
    ("R2", ("Take return in", "接收退货"), ("the goods are here, or no more are expected", "退货已到齐，或不再有货退回"),
     "sales", "warehouse", 10 * DAY, ("return.authorised",), ("return.all_here",), ("return.cancelled",)),
    ("R3", ("Inspect return", "检验退货"), ("of every piece it is said what becomes of it", "每件退货都有处理结果"),
     "warehouse", "warehouse", DAY, ("return.received",), ("return.inspected",), ()),
    ("R4", ("Refund return", "退货退款"), ("credit note posted", "红字发票已过账"), "warehouse", "finance", DAY,
     ("return.refund_due",), ("return.refunded",), ()),
    ("R5", ("Send customer's goods back", "退回客户货物"),
     ("repaired or rejected goods are on their way to the customer", "已修好或拒收的货物已发回客户"),
     "warehouse", "warehouse", 5 * DAY, ("return.held",), ("return.sent_back",), ("return.not_held",)),
    ("R6", ("Send back to supplier", "退货给供应商"),
     ("the goods are on their way to the supplier", "货物已发回供应商"), "purchasing", "warehouse", 2 * DAY,
     ("supplier_return.requested",), ("supplier_return.sent",), ("supplier_return.cancelled",)),
    ("R7", ("Claim from supplier", "向供应商扣款"), ("debit note posted", "扣款单已开出"), "warehouse", "finance", DAY,
     ("supplier_return.claim_due",), ("supplier_return.settled",), ()),
)  # fmt: skip
CODES = tuple(step[0] for step in STEPS)


def _write(connection: sa.Connection, statement: sa.Insert | sa.Update | sa.Delete) -> None:
    """A migration's own change of rows is not in the log: there is nobody who made it."""
    connection.execute(statement, execution_options={AUDITED: True})


def upgrade() -> None:
    connection = op.get_bind()
    known = {row.code: row.id for row in connection.execute(sa.select(departments.c.code, departments.c.id))}
    published = connection.execute(
        sa.select(versions.c.id, versions.c.fingerprint).where(versions.c.state != "draft").order_by(versions.c.id)
    ).all()
    for version in published:
        _add(connection, version.id, known)
        seal = hashlib.sha256(f"{version.fingerprint} returns".encode()).hexdigest()
        _write(connection, versions.update().where(versions.c.id == version.id).values(fingerprint=seal))


def _add(connection: sa.Connection, version_id: int, known: dict[str, int]) -> None:
    """The steps, behind those that are there; one whose department does not exist is left out."""
    mine = steps.c.flow_version_id == version_id
    last = connection.execute(sa.select(sa.func.max(steps.c.position)).where(mine)).scalar() or 0
    for offset, (code, title, needed, origin, target, minutes, opens, closes, cancels) in enumerate(STEPS, start=1):
        if target not in known or (origin is not None and origin not in known):
            continue
        _write(
            connection,
            steps.insert().values(
                flow_version_id=version_id, code=code, position=last + offset, title_en=title[0], title_zh=title[1],
                needed_en=needed[0], needed_zh=needed[1], from_department_id=known[origin] if origin else None,
                to_department_id=known[target], target_minutes=minutes, warning_percent=20, is_closed_by_hand=False,
                escalation=ESCALATION, instruction="", checklist=[],
            )
        )  # fmt: skip
        step_id = connection.execute(sa.select(steps.c.id).where(mine, steps.c.code == code)).scalar_one()
        for action, names in (("open", opens), ("close", closes), ("cancel", cancels)):
            for name in names:
                _write(
                    connection, triggers.insert().values(flow_step_id=step_id, action=action, event=f"returns.{name}")
                )


def downgrade() -> None:
    connection = op.get_bind()
    mine = sa.select(steps.c.id).where(steps.c.code.in_(CODES))
    hand_offs = sa.table("hand_offs", sa.column("step_id"))
    used = sa.select(sa.func.count()).select_from(hand_offs).where(hand_offs.c.step_id.in_(mine))
    if connection.execute(used).scalar():
        raise RuntimeError("hand-offs of returns would be lost: keep this version")
    _write(connection, triggers.delete().where(triggers.c.flow_step_id.in_(mine)))
    _write(connection, steps.delete().where(steps.c.code.in_(CODES)))
