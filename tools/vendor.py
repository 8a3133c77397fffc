"""Build app/static from the npm packages of package-lock.json and our own styles.

    python tools/vendor.py           npm ci, then write app/static
    python tools/vendor.py --check   build in memory from the files already vendored and compare

Users of Handoff need only pip: what this writes is committed, and vendor.json holds the SHA-384
of every file, which a test compares. Only the Python standard library is used.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "app" / "static"
VENDOR = STATIC / "vendor"
STYLES = ROOT / "app" / "platform" / "backoffice" / "styles"
MANIFEST = STATIC / "vendor.json"

#: what is copied: file in node_modules -> file in app/static/vendor
COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
}
#: our own sheets in the order in which they override Bootstrap
SHEETS = ("tokens.css", "components.css", "screens.css")


def sha384(content: bytes) -> str:
    """The digest in the form a browser's `integrity` attribute takes."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def bundle() -> bytes:
    """Bootstrap, tokens, components and screens as one sheet.

    Bootstrap's icons are `data:` addresses, which `img-src 'self'` refuses and reports; our
    components draw their own, so they are dropped.
    """
    bootstrap = (VENDOR / "bootstrap" / "bootstrap.min.css").read_text(encoding="utf-8")
    bootstrap = re.sub(r"""url\(("|')data:.*?\1\)""", "none", bootstrap)
    bootstrap = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", bootstrap)
    own = [(STYLES / name).read_text(encoding="utf-8") for name in SHEETS]
    return "\n".join([bootstrap.strip(), *own]).encode()


def copy_packages() -> None:
    """Install exactly what the lock names, without running the packages' scripts."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to vendor front end files; users of Handoff never need it.")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in COPIES.items():
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / target)


def versions() -> dict[str, str]:
    """Name and version of each vendored package, as the lock says."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    wanted = {source.split("/", 1)[0] for source in COPIES}
    return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in sorted(wanted)}


def manifest(bundled: bytes) -> str:
    """The text of vendor.json for the files as they are now."""
    files = {
        path.relative_to(STATIC).as_posix(): sha384(path.read_bytes())
        for path in sorted(VENDOR.rglob("*"))
        if path.is_file()
    }
    files["handoff.css"] = sha384(bundled)
    return json.dumps({"packages": versions(), "files": files}, indent=2, sort_keys=True) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail if app/static is not what the sources give")
    parser.add_argument("--styles", action="store_true", help="only bundle our own sheets again, without npm")
    options = parser.parse_args()
    if options.check:
        bundled = bundle()
        stale = [
            name
            for name, wanted, path in (
                ("handoff.css", bundled, STATIC / "handoff.css"),
                ("vendor.json", manifest(bundled).encode(), MANIFEST),
            )
            if not path.is_file() or path.read_bytes() != wanted
        ]
        if stale:
            sys.exit(f"{', '.join(stale)} differ from their sources; run `python tools/vendor.py`")
        return
    if not options.styles:
        copy_packages()
    bundled = bundle()
    (STATIC / "handoff.css").write_bytes(bundled)
    MANIFEST.write_text(manifest(bundled), encoding="utf-8")
    print(f"app/static/handoff.css: {len(bundled):,} bytes")


if __name__ == "__main__":
    main()
