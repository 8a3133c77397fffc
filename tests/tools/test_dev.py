"""The two commands: what a newcomer is told when something is in the way, and what is not done twice."""

import contextlib
import importlib.util
import socket
import sqlite3
import subprocess
import sys

import pytest

from tests.support.source import ROOT


@pytest.fixture
def dev(monkeypatch, tmp_path):
    """tools/dev.py working on an empty folder."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "tools/dev.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "INSTANCE", tmp_path / "instance")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv/bin/python")
    return module


@pytest.fixture
def calls(dev, monkeypatch):
    """What would have been run, instead of running it."""
    made = []

    def call(*command, env=None, quiet=False):
        made.append([str(word) for word in command])
        return 0

    monkeypatch.setattr(dev, "call", call)
    return made


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_free_port_is_taken_as_it_is(dev, monkeypatch, free_port):
    monkeypatch.setenv("PORT", str(free_port))
    assert dev.chosen_port() == free_port


def test_a_port_in_use_is_said_with_the_way_out(dev, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(dev.Stop, match=f"Port {port} is already in use: choose another, as in  PORT=8001 make run"):
            dev.chosen_port()


@pytest.mark.parametrize("text", ["", "eighty", "0", "65536", "-1"])
def test_nonsense_is_no_port(dev, monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(dev.Stop, match="is not a port"):
        dev.chosen_port()


def test_a_port_in_use_stops_before_anything_is_installed(dev, monkeypatch, calls):
    monkeypatch.setenv("PORT", "99999")
    with pytest.raises(dev.Stop):
        dev.run(None)
    assert calls == []
    assert list(dev.ROOT.iterdir()) == []


def test_requirements_are_installed_once_and_again_when_they_change(dev, calls):
    dev.VENV.mkdir()
    lock = dev.ROOT / "requirements.txt"
    lock.write_text("flask==1\n")
    dev.install("requirements.txt")
    dev.install("requirements.txt")
    assert len(calls) == 1
    assert "--require-hashes" in calls[0]
    lock.write_text("flask==2\n")
    dev.install("requirements.txt")
    assert len(calls) == 2


def test_an_installation_that_failed_is_tried_again(dev, monkeypatch):
    dev.VENV.mkdir()
    (dev.ROOT / "requirements.txt").write_text("flask==1\n")
    outcomes = [1, 0]
    monkeypatch.setattr(dev, "call", lambda *_words, **_options: outcomes.pop(0))
    with pytest.raises(dev.Stop, match=r"Installing requirements\.txt failed"):
        dev.install("requirements.txt")
    dev.install("requirements.txt")
    assert outcomes == []


def test_a_python_without_venv_is_told_what_to_install(dev, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, stdout="ensurepip is not available", stderr="")
    monkeypatch.setattr(dev.subprocess, "run", lambda *_words, **_options: failed)
    with pytest.raises(dev.Stop, match="sudo apt install python3-venv"):
        dev.make_venv()
    assert not dev.VENV.exists()


def test_every_check_runs_even_after_one_failed(dev, monkeypatch, capsys):
    made = []
    monkeypatch.setattr(dev, "prepare", lambda *_locks: None)
    monkeypatch.setattr(dev, "no_templates", lambda: "there is no template yet")
    monkeypatch.setattr(dev, "call", lambda *words, **_options: made.append(words[-1]) or int("ruff" in words))
    options = type("Options", (), {"pytest": []})
    assert dev.test(options) == 1
    said = capsys.readouterr()
    assert len(made) == 4
    assert "djlint: skipped, there is no template yet" in said.out
    assert said.err.endswith("Failed: ruff\n")


def test_tests_never_see_a_real_database(dev, monkeypatch):
    seen = []
    monkeypatch.setenv("DATABASE_URL", "postgresql://real/data")
    monkeypatch.setattr(dev, "prepare", lambda *_locks: None)
    monkeypatch.setattr(dev, "call", lambda *_words, env, quiet=False: seen.append(env) or 0)
    assert dev.test(type("Options", (), {"pytest": []})) == 0
    assert seen
    assert all("DATABASE_URL" not in env for env in seen)


def test_what_the_log_beside_the_demo_still_holds_moves_with_it(dev, tmp_path):
    """A program that ends without closing its connections leaves its last changes in SQLite's log."""
    draft = tmp_path / "draft.sqlite3"
    left_open = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA journal_mode = WAL');"
        "c.execute('CREATE TABLE doors (open)'); c.execute('INSERT INTO doors VALUES (1)'); c.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", left_open, str(draft)], check=True)
    assert (tmp_path / "draft.sqlite3-wal").stat().st_size > 0
    dev.fold_log_in(draft)
    moved = draft.rename(tmp_path / "moved.sqlite3")
    with contextlib.closing(sqlite3.connect(moved)) as connection:
        assert connection.execute("SELECT open FROM doors").fetchall() == [(1,)]
