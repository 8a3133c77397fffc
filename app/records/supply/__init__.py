"""The supply room of the shared records."""

from app.records.supply import events, models, permissions

__all__ = ["events", "models", "permissions"]
