"""Keep the catalogs in step with the texts of the code.

.venv/bin/python tools/texts.py            takes new texts into both catalogs and drops those nobody shows any more
.venv/bin/python tools/texts.py --check    exits with 1 and names what is missing, not translated or damaged
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = ROOT / "app" / "translations"
#: the language of the texts in the code; its catalog stays empty where the text says it well already
SOURCE = "en"
LANGUAGES = (SOURCE, "zh_Hans_CN")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "lazy_gettext", "_l", "N_"), None),
    **dict.fromkeys(("ngettext", "lazy_ngettext", "nN_"), (1, 2)),
    **dict.fromkeys(("pgettext", "lazy_pgettext"), ((1, "c"), 2)),
}
PLACE = re.compile(r"%\(\w+\)[sd]|%%")


def template() -> Catalog:
    """Every text of the code, in the order of the files."""
    found = Catalog(charset="utf-8")
    texts = extract_from_dir(
        str(ROOT / "app"), method_map=METHODS, keywords=KEYWORDS, options_map={"**": {"silent": "false"}}
    )
    for name, _line, text, _comments, context in sorted(texts, key=lambda item: (item[0], item[1])):
        found.add(text, locations=[(f"app/{Path(name).as_posix()}", None)], context=context)  # type: ignore[list-item]
    return found


def path_of(language: str) -> Path:
    return CATALOGS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def written(language: str, texts: Catalog) -> bytes:
    """The catalog's file: what is translated stays, what is gone goes, nothing is guessed."""
    catalog = read(language)
    catalog.update(texts, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    buffer = io.BytesIO()
    write_po(buffer, catalog, omit_header=True, no_location=False, include_lineno=False, width=120, sort_by_file=True)
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return head.encode() + buffer.getvalue()


def forms(value: object) -> tuple[str, ...]:
    """A text, or its singular and plural."""
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def flaws(language: str, texts: Catalog) -> Iterator[str]:
    """What is wrong with a catalog, one sentence each."""
    catalog = read(language)
    for wanted in texts:
        if not wanted.id:
            continue
        known = catalog.get(wanted.id if isinstance(wanted.id, str) else wanted.id[0], wanted.context)
        if known is None:
            yield f"{language}: {forms(wanted.id)[0]!r} is missing"
        elif language != SOURCE or any(forms(known.string)):
            yield from damage(language, known)


def damage(language: str, known: Message) -> Iterator[str]:
    text = forms(known.id)[-1]
    for translated in forms(known.string):
        if not translated:
            yield f"{language}: {text!r} is not translated"
        elif sorted(PLACE.findall(translated)) != sorted(PLACE.findall(text)):
            yield f"{language}: {text!r} and {translated!r} do not name the same values"


def main(words: Sequence[str]) -> int:
    texts = template()
    if "--check" in words:
        found = [flaw for language in LANGUAGES for flaw in flaws(language, texts)]
        print("\n".join(found) or f"{len(texts)} texts, all there")
        return 1 if found else 0
    for language in LANGUAGES:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = written(language, texts)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
