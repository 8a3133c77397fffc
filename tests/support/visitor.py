"""A person in front of a browser without scripts: reads a page, fills its form in, sends it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

VOID_TYPES = {"submit", "button", "reset", "image", "file"}


@dataclass(slots=True)
class FormOnPage:
    """One form: where it goes and what stands in it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> set[str]:
        """Names of its fields."""
        return {name for name, _ in self.fields}


class _Forms(HTMLParser):
    """Collects the forms of a page with their present values."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.open: FormOnPage | None = None
        self.select: str | None = None
        self.chosen: str | None = None
        self.first: str | None = None
        self.area: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what a form would send."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = FormOnPage(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.open)
        if self.open is None:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        is_off = kind in {"checkbox", "radio"} and "checked" not in given
        if tag == "input" and name and kind not in VOID_TYPES and not is_off:
            self.open.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self.select, self.chosen, self.first = name, None, None
        elif tag == "option" and self.select:
            self.first = given.get("value", "") if self.first is None else self.first
            self.chosen = given.get("value", "") if "selected" in given else self.chosen
        elif tag == "textarea" and name:
            self.area, self.text = name, ""

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        if tag == "form":
            self.open = None
        elif tag == "select" and self.select and self.open:
            self.open.fields.append((self.select, self.chosen if self.chosen is not None else self.first or ""))
            self.select = None
        elif tag == "textarea" and self.area and self.open:
            self.open.fields.append((self.area, self.text.removeprefix("\n")))
            self.area = None

    def handle_data(self, data: str) -> None:
        """Text of a textarea."""
        if self.area:
            self.text += data


class Visitor:
    """Somebody with a browser; ``sign_in`` makes it a colleague."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def sign_in(self, login: str, password: str) -> Visitor:
        """Through the door everybody uses."""
        answer = self.submit("/sign-in", login=login, password=password)
        assert answer.status_code in {302, 303}, answer.text
        return self

    def get(self, path: str) -> str:
        """A page that must open."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {_words(answer)}"
        return answer.text

    def submit(self, path: str, **values: Any) -> TestResponse:
        """Open a page, fill in its form and send it.  values: name -> text, a list for a column of a grid.

        The form is the first on the page that posts and has all the names (dashes stand for underscores).
        """
        page = self.client.get(path)
        assert page.status_code == 200, f"{path}: {page.status_code} {_words(page)}"
        form = self._form(page.text, path, set(values))
        kept = [(name, value) for name, value in form.fields if name not in values]
        entered = [(n, str(one)) for n, v in values.items() for one in (v if isinstance(v, list) else [v])]
        data: dict[str, list[str]] = {}
        for name, value in [*kept, *entered]:
            data.setdefault(name, []).append(value)
        return self.client.post(form.action or path, data=data)

    def do(self, path: str, **values: Any) -> TestResponse:
        """``submit`` that must succeed: the answer leads on, or shows the page again without a problem."""
        answer = self.submit(path, **values)
        assert answer.status_code in {200, 302, 303}, f"{path}: {answer.status_code} {_words(answer)}"
        return answer

    def press(self, page: str, action: str, **values: Any) -> TestResponse:
        """Press a button of a page: send its small form."""
        text = self.get(page)
        form = next((one for one in forms_of(text) if one.method == "post" and action in one.action), None)
        assert form is not None, f"{page} has no button for {action}"
        data = {**dict(form.fields), **values}
        answer = self.client.post(form.action, data=data)
        assert answer.status_code in {200, 302, 303}, f"{form.action}: {answer.status_code} {_words(answer)}"
        return answer

    def _form(self, text: str, path: str, wanted: set[str]) -> FormOnPage:
        candidates = [form for form in forms_of(text) if form.method == "post"]
        known = {name for form in candidates for name in form.names()} | set(re.findall(r'name="([^"]+)"', text))
        assert wanted <= known, f"{path} has no field {wanted - known}"
        here = path.split("?", maxsplit=1)[0]
        found = max(
            candidates,
            key=lambda form: (len(wanted & form.names()), form.action.split("?")[0] in {"", here}),
            default=None,
        )
        assert found is not None, f"{path} has no form"
        return found


def forms_of(text: str) -> list[FormOnPage]:
    """The forms of a page's main part."""
    reader = _Forms()
    reader.feed(text[max(0, text.find("<main")) :])
    return reader.forms


def _words(answer: TestResponse) -> str:
    return words_of(answer.text)


def words_of(text: str) -> str:
    """What a person reads in the main part of a page."""
    body = re.sub(r"(?s)<(script|style|svg|nav|header).*?</\1>", " ", text)
    main = body[body.find("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:600]
