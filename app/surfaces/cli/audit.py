"""``flask audit``: seal the log and prove it."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.platform.audit import seal_once, verify

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
