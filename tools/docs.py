"""Write docs/reference from the code: permissions, events, settings, commands.

.venv/bin/python tools/docs.py            writes the files
.venv/bin/python tools/docs.py --check    exits with 1 and names the files that are not current
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click  # noqa: E402  the project's root must be importable first
from flask import Flask  # noqa: E402

import config  # noqa: E402
from app import create_app  # noqa: E402
from app.platform import access, events  # noqa: E402
from app.platform.events.bus import event_classes  # noqa: E402
from app.platform.settings import registry as declared_settings  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
NOTE = "<!-- Made by tools/docs.py from the code; do not edit. -->"


def cell(text: object) -> str:
    """One line that cannot break a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return [*lines, *(f"| {' | '.join(cell(value) for value in row)} |" for row in rows)]


# -------------------------------------------------------------------------------------------- permissions
def permissions(_app: Flask) -> Iterator[str]:
    yield "# Permissions"
    yield ""
    yield "A role grants permissions, each for all rows or for a scope of them. What is not granted is refused."
    found = [right for _, right in access.registry]
    for package, rights in groupby(found, key=lambda right: right.code.partition(".")[0]):
        yield from ("", f"## {package}", "")
        rows = [(f"`{r.code}`", r.sentence, ", ".join(f"`{m.__tablename__}`" for m in r.reads)) for r in rights]
        yield from table(("permission", "lets a person", "shows rows of"), rows)


# ------------------------------------------------------------------------------------------------- events
def events_page(_app: Flask) -> Iterator[str]:
    yield "# Events"
    yield ""
    yield "Facts, stored in the transaction in which they became true. Flow steps and rules name them."
    for package, found in groupby(event_classes().items(), key=lambda item: item[0].partition(".")[0]):
        yield from ("", f"## {package}", "")
        rows = [(f"`{name}`", first_line(kind), ", ".join(payload(kind))) for name, kind in found]
        yield from table(("event", "what happened", "carries"), rows)


def first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def payload(kind: type[events.Event]) -> Iterator[str]:
    """``order_id: int`` for every value of the event itself."""
    hints = typing.get_type_hints(kind)
    for item in dataclasses.fields(kind):
        if item.name != "occurred_at":
            yield f"`{item.name}: {inspect.formatannotation(hints[item.name])}`"


# ----------------------------------------------------------------------------------------------- settings
def settings(_app: Flask) -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "Read once from the environment when a process starts; a mistake is named and nothing starts."
    yield ""
    rows = [(f"`{item.name}`", item.sentence, item.default) for item in config.describe()]
    yield from table(("variable", "meaning", "default"), rows)
    yield ""
    yield "What admins change in the browser while the house runs (Set up, Settings); numbers are written by a pattern."
    yield ""
    found = [one for _, one in declared_settings if not one.internal]
    yield from table(("setting", "meaning", "default"), [(f"`{o.name}`", o.sentence, f"`{o.default}`") for o in found])


# ----------------------------------------------------------------------------------------------- commands
#: what Flask itself brings
FOREIGN_COMMANDS = {"run", "shell", "routes"}


def commands(app: Flask) -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "From the project's root: `.venv/bin/flask COMMAND`. The environment says which database is meant."
    for name in sorted(set(app.cli.commands) - FOREIGN_COMMANDS):
        command = app.cli.commands[name]
        yield from ("", f"## {name}", "", command.get_short_help_str(limit=1000))
        leaves = list(leaf_commands(command, name))
        yield ""
        yield from table(("command", "what it does"), [(f"`{usage(*leaf)}`", purpose(leaf[1])) for leaf in leaves])


def leaf_commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in sorted(command.commands):
        yield from leaf_commands(command.commands[name], f"{path} {name}")


def usage(path: str, command: click.Command) -> str:
    """``flask db upgrade [REVISION]`` with every option."""
    context = click.Context(command, info_name=path)
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    written = [option_usage(option, context) for option in options]
    arguments = [p.make_metavar(context) for p in command.params if isinstance(p, click.Argument)]
    return " ".join(["flask", path, *arguments, *written])


def option_usage(option: click.Option, context: click.Context) -> str:
    name = option.opts[-1]
    text = name if option.is_flag else f"{name} {option.make_metavar(context)}"
    return text if option.required else f"[{text}]"


def purpose(command: click.Command) -> str:
    text = " ".join((command.help or "").split())
    helps = [f"`{p.opts[-1]}`: {p.help}" for p in command.params if isinstance(p, click.Option) and p.help]
    return " ".join([text, *(f"{line.rstrip('.')}." for line in helps)])


# ------------------------------------------------------------------------------------------------- writing
PAGES: dict[str, Callable[[Flask], Iterator[str]]] = {
    "permissions.md": permissions,
    "events.md": events_page,
    "settings.md": settings,
    "commands.md": commands,
}


def main(words: Sequence[str]) -> int:
    app = create_app({"TESTING": True, "DATABASE_URL": "sqlite://", "SECRET_KEY": "for the reference " * 2})
    REFERENCE.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, page in PAGES.items():
        path = REFERENCE / name
        text = "\n".join([NOTE, "", *page(app)]) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in words:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/reference/{name}")
    if stale and "--check" in words:
        print(f"Not current: {', '.join(stale)}. Run  .venv/bin/python tools/docs.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
