"""The cells of one row as values of fields: parsed, translated, compared with the catalog's lists."""

from collections.abc import Callable
from typing import Any, TypeGuard

from salespipeline.errors import InvalidValue, one_of, shown
from salespipeline.exchange.columns import Column, FileRow, Template
from salespipeline.exchange.lists import Lists
from salespipeline.exchange.mapping import ENTRIES, Mapped, Source
from salespipeline.exchange.report import Adjustment, Fault
from salespipeline.exchange.spelling import Spellings
from salespipeline.model.catalog import Catalog
from salespipeline.model.standing import Status
from salespipeline.rules.lists import LISTED

_OPEN_TO_ALL = frozenset(name for _, name in LISTED)  # when the catalog leaves such a list empty
_NEEDED = ("status", "type", "id", "registered_on")


class Work:
    """One row under way: the values found so far, the notes and the faults.

    A field that is empty or faulty has no value; `faulty` tells which it is.
    """

    def __init__(self, row: FileRow) -> None:
        self.row = row
        self.before: dict[str, str] = {}  # the cells of which the row now has a tidier spelling
        self.values: dict[str, Any] = {}
        self.faulty: set[str] = set()
        self.adjusted: list[Adjustment] = []
        self.faults: list[Fault] = []

    def note(self, column: str, given: str, used: object, why: str) -> None:
        """Add a note on the row."""
        self.adjusted.append(Adjustment(self.row.number, column, given, "" if used is None else str(used), why))

    def fault(self, field: str, column: str, given: object, reason: str) -> None:
        """Add a reason why the row is rejected."""
        self.faulty.add(field)
        self.faults.append(Fault(column, "" if given is None else str(given)[:200], reason))


class Cells:
    """Reads the rows of a file as a mapping says."""

    def __init__(self, mapping: Mapped, catalog: Catalog) -> None:
        self._lists = Lists(catalog)
        self._sources = tuple(mapping.sources())
        self._named = {field: source.name for field, source in self._sources if isinstance(source, Column)}
        self._translations = {
            field: Spellings(source.values) for field, source in self._sources if isinstance(source, Column)
        }

    def column_of(self, field: str) -> str:
        """The column that a field is read from, else the field's own name."""
        return self._named.get(field, field)

    def given(self, work: Work, field: str) -> str | None:
        """What the file has for a field; None when it is not read from a column."""
        column = self._named.get(field)
        return None if column is None else work.before.get(column, work.row[column])

    def read(self, row: FileRow) -> Work:
        """The values of every mapped field of a row."""
        work = Work(row)
        if self._sources[0][0] != "status":
            work.values["status"] = Status.OPEN
        for field, source in self._sources:
            value = self._value(work, field, source)
            if field == "status" and value and not isinstance(value, Status):
                work.fault(field, self.column_of(field), value, "it is no Status; translate it by values=")
            elif value is not None and value != "":
                work.values[field] = value
            elif field in _NEEDED and field not in work.faulty:
                work.fault(field, self.column_of(field), None, "a value is required")
        return work

    def _value(self, work: Work, field: str, source: Source) -> Any:
        if not isinstance(source, Column):
            return self._compared(work, field, None, self._supplied(work, field, source))
        if source.read_for and work.values.get("status") not in source.read_for:
            return None
        given = work.row[source.name]
        if not given or given in source.empty:
            return self._compared(work, field, None, self._in_place_of_empty(work, field, source))
        try:
            value = source.parse(given)
        except InvalidValue as error:
            work.fault(field, source.name, given, error.accepted)
            return None
        return self._compared(work, field, source, self._translated(work, field, source, value))

    def _supplied(self, work: Work, field: str, source: Source) -> Any:
        """The value of a template, a function of the row, or a constant."""
        if isinstance(source, Template):
            return source.fill(work.row)
        if not _is_function(source):
            return source
        try:
            return source(work.row)
        except (ValueError, LookupError, ArithmeticError) as error:
            work.fault(field, self.column_of(field), None, f"the mapping's function failed: {shown(error)}")
            return None

    def _in_place_of_empty(self, work: Work, field: str, source: Column) -> Any:
        given, value = work.row[source.name], self._supplied(work, field, source.otherwise)
        if source.note_empty and (not source.note_for or work.values.get("status") in source.note_for):
            work.note(source.name, given, value, source.note_empty)
        if source.required and value is None:
            work.fault(field, source.name, given, "a value is required")
        return value

    def _translated(self, work: Work, field: str, source: Column, value: Any) -> Any:
        if not source.values:
            return value
        known = self._translations[field]
        found = known.find(value)
        if found is None:
            return self._unknown(work, field, source, value, "the mapping", known)
        if not found.exact:
            work.note(source.name, value, found.spelling, f"spelled {shown(found.spelling)} in the mapping")
        return found.entry

    def _compared(self, work: Work, field: str, source: Column | None, value: Any) -> Any:
        """What a list of the catalog has for a text, for the fields and columns that have a list.

        A field of the sale gets the entry's id; any other the entry's name, and templates see that name.
        """
        where = ENTRIES.get(field) or (source.among if source else "")
        if not where or not isinstance(value, str):
            return value
        known = self._lists.named(where, work.values.get("type"), work.values.get("status"))
        if known is None:
            return value  # without its type or status the row will not be accepted
        if not known.names and where in _OPEN_TO_ALL:
            return value
        found = known.find(value)
        if found is None:
            return self._unknown(work, field, source, value, where, known)
        name: str = found.entry.name
        if source and not (found.exact if field in ENTRIES else name == value):
            work.note(source.name, value, name, f"spelled {shown(name)} in {where}")
            work.before.setdefault(source.name, work.row[source.name])
            work.row[source.name] = name
        if field == "type":
            return found.entry
        return found.entry.id if field in ENTRIES else name

    def _unknown(
        self, work: Work, field: str, source: Column | None, value: str, where: str, known: Spellings[Any]
    ) -> Any:
        if source is None or source.unknown == "reject":
            work.fault(field, self.column_of(field), value, f"not in {where}; {one_of(known.names)}")
            return None
        kept = None if field in ENTRIES else value
        work.note(source.name, value, kept, f"not in {where}" + ("" if kept else "; left empty"))
        return kept


def _is_function(source: Source) -> TypeGuard[Callable[[FileRow], Any]]:
    return callable(source)
