"""What is said of records that cannot be read, to the letter: which field, and why."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.codec import records, test_catalogs, test_people, test_products
from tests.words.said import listed, words_of

from salespipeline.codec import decode_party, encode_party
from salespipeline.codec.products import decode_price_list, decode_product, product_record
from salespipeline.errors import NewerFormat, UnreadableRecord
from salespipeline.rules.typed import is_a

WRONG = (None, 5, "nonsense", [5], {"a": 1})
DROPPED, TWICE = "nothing", "all of it twice"


def read_party(place: int) -> Callable[[str], object]:
    party = test_people.FULL[place]
    return lambda body: decode_party(test_people.kind_of(party), party.id, body)


READERS: dict[str, tuple[Callable[[str], object], Any]] = {
    "sale": (records.read, records.RECORD),
    "catalog": (test_catalogs.read, test_catalogs.RECORD),
    "product": (lambda body: decode_product(product_record("L-1", "P-1"), body), test_products.PRODUCT_RECORD),
    "price list": (lambda body: decode_price_list("L-1", body), test_products.LIST_RECORD),
    **{
        type(party).__name__.lower(): (read_party(place), json.loads(encode_party(party)))
        for place, party in enumerate(test_people.FULL)
    },
}


def changes(record: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every place in a record: its name, what it is in, and its key there; of a list the first item alone."""
    keys: list[Any] = []
    if is_a(record, dict):
        keys = sorted(record.keys())
    elif is_a(record, list) and record:
        keys = [0]
    for key in keys:
        name = f"{path}.{key}" if path else str(key)
        yield name, record, key
        yield from changes(record[key], name)


def told(read: Callable[[str], object], body: str) -> str:
    """What is said of a record; nothing where it can be read."""
    try:
        read(body)
    except (UnreadableRecord, NewerFormat) as error:
        return words_of(error)
    return ""


def refusals() -> Iterator[tuple[str, str]]:
    """Each field of each record with a value that cannot be, and what is said of it."""
    for kind, (read, record) in READERS.items():
        for body in ("", "[]", "5", '{"format":true}'):
            yield f"{kind} {body}", told(read, body)
        for name, place, key in changes(whole := deepcopy(record)):
            before = place[key]
            for wrong in WRONG:
                place[key] = wrong
                yield f"{kind} {name} = {json.dumps(wrong)}", told(read, json.dumps(whole))
            if is_a(before, list):
                place[key] = [*before, *before]
                yield f"{kind} {name} = {TWICE}", told(read, json.dumps(whole))
            place[key] = before
            if is_a(place, dict):
                del place[key]
                yield f"{kind} {name} = {DROPPED}", told(read, json.dumps(whole))
                place[key] = before


def test_a_refusal_names_the_field_and_the_reason() -> None:
    assert {name: said for name, said in refusals() if said} == listed("records")
