"""The people of the demo: the house's standard roles, a flow, and fourteen logins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.platform.access import Department, User, actor_for, everything, house_reading, passwords
from app.platform.access.models import Role, UserDepartment, UserRole
from app.platform.db import run, session
from app.platform.process.default_flow import install_default_flow
from app.platform.settings.service import store
from app.surfaces.admin.signing_in import DEMO
from app.surfaces.admin.standard_roles import install_standard_roles

PASSWORD = "handoff demo"  # noqa: S105  printed on the terminal and refused in production
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Person:
    """A login of the demo."""

    login: str
    name: str
    role: str
    department: str | None = None
    is_head: bool = False


PEOPLE = (
    Person("chenli", "陈立", "director"),
    Person("linxiaowen", "林晓雯", "sales_manager", "sales", is_head=True),
    Person("zhoulei", "周磊", "sales", "sales"),
    Person("shenjiayi", "沈佳怡", "sales", "sales"),
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
    Person("hezhe", "何喆", "admin"),
)


def house() -> Actor:
    """Whoever loads the demo."""
    return everything("demo", ActorKind.CLI, "cli")


def install() -> None:
    """Departments, roles, the default flow with China's holidays, and the people."""
    run(install_standard_roles, house())
    run(install_default_flow, house(), zone=ZONE, holiday_country="CN")
    run(_add_people, house(), password_hash=passwords.hashed(PASSWORD))


def _add_people(actor: Actor, *, password_hash: str) -> None:
    roles = {role.code: role.id for role in session.scalars(sa.select(Role))}
    departments = {department.code: department.id for department in session.scalars(sa.select(Department))}
    for person in PEOPLE:
        user = User(login=person.login, name=person.name, password_hash=password_hash, timezone=ZONE)
        session.add(user)
        session.flush()
        session.add(UserRole(user_id=user.id, role_id=roles[person.role]))
        if person.department:
            place = departments[person.department]
            session.add(UserDepartment(user_id=user.id, department_id=place, is_head=person.is_head))


def open_the_door(actor: Actor) -> None:
    """Let everybody in with one click: from now on this house is a demo, and it is complete."""
    store({DEMO.name: True}, internal=True)


@cache
def acting(login: str) -> Actor:
    """A person of the demo, as if signed in."""
    with house_reading():
        return actor_for(session.scalars(sa.select(User).where(User.login == login)).one(), surface="web")
