"""Sales: take, verify, confirm, amend and close customers' orders."""

from __future__ import annotations

from flask import Flask

from app.departments.sales import permissions
from app.departments.sales.service import links

__all__ = ["links", "permissions", "register"]


def register(_app: Flask) -> None:
    """Everything sales listens to and shows."""
