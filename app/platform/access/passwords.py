"""What a password must be, and how it is kept: argon2id with its parameters in the stored text.

Length is judged before hashing, so that nobody burns our processor with a megabyte of password.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_, fold

SHORTEST = 8
LONGEST = 256
#: so many signs must remain beside a common or obvious word
REST = 6
FEWEST_DIFFERENT = 4
CONTEXT = ("handoff",)

#: 19 MiB, two passes. Source: OWASP password storage cheat sheet, argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

_RUNS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_repeated = re.compile(r"(.{1,4}?)\1+")
_edges = re.compile(r"^[\W\d_]+|[\W\d_]+$")


@cache
def _common() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "common_passwords.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


@cache
def _nobody() -> str:
    """A hash no password fits: checking against it takes as long as checking a real one."""
    return _hasher.hash("nobody has this password")


def normalized(password: str) -> str:
    """The same characters in one spelling, whatever keyboard they were typed on."""
    return unicodedata.normalize("NFC", password)


def _fits(password: str) -> bool:
    return len(password) <= LONGEST and not any("\ud800" <= sign <= "\udfff" for sign in password)


def _is_run(text: str) -> bool:
    return any(text in run or text in run[::-1] for run in _RUNS)


def _is_common(folded: str) -> bool:
    if folded in _common():
        return True
    core = _edges.sub("", folded)
    for word in {core, _edges.sub("", folded.translate(_LEET))}:
        if len(word) >= 4 and word in _common() and len(folded) - len(word) < REST:
            return True
    return False


def _without_context(folded: str, context: Iterable[str]) -> str:
    words = {part for text in context for part in re.split(r"[\W_]+", fold(text)) if len(part) >= 4}
    words |= {fold(text).replace(" ", "") for text in context if len(text) >= 4}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, "")
    return folded


def problem_with(password: str, context: Iterable[str] = ()) -> Message | None:
    """Why this may not be a password, or None.  context: login, name, company: words a guesser tries first."""
    if len(password) < SHORTEST:
        return Message(N_("A password has at least %(count)s characters."), count=SHORTEST)
    if not _fits(password):
        return Message(N_("A password has at most %(count)s characters."), count=LONGEST)
    folded = fold(normalized(password))
    if len(set(folded)) < FEWEST_DIFFERENT or _repeated.fullmatch(folded) or _is_run(folded):
        return Message(N_("This password follows a pattern that is guessed at once. Use several words instead."))
    if _is_common(folded):
        return Message(N_("This password is on the lists that guessers try first. Use several words instead."))
    left = _without_context(folded, (*CONTEXT, *context))
    if left != folded and len(left) < REST:
        return Message(
            N_("This password is little more than a name or the name of this system. Use several words instead.")
        )
    return None


def require_good(password: str, context: Iterable[str] = (), field: str = "password") -> None:
    """Raises: InvalidInput at ``field``."""
    problem = problem_with(password, context)
    if problem is not None:
        raise InvalidInput({field: problem})


def hashed(password: str) -> str:
    """What is stored. Takes tens of milliseconds: never inside a unit of work."""
    return _hasher.hash(normalized(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits; as slow for nobody's password as for somebody's."""
    given = normalized(password) if _fits(password) else ""
    try:
        _hasher.verify(stored or _nobody(), given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and given != ""


def is_outdated(stored: str) -> bool:
    """Whether the parameters have grown since this hash was made."""
    return _hasher.check_needs_rehash(stored)
