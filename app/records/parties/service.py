"""Use cases on the people we trade with: enter and change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access import require
from app.platform.access.models import User
from app.platform.db import locks
from app.records.catalog.models import PriceList
from app.records.entering import Problems, change, differences, enter
from app.records.parties.models import Currency, Party, PaymentTerm
from app.records.parties.permissions import Permissions

#: what people may enter; origin and billing confirmation have use cases of their own
EDITABLE = frozenset({
    "code", "name", "short_name", "is_person", "is_customer", "is_supplier", "is_carrier", "is_active", "tax_number",
    "email", "phone", "language", "currency", "price_basis", "payment_term_id", "price_list_id", "billing_policy",
    "billing_title", "credit_limit", "salesperson_id", "buyer_id", "lead_days", "supplier_rank", "is_qualified", "note",
})  # fmt: skip


def add_party(actor: Actor, *, code: str, name: str, currency: str, **values: Any) -> Party:
    """Enter a customer, supplier or carrier.  values: any of EDITABLE.

    Raises: NotPermitted, InvalidInput (unknown currency or terms, no role), RuleBroken (code taken).
    """
    require(actor, Permissions.PARTY_EDIT)
    given = {"code": code, "name": name, "currency": currency, **values}
    _check(given, has_role=any(values.get(role) for role in ("is_customer", "is_supplier", "is_carrier")))
    return enter(actor, Party, given, EDITABLE)


def change_party(actor: Actor, *, party_id: int, version: int, **values: Any) -> Party:
    """Change what is known about a party.  version: what the person saw.

    Raises: NotPermitted, NotFound, Conflict, InvalidInput, RuleBroken (code taken).
    """
    party = locks.lock(Party, party_id)
    require(actor, Permissions.PARTY_EDIT, party)
    changed = differences(party, version, values)
    _check(changed, has_role=True)
    return change(actor, party, changed, EDITABLE)


def _check(values: Mapping[str, Any], *, has_role: bool) -> None:
    """Shape was the form's; here is what only the data knows."""
    problems = Problems()
    problems.need(values, "code", "name")
    problems.not_negative(values, "lead_days", "supplier_rank")
    problems.known(values, "payment_term_id", PaymentTerm.id)
    problems.known(values, "price_list_id", PriceList.id)
    problems.known(values, "currency", Currency.code)
    problems.known(values, "salesperson_id", User.id)
    problems.known(values, "buyer_id", User.id)
    if values.get("credit_limit") is not None and values["credit_limit"] < 0:
        problems.add("credit_limit", N_("A credit limit cannot be negative."))
    if not has_role:
        problems.add("is_customer", N_("Say whether it is a customer, a supplier or a carrier."))
    problems.tell()
