"""What can never be true of the shared records (``flask check``), room by room."""

from app.records.checking import billing, numbers, orders, returns, stock, supply

__all__ = ["billing", "numbers", "orders", "returns", "stock", "supply"]
