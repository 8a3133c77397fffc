"""The small pieces of every screen as markup: state, due time, department, money, quantity, time, bar.

Written in Python and not as template macros because a list of 100 rows asks for them hundreds of times; the macros of
``backoffice/_macros.html`` of the same names call these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from app.kernel import clock
from app.kernel.counting import parts_of
from app.kernel.text import N_
from app.platform.backoffice import assets, format, labels, menu  # noqa: A004  the room's own word for it

#: state value -> tone of its pill; a package adds its own with ``tone_states``
TONES: dict[str, str] = {
    "draft": "empty", "quoted": "empty", "verified": "info", "confirmed": "info", "in_fulfilment": "info half",
    "fulfilled": "ok", "completed": "ok", "cancelled": "waiting", "closed_short": "waiting",
    "offered": "empty", "accepted": "info", "paused": "waiting", "returned": "warning", "overdue": "breach",
    "on_hold": "warning", "paid": "ok", "posted": "info", "active": "ok", "inactive": "waiting", "open": "info",
    "failed": "breach", "dead": "breach", "done": "ok", "queued": "empty", "running": "info half",
}  # fmt: skip
#: ``Enumeration.value`` (or a bare value) -> marked words of a package; others are in labels.VALUES
WORDS: dict[str, str] = {}
SOON = timedelta(hours=1)


def tone_states(tones: Mapping[str, str], words: Mapping[str, str] | None = None) -> None:
    """Name the tone (ok, info, info half, empty, waiting, warning, breach) and the words (``N_``) of a package's states.

    A member of an enumeration as key speaks of that enumeration only, a bare text of every one.
    """
    TONES.update({_key(value): tone for value, tone in tones.items()})
    WORDS.update({_key(value): text for value, text in (words or {}).items()})


def _key(value: str | StrEnum) -> str:
    return f"{type(value).__name__}.{value.value}" if isinstance(value, StrEnum) else value


def word(value: str | StrEnum) -> str:
    """What people read for a stored value: the package's words, else the value itself without underscores."""
    text = str(value.value if isinstance(value, StrEnum) else value)
    marked = WORDS.get(_key(value)) or WORDS.get(text) or labels.VALUES.get(text)
    if marked is not None:
        return format.say(marked)
    spoken = text.replace("_", " ")
    return format.say(spoken[:1].upper() + spoken[1:]) if spoken else ""


