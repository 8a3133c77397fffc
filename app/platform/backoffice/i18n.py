"""Language and zone of the reader: a person's own, else what the browser asks for.

Catalogs are kept as .po files only. The compiled form is made at start when it is missing or older, so that nobody
needs more than pip, and no binary file has to be merged.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, get_translations

from app.kernel.actor import ActorKind
from app.platform.access import reader
from app.platform.backoffice import format  # noqa: A004  the room's own word for it

#: code of a catalog -> (its name in its own language, the html lang attribute)
LANGUAGES: dict[str, tuple[str, str]] = {"en": ("English", "en"), "zh_Hans_CN": ("中文", "zh-Hans")}
COOKIE = "language"
PARAMETER = "lang"  #: public pages set no cookie: the choice travels in the address
DEFAULT_ZONE = "UTC"


def known(code: str | None) -> str | None:
    """The catalog for a language code; every zh is simplified Chinese here."""
    if not code:
        return None
    start = code.replace("-", "_").split("_", maxsplit=1)[0].lower()
    return {"en": "en", "zh": "zh_Hans_CN"}.get(start)


def from_browser() -> str:
    """What the browser's list of languages asks for first, of those we have."""
    for code, _quality in request.accept_languages:
        found = known(code)
        if found:
            return found
    return "en"


def select_language() -> str:
    """For Flask-Babel."""
    if not has_request_context():
        return "en"
    actor = reader()
    if actor is not None and actor.kind is ActorKind.USER:
        return known(actor.language) or from_browser()
    return known(request.args.get(PARAMETER)) or known(request.cookies.get(COOKIE)) or from_browser()


def select_zone() -> str | None:
    """For Flask-Babel; None means the default zone."""
    actor = reader() if has_request_context() else None
    return actor.timezone if actor else None


def html_lang() -> str:
    """Value of ``<html lang>``."""
    return LANGUAGES.get(str(get_locale()), ("", "en"))[1]


def other_languages() -> list[tuple[str, str, str]]:
    """(code, own name, lang attribute) of the languages not shown now."""
    here = str(get_locale())
    return [(code, name, lang) for code, (name, lang) in LANGUAGES.items() if code != here]


def compiled(folder: Path) -> Path:
    """The folder with compiled catalogs, made where they are missing or older than their source.

    Beside the sources if they may be written, else in a folder of this user's temporary files.
    """
    stale = [po for po in folder.glob("*/LC_MESSAGES/*.po") if _is_stale(po, po.with_suffix(".mo"))]
    if not stale:
        return folder
    target = (
        folder
        if os.access(stale[0].parent, os.W_OK)
        else Path(tempfile.gettempdir()) / f"handoff-catalogs-{os.getuid()}"
    )
    for po in folder.glob("*/LC_MESSAGES/*.po"):
        mo = target / po.relative_to(folder).with_suffix(".mo")
        if _is_stale(po, mo):
            compile_one(po, mo)
    return target


def _is_stale(po: Path, mo: Path) -> bool:
    return not mo.is_file() or mo.stat().st_mtime < po.stat().st_mtime


def compile_one(po: Path, mo: Path) -> None:
    """Write one .mo in a single step, so that a second process never reads half a file."""
    with po.open("rb") as source:
        catalog = read_po(source, locale=po.parent.parent.name)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    mo.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=mo.parent, suffix=".mo.tmp")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(buffer.getvalue())
        Path(name).replace(mo)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


class _Babel(Babel):
    """With catalogs that are found once for each request."""

    @cached_property
    def domain_instance(self) -> format.RememberingDomain:
        """Where texts are looked up."""
        return format.RememberingDomain(domain=self.domain)


def init_app(app: Flask) -> None:
    """Start Flask-Babel with our selectors and catalogs."""
    folder = compiled(Path(app.root_path) / "translations")
    options: dict[str, Any] = {
        "default_locale": "en",
        "default_timezone": app.config.get("DEFAULT_TIMEZONE") or DEFAULT_ZONE,
        "default_translation_directories": str(folder),
        "locale_selector": select_language,
        "timezone_selector": select_zone,
    }
    _Babel(app, **options)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        format.translated,
        lambda one, many, n: get_translations().ungettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: get_translations().upgettext(context, text),
        npgettext=lambda context, one, many, n: get_translations().unpgettext(context, one, many, n),
    )
    app.jinja_env.globals.update(html_lang=html_lang, other_languages=other_languages, get_locale=get_locale)
