"""AU1-AU3: signing in, and how guessing is slowed down."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.errors import NotPermitted, TooManyRequests
from app.platform.access import door, passwords, service, throttle
from app.platform.access.models import FailedLogin, LoginSession
from app.platform.access.rights import Permissions
from app.platform.access.web import find
from app.platform.db import session
from tests.support.people import PASSWORD, make_user

HERE = door.Visit(address="192.0.2.1", agent="Browser", request_id="r1")
THERE = door.Visit(address="198.51.100.7")


def fail(login, times, visit=HERE):
    left = []
    for _ in range(times):
        with pytest.raises(service.WrongCredentials) as refused:
            door.sign_in(login, "wrong password", visit=visit)
        left.append(refused.value.data["left"])
    return left


def person_of(token, visit=HERE):
    return find(token, visit, "Asia/Shanghai")


def test_right_password_opens_a_session_as_that_person(app, told):
    user = make_user([Permissions.USER_READ], login="lin", departments=["sales"], head_of=["sales"], language="en")
    token = door.sign_in(" LIN ", PASSWORD, visit=HERE)
    found = person_of(token)
    assert (found.id, found.name, found.actor.user_id) == (user.id, user.name, user.id)
    assert found.actor.permissions == {"access.user.read": frozenset({"all"})}
    assert found.actor.department_codes == {"sales"}
    assert len(found.actor.headed_department_ids) == 1
    assert (found.actor.address, found.actor.request_id, found.actor.timezone) == ("192.0.2.1", "r1", "Asia/Shanghai")
    row = session.scalars(sa.select(LoginSession)).one()
    assert token not in {row.token_hash, row.agent}
    assert told == [("sign_in", user.name, ("users", user.id), {})]


@pytest.mark.promise("SE1")
def test_every_sign_in_has_its_own_id_and_a_chosen_id_opens_nothing(app):
    make_user(login="lin")
    first, second = (door.sign_in("lin", PASSWORD, visit=HERE) for _ in range(2))
    assert first != second
    assert len(first) >= 43
    assert person_of("chosen-by-a-stranger" * 3) is None


@pytest.mark.promise("AU2")
def test_unknown_login_closed_account_and_wrong_password_look_the_same(app, told):
    user = make_user(login="lin")
    make_user(login="gone", is_active=False)
    make_user(login="invited", password_hash=None)
    seen = set()
    for login in ("lin", "nobody", "gone", "invited", "a" * 300, "\x00\ud800"):
        with pytest.raises(service.WrongCredentials) as refused:
            door.sign_in(login, PASSWORD if login in {"gone", "invited"} else "wrong password", visit=HERE)
        seen.add(str(refused.value))
    assert seen == {"Login or password is wrong. 7 tries left, then a wait of 15 minutes."}
    assert [entry[0] for entry in told] == ["sign_in.refused"] * 6
    assert told[0][2:] == (("users", user.id), {"left": 7})
    assert told[1][2:] == (None, {"left": 7})


@pytest.mark.promise("AU2")
def test_unknown_login_takes_as_long_as_a_wrong_password(app):
    make_user(login="lin")

    def took(login):
        began = perf_counter()
        fail(login, 1)
        return perf_counter() - began

    passwords.matches(None, "warm up")
    pairs = [(took("lin"), took("nobody")) for _ in range(7)]
    assert 0.5 < median(known / unknown for known, unknown in pairs) < 2


@pytest.mark.promise("AU1", "AU3")
def test_after_eight_wrong_passwords_the_right_one_is_refused_until_a_quarter_of_an_hour_has_passed(app):
    make_user(login="lin")
    start = clock.now()
    with clock.freeze(start):
        assert fail("lin", 8) == [7, 6, 5, 4, 3, 2, 1, 0]
    with clock.freeze(start + timedelta(minutes=5)):
        for _ in range(5):
            with pytest.raises(TooManyRequests) as refused:
                door.sign_in("lin", PASSWORD, visit=HERE)
            assert refused.value.data["seconds"] == 601
        with pytest.raises(TooManyRequests):
            door.sign_in("lin", "wrong password", visit=HERE)
    with clock.freeze(start + timedelta(minutes=15, seconds=1)):
        assert person_of(door.sign_in("lin", PASSWORD, visit=HERE)) is not None
        assert fail("lin", 1) == [7]


@pytest.mark.promise("DS5")
def test_nothing_is_hashed_while_throttled(app, monkeypatch):
    make_user(login="lin")
    fail("lin", 8)

    def hashing(*_):
        raise AssertionError("hashed")

    monkeypatch.setattr(passwords, "matches", hashing)
    with pytest.raises(TooManyRequests):
        door.sign_in("lin", PASSWORD, visit=HERE)


@pytest.mark.promise("AU2")
def test_an_unknown_login_is_throttled_like_a_known_one(app):
    assert fail("nobody", 8) == [7, 6, 5, 4, 3, 2, 1, 0]
    with pytest.raises(TooManyRequests):
        door.sign_in("nobody", "wrong password", visit=HERE)


@pytest.mark.promise("AU1")
def test_one_source_is_throttled_over_all_accounts(app, monkeypatch):
    monkeypatch.setattr(throttle, "TRIES_ADDRESS", 10)
    for number in range(10):
        fail(f"guess{number}", 1)
    make_user(login="lin")
    with pytest.raises(TooManyRequests):
        door.sign_in("lin", PASSWORD, visit=HERE)
    assert door.sign_in("lin", PASSWORD, visit=THERE)


@pytest.mark.promise("AU3")
def test_a_stranger_cannot_lock_out_who_comes_from_his_usual_address(app, monkeypatch):
    monkeypatch.setattr(throttle, "TRIES_ANYWHERE", 10)
    make_user(login="lin")
    door.sign_in("lin", PASSWORD, visit=HERE)
    fail("lin", 5, THERE)
    fail("lin", 5, door.Visit(address="198.51.100.8"))
    with pytest.raises(TooManyRequests):
        door.sign_in("lin", PASSWORD, visit=door.Visit(address="203.0.113.5"))
    assert door.sign_in("lin", PASSWORD, visit=HERE)


def test_success_forgives_the_tries_of_this_address_only(app):
    make_user(login="lin")
    fail("lin", 3)
    fail("lin", 2, THERE)
    door.sign_in("lin", PASSWORD, visit=HERE)
    assert session.scalars(sa.select(FailedLogin.address)).all() == ["198.51.100.7"] * 2


def test_a_demo_person_walks_in_without_a_password_and_a_closed_one_does_not(app):
    user, gone = make_user(), make_user(is_active=False)
    assert person_of(door.sign_in_without_password(user.id, visit=HERE)).id == user.id
    for user_id in (gone.id, 999_999):
        with pytest.raises(NotPermitted):
            door.sign_in_without_password(user_id, visit=HERE)


@pytest.mark.promise("AU1")
def test_one_line_of_addresses_is_one_source(app, monkeypatch):
    """Whoever has an IPv6 line has 2^64 addresses; they count as one place."""
    monkeypatch.setattr(throttle, "TRIES_ADDRESS", 10)
    for number in range(10):
        fail(f"guess{number}", 1, door.Visit(address=f"2001:db8:1:2::{number}"))
    make_user(login="lin")
    with pytest.raises(TooManyRequests):
        door.sign_in("lin", PASSWORD, visit=door.Visit(address="2001:db8:1:2:ffff::1"))
    assert door.sign_in("lin", PASSWORD, visit=door.Visit(address="2001:db8:1:3::1"))
    assert throttle.source_of("::ffff:203.0.113.9") == throttle.source_of("203.0.113.9") == "203.0.113.9"
    assert throttle.source_of("unknown") == "unknown"
