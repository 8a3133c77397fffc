"""Many people at once: threads with an application context of their own, let loose together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from app.kernel.errors import HandoffError
from app.platform.access import house_reading
from app.platform.db import run, session
from tests.support.factories import house

PATIENCE = 60


def at_once(app: Flask, calls: Sequence[tuple[Callable[..., Any], dict[str, Any]]]) -> list[Any]:
    """Run all use cases at the same time; results in the order given, a refusal is the result itself."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def work(number: int, use_case: Callable[..., Any], values: dict[str, Any]) -> None:
        with app.app_context(), house_reading():
            start.wait(PATIENCE)
            try:
                results[number] = run(use_case, house(), **values)
            except Exception as error:  # noqa: BLE001  the test asserts on whatever it was
                results[number] = error
            finally:
                session.remove()

    threads = [
        threading.Thread(target=work, args=(number, use_case, values))
        for number, (use_case, values) in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody waits forever"
    return results


def refusals(results: Sequence[Any]) -> list[HandoffError]:
    """The refusals among the results; any other exception is raised."""
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, HandoffError):
            raise result
    return [result for result in results if isinstance(result, HandoffError)]
