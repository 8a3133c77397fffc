"""The real server: it starts as `make run` starts it, ends cleanly, and comes back after it was killed."""

import urllib.request

import pytest

pytestmark = pytest.mark.slow


def sign_in_page(server):
    """What a newcomer sees at the bare address."""
    asked = urllib.request.Request(server.address + "/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(asked, timeout=20) as page:
        return page.status, page.headers.get_content_type(), "/sign-in" in page.url


GOOD = (200, "text/html", True)


def test_it_answers_ends_when_asked_and_starts_again(server):
    assert sign_in_page(server) == GOOD
    assert server.stop() == 0
    server.start()
    assert sign_in_page(server) == GOOD


def test_it_comes_back_after_it_was_killed(server):
    server.kill()
    server.start()
    assert sign_in_page(server) == GOOD
