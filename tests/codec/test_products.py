"""Price lists and products to records and back."""

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.codec.damage import WRONG, places

from salespipeline.codec.products import (
    Placed,
    decode_price_list,
    decode_product,
    encode_price_list,
    encode_product,
    product_keys,
    product_record,
)
from salespipeline.errors import NewerFormat, UnreadableRecord
from salespipeline.model.parts import Custom
from salespipeline.quoting import PriceList, Product, Subscription
from salespipeline.testing.priced import price_lists, products

FULL = Product(
    id="desk",
    name="Desk",
    code="D-1",
    description="Oak\nor pine",
    list_price="480.00",
    cost="300.50",
    minimum_price="450",
    unit="pcs",
    quantity="2.5",
    vat="25",
    taxable=False,
    subscription=Subscription("12", "month", date(2026, 1, 1)),
    in_assortment=False,
    extra=Custom([("colour", "oak"), ("since", date(2020, 1, 1)), ("weight", Decimal("30.5"))]),
)
LIST = PriceList(
    id="2026-eur",
    name="2026",
    currency="EUR",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    active=False,
)
PRODUCT_RECORD: dict[str, Any] = json.loads(encode_product(Placed(3, FULL)))
LIST_RECORD: dict[str, Any] = json.loads(encode_price_list(LIST))


@given(products(), st.integers(0, 10**6))
def test_products_come_back_as_they_were(product: Product, place: int) -> None:
    """decode(encode(x)) == x and encode(decode(b)) == b, with every decimal as it was spelled."""
    body = encode_product(Placed(place, product))
    found = decode_product(product_record("2026", product.id), body)
    assert found == (place, product)
    assert encode_product(found) == body


@given(price_lists())
def test_lists_come_back_in_the_order_they_had(prices: PriceList) -> None:
    placed = [Placed(place, product) for place, product in enumerate(prices.products)]
    body = encode_price_list(prices)
    assert decode_price_list(prices.id, body, reversed(placed)) == prices
    assert encode_price_list(decode_price_list(prices.id, body)) == body


def test_every_field_is_kept() -> None:
    assert decode_product("2026-eur/desk", json.dumps(PRODUCT_RECORD)).product == FULL
    assert decode_price_list("2026-eur", json.dumps(LIST_RECORD), revision=7) == LIST
    assert decode_price_list("2026-eur", json.dumps(LIST_RECORD), revision=7).revision == 7


def test_a_list_has_its_products_in_records_of_their_own() -> None:
    assert encode_price_list(evolve(LIST, products=(FULL,), revision=7)) == encode_price_list(LIST)
    assert product_record("2026-eur", "desk") == "2026-eur/desk"
    assert product_keys("2026-eur/desk") == (("price_list", "2026-eur"),)


def test_what_a_newer_version_wrote_is_kept() -> None:
    before = json.dumps({**PRODUCT_RECORD, "mood": [1]})
    assert decode_product("2026-eur/desk", before).product == FULL
    again = json.loads(encode_product(Placed(4, FULL), before))
    assert (again["mood"], again["place"]) == ([1], 4)
    listed = json.dumps({**LIST_RECORD, "mood": {"a": 1}})
    assert json.loads(encode_price_list(decode_price_list("2026-eur", listed), listed))["mood"] == {"a": 1}


def test_a_newer_format_is_refused_as_such() -> None:
    with pytest.raises(NewerFormat):
        decode_product("2026-eur/desk", json.dumps({**PRODUCT_RECORD, "format": 2}))
    with pytest.raises(NewerFormat):
        decode_price_list("2026-eur", json.dumps({**LIST_RECORD, "format": 2}))


@pytest.mark.parametrize("place", [None, "3", True, [], {}], ids=repr)
def test_a_place_is_a_whole_number(place: Any) -> None:
    with pytest.raises(UnreadableRecord, match="place"):
        decode_product("2026-eur/desk", json.dumps({**PRODUCT_RECORD, "place": place}))


@pytest.mark.parametrize("name", sorted(PRODUCT_RECORD.keys() - {"format", "place"}))
def test_a_field_of_another_kind_is_named(name: str) -> None:
    with pytest.raises(UnreadableRecord) as refused:
        decode_product("2026-eur/desk", json.dumps({**PRODUCT_RECORD, name: 5}))
    assert (refused.value.id, refused.value.field) == ("2026-eur/desk", name)


@pytest.mark.parametrize("name", sorted(LIST_RECORD.keys() - {"format"}))
def test_a_field_of_a_list_of_another_kind_is_named(name: str) -> None:
    with pytest.raises(UnreadableRecord) as refused:
        decode_price_list("2026-eur", json.dumps({**LIST_RECORD, name: 5}))
    assert (refused.value.id, refused.value.field) == ("2026-eur", name)


@given(st.data())
def test_damage_anywhere_inside_is_read_or_refused(data: st.DataObject) -> None:
    record = deepcopy(PRODUCT_RECORD)
    place, key = data.draw(st.sampled_from(list(places(record))))
    place[key] = data.draw(st.sampled_from(WRONG))
    try:
        found = decode_product("2026-eur/desk", json.dumps(record))
    except (UnreadableRecord, NewerFormat) as error:
        assert str(error)
    else:
        assert decode_product("2026-eur/desk", encode_product(found)) == found


def test_products_of_one_place_are_in_the_order_of_their_ids() -> None:
    placed = [Placed(1, evolve(FULL, id=id)) for id in ("b", "c", "a")]
    made = decode_price_list(LIST.id, encode_price_list(LIST), placed)
    assert [product.id for product in made.products] == ["a", "b", "c"]
