"""A second opinion on what an order's quantities and money must be.

Plain Python with fractions of its own: nothing here imports the house, so that a mistake there cannot repeat itself here.
Every method is named after the use case it foresees; ``Refused`` means that the house must refuse as well.
"""

from tests.soak.oracle.book import Book, Claim, ClaimLine, Line, Order, Payment, Refused, Shelf, Shipment
from tests.soak.oracle.house import House

__all__ = ["Book", "Claim", "ClaimLine", "House", "Line", "Order", "Payment", "Refused", "Shelf", "Shipment"]
