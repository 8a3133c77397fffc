"""Text: marking for translation, and the one tokenizer that fills and queries every search table."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_TOKEN = 40
MAX_TOKENS = 400
REMEMBERED = 200  #: length of texts whose tokens are remembered

_word = re.compile(r"[0-9a-z]+|[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W\d_a-z\u3400-\u9fff]+")
_parts = re.compile(r"[a-z]+|[0-9]+")


def N_(text: str) -> str:  # noqa: N802  the gettext name for "mark, translate later"
    """Mark a text for the catalogs without translating it here."""
    return text


def fold(text: str) -> str:
    """Case, width and accents folded away: ``Ａ``, ``a`` and ``á`` become ``a``."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _is_han(token: str) -> bool:
    return "\u3400" <= token[0] <= "\u9fff" or token[0] >= "\U00020000"


def _tokens_of(word: str) -> list[str]:
    if _is_han(word):
        return [word] if len(word) == 1 else [word[i : i + 2] for i in range(len(word) - 1)] + [word[-1]]
    parts = _parts.findall(word)
    return [word] if len(parts) < 2 else [word, *parts]


def search_tokens(*texts: str | None) -> list[str]:
    """Distinct tokens to store for a record, in order of appearance.

    Latin words and number parts as they are (``SO-1001`` gives ``so``, ``1001``); Chinese runs as overlapping pairs
    and their last sign. At most 400 tokens of 40 characters, so that a huge note cannot blow up the index.
    """
    seen: dict[str, None] = {}
    for text in texts:
        if not text:
            continue
        found = _remembered_tokens(text) if len(text) <= REMEMBERED else _text_tokens(text)
        seen.update(dict.fromkeys(found))
        if len(seen) >= MAX_TOKENS:
            return list(seen)[:MAX_TOKENS]
    return list(seen)


def _text_tokens(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token[:MAX_TOKEN] for word in _word.findall(fold(text)) for token in _tokens_of(word)))[
        :MAX_TOKENS
    ]


#: names of parties and products come again and again
_remembered_tokens = lru_cache(maxsize=4_096)(_text_tokens)


def query_tokens(text: str) -> list[tuple[str, bool]]:
    """Tokens that must all match, each with 'also as a prefix'.

    A Latin word or number of two or more characters matches as a prefix; a Chinese run must match pair by pair, a
    single sign matches as a prefix of a pair. At most eight tokens: more words only narrow what is already narrow.
    """
    found: dict[str, bool] = {}
    for word in _word.findall(fold(text)):
        if _is_han(word):
            pairs = [word[i : i + 2] for i in range(len(word) - 1)]
            for token in pairs or [word]:
                found[token] = not pairs
        else:
            found[word[:MAX_TOKEN]] = len(word) > 1
    return list(found.items())[:8]


def clean(text: str | None, limit: int) -> str:
    """One line of user text: control characters out, blanks folded, cut at ``limit``."""
    if not text:
        return ""
    kept = "".join(
        " " if c in "\t\r\n" else c for c in text if c in "\t\r\n" or unicodedata.category(c) not in {"Cc", "Cs"}
    )
    return " ".join(kept.split())[:limit]
