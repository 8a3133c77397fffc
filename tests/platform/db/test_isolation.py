"""The ground of all other tests: nothing of one test reaches the next, and requests see what the test made."""

import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.platform.access import Department, everything, house_reading
from app.platform.db import run, session

TESTER = everything("test", ActorKind.SYSTEM, "test")


def open_department(actor, *, code):
    session.add(Department(code=code, name_en=code, name_zh=code, mark_en="X", mark_zh="X"))


def codes():
    return session.scalars(sa.select(Department.code).where(Department.code.like("isolation%"))).all()


def test_a_test_sees_what_it_made(app):
    run(open_department, TESTER, code="isolation-1")
    assert codes() == ["isolation-1"]


def test_the_next_test_does_not(app):
    assert codes() == []


def test_a_request_has_its_own_session_and_the_same_data(app, client, monkeypatch):
    seen = []

    def answer():
        with house_reading():
            before = codes()
            run(open_department, TESTER, code="isolation-3")
            seen.append((session(), before))
        return app.make_response("done")

    run(open_department, TESTER, code="isolation-2")
    assert codes() == ["isolation-2"]
    monkeypatch.setattr(app, "full_dispatch_request", answer)
    assert client.get("/anything").text == "done"
    [(theirs, before)] = seen
    assert theirs is not session()
    assert before == ["isolation-2"]
    assert codes() == ["isolation-2", "isolation-3"]
    run(open_department, TESTER, code="isolation-4")
    assert codes() == ["isolation-2", "isolation-3", "isolation-4"]


def test_real_commits_stay_until_the_database_goes(live_app):
    run(open_department, TESTER, code="isolation-5")
    session.remove()
    with house_reading():
        assert codes() == ["isolation-5"]
