"""The house as it is on its first working day: roles, flow, people, a product, a supplier, a carrier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.platform.db import run
from app.platform.process.default_flow import install_default_flow
from app.surfaces.admin.standard_roles import install_standard_roles
from tests.support.people import PASSWORD, house, make_user
from tests.support.visitor import Visitor


@pytest.fixture
def opened(app: Any, make: Any) -> Any:
    """Standard roles and the default flow are installed."""
    run(install_standard_roles, house())
    run(install_default_flow, house())
    make.currency("CNY")
    return make


@pytest.fixture
def colleague(app: Any, opened: Any) -> Callable[[str], Visitor]:
    """A signed-in person of a role."""

    def of(role: str) -> Visitor:
        user = make_user(roles=[opened.role(role)], departments=[role], language="en")
        return Visitor(app).sign_in(user.login, PASSWORD)

    return of
