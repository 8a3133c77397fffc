"""Numbers of invoices and credit notes: 1, 2, 3 ... in each company and year, as the counters say."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.platform.settings.models import Counter
from app.platform.settings.numbering import shape_of
from app.records.billing.models import OPENING_KEY, Invoice, InvoiceKind, InvoiceState

invoices, counters = Invoice.__table__, Counter.__table__
#: kind of paper -> its series
SERIES = {InvoiceKind.INVOICE: "invoice", InvoiceKind.CREDIT_NOTE: "credit_note"}
KINDS = {name: kind.value for kind, name in SERIES.items()}
DIGITS = "0123456789"
#: claims of the system before keep their own numbers
ours = sa.or_(invoices.c.intake_key.is_(None), invoices.c.intake_key.not_like(f"{OPENING_KEY}%"))
LONGEST = 18  #: digits a BIGINT holds whatever they are


def _miscounted() -> sa.Select[Any]:
    """Series of a company of which not as many papers are posted as numbers were given."""
    c = invoices.c
    posted = (
        sa.select(c.kind.cast(sa.String), c.company_id, sa.func.count().label("posted"), sa.literal(0).label("given"))
        .where(c.state == InvoiceState.POSTED, ours)
        .group_by(c.kind, c.company_id)
    )
    given = sa.select(
        sa.case(KINDS, value=counters.c.name), counters.c.company_id, sa.literal(0), counters.c.value
    ).where(counters.c.name.in_(KINDS))
    both = sa.union_all(posted, given).subquery()
    counts = sa.func.sum(both.c.posted), sa.func.sum(both.c.given)
    return (
        sa.select(both.c.kind, both.c.company_id, counts[0].label("posted"), counts[1].label("given"))
        .group_by(both.c.kind, both.c.company_id)
        .having(counts[0] != counts[1])
        .order_by(both.c.kind, both.c.company_id)
    )


@check("billing.numbers_as_given", "As many invoices and credit notes are posted as numbers were given to them.")
def numbers_as_given() -> sa.Select[Any]:
    """Finds what vanished, also from the end of a series; a pattern may have changed in between."""
    return _miscounted()


@check("billing.numbers_gapless", "The numbers of invoices and credit notes follow each other, none missing or twice.")
def numbers_gapless() -> sa.Select[Any]:
    """The paper before whose number one is missing, or whose number was never given or is there before.

    Numbers are unique as texts. Where none lies outside 1 to the last one given, none is written in two ways, and as
    many are there as were given, all are there: so the rows need to be lined up only where the counts differ.
    """
    both = sa.union(*(_outside(kind, name) for kind, name in SERIES.items()), _out_of_line()).subquery()
    return sa.select(*both.c).order_by(both.c.id)


def _outside(kind: InvoiceKind, name: str) -> sa.Select[Any]:
    """Numbers that were never given, or are written otherwise than the pattern says."""
    every = _numbers(kind, name).subquery()
    c = every.c
    last = sa.and_(counters.c.name == name, counters.c.company_id == c.company_id, counters.c.year == c.year)
    return (
        sa.select(c.id, c.number, counters.c.value.label("after"), c.running)
        .select_from(every.outerjoin(counters, last))
        .where(~c.running.between(1, sa.func.coalesce(counters.c.value, 0)) | c.is_odd)
    )


def _out_of_line() -> sa.Select[Any]:
    """In miscounted series, what does not follow the number before; numbers of an earlier pattern are the first ones."""
    wrong = _miscounted().order_by(None).subquery()
    every = sa.union_all(*(_numbers(kind, name, wrong) for kind, name in SERIES.items())).subquery()
    c = every.c
    series = [c.kind, c.company_id, c.year]
    earlier = sa.func.sum(sa.case((c.running.is_(None), 1), else_=0)).over(partition_by=series)
    before = sa.func.lag(c.running).over(partition_by=series, order_by=(c.running.nulls_first(), c.id))
    lined = sa.select(*c, sa.func.coalesce(before, earlier).label("after")).subquery()
    follows = lined.c.running - lined.c.after == 1
    return sa.select(lined.c.id, lined.c.number, lined.c.after, lined.c.running).where(
        lined.c.running.is_not(None), ~follows
    )


def _numbers(kind: InvoiceKind, name: str, only: sa.Subquery | None = None) -> sa.Select[Any]:
    """Every posted paper of a kind with the running number in its number, NULL where that has another pattern.

    only: kinds and companies to look at; asked before a number is taken apart, which is what costs time.
    """
    c, shape = invoices.c, shape_of(name)
    length = sa.func.length(c.number) - shape.before - shape.after
    digits = sa.func.substr(c.number, shape.before + 1, length)
    fits = sa.and_(
        c.number.like(shape.like, escape="\\"), length.between(1, LONGEST), sa.func.rtrim(digits, DIGITS) == ""
    )
    is_odd = sa.and_(sa.or_(length < shape.digits, sa.and_(length > shape.digits, digits.like("0%"))), fits)
    found = sa.select(
        c.id,
        c.number,
        sa.literal(kind.value).label("kind"),
        c.company_id,
        (sa.extract("year", c.issued_on) if shape.is_yearly else sa.literal(0)).label("year"),
        sa.case((fits, sa.cast(digits, sa.BigInteger())), else_=sa.null()).label("running"),
        is_odd.label("is_odd"),
    ).where(c.kind == kind, c.state == InvoiceState.POSTED, ours)
    if only is not None:
        found = found.where(c.company_id.in_(sa.select(only.c.company_id).where(only.c.kind == kind.value)))
    return found
