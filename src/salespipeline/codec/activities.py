"""The activities of a sale as stored: one object of columns and rows, each row an activity's own fields."""

from typing import Any

from attrs import fields

from salespipeline.codec.converter import converter, structured
from salespipeline.codec.tables import columns_and_rows, in_columns, in_rows
from salespipeline.errors import shown
from salespipeline.model.activity import Activity, Agenda

_FIELDS = frozenset(attribute.name for attribute in fields(Activity))


def encode_agenda(agenda: Agenda) -> dict[str, Any]:
    """The columns that some activity has a value in, a row for each, and how many there ever were."""
    write = converter().unstructure
    return {"made": agenda.made, **in_columns([write(activity) for activity in agenda.activities])}


def decode_agenda(data: Any) -> Agenda:
    """The activities; ValueError for what they could not have become."""
    columns, rows = columns_and_rows(data, _FIELDS)
    made = data["made"]
    if type(made) is not int or made < len(rows):
        raise ValueError(f"{shown(made)} is no number of activities ever made, of which {len(rows)} are here")
    activities = tuple(_activity(columns, row) for row in in_rows(rows, len(columns)))
    ids = [activity.id for activity in activities]
    if len(set(ids)) != len(ids):
        raise ValueError("an activity's id stands twice")
    return Agenda(activities, made)


def _activity(columns: list[Any], row: list[Any]) -> Activity:
    given = {name: value for name, value in zip(columns, row, strict=True) if value is not None}
    return structured(given, Activity)
