"""Refusals of finance."""

from __future__ import annotations

from app.kernel.errors import RuleBroken
from app.kernel.text import N_


class BillingNotSetUp(RuleBroken):
    """H4 is still open."""

    code = "finance.billing_not_set_up"
    default_message = N_("Confirm billing title and terms of %(order)s before invoicing it.")


class NothingToInvoice(RuleBroken):
    """Nothing billable is left."""

    code = "finance.nothing_to_invoice"
    default_message = N_("Nothing of %(order)s is billable now: all that left is invoiced, or a draft holds it.")


class CreditTooLarge(RuleBroken):
    """More would be credited than was asked for."""

    code = "finance.credit_too_large"
    default_message = N_("Line %(line)s: at most %(most)s can be credited.")


class OtherCurrency(RuleBroken):
    """A payment settles invoices of its own currency only."""

    code = "finance.other_currency"
    default_message = N_("%(invoice)s is in %(theirs)s, the payment in %(ours)s.")


class OtherParty(RuleBroken):
    """A payment settles invoices of the party that paid."""

    code = "finance.other_party"
    default_message = N_("%(invoice)s belongs to another customer.")


class TooMuchSettled(RuleBroken):
    """More than is open, or more than was paid."""

    code = "finance.too_much_settled"
    default_message = N_("%(invoice)s: at most %(most)s can be settled.")


class NothingToRefund(RuleBroken):
    """Everything is refunded, or nothing is to be."""

    code = "finance.nothing_to_refund"
    default_message = N_("Nothing of return %(number)s is to be refunded now.")


class DraftInTheWay(RuleBroken):
    """What is not owed any more stands on a draft, which nobody can credit."""

    code = "finance.draft_in_the_way"
    default_message = N_(
        "%(quantity)s of line %(line)s stand on a draft invoice. Throw the draft away and draft it again, or post it; "
        "then refund."
    )


class NoBillYet(RuleBroken):
    """The supplier has not billed the goods."""

    code = "finance.no_bill_yet"
    default_message = N_(
        "Nothing is billed for %(number)s yet: the bill is expected to leave it out, and settles it by itself."
    )
