"""AU5: what a password must be."""

from __future__ import annotations

import pytest

from app.kernel.errors import InvalidInput
from app.platform.access import passwords

WHO = ("lin.xiaowen", "林晓雯")
FINE = ["kB7!pw2z", "correct horse battery", "正确的马电池订书钉", "ßüñ€—✓✓✓x", "x7 " * 21 + "q", "q8\x00v!mmzR2"]


@pytest.mark.promise("AU5")
@pytest.mark.parametrize("good", FINE)
def test_any_characters_from_8_to_256_are_fine(good):
    assert passwords.problem_with(good, WHO) is None
    assert passwords.matches(passwords.hashed(good), good)


@pytest.mark.promise("AU5")
@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("Zk7!pw2", "at least 8"),
        ("v" * 3 + "Zk7!pw2" * 40, "at most 256"),
        ("\ud800bcdefghij", "at most 256"),
        ("aaaaaaaa", "pattern"),
        ("abcabcabc", "pattern"),
        ("12345678", "pattern"),
        ("87654321", "pattern"),
        ("qwertyuiop", "pattern"),
        ("Password1!", "lists"),
        ("P@ssw0rd", "lists"),
        ("Sunshine2024", "lists"),
        ("woaini1314", "lists"),
        ("handoff123", "name"),
        ("Ｈandoff2026", "name"),
        ("Lin.Xiaowen1", "name"),
        ("xiaowen99", "name"),
    ],
)
def test_what_guessers_try_first_is_refused_with_the_reason(bad, word):
    problem = passwords.problem_with(bad, WHO)
    assert problem is not None
    assert word in str(problem)
    with pytest.raises(InvalidInput) as refused:
        passwords.require_good(bad, WHO, "new")
    assert list(refused.value.fields) == ["new"]


@pytest.mark.promise("AU5")
def test_the_same_characters_typed_on_another_keyboard_fit():
    assert passwords.matches(passwords.hashed("Zo\u00eb-kappa-19"), "Zoe\u0308-kappa-19")


@pytest.mark.promise("DS5")
def test_nobodys_password_fits_nothing_and_a_megabyte_is_not_hashed():
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches(passwords.hashed("kB7!pw2z"), "kB7!pw2z" * 200_000)
    assert not passwords.matches("not a hash", "kB7!pw2z")


@pytest.mark.promise("AU5")
def test_argon2id_with_its_parameters_is_stored():
    stored = passwords.hashed("kB7!pw2z")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(stored.replace("m=19456,t=2", "m=8192,t=1"))
