"""A house with five departments and the default flow."""

import pytest

from app.kernel import clock
from tests.support.hand_offs import House, at, make_house


@pytest.fixture
def house_of_five(app) -> House:
    """Monday morning, nine o'clock."""
    with clock.freeze(at(23, 9)):
        yield make_house()
