"""The history of a sale as stored: one object of columns and rows, each row an entry's own flat fields."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from salespipeline.codec.parts import (
    SEEN,
    STATE_FIELDS,
    Flat,
    a_day,
    a_text,
    names_of,
    optional_text,
    part_data,
    part_of,
    state_data,
    state_of,
)
from salespipeline.codec.tables import columns_and_rows, in_columns, in_rows
from salespipeline.model.history import HistoryEntry
from salespipeline.model.ids import TypeId, UserId


def encode_history(history: Iterable[HistoryEntry]) -> Flat:
    """The columns that some entry has a value in, and a row for each entry."""
    return in_columns([_entry_data(entry) for entry in history])


def _entry_data(entry: HistoryEntry) -> Flat:
    data: Flat = {"on": entry.on.isoformat(), "by": entry.by, "action": entry.action, "type": entry.type}
    data |= state_data(entry.state)
    for name, part in SEEN:
        data |= part_data(part, getattr(entry, name))
    data |= {"stage_name": entry.stage_name, "reason_name": entry.reason_name}
    return {name: value for name, value in data.items() if value is not None}


def decode_history(data: Any, parts: Mapping[str, Any]) -> tuple[HistoryEntry, ...]:
    """The entries; parts that are equal to another entry's or to the sale's own are the same objects."""
    columns, rows = columns_and_rows(data, _ENTRY_FIELDS)
    readers = {
        name: _column_reader(columns, names_of(kind), partial(part_of, kind=kind), parts[name]) for name, kind in SEEN
    }
    readers["state"] = _column_reader(columns, STATE_FIELDS, state_of, parts["state"])
    own = _column_reader(columns, _ENTRY_OWN, _entry_own, None)
    return tuple(
        HistoryEntry(**own(row), **{name: read(row) for name, read in readers.items()})
        for row in in_rows(rows, len(columns))
    )


def _column_reader(
    columns: list[str], names: tuple[str, ...], make: Callable[[Flat], Any], own: object
) -> Callable[[list[Any]], Any]:
    """A reader of what some columns of a row stand for; each distinct combination is made once."""
    present = [name for name in names if name in columns]
    places = tuple(columns.index(name) for name in present)
    picked: Callable[[list[Any]], tuple[Any, ...]] = (
        itemgetter(*places, places[0]) if places else _nothing
    )  # one place too many: a tuple, even of one
    has_flags = not _FLAGS.isdisjoint(present)
    made: dict[object, Any] = {}

    def read(row: list[Any]) -> Any:
        values = picked(row)
        key = (values, tuple(map(type, values))) if has_flags else values  # True is not 1 here
        if key not in made:
            value = make({name: value for name, value in zip(present, values, strict=False) if value is not None})
            made[key] = own if value == own else value
        return made[key]

    return read


def _entry_own(data: Flat) -> Flat:
    by = optional_text(data.get("by"))
    return {
        "on": a_day(data["on"]),
        "by": None if by is None else UserId(by),
        "action": a_text(data["action"]),
        "type": TypeId(a_text(data["type"])),
        "stage_name": optional_text(data.get("stage_name")),
        "reason_name": optional_text(data.get("reason_name")),
    }


def _nothing(row: list[Any]) -> tuple[()]:
    return ()


_FLAGS = frozenset({"started", "completed"})
_ENTRY_OWN = ("on", "by", "action", "type", "stage_name", "reason_name")
_ENTRY_FIELDS = frozenset({*_ENTRY_OWN, *STATE_FIELDS, *(name for _, part in SEEN for name in names_of(part))})
