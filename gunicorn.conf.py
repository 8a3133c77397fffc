"""How the web server runs: threads in one process on SQLite, more processes on PostgreSQL.

Found by gunicorn without being named, in production as under `make run`.
"""

from __future__ import annotations

from typing import Any

import config as house

try:
    _settings = house.load()
except house.ConfigurationError as problem:
    raise SystemExit(f"Handoff does not start:\n{problem}") from None

bind = f"{_settings.bind}:{_settings.port}"
worker_class = "gthread"
workers = 1 if _settings.database_url.startswith("sqlite") else _settings.web_processes
threads = _settings.web_threads
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = _settings.log_level.lower()
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Start what works beside the requests, in the process that serves them and never in its parent."""
    from app.wiring import start_beside

    worker.stop_beside = start_beside(worker.app.wsgi())


def worker_exit(_server: Any, worker: Any) -> None:
    """Bring what is under way to an end before the process goes."""
    if hasattr(worker, "stop_beside"):
        worker.stop_beside()
