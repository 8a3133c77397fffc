"""SE1-SE4, SE7: the life of a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.errors import InvalidInput, NotFound, NotPermitted, TooManyRequests
from app.platform.access import door, service
from app.platform.access.models import LoginSession, User
from app.platform.access.rights import Permissions
from app.platform.access.service import sessions
from app.platform.access.web import find
from app.platform.db import run, session
from tests.support.people import PASSWORD, actor_of, house, make_role, make_user

HERE = door.Visit(address="192.0.2.1", agent="Browser", request_id="r1")


def sign_in(login="lin"):
    return door.sign_in(login, PASSWORD, visit=HERE)


def person_of(token):
    return find(token, HERE, "Asia/Shanghai")


@pytest.mark.promise("SE4")
@pytest.mark.parametrize(("idle", "is_open"), [(29, True), (31, False)])
def test_a_session_ends_after_half_an_hour_without_use(app, idle, is_open):
    make_user(login="lin")
    start = clock.now()
    with clock.freeze(start):
        token = sign_in()
    with clock.freeze(start + timedelta(minutes=idle)):
        assert (person_of(token) is not None) is is_open


@pytest.mark.promise("SE4")
def test_a_session_in_use_ends_after_twelve_hours(app):
    user = make_user(login="lin")
    start = clock.now()
    with clock.freeze(start):
        token = sign_in()
    for minutes in range(20, 720, 20):
        with clock.freeze(start + timedelta(minutes=minutes)):
            found = person_of(token)
            assert found is not None
            run(sessions.touch, actor_of(user), session_id=found.session_id)
    with clock.freeze(start + timedelta(hours=12, minutes=1)):
        assert person_of(token) is None


def test_last_seen_is_written_at_most_once_a_minute(app):
    user = make_user(login="lin")
    start = clock.now().replace(microsecond=0)
    with clock.freeze(start):
        found = person_of(sign_in())
    seen = []
    for seconds in (30, 59, 90, 120):
        with clock.freeze(start + timedelta(seconds=seconds)):
            run(sessions.touch, actor_of(user), session_id=found.session_id)
        seen.append(session.scalar(sa.select(LoginSession.last_seen_at)) - start)
    assert [int(gap.total_seconds()) for gap in seen] == [0, 0, 90, 90]


@pytest.mark.promise("SE2")
def test_sign_out_kills_the_session_on_the_server(app):
    user = make_user(login="lin")
    token, other = sign_in(), sign_in()
    run(service.sign_out, actor_of(user), session_id=person_of(token).session_id)
    assert person_of(token) is None
    assert person_of(other) is not None


@pytest.mark.promise("SE3")
@pytest.mark.parametrize(
    "change",
    [
        lambda u: run(service.deactivate_user, house(), user_id=u.id),
        lambda u: run(service.set_roles, house(), user_id=u.id, role_ids=[make_role([Permissions.USER_READ]).id]),
        lambda u: run(service.set_departments, house(), user_id=u.id, departments={}),
        lambda u: run(service.end_sessions_of, house(), user_id=u.id),
    ],
    ids=["closed", "roles", "departments", "ended"],
)
def test_a_change_of_access_acts_on_the_next_request(app, change):
    user = make_user(login="lin", departments=["sales"])
    token = sign_in()
    change(user)
    assert person_of(token) is None


@pytest.mark.promise("SE3")
def test_a_change_of_a_roles_grants_ends_the_sessions_of_its_holders_only(app):
    role = make_role([Permissions.USER_READ])
    make_user(login="holder", roles=[role])
    make_user(login="other")
    holder, other = sign_in("holder"), sign_in("other")
    run(service.update_grants, house(), role_id=role.id, grants={"access.user.read": "all"}, fields={})
    assert person_of(holder) is not None
    run(service.update_grants, house(), role_id=role.id, grants={}, fields={})
    assert person_of(holder) is None
    assert person_of(other) is not None


@pytest.mark.promise("SE3")
def test_closing_a_department_ends_its_sessions_and_nobody_belongs_to_it(app):
    user = make_user(login="lin", departments=["sales", "finance"])
    token = sign_in()
    sales = next(iter(person_of(token).actor.department_ids & {min(person_of(token).actor.department_ids)}))
    code = session.scalar(sa.text("SELECT code FROM departments WHERE id = :id"), {"id": sales})
    run(service.close_department, house(), department_id=sales)
    assert person_of(token) is None
    assert actor_of(user).department_codes == {"sales", "finance"} - {code}


@pytest.mark.promise("SE3")
def test_own_password_change_ends_all_sessions_and_opens_a_new_one_for_this_browser(app, told):
    user = make_user(login="lin", must_change_password=True)
    first, second = sign_in(), sign_in()
    new = door.change_password(actor_of(user), old=PASSWORD, new="seven green lamps", visit=HERE)
    assert [person_of(token) is not None for token in (first, second, new)] == [False, False, True]
    assert not person_of(new).must_change_password
    assert told[-1][0] == "password.changed"
    assert door.sign_in("lin", "seven green lamps", visit=HERE)
    with pytest.raises(service.WrongCredentials):
        sign_in()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong password", "seven green lamps", "old"), (PASSWORD, "handoff123", "new"), (PASSWORD, PASSWORD, "new")],
)
def test_a_refused_password_change_changes_nothing(app, old, new, field):
    user = make_user(login="lin")
    with pytest.raises(InvalidInput) as refused:
        door.change_password(actor_of(user), old=old, new=new, visit=HERE)
    assert list(refused.value.fields) == [field]
    assert session.get(User, user.id).access_version == 1
    assert sign_in()


def test_guessing_the_old_password_is_throttled_too(app):
    user = make_user(login="lin")
    for _ in range(8):
        with pytest.raises(InvalidInput):
            door.change_password(actor_of(user), old="wrong password", new="seven green lamps", visit=HERE)
    with pytest.raises(TooManyRequests):
        door.change_password(actor_of(user), old=PASSWORD, new="seven green lamps", visit=HERE)


@pytest.mark.promise("SE7")
def test_people_end_their_own_sessions_and_admins_anyones(app):
    lin, zhou = make_user(login="lin"), make_user(login="zhou")
    admin = make_user([Permissions.SESSION_END])
    tokens = [sign_in() for _ in range(3)]
    ids = [person_of(token).session_id for token in tokens]
    with pytest.raises(NotPermitted):
        run(service.end_session, actor_of(zhou), session_id=ids[0])
    with pytest.raises(NotPermitted):
        run(service.end_sessions_of, actor_of(zhou), user_id=lin.id)
    with pytest.raises(NotFound):
        run(service.sign_out, actor_of(zhou), session_id=ids[0])
    assert all(person_of(token) for token in tokens)
    run(service.end_session, actor_of(lin), session_id=ids[0])
    run(service.end_session, actor_of(admin), session_id=ids[1])
    assert [person_of(token) is not None for token in tokens] == [False, False, True]
    assert run(service.end_own_sessions, actor_of(lin)) == 1
    assert person_of(tokens[2]) is None
