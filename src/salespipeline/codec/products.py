"""Price lists as records: what is said of the list itself, and each of its products in a record of its own.

The id of a product's record is `list/product`, and its list is the key it is found by: ids have no slash. The place of
a product in its list is a number, so that adding one at the end writes no other.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from attrs import evolve

from salespipeline.codec.converter import FieldFault, converter, structured
from salespipeline.codec.format import opened
from salespipeline.codec.people import unknown_fields
from salespipeline.errors import UnreadableRecord, shown
from salespipeline.model.product import PriceList, Product
from salespipeline.storage.base import Keys
from salespipeline.storage.jsontext import dumps

FORMAT = 1
LIST, PRODUCT = "price-list", "product"

T = TypeVar("T", PriceList, Product)


class Placed(NamedTuple):
    """A product with the number that it stands at in its list."""

    place: int
    product: Product


def product_record(price_list: str, product: str) -> str:
    """The id of the record of a product."""
    return f"{price_list}/{product}"


def product_keys(record: str) -> Keys:
    """The keys of a product's record, which its id tells."""
    return (("price_list", record.partition("/")[0]),)


def encode_price_list(prices: PriceList, before: str | None = None) -> str:
    """The record's text of a list without its products; unknown fields of the one before are kept."""
    data: dict[str, Any] = converter().unstructure(evolve(prices, products=(), revision=None))
    del data["id"]
    return dumps({"format": FORMAT, **data, **unknown_fields(PriceList, before)})


def encode_product(placed: Placed, before: str | None = None) -> str:
    """The record's text of a product; unknown fields of the one before are kept."""
    data: dict[str, Any] = converter().unstructure(placed.product)
    del data["id"]
    kept = {name: value for name, value in unknown_fields(Product, before).items() if name != "place"}
    return dumps({"format": FORMAT, "place": placed.place, **data, **kept})


def decode_price_list(id: str, body: str, products: Iterable[Placed] = (), revision: int | None = None) -> PriceList:
    """The list of a record, with products in the order of their places; `UnreadableRecord` otherwise."""
    data = opened(LIST, id, body, FORMAT)
    made = _made(LIST, id, PriceList, {**_known(PriceList, data), "id": id})
    in_order = sorted(products, key=lambda placed: (placed.place, placed.product.id))
    return evolve(made, products=[placed.product for placed in in_order], revision=revision)


def decode_product(record: str, body: str) -> Placed:
    """The product of a record; `UnreadableRecord` otherwise."""
    data = opened(PRODUCT, record, body, FORMAT)
    place = data.get("place")
    if type(place) is not int:
        raise UnreadableRecord(PRODUCT, record, "place", f"{shown(place)} is not a whole number")
    made = _made(PRODUCT, record, Product, {**_known(Product, data), "id": record.partition("/")[2]})
    return Placed(place, made)


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    """The stored fields that belong to the value itself."""
    return {name: data[name] for name in _FIELDS[kind] if name in data}


def _made(what: str, record: str, kind: type[T], data: dict[str, Any]) -> T:
    try:
        return structured(data, kind)
    except FieldFault as fault:
        raise UnreadableRecord(what, record, fault.field or "body", fault.reason) from fault


# What stands in the records of both: their own ids are told by the record's.
_FIELDS: dict[type, tuple[str, ...]] = {
    PriceList: ("name", "currency", "valid_from", "valid_to", "active"),
    Product: (
        "name", "code", "description", "list_price", "cost", "minimum_price", "unit", "quantity", "vat", "taxable",
        "subscription", "in_assortment", "extra",
    ),
}  # fmt: skip
