"""Numbers, amounts and times as people read them: in the reader's language and zone, never the server's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import format_date as babel_date
from flask_babel import format_datetime as babel_datetime
from flask_babel import get_timezone, gettext

from app.kernel import clock
from app.kernel.money import minor_unit
from app.kernel.quantity import plain

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


def zone() -> ZoneInfo:
    """The reader's zone."""
    return ZoneInfo(str(get_timezone() or "UTC"))


def exact(instant: datetime) -> str:
    """Date, time and zone in full, for ``title`` attributes and papers on a screen."""
    return f"{babel_datetime(instant, 'd MMM y, HH:mm')} {zone().key}"


def day(value: date) -> str:
    """Day and month; the year only when it is not this year."""
    this_year = clock.now().astimezone(zone()).year
    return babel_date(value, gettext("d MMM") if value.year == this_year else gettext("d MMM y"), rebase=False)


def long_day(value: date) -> str:
    """Weekday, day, month and year."""
    return babel_date(value, gettext("EEE d MMM y"), rebase=False)


def spoken(instant: datetime) -> str:
    """Weekday, day, month and time, as a heading says it."""
    return babel_datetime(instant, gettext("EEEE d MMMM, HH:mm"))


def clock_time(instant: datetime) -> str:
    """The time of day."""
    return babel_datetime(instant, "HH:mm")


def duration(span: timedelta) -> str:
    """A length of time in at most two units: ``18 min``, ``2 h 48``, ``1 d 2 h``."""
    minutes = max(0, int(abs(span).total_seconds() // 60))
    if minutes < 60:
        return gettext("%(n)d min", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return gettext("%(h)d h %(m)02d", h=hours, m=rest) if rest else gettext("%(h)d h", h=hours)
    days, hours = divmod(hours, 24)
    return gettext("%(d)d d %(h)d h", d=days, h=hours) if hours else gettext("%(d)d d", d=days)


def moment(instant: datetime) -> str:
    """An instant further than a day away: weekday and time within a week, else day and month."""
    if abs(instant - clock.now()) < 7 * DAY:
        return babel_datetime(instant, "EEE HH:mm")
    return day(instant.astimezone(zone()).date())


def ago(instant: datetime) -> str:
    """How long ago, or in how long; beyond a day the moment itself."""
    gap = instant - clock.now()
    if abs(gap) >= DAY:
        return moment(instant)
    if gap > timedelta(0):
        return gettext("in %(span)s", span=duration(gap))
    if gap > timedelta(minutes=-1):
        return gettext("now")
    return duration(gap)


def iso(instant: datetime) -> str:
    """Machine-readable, for ``<time datetime>``."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
