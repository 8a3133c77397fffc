"""Papers: typed data in, PDF out."""

from app.platform.documents.data import Measured, Paper, Party, Quantity, plain
from app.platform.documents.engine import (
    UnknownTemplate,
    add_templates,
    missing_characters,
    qr_svg,
    render_pdf,
    templates,
)
from app.platform.documents.priced import PricedLine, PricedPaper, TaxSum

__all__ = [
    "Measured",
    "Paper",
    "Party",
    "PricedLine",
    "PricedPaper",
    "Quantity",
    "TaxSum",
    "UnknownTemplate",
    "add_templates",
    "missing_characters",
    "plain",
    "qr_svg",
    "render_pdf",
    "templates",
]
