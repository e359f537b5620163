"""Companies, persons and users: saved together, each in the place of the one with its id."""

from collections.abc import Iterable
from typing import Any

from salespipeline.codec import PARTY_KINDS, encode_party
from salespipeline.desk.writing import Writer
from salespipeline.errors import InvalidValue
from salespipeline.model.people import Company, Person, User
from salespipeline.storage.base import Change, Expect, Storage

Party = Company | Person | User


def put_all(storage: Storage, writer: Writer, parties: Iterable[Party]) -> None:
    """Save parties in one commit; `InvalidValue` for what is none."""
    asked = tuple(parties)
    for party in asked:
        if type(party) not in PARTY_KINDS:
            raise InvalidValue("party", party, "give a Company, a Person or a User")
    if asked:
        writer.repeated(lambda: writer.write(*_replacing(storage, asked), '{"action":"Put"}'), strict=False)


def _replacing(storage: Storage, parties: tuple[Party, ...]) -> tuple[list[Change], list[Expect]]:
    changes: list[Change] = []
    expect: list[Expect] = []
    for party in parties:
        kind = PARTY_KINDS[type(party)]
        before = storage.read(kind, party.id)
        body = encode_party(party, before.body if before else None)
        changes.append(Change(kind=kind, id=party.id, body=body))
        expect.append(Expect(kind=kind, id=party.id, revision=before.revision if before else None))
    return changes, expect


def party_kind(kind: Any) -> str:
    """The kind under which parties of a class are stored; `InvalidValue` for another class."""
    for known, name in PARTY_KINDS.items():
        if known is kind:
            return name
    raise InvalidValue("kind of party", kind, "give Company, Person or User")
