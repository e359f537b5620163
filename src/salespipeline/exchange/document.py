"""A whole store as one readable JSON document, sorted, the same text for the same store; and back.

The document has the present state of every record; the past stays where it is. To move a store to another
storage, export it and import it there.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Unpack, cast

from salespipeline.codec import sale_keys
from salespipeline.codec.products import product_keys
from salespipeline.errors import Conflict, InvalidValue, NewerFormat
from salespipeline.model.ids import identifier
from salespipeline.model.people import Company, Person, User
from salespipeline.pipeline import Options, Pipeline, local_now
from salespipeline.storage import MemoryStorage
from salespipeline.storage.base import Change, Commit, Expect, Keys, Storage, sorted_pairs
from salespipeline.storage.jsontext import Limits, dumps, loads

FORMAT = 1
_NAME = "salespipeline document"
_WITH_IDS = frozenset({"company", "person", "price-list", "sale", "user"})
_KINDS = ("catalog", "company", "person", "price-list", "product", "sale", "series", "user")
_LIMITS = Limits(bytes=1 << 30, commas=1 << 28)


def export_document(storage: Storage) -> str:
    """The newest state of a store as a JSON document, keys sorted, indented by two, ending in a line feed.

    The same records give the same text, whichever storage they are in.
    """
    records = {kind: {record.id: loads(record.body) for record in storage.scan(kind)} for kind in _KINDS}
    document = {
        "document": _NAME,
        "format": FORMAT,
        "records": {kind: found for kind, found in records.items() if found},
    }
    return json.dumps(document, ensure_ascii=True, indent=2, sort_keys=True) + "\n"


def import_document(text: str, storage: Storage, **options: Unpack[Options]) -> Pipeline:
    """Put the records of a document into an empty store, in one commit; gives the pipeline of the store.

    Everything is read once before anything is written: what could not be read again raises, and nothing has
    changed. `options` are those of `Pipeline`; dialects and rules of your own have to be given. Raises
    `InvalidValue` for what is no document, `NewerFormat` for one of a newer version, `Conflict` for a store
    that is not empty.
    """
    bodies, now = dict(_records(text)), options.get("clock", local_now)()
    first = MemoryStorage()
    first.commit(_commit([Change(kind=kind, id=id, body=body) for (kind, id), body in bodies.items()], now))
    changes = list(_readable(Pipeline(first, **options), first, bodies))
    if storage.refresh() != 0:
        raise Conflict("catalog", "catalog", None, storage.number)
    storage.commit(_commit(changes, now))
    return Pipeline(storage, **options)


def _records(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    document = _object(loads(text, limits=_LIMITS), "document")
    if document.get("document") != _NAME:
        raise InvalidValue("document", document.get("document"), f"it takes {_NAME!r}, as export_document writes it")
    format = document.get("format")
    if type(format) is not int or format < 1:
        raise InvalidValue("format", format, "it takes a format number")
    if format > FORMAT:
        raise NewerFormat("document", f"it has format {format}, this version reads up to {FORMAT}; update it")
    for kind, found in _object(document.get("records"), "records").items():
        if kind not in _KINDS:
            raise InvalidValue("kind of record", kind, "use one of " + ", ".join(_KINDS))
        for id, body in _object(found, kind).items():
            yield (kind, identifier(id, kind) if kind in _WITH_IDS else id), dumps(body)


def _object(value: Any, field: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise InvalidValue(field, value, "it takes a JSON object")
    return cast("dict[str, Any]", value)


def _readable(pipeline: Pipeline, first: Storage, bodies: dict[tuple[str, str], str]) -> Iterator[Change]:
    """The changes, each record read to its last field, sales and products with the keys they are found by."""
    _ = pipeline.price_lists(), pipeline.parties(Company), pipeline.parties(Person), pipeline.parties(User)
    keys: dict[tuple[str, str], Keys] = {id: product_keys(id[1]) for id in bodies if id[0] == "product"}
    for sale in pipeline.sales():
        keys["sale", str(sale.id)] = sorted_pairs(sale_keys(sale))
        _ = sale.history, sale.activities, sale.lines, sale.quote  # read now, rather than when somebody needs them
    for (kind, id), body in bodies.items():
        yield Change(kind=kind, id=id, body=body, keys=keys.get((kind, id), ()))


def _commit(changes: list[Change], at: datetime) -> Commit:
    expect = (Expect(kind="catalog", id="catalog", revision=None),)
    return Commit(changes=tuple(changes), expect=expect, at=at, action='{"action":"Import"}')
