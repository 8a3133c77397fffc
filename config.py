"""Every setting of an installation, read once from the environment.

A setting is declared here and nowhere else: docs/reference/settings.md is generated from these declarations.
What people change while the house runs (departments, targets, texts) are rows of the database, not settings.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
SHORTEST_KEY = 32
FEWEST_CHARACTERS = 8  #: different ones in a key; random keys of the shortest length have far more
LANGUAGES = ("en", "zh_Hans_CN")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class ConfigurationError(Exception):
    """The environment does not describe a house that may open; lists every problem at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"- {problem}" for problem in problems))


class Environment(StrEnum):
    """How strict the start is."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TESTING = "testing"


# --------------------------------------------------------------------------------------------------- reading
def _text(value: str) -> str:
    return value.strip()


def _boolean(value: str) -> bool:
    word = value.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("yes or no is expected")
    return word in _TRUE


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.strip().isascii() or not value.strip().isdigit() or not lowest <= int(value) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest} is expected")
        return int(value)

    return parse


def _environment(value: str) -> Environment:
    try:
        return Environment(value.strip().lower())
    except ValueError:
        raise ValueError(f"one of {', '.join(Environment)} is expected") from None


def _address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as https://orders.example.com is expected")
    return value.strip().rstrip("/")


def _language(value: str) -> str:
    if value.strip() not in LANGUAGES:
        raise ValueError(f"one of {', '.join(LANGUAGES)} is expected")
    return value.strip()


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("an IANA time zone such as Asia/Shanghai is expected") from None


def _level(value: str) -> str:
    if value.strip().upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("one of DEBUG, INFO, WARNING, ERROR is expected")
    return value.strip().upper()


def _security(value: str) -> str:
    if value.strip().lower() not in {"starttls", "tls", "none"}:
        raise ValueError("one of starttls, tls, none is expected")
    return value.strip().lower()


def _database(value: str) -> str:
    """A relative SQLite path is meant from where the command was started; Flask would put it elsewhere."""
    url = value.strip()
    if "://" not in url:
        raise ValueError("a database address such as postgresql+psycopg://user@host/handoff is expected")
    for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
        path = url.removeprefix(prefix)
        if url.startswith(prefix) and path and not path.startswith((":memory:", "file:")):
            return prefix + (Path.cwd() / path).resolve().as_posix()
    return url


# ----------------------------------------------------------------------------------------------- declarations
def _setting(
    default: str,
    sentence: str,
    parse: Callable[[str], Any] = _text,
    *,
    secret: bool = False,
    shown: str | None = None,
) -> Any:
    """Declare one setting.  shown: what the reference says about the default where it is worked out at start."""
    about = {"default": default, "sentence": sentence, "parse": parse, "secret": secret, "shown": shown}
    return field(metadata=about)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment says, checked and typed. The name in the environment is the field's, in capitals."""

    handoff_env: Environment = _setting(
        "development",
        "`production` refuses to start with anything weak or missing; `development` makes what is missing; "
        "`testing` belongs to the tests.",
        _environment,
    )
    database_url: str = _setting(
        "",
        "Where the data is: `postgresql+psycopg://...`, or `sqlite:///...` for the embedded default.",
        _database,
        shown="`instance/handoff.sqlite3`; must be set in production",
    )
    secret_key: str = _setting(
        "",
        "Signs sessions and public links; at least 32 random characters.",
        secret=True,
        shown="made once in `instance/`; must be set in production",
    )
    audit_key: str = _setting(
        "",
        "Proves the audit log; another key than SECRET_KEY, kept outside the database.",
        secret=True,
        shown="derived from SECRET_KEY; must be set in production",
    )
    audit_anchor: str = _setting(
        "",
        "File that keeps the head of the sealed log outside the database; copy it to a place of your own, and "
        "`flask audit verify --anchor` finds a cut tail and an older copy put back.",
        shown="none",
    )
    public_url: str = _setting(
        "",
        "Address at which customers and staff reach the house; links in messages begin with it, and `https` makes "
        "cookies secure.",
        lambda value: _address(value) if value.strip() else "",
        shown="`http://localhost:PORT`; must be set in production",
    )
    port: int = _setting("8000", "Port that is served.", _whole(1, 65535))
    bind: str = _setting("127.0.0.1", "Network address that is served; `0.0.0.0` for all.")
    web_processes: int = _setting("1", "Web processes on PostgreSQL. On SQLite it is always one.", _whole(1, 64))
    web_threads: int = _setting("8", "Requests that one web process answers at the same time.", _whole(1, 256))
    run_jobs: bool = _setting(
        "yes", "Web processes also run jobs; `no` where `flask worker` runs beside them.", _boolean
    )
    trusted_proxies: int = _setting("0", "Proxies in front whose X-Forwarded headers are believed.", _whole(0, 8))
    files_folder: str = _setting("", "Folder of stored files.", shown="`instance/files`")
    max_upload_mb: int = _setting("20", "Largest upload, in megabytes.", _whole(1, 1024))
    default_language: str = _setting("en", "Language of who has not chosen one: `en` or `zh_Hans_CN`.", _language)
    default_timezone: str = _setting("Asia/Shanghai", "Time zone of who has not chosen one.", _zone)
    smtp_host: str = _setting("", "Mail server that takes our mail; without it no mail is sent.", shown="none")
    smtp_port: int = _setting("587", "Its port.", _whole(1, 65535))
    smtp_security: str = _setting(
        "starttls", "How the connection is kept private: `starttls`, `tls` or `none`.", _security
    )
    smtp_user: str = _setting("", "Account at the mail server, if it asks for one.", shown="none")
    smtp_password: str = _setting("", "Password of that account.", secret=True, shown="none")
    mail_from: str = _setting("", "Address our mail comes from.", shown="none")
    log_level: str = _setting("INFO", "Least important lines that are logged.", _level)

    @property
    def is_production(self) -> bool:
        """Whether nothing may be made up."""
        return self.handoff_env is Environment.PRODUCTION

    @property
    def is_secure(self) -> bool:
        """Whether the house is reached over https only."""
        return self.public_url.startswith("https://")

    def for_flask(self) -> dict[str, Any]:
        """The settings under their names in the environment, and what Flask itself derives from them."""
        values = {item.name.upper(): getattr(self, item.name) for item in fields(self)}
        return values | {
            "TESTING": self.handoff_env is Environment.TESTING,
            "DEBUG": False,
            "MAX_CONTENT_LENGTH": self.max_upload_mb * 1024 * 1024,
            "PREFERRED_URL_SCHEME": "https" if self.is_secure else "http",
            "SESSION_COOKIE_SECURE": self.is_secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
        }


