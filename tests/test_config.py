"""Settings: what production refuses, what development makes up, and that mistakes are named."""

import stat

import pytest

import config
from config import ConfigurationError, Environment, load

STRONG = "kM3-9vQz_Lw7Xc2Rt8Yb5Nf1Hd6Gs4Ja0Pe"
OTHER = "aZ8-1mNb_Qp6Ws3Ed9Rf2Tg7Yh4Uj5Ik0Ol"
PRODUCTION = {
    "HANDOFF_ENV": "production",
    "DATABASE_URL": "postgresql+psycopg://handoff@db/handoff",
    "SECRET_KEY": STRONG,
    "AUDIT_KEY": OTHER,
    "PUBLIC_URL": "https://orders.example.com/",
}


@pytest.fixture(autouse=True)
def _own_instance(monkeypatch, tmp_path):
    monkeypatch.setattr(config, "INSTANCE", tmp_path / "instance")


def problems(**environ):
    with pytest.raises(ConfigurationError) as refused:
        load(environ=environ)
    return refused.value.problems


def test_a_complete_production_starts():
    settings = load(environ=PRODUCTION)
    assert settings.is_production
    assert settings.is_secure
    assert settings.public_url == "https://orders.example.com"
    assert settings.for_flask()["SESSION_COOKIE_SECURE"] is True


@pytest.mark.promise("SD2", "AU4")
@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "AUDIT_KEY", "PUBLIC_URL"])
def test_production_makes_nothing_up(name):
    environ = {key: value for key, value in PRODUCTION.items() if key != name}
    assert problems(**environ) == (f"{name} must be set in production",)


@pytest.mark.promise("AU4", "SD2", "SD1")
@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
@pytest.mark.parametrize("weak", ["short", "x" * 64, "ab" * 32])
def test_production_refuses_a_weak_key_without_repeating_it(name, weak):
    [problem] = problems(**{**PRODUCTION, name: weak})
    assert problem.startswith(f"{name} is too weak")
    assert weak not in problem


@pytest.mark.promise("SD2")
def test_production_refuses_one_key_for_both():
    [problem] = problems(**{**PRODUCTION, "AUDIT_KEY": STRONG})
    assert problem.startswith("AUDIT_KEY must be another key than SECRET_KEY")


@pytest.mark.promise("SD2")
@pytest.mark.parametrize("name", ["FLASK_DEBUG", "DEBUG"])
def test_production_refuses_debug(name):
    [problem] = problems(**{**PRODUCTION, name: "1"})
    assert problem.startswith(f"{name} must not be set in production")
    assert load(environ={**PRODUCTION, name: "0"}).is_production


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "0", "a whole number from 1 to 65535 is expected"),
        ("PORT", "٨٠٠٠", "a whole number from 1 to 65535 is expected"),
        ("WEB_THREADS", "-1", "a whole number from 1 to 256 is expected"),
        ("HANDOFF_ENV", "prod", "one of production, development, testing is expected"),
        ("PUBLIC_URL", "orders.example.com", "an address such as https://orders.example.com is expected"),
        ("DEFAULT_LANGUAGE", "fr", "one of en, zh_Hans_CN is expected"),
        ("DEFAULT_TIMEZONE", "Mars/Base", "an IANA time zone such as Asia/Shanghai is expected"),
        ("RUN_JOBS", "maybe", "yes or no is expected"),
        ("LOG_LEVEL", "loud", "one of DEBUG, INFO, WARNING, ERROR is expected"),
    ],
)
def test_a_mistake_is_named(name, value, expected):
    assert problems(**{name: value}) == (f"{name} is {value!r}, but {expected}",)


def test_all_mistakes_are_named_at_once():
    assert [problem.split()[0] for problem in problems(PORT="x", RUN_JOBS="x")] == ["PORT", "RUN_JOBS"]


def test_development_makes_what_is_missing_and_keeps_it():
    first, second = load(environ={}), load(environ={})
    assert first == second
    assert first.handoff_env is Environment.DEVELOPMENT
    assert first.database_url == f"sqlite:///{config.INSTANCE / 'handoff.sqlite3'}"
    assert first.public_url == "http://localhost:8000"
    assert len(first.secret_key) == 64
    assert first.audit_key not in {first.secret_key, ""}
    assert stat.S_IMODE((config.INSTANCE / "secret_key").stat().st_mode) == 0o600


def test_overrides_win_and_testing_is_an_environment():
    settings = load(
        {"TESTING": True, "PORT": 9001}, {"PORT": "9000", "SECRET_KEY": STRONG, "DATABASE_URL": "sqlite://"}
    )
    assert (settings.port, settings.handoff_env) == (9001, Environment.TESTING)
    assert not (config.INSTANCE / "secret_key").exists()


def test_a_relative_sqlite_path_is_meant_from_here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = load(environ={"DATABASE_URL": "sqlite:///here.db", "SECRET_KEY": STRONG})
    assert settings.database_url == f"sqlite:///{tmp_path}/here.db"
    memory = load(environ={"DATABASE_URL": "sqlite:///:memory:", "SECRET_KEY": STRONG})
    assert memory.database_url == "sqlite:///:memory:"
