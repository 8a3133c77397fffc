"""Ctrl-K finds what a person may see, and leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask

from app.kernel.actor import Actor, ActorKind
from app.platform.access import read_as
from app.records.catalog.permissions import Permissions as Catalog
from app.records.parties.permissions import Permissions as Parties


@pytest.fixture
def find(house: Flask, app: Flask) -> Iterator[Callable[..., Any]]:
    """``find(actor, text)``: the answer of the search."""
    who: dict[str, Actor | None] = {"as": None}

    def identify() -> None:
        read_as(who["as"])

    house.before_request_funcs.setdefault(None, []).append(identify)

    def ask(actor: Actor | None, text: str) -> Any:
        who["as"] = actor
        return app.test_client().get("/search/", query_string={"q": text})

    yield ask
    house.before_request_funcs[None].remove(identify)


def person(*permissions: Any) -> Actor:
    granted = {permission.code: frozenset({"all"}) for permission in permissions}
    return Actor(name="Reader", kind=ActorKind.USER, user_id=1, permissions=MappingProxyType(granted), surface="web")


def test_several_hits_stand_in_a_list_with_their_pages(find: Any, make: Any):
    one, two = (make.customer(name=f"Harbour {n}", code=f"H-{n}", address=False) for n in (1, 2))
    make.product(name="Harbour crane", code="CRANE")
    answer = find(person(Parties.PARTY_READ), "harbour")
    assert answer.status_code == 200
    assert f'href="/master/customers/{one.id}/">H-1 · Harbour 1' in answer.text
    assert f'href="/master/customers/{two.id}/">H-2 · Harbour 2' in answer.text
    assert "crane" not in answer.text


def test_one_hit_is_opened_at_once(find: Any, make: Any):
    made = make.customer(name="Harbour", code="H-77", address=False)
    answer = find(person(Parties.PARTY_READ), "H-77")
    assert (answer.status_code, answer.location) == (302, f"/master/customers/{made.id}/")


@pytest.mark.promise("AZ10")
def test_without_the_right_nothing_is_found(find: Any, make: Any):
    make.customer(name="Harbour", code="H-1", address=False)
    answer = find(person(Catalog.PRODUCT_READ), "harbour")
    assert (answer.status_code, "Nothing found" in answer.text) == (200, True)
    assert find(None, "harbour").status_code == 302


@pytest.mark.promise("IV3")
@pytest.mark.parametrize("text", ["", "%", "<script>alert(1)</script>", "' OR 1=1 --", "\x00", "a" * 5000])
def test_any_text_is_answered(find: Any, make: Any, text: str):
    answer = find(person(Parties.PARTY_READ), text)
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.text


def test_the_top_bar_leads_here(find: Any):
    assert 'action="/search/"' in find(person(Parties.PARTY_READ), "x").text
