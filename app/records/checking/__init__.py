"""What can never be true of the shared records (``flask check``), room by room."""

from app.records.checking import billing, orders, stock, supply

__all__ = ["billing", "orders", "stock", "supply"]
