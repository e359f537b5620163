"""Companies, persons and users as records."""

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import fields

from salespipeline.codec.converter import FieldFault, an_object, converter, structured
from salespipeline.codec.format import opened
from salespipeline.errors import UnreadableRecord
from salespipeline.model.people import Company, Person, User
from salespipeline.storage.jsontext import dumps, loads

FORMAT = 1

Party = Company | Person | User
P = TypeVar("P", Company, Person, User)

PARTY_KINDS: Mapping[type, str] = {Company: "company", Person: "person", User: "user"}


def encode_party(party: Party, before: str | None = None) -> str:
    """The record's text of a company, person or user; unknown fields of the one `before` are kept."""
    data: dict[str, Any] = converter().unstructure(party)
    if isinstance(party, User) and party.favourites:
        data["favourites"] = sorted(party.favourites)
    return dumps({"format": FORMAT, **data, **unknown_fields(type(party), before)})


def decode_party(kind: type[P], id: str, body: str) -> P:
    """The company, person or user of a record; `UnreadableRecord` otherwise."""
    what = PARTY_KINDS[kind]
    data = opened(what, id, body, FORMAT)
    known = {attribute.name for attribute in fields(kind)}
    try:
        return structured({name: value for name, value in data.items() if name in known}, kind)
    except FieldFault as fault:
        raise UnreadableRecord(what, id, fault.field or "body", fault.reason) from fault


def unknown_fields(kind: type, body: str | None) -> dict[str, Any]:
    """The fields of a stored record that this version does not know, to be written back."""
    data = {} if body is None else an_object(loads(body))
    known = {"format", *(attribute.name for attribute in fields(kind))}
    return {name: value for name, value in data.items() if name not in known}
