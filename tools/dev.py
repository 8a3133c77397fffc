"""Everything a developer or a newcomer runs, with nothing but Python's standard library.

    python3 tools/dev.py run        install, migrate, load the demo once and serve it
    python3 tools/dev.py test       install, then every check there is
    python3 tools/dev.py soak       install, then what takes hours
    python3 tools/dev.py bench      how fast it is, in two or three minutes; --full with a million orders

The Makefile only calls this file, so that it works the same on a system without make.
Every step is safe to repeat: what is already there and current is skipped.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
INSTANCE = ROOT / "instance"
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OLDEST = (3, 11)
OWN_DATABASE = "sqlite:///" + (INSTANCE / "handoff.sqlite3").as_posix()


class Stop(SystemExit):
    """End with a sentence for the person at the terminal."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"\n{sentence}")


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def call(*command: str | Path, env: dict[str, str] | None = None, quiet: bool = False) -> int:
    """Run a command in the project's root and give its exit code; quiet shows output only on failure."""
    words = [str(word) for word in command]
    if not quiet:
        return subprocess.run(words, cwd=ROOT, env=env, check=False).returncode
    done = subprocess.run(
        words, cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode


# ------------------------------------------------------------------------------------------------ installing
@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one command at a time work on this checkout's .venv or database; the next one waits."""
    INSTANCE.mkdir(exist_ok=True)
    with (INSTANCE / f"{name}.lock").open("w") as handle:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    if PYTHON.exists() and call(PYTHON, "-m", "pip", "--version", quiet=True) == 0:
        return
    say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        print(made.stdout + made.stderr, file=sys.stderr)
        raise Stop("Python's venv is missing here. On Debian and Ubuntu:  sudo apt install python3-venv")


def install(lock: str) -> None:
    """Install a hashed requirements file, unless exactly that file was installed with this Python before."""
    content = (ROOT / lock).read_bytes() + sys.version.encode()
    wanted = hashlib.sha256(content).hexdigest()
    stamp = VENV / f".installed-{lock}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing {lock} (a minute or two, once)")
    stamp.unlink(missing_ok=True)
    command = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    if call(*command, "-r", lock):
        raise Stop(f"Installing {lock} failed; see above. Nothing is half done: run this again.")
    stamp.write_text(wanted)


def prepare(*locks: str) -> None:
    with alone("install"):
        make_venv()
        for lock in locks:
            install(lock)


# --------------------------------------------------------------------------------------------------- running
def chosen_port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Stop(f"PORT={text} is not a port: give a number from 1 to 65535.")
    port = int(text)
    hint = "PORT=8001 make run" if port != 8001 else "PORT=8002 make run"
    with socket.socket() as probe:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Stop(f"Port {port} is not open to this user: choose another, as in  {hint}") from None
        except OSError:
            raise Stop(f"Port {port} is already in use: choose another, as in  {hint}") from None
    return port


def flask(*words: str, env: dict[str, str]) -> None:
    if call(PYTHON, "-m", "flask", "--app", "wsgi", *words, env=env):
        raise Stop(f"`flask {' '.join(words)}` failed; see above.")


def fold_log_in(database: Path) -> None:
    """Bring what SQLite still keeps in its log beside the file into the file, so that the file alone is all there is."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Stop(f"Somebody still works on {database.name}. End that program and run this again.")


def make_own(env: dict[str, str]) -> bool:
    """Make the embedded database, if it is wanted and missing; beside its place and moved there when it is complete."""
    target = INSTANCE / "handoff.sqlite3"
    if env["DATABASE_URL"] != OWN_DATABASE or target.exists():
        return False
    draft = INSTANCE / "handoff.new.sqlite3"
    for left in INSTANCE.glob(f"{draft.name}*"):
        left.unlink()
    say("making the demo company (half a minute, once)")
    draft_env = dict(env, DATABASE_URL=f"sqlite:///{draft.as_posix()}")
    flask("db", "upgrade", env=draft_env)
    flask("demo", "load", env=draft_env)
    fold_log_in(draft)
    draft.replace(target)
    return True


def run(_options: argparse.Namespace) -> int:
    """Install, migrate, load the demo once and serve it with the jobs inside."""
    port = chosen_port()
    prepare("requirements.txt")
    env = dict(os.environ, PORT=str(port), PYTHONUTF8="1")
    env.setdefault("DATABASE_URL", OWN_DATABASE)
    env.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    with alone("migrate"):
        say("bringing the database up to date")
        if not make_own(env):
            flask("db", "upgrade", env=env)
            flask("demo", "load", env=env)
    say(f"Handoff is at  http://localhost:{port}  (Ctrl-C ends it)")
    gunicorn = ("-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app")
    return serve([str(PYTHON), *(("tools/serve.py",) if WINDOWS else gunicorn)], env)


def serve(command: Sequence[str], env: dict[str, str]) -> int:
    """Serve until Ctrl-C or a signal, then wait for the server's own clean end."""
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    while True:
        try:
            return max(server.wait(), 0)
        except KeyboardInterrupt:
            continue  # the server got the same signal and is ending


