"""A house with a toy shop: rows of two keepers, and a browser that acts as whoever a test says."""

from decimal import Decimal

import pytest
from flask import Flask

from app.kernel.actor import ActorKind
from app.platform import backoffice
from app.platform.access import everything, house_reading, read_as
from app.platform.db import db, session
from app.platform.db.testing import bind_to
from tests.conftest import build_app, dispose
from tests.platform.backoffice import toys


@pytest.fixture(scope="module")
def shop_house(databases, tmp_path_factory) -> Flask:
    url = databases.copy()
    with toys.open_shop():
        made = build_app(url, tmp_path_factory.mktemp("shop"))
        made.extensions["acting"] = None

        @made.before_request
        def identify():
            read_as(made.extensions["acting"])

        backoffice.add_picker(made, toys.SHOPS)
        backoffice.add_view(made, toys.ToyDesk)
        backoffice.seal(made)
        with made.app_context():
            toys.Toy.metadata.create_all(db.engine)
        yield made
    dispose(made)
    databases.drop(url)


@pytest.fixture
def shop(shop_house):
    """The house in a transaction that is rolled back; two shops, three toys each."""
    with shop_house.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        try:
            with bind_to(connection), house_reading():
                fill()
                yield shop_house
                session.rollback()
        finally:
            session.remove()
            outer.rollback()
            connection.close()
            shop_house.extensions["acting"] = None


def fill() -> None:
    def stock(actor):
        for keeper_id, name in ((1, "Mine"), (2, "Theirs")):
            owner = toys.Shop(name=name, keeper_id=keeper_id)
            session.add(owner)
            session.flush()
            for number in range(1, 4):
                session.add(
                    toys.Toy(
                        code=f"{name[0]}{number}",
                        name=f"{name} {number}",
                        shop_id=owner.id,
                        price=Decimal(number * 10),
                        margin=Decimal("7.77"),
                    )
                )

    from app.platform.db import run

    run(stock, everything("test", ActorKind.SYSTEM, "test"))


@pytest.fixture
def browse(shop):
    """``browse(actor, path, method, **values)``: one request; None is a visitor without a login."""

    def send(actor, path, method="get", **values):
        shop.config["WTF_CSRF_ENABLED"] = values.pop("csrf", False)
        shop.extensions["acting"] = actor
        client = values.pop("client", None) or shop.test_client()
        return getattr(client, method)(path, **values)

    return send


@pytest.fixture
def toy(shop):
    """``toy("M1")``: the row as it is now."""
    import sqlalchemy as sa

    def find(code):
        session.rollback()
        session.expunge_all()
        row = session.scalars(sa.select(toys.Toy).where(toys.Toy.code == code)).one_or_none()
        session.expunge_all()
        return row

    return find
