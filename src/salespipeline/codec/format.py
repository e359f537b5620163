"""The outside of every record: a JSON object that says which format it is of."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from salespipeline.errors import InvalidValue, NewerFormat, UnreadableRecord, shown
from salespipeline.storage.jsontext import dumps, loads

Migration = Callable[[dict[str, Any]], dict[str, Any]]
_NONE: Mapping[int, Migration] = MappingProxyType({})


def opened(kind: str, id: str, body: str, newest: int, migrations: Mapping[int, Migration] = _NONE) -> dict[str, Any]:
    """The fields of a record, without its format, as the newest format has them.

    `migrations` holds, for each older format, the pure function that makes the next one's fields of its own.
    Raises `NewerFormat` for a record of a newer version of the library.
    """
    try:
        data = loads(body)
    except InvalidValue as error:
        raise UnreadableRecord(kind, id, "body", error.accepted) from error
    if type(data) is not dict:
        raise UnreadableRecord(kind, id, "body", "it is not a JSON object")
    fields = cast("dict[str, Any]", data)
    format = fields.pop("format", None)
    if type(format) is not int or format < 1:
        raise UnreadableRecord(kind, id, "format", f"{shown(format)} is not a format number")
    if format > newest:
        raise NewerFormat(f"{kind} {id}", f"it has format {format}, this version reads up to {newest}; update it")
    for older in range(format, newest):
        fields = migrations[older](fields)
    return fields


def rewritten(kind: str, id: str, body: str, newest: int, migrations: Mapping[int, Migration] = _NONE) -> str:
    """The body of a record as the newest format writes it: what a storage that is migrated puts in its place.

    Raises as `opened` does.
    """
    return dumps({"format": newest, **opened(kind, id, body, newest, migrations)})
