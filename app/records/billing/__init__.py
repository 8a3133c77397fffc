"""The billing room of the shared records."""

from app.records.billing import events, models, permissions

__all__ = ["events", "models", "permissions"]
