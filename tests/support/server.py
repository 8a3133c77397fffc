"""The real server in processes of its own, to be driven by a browser or killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.source import ROOT

PATIENCE_SECONDS = 60


class ServerProcess:
    """gunicorn on a database of the tests, as `make run` starts it."""

    def __init__(self, url: str, folder: Path, **environ: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._environ = {
            **os.environ,
            "DATABASE_URL": url,
            "SECRET_KEY": "only for tests " * 3,
            "AUDIT_KEY": "the log of the tests " * 2,
            "FILES_FOLDER": str(folder / "files"),
            "PORT": str(self.port),
            "PUBLIC_URL": self.address,
            **environ,
        }

    def start(self) -> ServerProcess:
        """Start, and come back when it answers.  Raises: AssertionError with the server's log."""
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environ, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                probe.sendall(b"GET /static/none HTTP/1.0\r\n\r\n")
                return probe.recv(5) == b"HTTP/"
        except OSError:
            return False

    def stop(self) -> int:
        """Ask it to end, as an operator does, and wait; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End all its processes at once, without a chance to tidy up."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            if how is signal.SIGKILL:
                os.killpg(self._process.pid, how)
            else:
                self._process.send_signal(how)
        try:
            return self._process.wait(PATIENCE_SECONDS)
        finally:
            self._process = None


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
