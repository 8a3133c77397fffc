"""``flask import run MAPPING FOLDER``: bring records in from files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.kernel import clock
from app.kernel.actor import ActorKind
from app.kernel.errors import HandoffError, InvalidInput
from app.platform.access import everything, house_reading
from app.platform.db import run
from app.platform.imports import applying, checking, report, staging
from app.platform.imports.mapping import ImportMapping, load
from app.platform.imports.reading import Source, check_columns, digest_of
from app.surfaces import opening

group = AppGroup("import", help="Bring records in from files.")
SHOWN = 50


@group.command("opening")
@click.argument("workbook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the cut-over (default: today in UTC).")
@click.option("--apply", "is_real", is_flag=True, help="Book it. Without this everything is tried and undone.")
def bring_in_opening(workbook: Path, on: datetime | None, *, is_real: bool) -> None:
    """Opening balances from an .xlsx WORKBOOK: stock, open orders and purchase orders, receivables and payables.

    Each sheet needs its control total. All problems are listed with sheet, row and column; nothing is booked while
    there are any. The same workbook again changes nothing.
    """
    actor = everything("opening balances", ActorKind.IMPORT, "cli")
    try:
        found = opening.read_workbook(workbook.read_bytes())
        day = on.date() if on else clock.now().date()
        created = run(opening.bring_in, actor, workbook=found, on=day, is_preview=not is_real)
    except opening.OnlyPreview as preview:
        click.echo(f"Preview, nothing was booked: {_counts(preview.created)}. Book it with --apply.")
    except opening.OpeningRefused as refused:
        for wrong in refused.workbook.wrong:
            place = f"{wrong.sheet} row {wrong.row}, {wrong.column}" if wrong.row else f"{wrong.sheet} {wrong.column}"
            click.echo(f"error: {place.strip()}: {wrong.message}", err=True)
        raise click.ClickException(str(refused)) from None
    except InvalidInput as problem:
        raise click.ClickException("; ".join(str(sentence) for sentence in problem.fields.values())) from None
    else:
        click.echo(f"Booked: {_counts(created)}.")


def _counts(created: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in created.items())


@group.command("opening-template")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def write_opening_template(workbook: Path, language: str) -> None:
    """Write an empty WORKBOOK with the sheets and columns that ``flask import opening`` reads."""
    opening.write_template(workbook, language=["en", "zh"].index(language))
    click.echo(f"Written: {workbook}")


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
