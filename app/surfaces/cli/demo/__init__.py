"""``flask demo``: a company to look around in, made by the same use cases that people use."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.platform.access import house_reading
from app.platform.db import db, run, session
from app.surfaces.admin.signing_in import DEMO
from app.surfaces.cli.demo import bulk
from app.surfaces.demo import is_lived_in, make_company, people

group = AppGroup("demo", help="A company to look around in; never in production.")


@group.command("load")
def load() -> None:
    """Load the demo company once; a house that holds a company already is left as it is."""
    if current_app.config["HANDOFF_ENV"] == "production":
        raise click.ClickException("the demo lets everybody in, so it is never loaded in production")
    if DEMO.value():
        click.echo("The demo company is loaded.")
    elif is_lived_in():
        click.echo("There are people or a company in this database already: the demo is not loaded.")
        return
    else:
        click.echo(f"The demo company is loaded, with {make_company()} orders.")
    _say_logins()


@group.command("bulk")
@click.option("--orders", type=click.IntRange(1, 9_999_999), required=True, help="How many there shall be.")
def make_bulk(orders: int) -> None:
    """Add many orders at every stage to the demo company, quickly; run again it adds what is missing."""
    if not DEMO.value():
        raise click.ClickException("load the demo company first: flask demo load")
    with house_reading():
        there = bulk.count_orders()
    session.rollback()
    for done in range(there, orders, bulk.BATCH):
        run(bulk.add_batch, people.house(), first=done + 1, count=min(bulk.BATCH, orders - done))
        click.echo(f"{min(done + bulk.BATCH, orders)} of {orders} orders")
    bulk.look_over(db.engine)
    click.echo(f"There are {max(orders, there)} orders beside those of the story.")


def _say_logins() -> None:
    click.echo(f"Sign in with one click on the login page, or with a login and the password “{people.PASSWORD}”:")
    for person in people.PEOPLE:
        click.echo(f"  {person.login:14}{person.role:16}{person.name}")
