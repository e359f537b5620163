"""Records of one kind as stored: one object with the columns that some of them has a value in, and a row for each."""

from collections.abc import Iterable, Set
from typing import Any

from salespipeline.codec.converter import a_list, an_object
from salespipeline.errors import few, repeated


def in_columns(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Flat records as one object of columns and rows."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    return {"columns": columns, "rows": [[record.get(name) for name in columns] for record in records]}


def columns_and_rows(data: Any, known: Set[str]) -> tuple[list[str], list[Any]]:
    """The two of such an object; ValueError where a column is none of the known ones, or stands twice."""
    stored = an_object(data)
    columns, rows = a_list(stored["columns"]), a_list(stored["rows"])
    odd = [name for name in columns if name not in known]
    if odd or len(set(columns)) != len(columns):
        raise ValueError(f"columns {few(odd or repeated(columns))} are unknown, or stand twice")
    return columns, rows


def in_rows(rows: list[Any], width: int) -> Iterable[list[Any]]:
    """The rows, each a list of that many values; ValueError for any other."""
    for row in rows:
        if len(a_list(row)) != width:
            raise ValueError(f"a row has {len(row)} values for {width} columns")
        yield row