# --------------------------------------------------------------------------------------------------- testing
@dataclass(frozen=True)
class Check:
    """One command of `test`; `applies` gives a reason to skip it, or nothing."""

    name: str
    command: tuple[str | Path, ...]
    applies: Callable[[], str | None] = lambda: None


def no_templates() -> str | None:
    return None if any((ROOT / "app").rglob("*.html")) else "there is no template yet"


def checks(pytest_words: Sequence[str]) -> list[Check]:
    lint_imports = BIN / ("lint-imports.exe" if WINDOWS else "lint-imports")
    workers = str(min(os.cpu_count() or 1, 8))
    return [
        Check("ruff", (PYTHON, "-m", "ruff", "check", "--quiet", ".")),
        Check("mypy", (PYTHON, "-m", "mypy")),
        Check("import contracts", (lint_imports,)),
        Check("djlint", (PYTHON, "-m", "djlint", "--lint", "--quiet", "app"), no_templates),
        Check("pytest", (PYTHON, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *pytest_words)),
    ]


def test(options: argparse.Namespace) -> int:
    """Run every check, go on after a failure, and end with what failed; pytest's own lines come last."""
    prepare("requirements.txt", "requirements-dev.txt")
    env = dict(os.environ, PYTHONUTF8="1")
    env.pop("DATABASE_URL", None)  # tests bring their own databases; a real one is never touched
    failed: list[str] = []
    for check in checks(options.pytest):
        if reason := check.applies():
            say(f"{check.name}: skipped, {reason}")
            continue
        say(check.name)
        begun = time.monotonic()
        if call(*check.command, env=env, quiet=check.name in {"import contracts", "djlint"}):
            failed.append(check.name)
        if check.name != "pytest":
            outcome = "FAILED" if check.name in failed else "ok"
            say(f"{check.name}: {outcome} in {time.monotonic() - begun:.0f} s")
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def soak(options: argparse.Namespace) -> int:
    """Prove the guarantees for hours: random walks, races for the last unit, processes killed, a full disk."""
    prepare("requirements.txt", "requirements-dev.txt")
    env = dict(os.environ, PYTHONUTF8="1", SOAK_WALKS=str(options.walks), SOAK_ORDERS=str(options.orders))
    env.pop("DATABASE_URL", None)
    return call(PYTHON, "-m", "pytest", "-q", "-s", "-m", "soak", "-n", "0", *(options.pytest or ("tests",)), env=env)


# --------------------------------------------------------------------------------------------------- measuring
def bench(options: argparse.Namespace) -> int:
    """Measure beside raw SQL on the same data; --full takes a million orders and writes docs/performance.md."""
    prepare("requirements.txt", "requirements-dev.txt")
    words = ("--full", "--write") if options.full else ()
    return call(PYTHON, "-m", "bench", *words, *options.words, env=dict(os.environ, PYTHONUTF8="1"))


def main() -> int:
    if sys.version_info < OLDEST:
        raise Stop(f"Handoff needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    parser = argparse.ArgumentParser(prog="dev.py", description="Run, or check, Handoff from this checkout.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | test | soak | bench")
    commands.add_parser("run", help=run.__doc__).set_defaults(action=run)
    testing = commands.add_parser("test", help=test.__doc__)
    testing.add_argument("pytest", nargs="*", help="words for pytest, such as a path; after -- also options")
    testing.set_defaults(action=test)
    soaking = commands.add_parser("soak", help=soak.__doc__)
    soaking.add_argument("--walks", type=int, default=2_000, help="walks on SQLite, a sixth of it on PostgreSQL")
    soaking.add_argument("--orders", type=int, default=100_000, help="orders of the race, a fifth of it on SQLite")
    soaking.add_argument("pytest", nargs="*", help="words for pytest, such as a path; after -- also options")
    soaking.set_defaults(action=soak)
    measuring = commands.add_parser("bench", help=bench.__doc__)
    measuring.add_argument("--full", action="store_true", help="a million orders, and write the page")
    measuring.add_argument("words", nargs="*", help="sections to measure; after -- also options")
    measuring.set_defaults(action=bench)
    options = parser.parse_args()
    return int(options.action(options))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run it again to go on.")
