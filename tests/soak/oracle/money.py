"""What finance may do: claims, their reductions, and the money that settles them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tests.soak.oracle.book import NONE, Claim, ClaimLine, Line, Order, Payment, Shipment, must, rounded, split
from tests.soak.oracle.shared import Shared


class Money(Shared):
    """Set up billing, invoice, credit, pay."""

    # ------------------------------------------------------------------------------------------------ billing
    def set_up_billing(self, order: Order) -> None:
        self._billing_is_set_up(order)

    def _billing_is_set_up(self, order: Order) -> None:
        order.billing_set_up = True
        if order.policy != "period":
            self.draft_by_itself(order, None)

    def draft_by_itself(self, order: Order, shipment: Shipment | None) -> None:
        """What the house drafts when something becomes billable; silent when nothing is."""
        if order.billing_set_up and (wanted := self._billable(order, shipment)):
            self._draft(order, shipment, wanted)

    def draft(self, order: Order, shipment: Shipment | None) -> None:
        must(order.billing_set_up, "billing is not set up")
        wanted = self._billable(order, shipment)
        must(bool(wanted), "nothing to invoice")
        self._draft(order, shipment, wanted)

    def _billable(self, order: Order, shipment: Shipment | None) -> list[tuple[Line, Fraction]]:
        if shipment is not None:
            return self._billable_of_shipment(order, shipment)
        if order.policy != "ordered" and not any(line.gone > 0 for line in order.lines):
            return []
        found = [(line, self._basis(order, line) - line.billed) for line in order.lines]
        due = [(line, quantity) for line, quantity in found if quantity > 0]
        return due if any(sum(line.totals) for line, _ in due) else []

    @staticmethod
    def _basis(order: Order, line: Line) -> Fraction:
        """What of a line is owed now."""
        return line.wanted if order.policy == "ordered" or not line.is_goods else line.gone

    @staticmethod
    def _billable_of_shipment(order: Order, shipment: Shipment) -> list[tuple[Line, Fraction]]:
        found = []
        for part in shipment.parts.values():
            quantity = min(part.shipped - part.failed - part.invoiced, part.line.gone - part.line.billed)
            if quantity > 0:
                found.append((part.line, quantity))
        if found:
            along = [line for line in order.lines if not line.is_goods and line.wanted > line.invoiced]
            found += [(line, line.wanted - line.invoiced) for line in along]
        return sorted(found, key=lambda pair: pair[0].position)

    def _draft(self, order: Order, shipment: Shipment | None, wanted: list[tuple[Line, Fraction]]) -> None:
        made = Claim(order, [], shipment)
        for line, quantity in wanted:
            net, tax = line.worth(line.billed + quantity)
            part = ClaimLine(line, quantity, net - line.claimed[0], tax - line.claimed[1])
            made.lines.append(part)
            line.invoiced += quantity
            line.claimed = (net, tax)
            self._mark(shipment, line, quantity)
        self.book.claims.append(made)

    def _parts(self, shipment: Shipment | None, line: Line):
        shipments = self.book.shipments if shipment is None else [shipment]
        return [one.parts[line.id] for one in shipments if line.id in one.parts and one.parts[line.id].shipped > 0]

    def _mark(self, shipment: Shipment | None, line: Line, quantity: Fraction) -> None:
        for part in self._parts(shipment, line):
            share = min(quantity, part.shipped - part.failed - part.invoiced)
            if share > 0:
                part.invoiced += share
                quantity -= share

    def cancel_draft(self, claim: Claim) -> None:
        must(claim.state == "draft", "not a draft")
        claim.state = "cancelled"
        for one in claim.lines:
            line, quantity = one.line, one.quantity
            line.invoiced -= quantity
            line.claimed = (line.claimed[0] - one.net, line.claimed[1] - one.tax)
            for part in reversed(self._parts(claim.shipment, line)):
                share = min(quantity, part.invoiced)
                part.invoiced -= share
                quantity -= share
        self.settle_states()

    def drafts_follow(self, order: Order) -> None:
        """A draft that claims more than is owed now goes; what is owed is drafted again."""
        over = {line.id for line in order.lines if line.billed > self._basis(order, line)}
        wrong = [
            one
            for one in self.book.claims
            if one.order is order and one.state == "draft" and any(part.line.id in over for part in one.lines)
        ]
        for one in wrong:
            self.cancel_draft(one)
        if wrong and order.policy != "period":
            self.draft_by_itself(order, None)

    def post(self, claim: Claim) -> None:
        must(claim.state == "draft", "not a draft")
        claim.state, claim.posted_on = "posted", self.day
        for payment in self.book.payments:
            if payment.order is claim.order:
                self._settle(payment, claim, min(claim.open, payment.amount - payment.used))
        self.settle_states()

    def credit(self, claim: Claim, quantities: Mapping[int, Fraction] | None) -> None:
        must(claim.state == "posted" and claim.reverses is None, "not a posted invoice")
        made = Claim(claim.order, [], claim.shipment, reverses=claim, state="posted")
        for one in claim.lines:
            left = one.quantity - one.returned
            quantity = left if quantities is None else quantities.get(one.id, NONE)
            if quantity == 0:
                continue
            must(NONE < quantity <= left, "more than was invoiced")
            made.lines.append(self._credited(one, quantity))
        must(bool(made.lines), "nothing to credit")
        share = min(claim.open, made.gross)
        made.settled += share
        claim.settled += share
        self.book.claims.append(made)
        self.settle_states()

    @staticmethod
    def _credited(one: ClaimLine, quantity: Fraction) -> ClaimLine:
        """Shares of the claim by running totals; the last one takes what is left."""
        line = one.line
        one.returned += quantity
        net, tax = one.net, one.tax
        if one.returned != one.quantity:
            total = one.net + one.tax if line.basis == "included" else one.net
            net, tax = split(total * one.returned / one.quantity, line.tax, line.basis)
        part = ClaimLine(line, quantity, net - one.given_back[0], tax - one.given_back[1])
        one.given_back = (net, tax)
        line.credited += quantity
        line.claimed = (line.claimed[0] - part.net, line.claimed[1] - part.tax)
        return part

    # ------------------------------------------------------------------------------------------------ paying
    def pay(
        self,
        customer: int,
        amount: Fraction,
        *,
        order: Order | None = None,
        parts: Mapping[int, Fraction] | None = None,
        oldest_first: bool = False,
    ) -> None:
        """parts: invoice id -> amount."""
        must(amount > 0 and rounded(amount, 2) == amount, "not an amount")
        made = Payment(customer, amount, order)
        self.book.payments.append(made)
        self.use(made, parts or {})
        if oldest_first:
            for claim in self.oldest(customer):
                self._settle(made, claim, min(claim.open, made.amount - made.used))
            self.settle_states()

    def oldest(self, customer: int) -> list[Claim]:
        """Open invoices; the term is the same for all, so who was posted first is due first."""
        mine = [c for c in self.book.claims if c.state == "posted" and c.reverses is None and c.open > 0]
        return sorted((c for c in mine if c.order.customer == customer), key=lambda claim: (claim.posted_on, claim.id))

    def use(self, payment: Payment, parts: Mapping[int, Fraction]) -> None:
        claims = {claim.id: claim for claim in self.book.claims}
        for claim_id, amount in sorted(parts.items()):
            claim = claims[claim_id]
            must(claim.state == "posted" and claim.reverses is None, "not a posted invoice")
            must(claim.order.customer == payment.customer, "somebody else's")
            must(NONE < amount <= min(claim.open, payment.amount - payment.used), "too much")
            self._settle(payment, claim, amount)
        self.settle_states()

    @staticmethod
    def _settle(payment: Payment, claim: Claim, amount: Fraction) -> None:
        if amount > 0:
            payment.used += amount
            claim.settled += amount
            payment.parts.append((claim, amount))

    def take_settlement_back(self, payment: Payment, number: int) -> None:
        claim, amount = payment.parts[number]
        still = sum((part for one, part in payment.parts if one is claim), NONE)
        must(0 < amount <= still, "taken back already")
        payment.used -= amount
        claim.settled -= amount
        payment.parts.append((claim, -amount))
