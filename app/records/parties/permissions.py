"""Who may see and keep the people we trade with."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, guard_field, open_to_all, permission, row_scope
from app.records.parties.models import (
    Company,
    Currency,
    CurrencyRate,
    Party,
    PartyAddress,
    PartyContact,
    PaymentTerm,
    SupplierCertificate,
)


class Permissions(PermissionSet, package="parties"):
    """Rights on customers, suppliers and carriers."""

    PARTY_READ = permission("party.read", N_("See customers, suppliers and carriers"), reads=Party)
    PARTY_EDIT = permission("party.edit", N_("Create and change customers, suppliers and carriers"))
    PARTY_EXPORT = permission("party.export", N_("Export customers, suppliers and carriers"))
    TERMS_EDIT = permission("terms.edit", N_("Change companies, currencies and payment terms"))


DEFAULT_GRANTS = {
    "admin": {
        Permissions.PARTY_READ: "all",
        Permissions.PARTY_EDIT: "all",
        Permissions.TERMS_EDIT: "all",
        Permissions.PARTY_EXPORT: "all",
    },
    "director": {Permissions.PARTY_READ: "all"},
    "sales": {Permissions.PARTY_READ: "all", Permissions.PARTY_EDIT: "all"},
    "sales_manager": {Permissions.PARTY_READ: "all", Permissions.PARTY_EDIT: "all", Permissions.PARTY_EXPORT: "all"},
    "purchasing": {Permissions.PARTY_READ: "all", Permissions.PARTY_EDIT: "all"},
    "warehouse": {Permissions.PARTY_READ: "all"},
    "logistics": {Permissions.PARTY_READ: "all"},
    "finance": {
        Permissions.PARTY_READ: "all",
        Permissions.PARTY_EDIT: "all",
        Permissions.TERMS_EDIT: "all",
        Permissions.PARTY_EXPORT: "all",
    },
}

#: guarded field -> role -> (read, write)
DEFAULT_FIELDS = {
    "parties.credit_limit": {
        "admin": (True, True),
        "director": (True, False),
        "finance": (True, True),
        "sales_manager": (True, False),
        "sales": (True, False),
    },
}

guard_field(Party, "credit_limit", N_("Credit limit of a customer"))
open_to_all(Company, Currency, CurrencyRate, PaymentTerm)
follows(PartyAddress, "party_id", Party)
follows(PartyContact, "party_id", Party)
follows(SupplierCertificate, "party_id", Party)
row_scope(Party, "own")(lambda actor: (Party.salesperson_id == actor.user_id) | (Party.buyer_id == actor.user_id))
