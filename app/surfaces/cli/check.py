"""``flask check``: proves over all rows what can never be true."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from app.kernel.quantity import plain
from app.platform.checks import Outcome, checks, run_checks


@click.command("check")
@click.argument("names", nargs=-1, metavar="[CHECK]...")
@click.pass_context
def check(context: click.Context, names: tuple[str, ...]) -> None:
    """Prove that the figures of the house agree; exit 1 and show the rows where they do not.

    CHECK: names, or beginnings of names such as "stock.", of the checks to ask (default: all).
    """
    wanted = [one for one in checks() if not names or one.name.startswith(names)]
    if not wanted:
        raise click.ClickException(f"There is no check called {' or '.join(names)}.")
    broken = rows = 0
    for outcome in run_checks(wanted):
        broken += not outcome.is_good
        rows += outcome.count
        click.echo("\n".join(_lines(outcome)))
    click.echo(f"{len(wanted)} checks, {broken} broken, {rows} rows.")
    context.exit(1 if broken else 0)


def _lines(outcome: Outcome) -> list[str]:
    one = outcome.check
    left_out = f"; {outcome.left_out} imported rows left out" if outcome.left_out else ""
    if outcome.is_good:
        return [f"ok      {one.name}{left_out}"]
    head = f"BROKEN  {one.name}: {outcome.count} rows{left_out}. {one.sentence}"
    more = [f"        and {outcome.count - len(outcome.rows)} more"] if outcome.count > len(outcome.rows) else []
    return [head, *(f"        {_row(row)}" for row in outcome.rows), *more]


def _row(row: Mapping[str, Any]) -> str:
    return "  ".join(f"{name}={plain(value) if isinstance(value, Decimal) else value}" for name, value in row.items())
