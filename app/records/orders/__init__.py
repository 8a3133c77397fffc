"""The orders room of the shared records."""

from app.records.orders import events, models, permissions

__all__ = ["events", "models", "permissions"]
