"""The activities of a sale as stored: one object of columns and rows, each row an activity's own fields."""

from typing import Any

from attrs import fields

from salespipeline.codec.converter import a_list, an_object, converter, structured
from salespipeline.codec.history import in_columns, in_rows
from salespipeline.model.activity import Activity, Agenda

_FIELDS = frozenset(attribute.name for attribute in fields(Activity))


def encode_agenda(agenda: Agenda) -> dict[str, Any]:
    """The columns that some activity has a value in, a row for each, and how many there ever were."""
    write = converter().unstructure
    return {"made": agenda.made, **in_columns([write(activity) for activity in agenda.activities])}


def decode_agenda(data: Any) -> Agenda:
    """The activities; ValueError for what they could not have become."""
    stored = an_object(data)
    columns, rows = a_list(stored["columns"]), a_list(stored["rows"])
    unknown = [name for name in columns if name not in _FIELDS]
    if unknown or len(set(columns)) != len(columns):
        raise ValueError(f"columns {unknown or columns!r} are unknown, or stand twice")
    made = stored["made"]
    if type(made) is not int or made < len(rows):
        raise ValueError(f"{made!r} is no number of activities ever made, of which {len(rows)} are here")
    activities = tuple(_activity(columns, row) for row in in_rows(rows, len(columns)))
    ids = [activity.id for activity in activities]
    if len(set(ids)) != len(ids):
        raise ValueError("an activity's id stands twice")
    return Agenda(activities, made)


def _activity(columns: list[Any], row: list[Any]) -> Activity:
    given = {name: value for name, value in zip(columns, row, strict=True) if value is not None}
    return structured(given, Activity)
