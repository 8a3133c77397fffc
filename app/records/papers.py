"""What the papers of all departments take from shared records: letterhead, addresses, units, counted goods."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.platform.documents import Quantity
from app.records.catalog.models import Unit
from app.records.parties.models import Company, Party, PartyAddress, PaymentTerm

PLACE = ("region", "city", "line1", "line2", "postcode")


def is_chinese(language: str) -> bool:
    """Whether a paper in this language is set in Chinese."""
    return language.lower().startswith("zh")


def letterhead(company: Company, language: str) -> PaperParty:
    """We ourselves."""
    return PaperParty(
        name=company.name if is_chinese(language) else company.name_en or company.name,
        address=company.address, phone=company.phone, email=company.email, tax_id=company.tax_number,
        bank=company.bank_name, account=company.bank_account,
    )  # fmt: skip


def place_text(address: PartyAddress | Mapping[str, Any] | None) -> str:
    """The place in one line, from an address or from what was kept of one."""
    return " ".join(part for name in PLACE if (part := _of(address, name)))


def receiver(address: PartyAddress | Mapping[str, Any] | None, otherwise: Party) -> PaperParty:
    """Who gets the goods, where; the party itself where the address names nobody."""
    return PaperParty(
        name=_of(address, "recipient") or otherwise.name,
        address=place_text(address),
        phone=_of(address, "phone") or otherwise.phone,
    )


def _of(address: PartyAddress | Mapping[str, Any] | None, name: str) -> str:
    found = address.get(name) if isinstance(address, Mapping) else getattr(address, name, "")
    return str(found or "")


def term_text(payment_term_id: int | None, language: str) -> str:
    """Terms of payment in words."""
    term = session.get(PaymentTerm, payment_term_id) if payment_term_id else None
    if term is None:
        return ""
    return term.name_zh if is_chinese(language) else term.name_en


def unit_word(unit: Unit | None, language: str) -> str:
    """The unit's name, empty where there is none."""
    if unit is None:
        return ""
    return unit.name_zh if is_chinese(language) else unit.name_en


def counted(base: Decimal, base_unit: Unit | None, unit: Unit | None, factor: Decimal, language: str) -> Quantity:
    """A base quantity as people count it who agreed on ``unit``: 41 pieces in boxes of 12 are 3 boxes 5 pieces."""
    entered = unit_word(unit, language)
    return Quantity.of(base, unit_word(base_unit, language) or entered, entered, factor)
