"""Companies, persons and users to records and back."""

import json
from typing import Any

import pytest
from hypothesis import given

from salespipeline.codec import decode_party, encode_party
from salespipeline.errors import NewerFormat, UnreadableRecord
from salespipeline.model.people import Company, Person, User
from salespipeline.testing.strategies import companies, persons, users

FULL: tuple[Company | Person | User, ...] = (
    Company("acme", "Acme", is_customer=True),
    Person("joe", "Joe", "acme"),
    User("anna", "Anna", "north", favourites=["S-1", "S-2"]),
)


def kind_of(party: Company | Person | User) -> Any:
    return party.__class__


@given(companies() | persons() | persons("acme") | users())
def test_round_trip(party: Company | Person | User) -> None:
    """decode(encode(x)) == x and encode(decode(b)) == b."""
    body = encode_party(party)
    again = decode_party(kind_of(party), party.id, body)
    assert again == party
    assert encode_party(again) == body


@pytest.mark.parametrize("party", FULL)
def test_every_wrong_value_is_refused(party: Any) -> None:
    record = json.loads(encode_party(party))
    for name in record.keys() - {"format"}:
        for wrong in (None, 5, True, "\n", "abc", {}, [5], {"a": 1}):
            try:
                again = decode_party(kind_of(party), party.id, json.dumps(record | {name: wrong}))
            except UnreadableRecord as error:
                assert party.id in str(error)
            else:
                assert json.loads(encode_party(again)).get(name) in (wrong, None)


@pytest.mark.parametrize("party", FULL)
def test_a_newer_format_is_refused(party: Any) -> None:
    record = json.loads(encode_party(party)) | {"format": 2}
    with pytest.raises(NewerFormat):
        decode_party(kind_of(party), party.id, json.dumps(record))


@pytest.mark.parametrize("party", FULL)
@pytest.mark.parametrize("format", ["1", True, 0, None])
def test_what_is_no_format_is_refused(party: Any, format: Any) -> None:
    with pytest.raises(UnreadableRecord):
        decode_party(kind_of(party), party.id, json.dumps(json.loads(encode_party(party)) | {"format": format}))


@pytest.mark.parametrize("party", FULL)
def test_unknown_fields_survive(party: Any) -> None:
    body = json.dumps(json.loads(encode_party(party)) | {"mood": {"a": 1}})
    again = decode_party(kind_of(party), party.id, body)
    assert json.loads(encode_party(again, body))["mood"] == {"a": 1}


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"format":1}', '{"format":1,"id":"x","id":"x"}'])
def test_no_record_at_all(body: str) -> None:
    with pytest.raises(UnreadableRecord):
        decode_party(Company, "acme", body)
