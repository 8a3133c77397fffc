"""The persons of the story: who they are, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.platform.access import Department, User, actor_for, everything
from app.platform.access.models import Role
from app.platform.access.service import people
from app.platform.db import session

PASSWORD = "handoff demo"  # noqa: S105  printed on the terminal and refused in production


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here."""

    login: str
    name: str
    role: str
    department: str = ""
    is_head: bool = False


PEOPLE = (
    Person("hezhe", "何喆", "admin"),
    Person("chenli", "陈立", "director"),
    Person("shenjiayi", "沈佳怡", "sales_manager", "sales", is_head=True),
    Person("linxiaowen", "林晓雯", "sales", "sales"),
    Person("zhoulei", "周磊", "sales", "sales"),
    Person("guzhenhua", "顾振华", "purchasing", "purchasing", is_head=True),
    Person("qianmin", "钱敏", "purchasing", "purchasing"),
    Person("luyiming", "陆一鸣", "purchasing", "purchasing"),
    Person("wangjianguo", "王建国", "warehouse", "warehouse", is_head=True),
    Person("sunxiaojun", "孙小军", "warehouse", "warehouse"),
    Person("zhaoguifang", "赵桂芳", "warehouse", "warehouse"),
    Person("xuhaibo", "徐海波", "logistics", "logistics", is_head=True),
    Person("mashifu", "马师傅", "logistics", "logistics"),
    Person("zhengliping", "郑丽萍", "finance", "finance", is_head=True),
    Person("wujing", "吴静", "finance", "finance"),
)


def house() -> Actor:
    """Whoever loads the demo."""
    return everything("demo", ActorKind.CLI, "cli")


def hire(actor: Actor, *, password_hash: str) -> None:
    """Add everybody, with the same password."""
    roles = {role.code: role.id for role in session.scalars(sa.select(Role))}
    departments = {found.code: found.id for found in session.scalars(sa.select(Department))}
    for person in PEOPLE:
        user = people.create_user(
            actor, login=person.login, name=person.name, timezone="Asia/Shanghai", password_hash=password_hash
        )
        people.set_roles(actor, user_id=user.id, role_ids=[roles[person.role]])
        if person.department:
            people.set_departments(actor, user_id=user.id, departments={departments[person.department]: person.is_head})


def actors() -> dict[str, Actor]:
    """Login -> the person as an actor, with the rights of now."""
    logins = [person.login for person in PEOPLE]
    users = session.scalars(sa.select(User).where(User.login.in_(logins)).order_by(User.id)).all()
    return {user.login: actor_for(user, surface="cli", timezone="Asia/Shanghai") for user in users}