@dataclass(frozen=True)
class SettingDescription:
    """One row of the generated reference."""

    name: str
    default: str
    sentence: str


def describe() -> Iterator[SettingDescription]:
    """Every setting, in the order of declaration."""
    for item in fields(Settings):
        about = item.metadata
        yield SettingDescription(item.name.upper(), about["shown"] or f"`{about['default']}`", about["sentence"])


# --------------------------------------------------------------------------------------------------- loading
def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; ``overrides`` win over the environment, under the same names.

    TESTING=True among the overrides means HANDOFF_ENV=testing.  Raises: ConfigurationError.
    """
    given: dict[str, Any] = dict(os.environ if environ is None else environ) | dict(overrides or {})
    if given.get("TESTING") is True:
        given.setdefault("HANDOFF_ENV", Environment.TESTING.value)
    problems: list[str] = []
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = item.name.upper()
        text = str(given.get(name, item.metadata["default"]))
        try:
            values[item.name] = item.metadata["parse"](text) if text or name != "DATABASE_URL" else ""
        except ValueError as wrong:
            shown = "" if item.metadata["secret"] else f" is {text!r}, but"
            problems.append(f"{name}{shown or ' is wrong:'} {wrong}")
    if problems:
        raise ConfigurationError(problems)
    if values["handoff_env"] is Environment.PRODUCTION:
        problems = list(_weaknesses(values, given))
        if problems:
            raise ConfigurationError(problems)
    return Settings(**_completed(values))


def _weaknesses(values: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Why this environment may not serve real data."""
    for name in ("database_url", "secret_key", "audit_key", "public_url"):
        if not values[name]:
            yield f"{name.upper()} must be set in production"
    for name in ("secret_key", "audit_key"):
        key = values[name]
        if key and (len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS):
            yield (
                f"{name.upper()} is too weak: use at least {SHORTEST_KEY} random characters, for example from "
                '`python3 -c "import secrets; print(secrets.token_urlsafe(48))"`'
            )
    if values["secret_key"] and values["secret_key"] == values["audit_key"]:
        yield "AUDIT_KEY must be another key than SECRET_KEY: who can sign links must not be able to forge the log"
    for name in ("FLASK_DEBUG", "DEBUG"):
        if str(given.get(name, "")).strip().lower() not in _FALSE:
            yield f"{name} must not be set in production: it shows code and data to strangers"


def _completed(values: dict[str, Any]) -> dict[str, Any]:
    """Fill in what development may leave out."""
    values["database_url"] = values["database_url"] or f"sqlite:///{(_instance() / 'handoff.sqlite3').as_posix()}"
    values["secret_key"] = values["secret_key"] or _own_key(_instance() / "secret_key")
    values["audit_key"] = values["audit_key"] or _derived(values["secret_key"], "audit log")
    values["public_url"] = values["public_url"] or f"http://localhost:{values['port']}"
    values["files_folder"] = values["files_folder"] or str(INSTANCE / "files")
    return values


def _instance() -> Path:
    INSTANCE.mkdir(exist_ok=True)
    return INSTANCE


def _own_key(path: Path) -> str:
    """A random key kept beside the embedded database, so that a restart signs nobody out."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _derived(key: str, purpose: str) -> str:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
