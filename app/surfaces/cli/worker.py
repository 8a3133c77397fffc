"""``flask worker``: background work in a process of its own, on as many machines as wanted."""

from __future__ import annotations

import signal
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from app.platform.jobs import Runner


@click.command("worker")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Jobs at the same time.")
@click.option(
    "--patience", type=click.IntRange(0, 3600), default=60, show_default=True, help="Seconds to end what runs."
)
@with_appcontext
def worker(threads: int, patience: int) -> None:
    """Do background jobs until stopped with SIGTERM or Ctrl-C; what runs is brought to its end first."""
    runner = Runner(current_app._get_current_object(), threads=threads)  # type: ignore[attr-defined]  # noqa: SLF001

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    runner.start()
    click.echo(f"Working as {runner.owner} with {threads} threads.")
    try:
        runner.wait()
    except KeyboardInterrupt:
        click.echo("Stopping; no new jobs are taken.")
    if not runner.stop(patience):
        raise click.ClickException("Some jobs did not end in time; another worker takes them over.")
