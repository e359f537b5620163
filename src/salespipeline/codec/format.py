"""The outside of every record: a JSON object that says which format it is of."""

from typing import Any, cast

from salespipeline.errors import InvalidValue, NewerFormat, UnreadableRecord
from salespipeline.storage.jsontext import loads


def opened(kind: str, id: str, body: str, newest: int) -> dict[str, Any]:
    """The fields of a record, without its format; `NewerFormat` for one of a newer version of the library."""
    try:
        data = loads(body)
    except InvalidValue as error:
        raise UnreadableRecord(kind, id, "body", error.accepted) from error
    if type(data) is not dict:
        raise UnreadableRecord(kind, id, "body", "it is not a JSON object")
    fields = cast("dict[str, Any]", data)
    format = fields.pop("format", None)
    if type(format) is not int or format < 1:
        raise UnreadableRecord(kind, id, "format", f"{format!r} is not a format number")
    if format > newest:
        raise NewerFormat(f"{kind} {id}", f"it has format {format}, this version reads up to {newest}; update it")
    return fields
