"""The stock room of the shared records."""

from app.records.stock import events, models, permissions

__all__ = ["events", "models", "permissions"]
