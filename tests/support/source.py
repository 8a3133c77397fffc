"""The project's own files, for the contracts that hold for every one of them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: folders that are made, not written
MADE = {".git", ".venv", "instance", "node_modules", "__pycache__", "test-results"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project: what git knows or would add, else (in an unpacked archive) what lies there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not MADE & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def python_files(*folders: str) -> list[Path]:
    """Python files below the given top-level folders or with these names."""
    return [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in folders]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def nodes(path: Path) -> Iterator[ast.AST]:
    """Every node of the parsed file."""
    return ast.walk(tree(path))


def where(path: Path, node: ast.AST | None = None) -> str:
    """``app/wiring.py:12``, as editors and pytest print it."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{node.lineno}" if node is not None else name


def dotted(node: ast.AST) -> str:
    """``sa.func.avg`` for the expression of that name, else an empty text."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])
