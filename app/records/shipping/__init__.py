"""The shipping room of the shared records."""

from app.records.shipping import events, models, permissions

__all__ = ["events", "models", "permissions"]
