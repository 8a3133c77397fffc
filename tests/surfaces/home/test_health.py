"""Whether the house says truly how it is, and lets nobody in while it cannot know who it is."""

import pytest

from tests.conftest import build_app, dispose

GONE = {"sqlite": "sqlite:////nowhere/at/all.sqlite3", "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/none"}


@pytest.fixture
def lost(databases, tmp_path):
    """The house without its database."""
    made = build_app(GONE["sqlite" if databases.__class__.__name__.startswith("Sqlite") else "postgresql"], tmp_path)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    yield made.test_client()
    dispose(made)


def test_a_house_that_is_well_says_so(client):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok"})


@pytest.mark.promise("DU6", "LG2")
def test_without_its_database_the_house_says_so_and_lets_nobody_in(lost):
    assert lost.get("/healthz").status_code == 200
    ready = lost.get("/readyz")
    assert (ready.status_code, ready.json["database"]) == (503, "does not answer")
    with lost.session_transaction() as cookie:
        cookie["sid"] = "anything"
    for path in ("/", "/desk/", "/people/", "/sign-in", "/o/whatever/"):
        answer = lost.get(path)
        assert (path, answer.status_code, answer.headers["Retry-After"]) == (path, 503, "5")
        assert "Traceback" not in answer.text
        assert "nowhere" not in answer.text
        assert "127.0.0.1" not in answer.text
    assert lost.get("/desk/", headers={"Accept": "application/json"}).json["error"]["code"] == "unavailable"
