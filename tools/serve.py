"""Serve where there is no gunicorn (Windows): one process with threads, the sealer and the jobs inside."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from waitress import serve

from app.wiring import start_beside
from wsgi import app

if __name__ == "__main__":
    stop = start_beside(app)
    try:
        serve(app, host=app.config["BIND"], port=app.config["PORT"], threads=app.config["WEB_THREADS"])
    finally:
        stop()
