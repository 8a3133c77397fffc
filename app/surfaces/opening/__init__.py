"""Opening balances: one workbook that brings a house into the state it has on the day of the cut-over."""

from app.surfaces.opening.booking import OnlyPreview, OpeningRefused, bring_in
from app.surfaces.opening.sheets import read_workbook
from app.surfaces.opening.template import write_template

__all__ = ["OnlyPreview", "OpeningRefused", "bring_in", "read_workbook", "write_template"]
