"""The catalog room of the shared records."""

from app.records.catalog import models, permissions

__all__ = ["models", "permissions"]
