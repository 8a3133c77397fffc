"""Sentences with which logistics says no."""

from __future__ import annotations

from app.kernel.errors import RuleBroken
from app.kernel.text import N_


class NobodyCarriesIt(RuleBroken):
    """Neither carrier nor vehicle is named."""

    code = "logistics.nobody_carries"
    default_message = N_("Say first who carries shipment %(number)s: a carrier, or an own vehicle with its driver.")


class TooHeavy(RuleBroken):
    """The van cannot take it."""

    code = "logistics.too_heavy"
    default_message = N_("Shipment %(number)s weighs %(weight)s kg; %(vehicle)s takes %(most)s kg.")
