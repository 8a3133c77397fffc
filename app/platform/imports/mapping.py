"""The TOML mapping: which file fills which table, column by column.

Everything is checked against the targets before a row is read, and every mistake is named at its place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_
from app.platform.imports.models import REFS
from app.platform.imports.targets import targets

PLACE = re.compile(r"\{([\w.]+)\}")
_column_options = {
    "column", "constant", "first", "template", "ref", "key", "choices", "factor", "not_before", "required", "divide_by",
}  # fmt: skip
_table_options = {"target", "file", "rows", "key", "joins", "columns", "where", "distinct"}


@dataclass(frozen=True, slots=True)
class Join:
    """Another file looked up by a column of the row."""

    name: str
    file: str
    on: str  #: column of the row, may be of an earlier join
    key: str  #: column of the other file
    many: bool = False  #: one row for every match
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """How one field gets its value."""

    field: str
    templates: tuple[str, ...] = ()  #: the first that gives a text
    constant: str | None = None
    ref: str | None = None  #: target the value is a key of
    choices: Mapping[str, str] | None = None  #: ``*`` is any other text
    factor: str | None = None  #: number the value is multiplied with
    divide_by: str | None = None  #: column the value is divided by
    not_before: str | None = None  #: column with a date this one may not precede
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One file that fills one target."""

    number: int
    target: str
    file: str
    key: str
    columns: tuple[Column, ...]
    joins: tuple[Join, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    distinct: bool = False  #: a key that comes again is the same record, not a mistake
    rows: tuple[Mapping[str, str], ...] = ()  #: records written in the mapping itself, instead of a file


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A whole mapping."""

    name: str  #: becomes ``external_source``
    title: str
    tables: tuple[Table, ...]

    def files(self) -> list[str]:
        """Every file it reads, once."""
        names = [name for table in self.tables for name in (table.file, *(join.file for join in table.joins))]
        return list(dict.fromkeys(filter(None, names)))


def load(path: Path) -> ImportMapping:
    """Read a mapping.  Raises: InvalidInput with every mistake at its place (``tables.3.columns.name``)."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidInput({"mapping": Message(N_("There is no file %(path)s."), path=path)}) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InvalidInput({"mapping": Message(N_("This is not TOML: %(problem)s."), problem=problem)}) from None
    return _Reader(data).read()


class _Reader:
    """Walks the parsed TOML and collects mistakes."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: dict[str, Message | str] = {}
        self.choices: Mapping[str, Any] = data.get("choices", {})

    def read(self) -> ImportMapping:
        """The mapping, or all its mistakes."""
        name = self.data.get("name")
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_-]{1,40}", name):
            self.problems["name"] = N_("A mapping has a name of small letters, digits, - and _.")
        given = self.data.get("tables")
        if not isinstance(given, list) or not given:
            self.problems["tables"] = N_("A mapping has at least one [[tables]].")
            given = []
        tables = tuple(self._table(number, table) for number, table in enumerate(given, start=1))
        if self.problems:
            raise InvalidInput(self.problems)
        return ImportMapping(str(name), str(self.data.get("title", name)), tables)

    def _table(self, number: int, given: Mapping[str, Any]) -> Table:
        place = f"tables.{number}"
        self._only(place, given, _table_options)
        name = str(given.get("target", ""))
        if name not in targets:
            known = ", ".join(known for known, _ in targets)
            self.problems[f"{place}.target"] = Message(
                N_("Nothing can be imported into “%(name)s”. Known: %(known)s."), name=name, known=known
            )
        if not isinstance(given.get("key"), str):
            self.problems[f"{place}.key"] = N_("This text is needed.")
        if isinstance(given.get("file"), str) == isinstance(given.get("rows"), list):
            self.problems[f"{place}.file"] = N_("Name a file, or give the rows here.")
        columns = tuple(
            self._column(f"{place}.columns.{field_name}", name, field_name, how)
            for field_name, how in dict(given.get("columns", {})).items()
        )
        if sum(1 for column in columns if column.ref) > REFS:
            self.problems[f"{place}.columns"] = Message(N_("At most %(most)s columns refer to records."), most=REFS)
        return Table(
            number=number,
            target=name,
            file=str(given.get("file", "")),
            key=str(given.get("key", "")),
            columns=columns,
            joins=tuple(self._join(f"{place}.joins.{n}", join) for n, join in enumerate(given.get("joins", []), 1)),
            where=self._where(given.get("where", {})),
            distinct=bool(given.get("distinct", False)),
            rows=tuple({key: str(value) for key, value in row.items()} for row in given.get("rows", [])),
        )

    def _join(self, place: str, given: Mapping[str, Any]) -> Join:
        self._only(place, given, {"name", "file", "on", "key", "many", "where"})
        for option in ("name", "file", "on", "key"):
            if not isinstance(given.get(option), str):
                self.problems[f"{place}.{option}"] = N_("This text is needed.")
        texts = {option: str(given.get(option, "")) for option in ("name", "file", "on", "key")}
        return Join(**texts, many=bool(given.get("many", False)), where=self._where(given.get("where", {})))

    def _column(self, place: str, target: str, field_name: str, how: Any) -> Column:
        known = targets.find(target)
        if known is not None and field_name not in known.types():
            self.problems[place] = Message(N_("%(target)s has no field %(field)s."), target=target, field=field_name)
        if isinstance(how, str):
            return Column(field_name, (f"{{{how}}}",))
        if not isinstance(how, Mapping):
            self.problems[place] = N_("A column is the name of a column, or a table of options.")
            return Column(field_name)
        self._only(place, how, _column_options)
        ref = how.get("ref")
        if ref is not None and ref not in targets:
            self.problems[f"{place}.ref"] = Message(N_("There is no target %(name)s."), name=ref)
        return Column(
            field=field_name,
            templates=self._templates(place, how),
            constant=None if how.get("constant") is None else str(how["constant"]),
            ref=ref,
            choices=self._choices(place, how.get("choices")),
            factor=None if how.get("factor") is None else str(how["factor"]),
            divide_by=how.get("divide_by"),
            not_before=how.get("not_before"),
            required=bool(how.get("required", False)),
        )

    def _templates(self, place: str, how: Mapping[str, Any]) -> tuple[str, ...]:
        if "column" in how:
            return (f"{{{how['column']}}}",)
        if "first" in how:
            return tuple(str(template) for template in how["first"])
        one = how.get("template", how.get("key"))
        if one is None and "constant" not in how:
            self.problems[place] = N_("Say where the value comes from: column, template, first, key or constant.")
        return () if one is None else (str(one),)

    def _choices(self, place: str, given: Any) -> Mapping[str, str] | None:
        if isinstance(given, str):
            given = self.choices.get(given)
            if given is None:
                self.problems[f"{place}.choices"] = N_("There is no [choices] table of this name.")
        return None if given is None else {str(key): str(value) for key, value in given.items()}

    def _where(self, given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        return {
            key: tuple(map(str, value)) if isinstance(value, list) else (str(value),) for key, value in given.items()
        }

    def _only(self, place: str, given: Mapping[str, Any], known: set[str]) -> None:
        for option in set(given) - known:
            self.problems[f"{place}.{option}"] = Message(
                N_("Unknown option. Known: %(known)s."), known=", ".join(sorted(known))
            )
