"""Addresses of static files that a browser may keep for good: the version is part of the path.

Modules import each other by relative path, so a version in the query of the first one would leave the others stale.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory

FOREVER_SECONDS = 365 * 24 * 3600
_KEY = "handoff_assets"


def version_of(folder: Path) -> str:
    """A short digest over every static file."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def url(name: str) -> str:
    """Address of a static file, below the application's root."""
    prefix: str = current_app.extensions[_KEY]
    return prefix + name


def init_app(app: Flask) -> None:
    """Serve app/static under /assets/<version>/."""
    folder = Path(app.static_folder or "")
    version = version_of(folder)
    root = (app.config.get("APPLICATION_ROOT") or "/").rstrip("/")
    app.extensions[_KEY] = f"{root}/assets/{version}/"

    def serve(version: str, name: str) -> Response:
        """An old version in the path still gives the file, but is not kept."""
        current = app.extensions[_KEY].endswith(f"/{version}/")
        response = send_from_directory(folder, name, max_age=FOREVER_SECONDS if current else 0)
        if current:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response

    app.add_url_rule("/assets/<version>/<path:name>", "assets", serve)
