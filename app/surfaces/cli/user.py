"""``flask user``: the first person of a house, and its standard roles."""

from __future__ import annotations

import sys

import click
from babel.core import get_global
from flask import current_app
from flask.cli import AppGroup

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import HandoffError
from app.platform.access import door, everything
from app.platform.db import run
from app.platform.process.calendar_service import knows_holidays
from app.platform.process.default_flow import install_default_flow
from app.surfaces.admin.standard_roles import ADMIN, install_standard_roles

group = AppGroup("user", help="The first admin, and the roles a house begins with.")


def _house() -> Actor:
    return everything("command line", ActorKind.CLI, "cli")


def _install_flow() -> None:
    """The first flow and working hours, with the holidays of the country the house's zone lies in."""
    zone = current_app.config["DEFAULT_TIMEZONE"]
    country = get_global("zone_territories").get(zone)
    run(install_default_flow, _house(), zone=zone, holiday_country=country if knows_holidays(country) else None)


def _password() -> str:
    """Asked twice at a terminal; from a program its first line of input. Never an argument: those can be listed."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


@group.command("create-admin")
@click.option("--login", prompt=True, help="What the person signs in with.")
@click.option("--name", prompt=True, help="The person's name.")
def create_admin(login: str, name: str) -> None:
    """Make the first admin, once; the password is asked for or read from standard input."""
    try:
        run(install_standard_roles, _house())
        _install_flow()
        user = door.make_first_admin(_house(), login=login, name=name, password=_password(), role_code=ADMIN)
    except HandoffError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{user.login} may sign in now and add the others in the browser.")


@group.command("install-roles")
def install_roles() -> None:
    """Add departments, standard roles, the rights that this release brings and the first flow; safe to repeat."""
    added = run(install_standard_roles, _house())
    _install_flow()
    click.echo(f"{added} rows added." if added else "Everything was there already.")
