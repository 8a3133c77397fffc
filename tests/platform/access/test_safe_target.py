"""AU7: nothing given in an address leads out of the house."""

from __future__ import annotations

import pytest

from app.platform.access.web import safe_target


@pytest.mark.promise("AU7")
@pytest.mark.parametrize("inside", ["/", "/orders/?q=a//b&page=2", "/desk#top", "/订单/7", "/a%2f%2fb"])
def test_a_path_of_this_house_is_followed(inside):
    assert safe_target(inside, "/home") == inside


@pytest.mark.promise("AU7")
@pytest.mark.parametrize(
    "outside",
    [
        None, "", "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/\t/evil.example", "\t//evil.example", "javascript:alert(1)", "https:evil.example", "user@evil.example",
        "/.//evil.example", "/a\r\nSet-Cookie: x=1", " /orders", "/ok /x", "/\x7f/x", "x" * 3000,
    ],
)  # fmt: skip
def test_everything_else_leads_home(outside):
    assert safe_target(outside, "/home") == "/home"
