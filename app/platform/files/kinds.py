"""What may be stored: kinds of files told by their content, never by what a browser or a name claims."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.  shown: a browser may show it in the page's place; everything else is only ever saved."""

    media_type: str
    endings: tuple[str, ...]
    shown: bool = False


PDF = FileKind("application/pdf", ("pdf",), shown=True)
PNG = FileKind("image/png", ("png",), shown=True)
JPEG = FileKind("image/jpeg", ("jpg", "jpeg"), shown=True)
GIF = FileKind("image/gif", ("gif",), shown=True)
WEBP = FileKind("image/webp", ("webp",), shown=True)
HEIC = FileKind("image/heic", ("heic", "heif"))
XLSX = FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
DOCX = FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
OFD = FileKind("application/ofd", ("ofd",))  #: the layout format of Chinese electronic invoices, GB/T 33190
OLD_OFFICE = FileKind("application/x-ole-storage", ("xls", "doc", "et", "wps"))
XML = FileKind("application/xml", ("xml",))
CSV = FileKind("text/csv", ("csv",))
TEXT = FileKind("text/plain", ("txt", "mt940", "sta", "940"))

KINDS = (PDF, PNG, JPEG, GIF, WEBP, HEIC, XLSX, DOCX, OFD, OLD_OFFICE, XML, CSV, TEXT)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
ENDINGS = sorted(ending for kind in KINDS for ending in kind.endings)

_HEIC_BRANDS = {b"heic", b"heix", b"mif1", b"msf1"}
#: what a browser would take for a page or a drawing with scripts
_ACTIVE = re.compile(rb"<\s*(?:!doctype\s+html|html|svg|script|x?:?html|[a-z]+:(?:svg|html|script))\b", re.IGNORECASE)
_HEAD = 64 * 1024


def kind_of(content: bytes, ending: str) -> FileKind | None:
    """The kind of a content, or None for what is not allowed.  ending: of the name; only tells text and csv apart."""
    found = _by_signature(content)
    if found is not None:
        return found
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(content)
    return _text(content, ending)


def _by_signature(content: bytes) -> FileKind | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return HEIC
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLD_OFFICE
    return None


def _inside_zip(content: bytes) -> FileKind | None:
    """Office and invoice formats by what their archive holds; with macros they are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
        return None
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" in names:
        if "xl/workbook.xml" in names:
            return XLSX
        if "word/document.xml" in names:
            return DOCX
    return None


def _text(content: bytes, ending: str) -> FileKind | None:
    """Text in UTF-8 or GB18030 without control characters; never what a browser would run."""
    if b"\x00" in content or _ACTIVE.search(content[:_HEAD]):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(sign) < 0x20 and sign not in "\t\r\n\f" for sign in text):
            return None
        if text.lstrip().startswith("<?xml"):
            return XML
        return CSV if ending == "csv" else TEXT
    return None
