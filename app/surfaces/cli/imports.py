"""``flask import run MAPPING FOLDER``: bring records in from files."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel.actor import ActorKind
from app.kernel.errors import HandoffError, InvalidInput
from app.platform.access import everything, house_reading
from app.platform.db import run
from app.platform.imports import applying, checking, report, staging
from app.platform.imports.mapping import ImportMapping, load
from app.platform.imports.reading import Source, check_columns, digest_of

group = AppGroup("import", help="Bring records in from files.")
SHOWN = 50


@group.command("run")
@click.argument("mapping", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--skip-bad", is_flag=True, help="Leave rows with problems out and write them to a rejects folder.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Folder for the rows left out (default: rejects/).")
def run_import(mapping: Path, folder: Path, *, skip_bad: bool, rejects: Path | None) -> None:
    """Stage, check and apply the files in FOLDER as the TOML file MAPPING says.

    All problems are listed with file, row and column. Nothing is written while there are any, unless --skip-bad.
    The same files again change nothing; a killed import goes on where it stopped.
    """
    try:
        _import(mapping, folder, skip_bad=skip_bad, rejects=rejects or Path("rejects"))
    except InvalidInput as problem:
        for place, sentence in problem.fields.items():
            click.echo(f"{place}: {sentence}", err=True)
        raise click.exceptions.Exit(1) from None
    except HandoffError as problem:
        raise click.ClickException(str(problem)) from None


def _import(mapping_path: Path, folder: Path, *, skip_bad: bool, rejects: Path) -> None:
    mapping = load(mapping_path)
    source = Source(folder)
    check_columns(mapping, source)
    actor = everything(f"import {mapping.name}", ActorKind.IMPORT, "cli")
    run_id = staging.stage(actor, mapping, source, digest_of(mapping_path, mapping, source))
    bad = run(checking.check, actor, run_id=run_id, mapping=mapping)
    with house_reading():
        _show(run_id, mapping)
        if bad and skip_bad:
            for path in report.write_rejects(run_id, mapping, source, rejects):
                click.echo(f"left out: {path}")
    done = run(applying.apply, actor, run_id=run_id, mapping=mapping, skip_bad=skip_bad)
    click.echo(f"{done.created} created, {done.changed} changed, {done.left_out} left out.")


def _show(run_id: int, mapping: ImportMapping) -> None:
    count = 0
    for finding in report.findings(run_id, mapping):
        count += 1
        if count <= SHOWN:
            kind = "error" if finding.is_error else "note"
            click.echo(f"{kind}: {finding.file} row {finding.row}, {finding.column}: {finding.sentence}")
    if count > SHOWN:
        click.echo(f"... and {count - SHOWN} more.")
