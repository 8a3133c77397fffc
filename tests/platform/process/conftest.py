"""A house with five departments and the default flow."""

from collections import defaultdict

import pytest

from app.kernel import clock
from tests.support.hand_offs import House, at, make_house


@pytest.fixture(autouse=True)
def _only_the_process_listens(request, monkeypatch) -> None:
    """Facts here bear the names of rooms that are not at work. Those listen as soon as there is an app."""
    for name in {"app", "live_app"} & set(request.fixturenames):
        request.getfixturevalue(name)
    monkeypatch.setattr("app.platform.events.bus._handlers", defaultdict(list))


@pytest.fixture
def house_of_five(app) -> House:
    """Monday morning, nine o'clock."""
    with clock.freeze(at(23, 9)):
        yield make_house()