def icon(name: str, *, small: bool = False) -> Markup:
    """A drawing from the sprite, silent for screen readers: the words stand beside it."""
    return _icon(assets.url("icons.svg"), name, " ho-ic-sm" if small else "")


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, size: str) -> Markup:
    return Markup('<svg class="ho-ic{}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(size, sprite, name)


def state_pill(value: str | StrEnum | None, text: str | None = None, tone: str | None = None) -> Markup:
    """The state of a record: a pill with the word."""
    if value is None:
        return dash()
    shade = TONES.get(_key(value), TONES.get(str(value), "")) if tone is None else tone
    return _pill(shade, text or word(value))


@lru_cache(maxsize=2048)
def _pill(shade: str, text: str) -> Markup:
    return Markup('<span class="ho-state {}">{}</span>').format(shade, text)


def value_word(value: StrEnum) -> Markup:
    """A stored value: a pill where it is a state with a tone of its own, else only the word."""
    toned = _key(value) in TONES or str(value) in TONES
    return state_pill(value) if toned else escape(word(value))


_DASH = Markup('<span class="ho-3">–</span>')


def dash() -> Markup:
    """Nothing here, and that is normal."""
    return _DASH


def time_tag(instant: datetime | None, text: str | None = None) -> Markup:
    """Relative words, the exact time with its zone in the title."""
    if instant is None:
        return dash()
    shown = escape(text or format.ago(instant))
    title = escape(format.exact(instant))
    return Markup(f'<time datetime="{format.iso(instant)}" title="{title}">{shown}</time>')  # noqa: S704  all escaped


def day_tag(value: date | None) -> Markup:
    """A calendar date, never shifted by a zone."""
    if value is None:
        return dash()
    title, shown = escape(format.long_day(value)), escape(format.day(value))
    return Markup(f'<time datetime="{value.isoformat()}" title="{title}">{shown}</time>')  # noqa: S704  all escaped


def due_badge(
    due_at: datetime | None,
    *,
    completed_at: datetime | None = None,
    paused_since: datetime | None = None,
    started_at: datetime | None = None,
) -> Markup:
    """The clock of a hand-off: in time plain, soon tinted, late solid, paused hatched.

    started_at: when the clock began; with it, soon is also the last fifth of the target.
    """
    if completed_at is not None:
        text = (
            format.say(N_("done in %(span)s"), span=format.duration(completed_at - started_at))
            if started_at
            else format.say(N_("done"))
        )
        return _due("done", "check", text, completed_at)
    if paused_since is not None:
        return _due(
            "paused",
            "pause",
            format.say(N_("paused %(span)s"), span=format.duration(clock.now() - paused_since)),
            due_at,
        )
    if due_at is None:
        return dash()
    left = due_at - clock.now()
    if left < timedelta(0):
        return _due("late", "alert", format.say(N_("%(span)s late"), span=format.duration(left)), due_at)
    soon = max(SOON, (due_at - started_at) / 5) if started_at else SOON
    return _due("soon" if left < soon else "ok", "clock", format.ago(due_at), due_at)


def _due(kind: str, drawing: str, text: str, at: datetime | None) -> Markup:
    title = (
        format.say(N_("due %(time)s"), time=format.exact(at))
        if at is not None and kind != "done"
        else (format.exact(at) if at else "")
    )
    shown = escape(text)
    inner = f'<time datetime="{format.iso(at)}">{shown}</time>' if at else shown
    drawn = f'<span class="ho-due {kind}" title="{escape(title)}">{icon(drawing)}{inner}</span>'
    return Markup(drawn)  # noqa: S704  all escaped


def dept_mark(code: str | None, name: str | None = None, *, with_name: bool = True, text: str | None = None) -> Markup:
    """The square of a department with its letter; ``text`` stands in place of the name (the step it works on)."""
    if not code:
        return dash()
    group = menu.group_of(current_app, code)
    label = name or (gettext("Customer") if code == menu.OUTSIDE else str(group.label) if group else word(code))
    letter = str(group.letter) if group and group.letter else label[:1].upper()
    style = code if group is not None and group.is_coloured else ""
    return _mark(style, letter, label, text or "", with_name=with_name)


@lru_cache(maxsize=1024)
def _mark(style: str, letter: str, label: str, text: str, *, with_name: bool) -> Markup:
    if not with_name:
        mark = Markup('<b class="ho-mark {}" aria-hidden="true">{}</b>').format(style, letter)
        return mark + Markup('<span class="visually-hidden">{}</span>').format(label)
    told = Markup('<span class="visually-hidden">{}: </span>{}').format(label, text) if text else escape(label)
    return Markup(
        '<span class="ho-dept"><b class="ho-mark {}" aria-hidden="true">{}</b><span class="ho-clip">{}</span></span>'
    ).format(style, letter, told)


def dept_pass(origin: str | None, target: str | None) -> Markup:
    """From which department to which."""
    return Markup('<span class="ho-pass">{}{}{}</span>').format(
        dept_mark(origin or "outside", with_name=False), icon("chev-r"), dept_mark(target or "outside", with_name=False)
    )


def money(value: Decimal | None, currency: str) -> Markup:
    """An amount with its currency small behind it."""
    if value is None:
        return dash()
    return _with_unit(format.amount(value, currency), currency)


def quantity(value: Decimal | None, unit: str = "") -> Markup:
    """A quantity with its unit."""
    if value is None:
        return dash()
    return _with_unit(format.number(value), unit)


def counted(value: Decimal | None, base: Any, unit: Any = None, factor: Decimal = Decimal(1)) -> Markup:
    """A base quantity in the unit that was agreed: 3 boxes 5 pieces, = 41 pieces.  base, unit: words or units."""
    if value is None:
        return dash()
    own, agreed = unit_word(base), unit_word(unit)
    parts = parts_of(value, own or agreed, agreed, factor)
    text = Markup(" ").join(_with_unit(format.number(amount), word) for amount, word in parts)
    if not agreed or factor == 1 or parts == [(value, own)]:
        return text
    return Markup('{}<span class="ho-sub">= {}</span>').format(text, _with_unit(format.number(value), own))


def unit_word(unit: Any) -> str:
    """A unit in the reader's language; a word stays as it is."""
    if unit is None or isinstance(unit, str):
        return unit or ""
    return str(unit.name_zh if str(get_locale()).startswith("zh") else unit.name_en)


def _with_unit(digits: str, unit: str) -> Markup:
    text = f'{digits}<span class="ho-cur">{escape(unit)}</span>' if unit else digits
    return Markup(text)  # noqa: S704  digits and separators, and an escaped unit


def avatar(name: str, *, large: bool = False) -> Markup:
    """The first sign of a name in a circle."""
    return Markup('<span class="ho-avatar{}" aria-hidden="true">{}</span>').format(
        Markup(" ho-avatar-lg") if large else "", (name.strip() or "?")[:1].upper()
    )


def person(name: str | None) -> Markup:
    """A person with the circle in front."""
    if not name:
        return dash()
    return Markup('<span class="ho-who">{}{}</span>').format(avatar(name), name)


def quantity_bar(total: Decimal, parts: Sequence[tuple[str, Decimal]], text: str, *, large: bool = False) -> Markup:
    """How far a quantity has come, as an SVG whose widths are attributes.

    parts: (invoiced | returned | delivered | shipped | picked | allocated | short, share), furthest first; short is drawn
    from the right end, at least 3 % wide so that it can be seen.  text: the same in words.
    """
    rects: list[Markup] = []
    at = 0.0
    for kind, share in parts:
        if total <= 0 or share <= 0:
            continue
        width = min(100.0, float(share / total * 100))
        if kind == "short":
            width = max(3.0, width)
            rects.append(_rect("short", 100.0 - width, width))
        else:
            rects.append(_rect(kind, at, min(width, 100.0 - at)))
            at = min(100.0, at + width)
    return Markup(
        '<svg class="ho-qty{}" role="img" aria-label="{}" preserveAspectRatio="none"><title>{}</title>{}</svg>'
    ).format(Markup(" ho-qty-lg") if large else "", text, text, Markup("").join(rects))


def _rect(kind: str, start: float, width: float) -> Markup:
    return Markup('<rect class="q-{}" x="{:.1f}%" width="{:.1f}%" height="100%"/>').format(kind, start, width)


def yes_no(value: object) -> Markup:
    """A dash for no, a word for yes: a column of red crosses says nothing."""
    if not value:
        return dash()
    return _tick(assets.url("icons.svg"), format.say(N_("yes")))


@lru_cache(maxsize=16)
def _tick(sprite: str, text: str) -> Markup:
    return _icon(sprite, "check", " ho-ic-sm") + Markup('<span class="visually-hidden">{}</span>').format(text)


def plain_text(value: Any) -> Markup:
    """Any other value, escaped; nothing is a dash."""
    return dash() if value is None or value == "" else escape(value)
