"""Numbers, amounts and times as people read them: in the reader's language and zone, never the server's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names
from flask import has_app_context
from flask.globals import app_ctx
from flask_babel import Domain, get_domain, get_locale, get_timezone, gettext
from flask_babel import format_datetime as babel_datetime

from app.kernel import clock
from app.kernel.money import minor_unit
from app.kernel.quantity import plain
from app.kernel.text import N_

DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Reader:
    """Language and zone of who reads. A list asks a thousand times, so a request works it out once."""

    locale: Any
    found_zone: Any  #: as Flask-Babel has it
    zone: ZoneInfo
    catalog: Any
    texts: dict[str, str]
    months: dict[int, str]
    weekdays: dict[int, str]


#: language -> text -> translation
_texts: dict[str, dict[str, str]] = {}


def _reader() -> Reader:
    try:
        holder = app_ctx.g.__dict__
    except RuntimeError:  # outside of every application
        return _made_reader()
    known: Reader | None = holder.get("format_reader")
    babel = holder.get("_flask_babel")  # changes where a paper or a test reads in another language
    if (
        known is not None
        and babel is not None
        and known.locale is getattr(babel, "babel_locale", None)
        and known.found_zone is getattr(babel, "babel_tzinfo", None)
    ):
        return known
    made = holder["format_reader"] = _made_reader()
    return made


def _made_reader() -> Reader:
    locale, found = get_locale(), get_timezone() if has_app_context() else None
    months, weekdays = _names(locale) if locale is not None else _names("en")
    texts = _texts.setdefault(str(locale), {})
    return Reader(
        locale, found, _zone_of(found or "UTC"), Domain.get_translations(get_domain()), texts, months, weekdays
    )


class RememberingDomain(Domain):
    """Flask-Babel asks three times where it is for each text; a page has hundreds."""

    def get_translations(self) -> Any:
        """The catalog of who reads."""
        return _reader().catalog


def say(text: str, **values: Any) -> str:
    """The translation of a marked text with its values. Looked up once per language: lists ask thousands of times."""
    found = _told(_reader(), text)
    return found % values if values else found


def translated(text: str) -> str:
    """The translation of a text as it is."""
    return _told(_reader(), text)


def _told(here: Reader, text: str) -> str:
    found = here.texts.get(text)
    if found is None:
        found = here.texts[text] = here.catalog.ugettext(text)
    return found


@cache
def _zone_of(found: Any) -> ZoneInfo:
    return ZoneInfo(str(found))


def zone() -> ZoneInfo:
    """The reader's zone."""
    return _reader().zone


@cache
def _names(locale: Any) -> tuple[dict[int, str], dict[int, str]]:
    """Short names of months (from 1) and weekdays (from 0, Monday)."""
    return dict(get_month_names("abbreviated", locale=locale)), dict(get_day_names("abbreviated", locale=locale))


def _full_day(here: Reader, value: date) -> str:
    told = _told(here, N_("%(day)s %(month)s %(year)s"))
    return told % {"day": value.day, "month": here.months[value.month], "year": value.year}


def _day(here: Reader, value: date) -> str:
    if value.year != clock.now().astimezone(here.zone).year:
        return _full_day(here, value)
    return _told(here, N_("%(day)s %(month)s")) % {"day": value.day, "month": here.months[value.month]}


def exact(instant: datetime) -> str:
    """Date, time and zone in full, for ``title`` attributes and papers on a screen."""
    here = _reader()
    local = instant.astimezone(here.zone)
    return f"{_full_day(here, local)}, {local.hour:02}:{local.minute:02} {here.zone.key}"


def day(value: date) -> str:
    """Day and month; the year only when it is not this year."""
    return _day(_reader(), value)


def long_day(value: date) -> str:
    """Weekday, day, month and year."""
    here = _reader()
    return f"{here.weekdays[value.weekday()]} {_full_day(here, value)}"


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
    here = _reader()
    local = instant.astimezone(here.zone)
    if abs(instant - clock.now()) < 7 * DAY:
        return f"{here.weekdays[local.weekday()]} {local.hour:02}:{local.minute:02}"
    return _day(here, local)


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
