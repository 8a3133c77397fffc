"""``flask audit``: seal the log and prove it."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel.actor import Actor, ActorKind
from app.platform.audit import erase_personal, seal_once, verify
from app.platform.audit.reading import audited_models
from app.platform.db import run

group = AppGroup("audit", help="Seal the log of everything, and prove that nobody changed it.")
_FILE = click.Path(dir_okay=False, path_type=Path)


@group.command("seal")
@click.option("--anchor", type=_FILE, help="Keep the head of the chain in this file, too.")
def seal(anchor: Path | None) -> None:
    """Seal what is complete; normally the server does so every second."""
    number = seal_once(anchor)
    click.echo("There was nothing to seal." if number is None else f"Sealed block {number}.")


@group.command("verify")
@click.option("--anchor", type=_FILE, help="A copy of the head kept outside: finds a cut tail and an older copy.")
@click.pass_context
def prove(context: click.Context, anchor: Path | None) -> None:
    """Read the whole log; exit 1 and name the first bad entry when it is not what was written."""
    try:
        proof = verify(anchor)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise click.ClickException(f"{anchor} cannot be read as an anchor: {problem}") from None
    click.echo(f"{proof.entries} entries in {proof.blocks} blocks, {proof.unsealed} not sealed yet.")
    if proof.is_good:
        click.echo("The log is whole." if anchor else "The log is whole; without --anchor a cut tail cannot be seen.")
        return
    click.echo("\n".join(f"{'First' if n == 0 else 'Also'}: {found}" for n, found in enumerate(proof.findings)))
    context.exit(1)


@group.command("erase")
@click.argument("table")
@click.argument("row_id", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="Why; it is written down.")
def erase(table: str, row_id: int, reason: str) -> None:
    """Forget the personal values of one row in the log, such as "parties 12"; the proof stays whole.

    Empty the row itself first: what it still holds is not touched.
    """
    model = audited_models().get(table)
    if model is None or not model.__personal__:
        raise click.ClickException(f"The log keeps no personal values of a table {table}.")
    count = run(_erase, _COMMAND, table=table, row_id=row_id, reason=reason)
    click.echo(f"Personal values of {count} entries are gone.")


_COMMAND = Actor(name="audit erase", kind=ActorKind.CLI, surface="cli")


def _erase(_actor: Actor, *, table: str, row_id: int, reason: str) -> int:
    return erase_personal(table, row_id, reason=reason)
