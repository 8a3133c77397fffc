"""Numbers, amounts and times as people read them: in the reader's language and zone, never the server's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names
from flask_babel import format_datetime as babel_datetime
from flask_babel import get_locale, get_timezone, gettext

from app.kernel import clock
from app.kernel.money import minor_unit
from app.kernel.quantity import plain
from app.kernel.text import N_

DAY = timedelta(days=1)
_said: dict[tuple[Any, str], str] = {}


def number(value: Decimal | int, places: int | None = None) -> str:
    """Thousands separated; ``places`` fixed decimals, or as many as the value needs."""
    if places is not None:
        return f"{value:,.{places}f}"
    if isinstance(value, int):
        return f"{value:,}"
    whole, _, rest = plain(value).partition(".")
    grouped = f"{int(whole):,}"
    sign = "-" if whole == "-0" else ""
    return f"{sign}{grouped}.{rest}" if rest else sign + grouped


def amount(value: Decimal, currency: str) -> str:
    """An amount in its currency's decimals; more only where the value has more (unit prices)."""
    places = minor_unit(currency)
    exponent = value.normalize().as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{value:,.{max(places, needed)}f}"


def say(text: str, **values: Any) -> str:
    """The translation of a marked text with its values. Looked up once per language: lists ask thousands of times."""
    key = (get_locale(), text)
    found = _said.get(key)
    if found is None:
        found = _said[key] = gettext(text)
    return found % values if values else found


@cache
def _zone_of(found: Any) -> ZoneInfo:
    return ZoneInfo(str(found))


def zone() -> ZoneInfo:
    """The reader's zone."""
    return _zone_of(get_timezone() or "UTC")


@cache
def _names(locale: Any) -> tuple[dict[int, str], dict[int, str]]:
    """Short names of months (from 1) and weekdays (from 0, Monday)."""
    return dict(get_month_names("abbreviated", locale=locale)), dict(get_day_names("abbreviated", locale=locale))


def _month(value: date) -> str:
    return _names(get_locale())[0][value.month]


def _weekday(value: date) -> str:
    return _names(get_locale())[1][value.weekday()]


def exact(instant: datetime) -> str:
    """Date, time and zone in full, for ``title`` attributes and papers on a screen."""
    local = instant.astimezone(zone())
    text = say(N_("%(day)s %(month)s %(year)s"), day=local.day, month=_month(local), year=local.year)
    return f"{text}, {local:%H:%M} {zone().key}"


def day(value: date) -> str:
    """Day and month; the year only when it is not this year."""
    if value.year == clock.now().astimezone(zone()).year:
        return say(N_("%(day)s %(month)s"), day=value.day, month=_month(value))
    return say(N_("%(day)s %(month)s %(year)s"), day=value.day, month=_month(value), year=value.year)


def long_day(value: date) -> str:
    """Weekday, day, month and year."""
    text = say(N_("%(day)s %(month)s %(year)s"), day=value.day, month=_month(value), year=value.year)
    return f"{_weekday(value)} {text}"


def spoken(instant: datetime) -> str:
    """Weekday, day, month and time, as a heading says it."""
    return babel_datetime(instant, gettext("EEEE d MMMM, HH:mm"))


def clock_time(instant: datetime) -> str:
    """The time of day."""
    return f"{instant.astimezone(zone()):%H:%M}"


def duration(span: timedelta) -> str:
    """A length of time in at most two units: ``18 min``, ``2 h 48``, ``1 d 2 h``."""
    minutes = max(0, int(abs(span).total_seconds() // 60))
    if minutes < 60:
        return say(N_("%(n)d min"), n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return say(N_("%(h)d h %(m)02d"), h=hours, m=rest) if rest else say(N_("%(h)d h"), h=hours)
    days, hours = divmod(hours, 24)
    return say(N_("%(d)d d %(h)d h"), d=days, h=hours) if hours else say(N_("%(d)d d"), d=days)


def moment(instant: datetime) -> str:
    """An instant further than a day away: weekday and time within a week, else day and month."""
    local = instant.astimezone(zone())
    return f"{_weekday(local)} {local:%H:%M}" if abs(instant - clock.now()) < 7 * DAY else day(local.date())


def ago(instant: datetime) -> str:
    """How long ago, or in how long; beyond a day the moment itself."""
    gap = instant - clock.now()
    if abs(gap) >= DAY:
        return moment(instant)
    if gap > timedelta(0):
        return say(N_("in %(span)s"), span=duration(gap))
    return say(N_("now")) if gap > timedelta(minutes=-1) else duration(gap)


def iso(instant: datetime) -> str:
    """Machine-readable, for ``<time datetime>``."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
