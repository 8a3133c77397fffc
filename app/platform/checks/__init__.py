"""What can never be true, asked of all rows at once: ``flask check``.

    @check("stock.levels_equal_moves", "What lies at a place is the sum of its moves.")
    def levels_equal_moves() -> sa.Select[Any]: ...

A check gives the rows that break it, with the columns a person needs to find them, as one set-based query on tables
(never on mapped classes: a check reads all rows, whoever asks). ``left_out`` counts what the check does not apply to,
such as imported history, so that nobody takes silence for proof.
"""

from app.platform.checks.registry import Check, check, checks
from app.platform.checks.runner import Outcome, run_checks

__all__ = ["Check", "Outcome", "check", "checks", "run_checks"]
