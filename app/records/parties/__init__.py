"""The parties room of the shared records."""

from app.records.parties import models, permissions

__all__ = ["models", "permissions"]
