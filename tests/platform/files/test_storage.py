"""What may be stored, and how it lies on disk."""

from __future__ import annotations

import hashlib
import io
import os
import time

import pytest
from flask import Flask

from app.kernel.errors import InvalidInput
from app.platform.files import keep, storage
from tests.platform.files.contents import PDF, PNG, archive


@pytest.fixture(autouse=True)
def place(tmp_path):
    """An app with a folder of files and a limit of one megabyte; no database."""
    made = Flask("files")
    made.config.update(FILES_FOLDER=str(tmp_path / "files"), MAX_UPLOAD_MB=1)
    with made.app_context():
        yield tmp_path / "files"


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "回执.pdf", "application/pdf"),
        (PNG, "photo.PNG", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "photo.jpeg", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "photo.webp", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "IMG_1.heic", "image/heic"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "order.xlsx",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "发票.ofd", "application/ofd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old.xls", "application/x-ole-storage"),
        ("编码,数量\nF-1,3\n".encode("gb18030"), "明细.csv", "text/csv"),
        ("\ufeffa,b\n".encode(), "bom.csv", "text/csv"),
        (b"just words", "note.txt", "text/plain"),
        (b'<?xml version="1.0"?><EInvoice/>', "fapiao.xml", "application/xml"),
    ],
)  # fmt: skip
def test_kind_is_told_by_the_content(content, name, media_type):
    kept = keep(content, name)
    assert (kept.media_type, kept.size) == (media_type, len(content))
    assert kept.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "page.html"),
        (b"<html><script>alert(1)</script>", "page.txt"),
        (b"\n <!DOCTYPE html><p>", "page.csv"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "drawing.svg"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.xml"),
        (b"<?xml version='1.0'?><x:svg xmlns:x='http://www.w3.org/2000/svg'/>", "drawing.xml"),
        (b"MZ\x90\x00\x03", "setup.exe"),
        (b"\x7fELF\x02", "tool"),
        (archive("a.txt"), "some.zip"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros.xlsx"),
        (b"PK\x03\x04broken", "broken.xlsx"),
        (b"a\x00b", "binary.txt"),
        (b"bell \x07", "bell.txt"),
    ],
)
def test_other_kinds_are_refused(content, name, place):
    with pytest.raises(InvalidInput, match="file: Files of this kind are not taken"):
        keep(content, name)
    assert not place.exists()


@pytest.mark.parametrize("name", ["invoice.exe", "invoice.pdf.html", "invoice", "invoice.png"])
def test_name_must_fit_the_content(name, place):
    with pytest.raises(InvalidInput, match="is not what the end of its name says"):
        keep(PDF, name)
    assert not place.exists()


def test_empty_and_large_files_are_refused_at_their_field(place):
    with pytest.raises(InvalidInput, match=r"scan: The file x\.pdf is empty\."):
        keep(b"", "x.pdf", field="scan")
    megabyte = 1024 * 1024
    assert keep(PDF.ljust(megabyte, b"x"), "x.pdf").size == megabyte
    stream = io.BytesIO(PDF.ljust(5 * megabyte, b"x"))
    with pytest.raises(InvalidInput, match=r"file: The file is larger than 1 MB\."):
        keep(stream, "x.pdf")
    assert stream.tell() == megabyte + 1, "not read further than needed"


def test_equal_contents_are_kept_once(place):
    first = keep(io.BytesIO(PDF), "a.pdf")
    aged = storage.path_of(first.sha256)
    os.utime(aged, (1, 1))
    second = keep(PDF, "b.pdf")
    assert first.sha256 == second.sha256
    files = [path for path in place.rglob("*") if path.is_file()]
    assert files == [place / first.sha256[:2] / first.sha256[2:4] / first.sha256]
    assert files[0].read_bytes() == PDF
    assert files[0].stat().st_mtime > time.time() - 60, "used again counts as fresh"


@pytest.mark.promise("OE4")
@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\单据.pdf", "单据.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
        ("exe.\u202efdp.pdf", "exe.fdp.pdf"),
        ("  . hidden.pdf. ", "hidden.pdf"),
        ("", "file"),
        ("/", "file"),
        ("长" * 300 + ".pdf", "长" * 251 + ".pdf"),
    ],
)
def test_name_is_made_safe(given, name):
    assert storage.clean_name(given) == name
