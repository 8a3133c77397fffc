"""Finance's pages that are no table: receivables by age."""

from __future__ import annotations

from flask import Flask, render_template
from flask_babel import lazy_gettext

from app.departments.finance import queries
from app.departments.finance.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.backoffice import Item, page


def register(app: Flask) -> None:
    """Register the pages."""
    right = Permissions.RECEIVABLES_READ
    menu = Item("finance", lazy_gettext("Receivables"), "finance_receivables", right, icon="chart", position=35)

    @page(app, "/finance/receivables/", permission=right, endpoint="finance_receivables", menu=menu)
    def receivables(actor: Actor) -> str:
        """Who owes what, by how late it is."""
        return render_template("finance/receivables.html", rows=queries.receivables_by_age(clock.today(actor.timezone)))
