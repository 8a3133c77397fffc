"""Logistics: who carries what, when it left, and who signed for it."""

from __future__ import annotations

from flask import Flask

from app.departments.logistics import tracking

__all__ = ["register", "tracking"]


def register(_app: Flask) -> None:
    """Hang logistics into the house."""
