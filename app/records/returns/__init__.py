"""The returns room of the shared records: goods that come back from customers, and goods that go back to suppliers."""

from app.records.returns import events, models, permissions

__all__ = ["events", "models", "permissions"]
