"""The second factor: six digits that an app on the person's phone makes every half minute, and codes for a lost phone.

What phone and house share is worked out from SECRET_KEY and the row's random salt: whoever reads the database alone can
make no code. A code is good once; the step it belongs to is remembered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp
from flask import current_app

from app.kernel import clock

STEP_SECONDS = 30
#: steps before and after now that are still taken: clocks of phones differ
DRIFT = 1
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
ISSUER = "Handoff"


def new_salt() -> str:
    """What the row keeps."""
    return secrets.token_urlsafe(24)


def shared_secret(user_id: int, salt: str) -> str:
    """What the phone keeps: 160 bits in base32."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    made = hmac.new(key, f"second factor {user_id} {salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def step_of(code: str, *, user_id: int, salt: str, after: int) -> int | None:
    """The time step a code belongs to, or None for a wrong code and for one of a step that is not after ``after``."""
    digits = normal(code)
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(shared_secret(user_id, salt), digits=DIGITS, interval=STEP_SECONDS)
    now = int(clock.now().timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits) and step > after:
            found = step
    return found


def normal(code: str) -> str:
    """A code as it is compared, however it was typed."""
    return "".join(sign for sign in code[:80] if sign not in " -\t").upper()


def recovery_codes() -> list[str]:
    """New codes of 80 random bits, in groups that can be read off a sheet of paper."""
    made = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made]


def address_for(login: str, user_id: int, salt: str) -> str:
    """What the phone's camera reads."""
    totp = pyotp.TOTP(shared_secret(user_id, salt), digits=DIGITS, interval=STEP_SECONDS)
    return totp.provisioning_uri(name=login, issuer_name=ISSUER)
