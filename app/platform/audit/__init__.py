"""The log of everything: who changed what, on whose behalf, why, provably in full."""

from app.platform.audit.bulk import install
from app.platform.audit.models import AuditBlock, AuditEntry
from app.platform.audit.personal import erase_personal
from app.platform.audit.recorder import note, note_apart
from app.platform.audit.sealing import Sealer, seal_once
from app.platform.audit.verifying import Finding, Flaw, Proof, verify

__all__ = [
    "AuditBlock",
    "AuditEntry",
    "Finding",
    "Flaw",
    "Proof",
    "Sealer",
    "erase_personal",
    "install",
    "note",
    "note_apart",
    "seal_once",
    "verify",
]
