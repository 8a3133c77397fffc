"""Use cases on the people we trade with: enter and change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message
from app.kernel.text import N_
from app.platform.access import require, require_fields
from app.platform.db import locks, session
from app.records.parties.models import Currency, Party, PaymentTerm
from app.records.parties.permissions import Permissions

#: what people may enter; origin and billing confirmation have use cases of their own
EDITABLE = frozenset({
    "code", "name", "short_name", "is_person", "is_customer", "is_supplier", "is_carrier", "is_active", "tax_number",
    "email", "phone", "language", "currency", "price_basis", "payment_term_id", "billing_policy", "billing_title",
    "credit_limit", "salesperson_id", "buyer_id", "lead_days", "supplier_rank", "is_qualified", "note",
})  # fmt: skip


def add_party(actor: Actor, *, code: str, name: str, currency: str, **values: Any) -> Party:
    """Enter a customer, supplier or carrier.  values: any of EDITABLE.

    Raises: NotPermitted, InvalidInput (unknown currency or terms, no role), RuleBroken (code taken).
    """
    require(actor, Permissions.PARTY_EDIT)
    given = {"code": code, "name": name, "currency": currency, **values}
    _check(actor, given)
    party = Party(**given)
    if not (party.is_customer or party.is_supplier or party.is_carrier):
        raise InvalidInput({"is_customer": Message(N_("Say whether it is a customer, a supplier or a carrier."))})
    session.add(party)
    session.flush()
    return party


def change_party(actor: Actor, *, party_id: int, version: int, **values: Any) -> Party:
    """Change what is known about a party.  version: what the person saw.

    Raises: NotPermitted, NotFound, Conflict, InvalidInput, RuleBroken (code taken).
    """
    party = locks.lock(Party, party_id)
    require(actor, Permissions.PARTY_EDIT, party)
    changed = {name: value for name, value in values.items() if getattr(party, name) != value}
    if party.version != version:
        raise Conflict({name: (getattr(party, name), value) for name, value in changed.items()})
    _check(actor, changed)
    for name, value in changed.items():
        setattr(party, name, value)
    session.flush()
    return party


def _check(actor: Actor, values: Mapping[str, Any]) -> None:
    """Shape was the form's; here is what only the data knows."""
    if unknown := set(values) - EDITABLE:
        raise TypeError(f"a party has no {', '.join(sorted(unknown))} to enter")
    require_fields(actor, Party, values)
    problems: dict[str, Message | str] = {}
    for name in ("code", "name"):
        if name in values and not values[name]:
            problems[name] = Message(N_("Please fill this in."))
    limit = values.get("credit_limit")
    if limit is not None and limit < 0:
        problems["credit_limit"] = Message(N_("A credit limit cannot be negative."))
    if "currency" in values and not _exists(Currency.code, values["currency"]):
        problems["currency"] = Message(N_("The currency %(code)s is not known."), code=values["currency"])
    if values.get("payment_term_id") is not None and not _exists(PaymentTerm.id, values["payment_term_id"]):
        problems["payment_term_id"] = Message(N_("Choose one from the list."))
    if problems:
        raise InvalidInput(problems)


def _exists(column: Any, value: Any) -> bool:
    return session.execute(sa.select(column).where(column == value)).first() is not None
