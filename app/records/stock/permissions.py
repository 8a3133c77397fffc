"""Who may see stock."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, guard_field, open_to_all, permission
from app.records.stock.models import Allocation, Location, Lot, ProductCost, StockLevel, StockMove, Warehouse


class Permissions(PermissionSet, package="stock"):
    """Rights to read stock."""

    LEVEL_READ = permission("level.read", N_("See stock"), reads=(StockLevel, Allocation, Lot))
    MOVE_READ = permission("move.read", N_("See stock moves"), reads=StockMove)
    COST_READ = permission("cost.read", N_("See what stock is worth"), reads=ProductCost)
    LEVEL_EXPORT = permission("level.export", N_("Export stock"))


P = Permissions
DEFAULT_GRANTS = {
    "admin": {P.LEVEL_READ: "all", P.MOVE_READ: "all", P.COST_READ: "all", P.LEVEL_EXPORT: "all"},
    "director": {P.LEVEL_READ: "all", P.MOVE_READ: "all", P.COST_READ: "all"},
    "sales": {P.LEVEL_READ: "all"},
    "sales_manager": {P.LEVEL_READ: "all"},
    "purchasing": {P.LEVEL_READ: "all", P.MOVE_READ: "all", P.COST_READ: "all"},
    "warehouse": {P.LEVEL_READ: "all", P.MOVE_READ: "all", P.LEVEL_EXPORT: "all"},
    "logistics": {P.LEVEL_READ: "all"},
    "finance": {P.LEVEL_READ: "all", P.MOVE_READ: "all", P.COST_READ: "all", P.LEVEL_EXPORT: "all"},
}
_cost = {"admin": (True, False), "director": (True, False), "purchasing": (True, False), "finance": (True, False)}
DEFAULT_FIELDS = {"stock_moves.unit_cost": _cost, "stock_moves.value": _cost}

guard_field(StockMove, "unit_cost", N_("Unit cost of a stock move"))
guard_field(StockMove, "value", N_("Value of a stock move"))
open_to_all(Warehouse, Location)
