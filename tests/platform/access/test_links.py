"""FF1, AU6: links that need no account."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import ActorKind
from app.kernel.errors import InvalidInput, NotFound, TooManyRequests
from app.platform.access import can, door, links, read_as, require, service
from app.platform.access.models import Role, SignedLink
from app.platform.access.rights import Permissions
from app.platform.db import run, session
from tests.support.people import PASSWORD, actor_of, house, make_role, make_user

HERE = door.Visit(address="192.0.2.1")


@pytest.fixture
def purpose(monkeypatch):
    """A kind of link that lets its bearer rename the one role it is about."""
    made = links.Purpose("test.rename", "Rename", (Permissions.ROLE_UPDATE, Permissions.ROLE_READ))
    monkeypatch.setitem(links.purposes._items, "test.rename", made)
    return "test.rename"


def make(purpose, row_id, hours=1, facts=None):
    return run(
        lambda actor: links.make_link(
            purpose, "roles", row_id, valid_for=timedelta(hours=hours), facts=facts, party_name="Suzhou Tools"
        ),
        house(),
    )


def test_a_link_opens_its_record_with_its_facts_and_nothing_else(app, purpose):
    role, other = make_role(), make_role()
    token = make(purpose, role.id, facts={"version": 3})
    link = links.open_link(token, purpose, address="192.0.2.1")
    assert (link.table, link.row_id, dict(link.facts), link.party_name) == (
        "roles",
        role.id,
        {"version": 3},
        "Suzhou Tools",
    )
    assert (link.actor.kind, link.actor.subject, link.actor.user_id) == (ActorKind.PORTAL, ("roles", role.id), None)
    mine, others = session.get(Role, role.id), session.get(Role, other.id)
    assert can(link.actor, Permissions.ROLE_UPDATE, mine)
    with pytest.raises(NotFound):
        require(link.actor, Permissions.ROLE_UPDATE, others)
    assert not can(link.actor, Permissions.USER_CREATE)
    session.expunge_all()
    read_as(link.actor)
    assert session.scalars(sa.select(Role.id)).all() == [role.id]


@pytest.mark.promise("AU6")
def test_the_row_keeps_a_hash_and_the_token_has_144_random_bits(app, purpose):
    token = make(purpose, make_role().id)
    row = session.scalars(sa.select(SignedLink)).one()
    assert row.token_hash not in token
    assert len(row.token_hash) == 64
    assert links.LINK_BYTES * 8 == 144
    assert make(purpose, row.row_id) != token


def test_wrong_forged_expired_revoked_and_foreign_tokens_get_the_same_answer(app, purpose, monkeypatch):
    role = make_role()
    monkeypatch.setitem(links.purposes._items, "test.other", links.Purpose("test.other", "Other"))
    token, expired, revoked = make(purpose, role.id), make(purpose, role.id, hours=-1), make("test.other", role.id)
    run(lambda actor: links.revoke_links("test.other", "roles", role.id), house())
    flipped = ("A" if token[0] != "A" else "B") + token[1:]
    answers = set()
    for wrong, meant in (
        ("", purpose),
        ("x" * 100_000, purpose),
        ("\ud800\x00", purpose),
        (flipped, purpose),
        (token, "test.other"),
        (expired, purpose),
        (revoked, "test.other"),
    ):
        with pytest.raises(links.LinkInvalid) as refused:
            links.open_link(wrong, meant)
        answers.add((refused.value.status, str(refused.value)))
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert links.open_link(token, purpose)


def test_guessing_is_slowed_down_and_a_right_token_still_opens(app, purpose):
    token = make(purpose, make_role().id)
    start = clock.now()
    with clock.freeze(start):
        for _ in range(links.WRONG_TOKENS):
            with pytest.raises(links.LinkInvalid):
                links.open_link("guess", purpose, address="192.0.2.1")
        with pytest.raises(TooManyRequests):
            links.open_link("guess", purpose, address="192.0.2.1")
        assert links.open_link(token, purpose, address="192.0.2.1")
    with clock.freeze(start + timedelta(minutes=16)), pytest.raises(links.LinkInvalid):
        links.open_link("guess", purpose, address="192.0.2.1")


def test_a_link_for_one_answer_is_used_once(app, purpose):
    link = links.open_link(make(purpose, make_role().id), purpose)
    run(lambda actor: links.use_link(link.link_id, purpose), link.actor)
    with pytest.raises(links.LinkInvalid):
        run(lambda actor: links.use_link(link.link_id, purpose), link.actor)


@pytest.mark.promise("AU6")
def test_an_invitation_lets_its_person_choose_a_password_once(app):
    user = make_user(login="lin", password_hash=None)
    first = run(service.invite_user, house(), user_id=user.id)
    second = run(service.invite_user, house(), user_id=user.id)
    with pytest.raises(links.LinkInvalid):
        door.accept_invitation(first, purpose=links.PASSWORD, new="seven green lamps", visit=HERE)
    with pytest.raises(InvalidInput):
        door.accept_invitation(second, purpose=links.PASSWORD, new="handoff123", visit=HERE)
    door.accept_invitation(second, purpose=links.PASSWORD, new="seven green lamps", visit=HERE)
    assert door.sign_in("lin", "seven green lamps", visit=HERE)
    with pytest.raises(links.LinkInvalid):
        door.accept_invitation(second, purpose=links.PASSWORD, new="eight green lamps", visit=HERE)


@pytest.mark.promise("AU6")
def test_an_invitation_is_dead_after_a_change_of_password_and_after_three_days(app):
    user = make_user(login="lin")
    token = run(service.invite_user, house(), user_id=user.id)
    with clock.freeze(clock.now() + timedelta(days=3, minutes=1)), pytest.raises(links.LinkInvalid):
        door.accept_invitation(token, purpose=links.PASSWORD, new="seven green lamps", visit=HERE)
    door.change_password(actor_of(user), old=PASSWORD, new="nine green lamps", visit=HERE)
    with pytest.raises(links.LinkInvalid):
        door.accept_invitation(token, purpose=links.PASSWORD, new="seven green lamps", visit=HERE)
    assert door.sign_in("lin", "nine green lamps", visit=HERE)
