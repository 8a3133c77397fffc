"""All departments on one walk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.soak.walking.billing import Billing
from tests.soak.walking.moving import Moving
from tests.soak.walking.selling import NUMBER, Selling
from tests.soak.walking.walker import chance


class Walk(Selling, Moving, Billing):
    """Steps of every department; most walks get far because somebody carries on what was begun."""

    def next_steps(self) -> list[Callable[[int], None]]:
        """What the departments would do next, one entry for each thing that waits."""
        steps = {
            self.verify_and_confirm: self.orders("draft", "verified"),
            lambda number: self.plan(number, "all", 0): self.planable(),
            self.pick_all: self.shipments("draft", "picking"),
            self.pack_and_hand_over: self.shipments("picked", "packed"),
            self.dispatch: self.shipments("ready"),
            lambda number: self.deliver(number, "all"): self.shipments("shipped"),
            lambda number: self.post(number, 1): self.claims("draft"),
            lambda number: self.pay(number + 1, "exact", "1"): [c for c in self.claims("posted") if c.open > 0],
        }
        return [step for step, waiting in steps.items() if waiting]

    @chance(14, when=lambda self: self.next_steps(), number=NUMBER)
    def carry_on(self, number):
        steps = self.next_steps()
        steps[number % len(steps)](number // 8 * 8 + 1)

    @chance(1, hours=st.sampled_from((-26, -2, -1, 5, 72)))
    def clock_jumps(self, hours):
        """Somebody sets the machine's clock, back too."""
        self.now += timedelta(hours=hours)

    @rule(what=st.deferred(lambda: st.sampled_from(WEIGHTED)), data=st.data())
    def go(self, what, data):
        """One step; where it could mean nothing now, the next thing that waits, or a new order."""
        if not getattr(Walk, what).chance.when(self):
            what = "carry_on" if self.next_steps() else "take"
        values = {name: data.draw(drawn, name) for name, drawn in getattr(Walk, what).chance.drawn.items()}
        getattr(self, what)(**values)


WEIGHTED = [
    name
    for name in dir(Walk)
    if hasattr(getattr(Walk, name), "chance")
    for _ in range(getattr(Walk, name).chance.weight)
]
