"""Buttons that call a use case: on one row or on the ticked rows of a list, with a form where words are needed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError
from app.platform.access import Permission
from app.platform.backoffice.forms import Form
from app.platform.backoffice.wording import sentence
from app.platform.db import run

log = structlog.get_logger(__name__)

#: rows one click may touch; more belongs into an import or a job
MOST_ROWS = 200
Text = Any


@dataclass(frozen=True, slots=True)
class ButtonAction:
    """A button.

    use_case: called per row as ``use_case(actor, <id_argument>=id, **form values)``, each in its own unit of work.
    form: a Form class asked in a step of its own; ``prefill(row)`` gives its first values for a single row.
    confirm: a sentence that names the consequence and the way back; it makes a step of its own even without a form.
    when: whether the button makes sense for a row; courtesy only, the use case decides.
    bulk, single: offered on the list's bar, on the row's page.  key: pressed on the row's page (``c``).
    done: what to say afterwards, default "Done".
    opens: page of the row that the use case gives back, shown next (``edit_view``); default: the row's own page.
    """

    name: str
    label: Text
    permission: Permission
    use_case: Callable[..., Any]
    form: type[Form] | None = None
    confirm: Text = None
    when: Callable[[Any], bool] | None = None
    prefill: Callable[[Any], dict[str, Any]] | None = None
    bulk: bool = True
    single: bool = True
    is_primary: bool = False
    is_danger: bool = False
    icon: str = ""
    key: str = ""
    done: Text = None
    opens: str = ""
    needs: tuple[str, ...] = ()

    @property
    def has_step(self) -> bool:
        """Whether a page stands between the button and the use case."""
        return self.form is not None or self.confirm is not None

    def fits(self, row: Any) -> bool:
        """Whether to offer it for this row."""
        return self.when is None or self.when(row)


@dataclass(slots=True)
class Outcome:
    """What happened to one row."""

    row_id: int
    label: str
    error: str = ""
    status: int = 200
    result: Any = None

    @property
    def is_done(self) -> bool:
        """Whether it went through."""
        return not self.error


@dataclass(slots=True)
class Outcomes:
    """What happened to all rows of one click."""

    rows: list[Outcome] = field(default_factory=list)

    @property
    def done(self) -> list[Outcome]:
        """Rows that went through."""
        return [row for row in self.rows if row.is_done]

    @property
    def refused(self) -> list[Outcome]:
        """Rows that did not, with the reason."""
        return [row for row in self.rows if not row.is_done]


def accepts(use_case: Callable[..., Any], name: str) -> bool:
    """Whether a use case takes the keyword ``name``."""
    parameters = inspect.signature(use_case).parameters
    return name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def perform(
    action: ButtonAction, actor: Actor, rows: list[tuple[int, str]], id_argument: str, values: dict[str, Any]
) -> Outcomes:
    """Call the use case for each (id, label); a refusal stops its own row only. Failures of ours are not caught."""
    outcomes = Outcomes()
    for row_id, label in rows:
        outcome = Outcome(row_id, label)
        try:
            outcome.result = run(action.use_case, actor, **{id_argument: row_id}, **values)
        except HandoffError as error:
            if len(rows) == 1:
                raise
            outcome.error, outcome.status = sentence(error), error.status
            log.info("refused", action=action.name, row_id=row_id, code=error.code)
        outcomes.rows.append(outcome)
    return outcomes
