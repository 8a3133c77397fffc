"""Carriers and our own vehicles."""

from __future__ import annotations

from decimal import Decimal

from app.departments.logistics.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.records.shipping.models import Carrier, Vehicle

NUMBER = "{number}"


def add_carrier(
    actor: Actor,
    *,
    code: str,
    name: str,
    is_own_fleet: bool = False,
    is_active: bool = True,
    base_charge: Decimal | None = None,
    charge_per_kg: Decimal | None = None,
    phone: str = "",
    tracking_url: str = "",
) -> Carrier:
    """A new carrier.  tracking_url: with ``{number}``.  Raises: NotPermitted, InvalidInput, RuleBroken (code taken)."""
    require(actor, Permissions.CARRIER_CHANGE)
    values = _carrier_values(
        code=code, name=name, is_own_fleet=is_own_fleet, is_active=is_active, base_charge=base_charge,
        charge_per_kg=charge_per_kg, phone=phone, tracking_url=tracking_url,
    )  # fmt: skip
    carrier = Carrier(**values)
    session.add(carrier)
    session.flush()
    return carrier


def change_carrier(
    actor: Actor,
    *,
    carrier_id: int,
    version: int,
    code: str,
    name: str,
    is_own_fleet: bool = False,
    is_active: bool = True,
    base_charge: Decimal | None = None,
    charge_per_kg: Decimal | None = None,
    phone: str = "",
    tracking_url: str = "",
) -> Carrier:
    """Change a carrier.  version: the one that was shown.  Raises: NotPermitted, NotFound, InvalidInput, Conflict."""
    require(actor, Permissions.CARRIER_CHANGE)
    carrier = locks.lock(Carrier, carrier_id)
    require(actor, Permissions.CARRIER_CHANGE, carrier)
    values = _carrier_values(
        code=code, name=name, is_own_fleet=is_own_fleet, is_active=is_active, base_charge=base_charge,
        charge_per_kg=charge_per_kg, phone=phone, tracking_url=tracking_url,
    )  # fmt: skip
    _change(carrier, carrier.version, version, values)
    return carrier


def add_vehicle(
    actor: Actor,
    *,
    plate: str,
    name: str = "",
    max_kg: Decimal | None = None,
    max_m3: Decimal | None = None,
    is_active: bool = True,
) -> Vehicle:
    """A new van.  Raises: NotPermitted, InvalidInput, RuleBroken (plate taken)."""
    require(actor, Permissions.CARRIER_CHANGE)
    vehicle = Vehicle(**_vehicle_values(plate=plate, name=name, max_kg=max_kg, max_m3=max_m3, is_active=is_active))
    session.add(vehicle)
    session.flush()
    return vehicle


def change_vehicle(
    actor: Actor,
    *,
    vehicle_id: int,
    version: int,
    plate: str,
    name: str = "",
    max_kg: Decimal | None = None,
    max_m3: Decimal | None = None,
    is_active: bool = True,
) -> Vehicle:
    """Change a van.  Raises: NotPermitted, NotFound, InvalidInput, Conflict."""
    require(actor, Permissions.CARRIER_CHANGE)
    vehicle = locks.lock(Vehicle, vehicle_id)
    require(actor, Permissions.CARRIER_CHANGE, vehicle)
    values = _vehicle_values(plate=plate, name=name, max_kg=max_kg, max_m3=max_m3, is_active=is_active)
    _change(vehicle, vehicle.version, version, values)
    return vehicle


def _change(record: Carrier | Vehicle, current: int, seen: int, values: dict[str, object]) -> None:
    if current != seen:
        raise Conflict({key: (getattr(record, key), value) for key, value in values.items()})
    for key, value in values.items():
        setattr(record, key, value)
    session.flush()


def _carrier_values(**values: object) -> dict[str, object]:
    made = _texts(values, code=40, name=100, phone=60, tracking_url=300)
    problems = _problems(made, required=("code", "name"), positive=("base_charge", "charge_per_kg"))
    link = str(made["tracking_url"])
    if link and (NUMBER not in link or not link.startswith("https://")):
        problems["tracking_url"] = N_("An address that begins with https:// and holds {number}.")
    if problems:
        raise InvalidInput(problems)
    return made


def _vehicle_values(**values: object) -> dict[str, object]:
    made = _texts(values, plate=20, name=100)
    problems = _problems(made, required=("plate",), positive=("max_kg", "max_m3"))
    if problems:
        raise InvalidInput(problems)
    return made


def _texts(values: dict[str, object], **limits: int) -> dict[str, object]:
    return {key: clean(str(value or ""), limits[key]) if key in limits else value for key, value in values.items()}


def _problems(
    values: dict[str, object], *, required: tuple[str, ...], positive: tuple[str, ...]
) -> dict[str, Message | str]:
    found: dict[str, Message | str] = {key: N_("This is needed.") for key in required if not values[key]}
    for key in positive:
        number = values[key]
        if isinstance(number, Decimal) and number < 0:
            found[key] = N_("0 or more.")
    return found
