"""Price lists at the desk: kept, with each product in a record of its own, and given to the actions that need them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from attrs import evolve, frozen

from salespipeline.codec.format import opened
from salespipeline.codec.products import (
    LIST,
    PRODUCT,
    Placed,
    decode_price_list,
    decode_product,
    encode_price_list,
    encode_product,
    product_keys,
    product_record,
)
from salespipeline.desk.writing import Writer
from salespipeline.errors import Conflict, InvalidValue, NotFound, UnreadableRecord
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.currency import Currency
from salespipeline.model.ids import ProductId
from salespipeline.model.problem import Problem
from salespipeline.model.product import PriceList, Product
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.rules.typed import is_a
from salespipeline.storage.base import Change, Expect, Record, Storage
from salespipeline.storage.jsontext import dumps, loads


def stored_list(storage: Storage, id: str) -> PriceList:
    """The price list with this id; `NotFound` when there is none."""
    record = storage.read(LIST, id)
    if record is None:
        raise NotFound(LIST, id)
    return _decoded(record, _products(storage, id))


def stored_lists(storage: Storage) -> tuple[PriceList, ...]:
    """All price lists, in the order of their ids."""
    by_list: defaultdict[str, list[Record]] = defaultdict(list)
    for record in storage.scan(PRODUCT):
        by_list[dict(product_keys(record.id))["price_list"]].append(record)
    return tuple(_decoded(record, by_list[record.id]) for record in storage.scan(LIST))


def _products(storage: Storage, id: str) -> list[Record]:
    where = {"price_list": id}
    return [record for record in storage.scan(PRODUCT, where) if record.matches(where)]


def _decoded(record: Record, products: Iterable[Record]) -> PriceList:
    placed = [decode_product(each.id, each.body) for each in products]
    return decode_price_list(record.id, record.body, placed, record.revision)


# Putting one in the place of another.


def put_list(storage: Storage, writer: Writer, prices: PriceList, money: Callable[[str], Currency]) -> PriceList:
    """Save a price list in one commit, of its products those that changed; gives it with its new revision.

    Raises `InvalidValue` for another currency than it has, `UnknownEntry` for one that `money` does not know, and
    `Conflict` when it was read from the storage and somebody else changed it since.
    """
    if not is_a(prices, PriceList):
        raise InvalidValue("price list", prices, "give a PriceList, with its products")
    money(prices.currency)

    def attempt() -> PriceList | Conflict:
        before = storage.read(LIST, prices.id)
        revision = before.revision if before else None
        changes = list(_changes(storage, prices, before))
        if not changes:
            return evolve(prices, revision=revision)
        if prices.revision not in (None, revision):
            return Conflict(LIST, prices.id, prices.revision, revision)
        told = dumps({"action": "PutPriceList", "price_list": prices.id})
        number = writer.write(changes, (Expect(kind=LIST, id=prices.id, revision=revision),), told)
        return evolve(prices, revision=number)

    outcome = writer.repeated(attempt, strict=False)
    if isinstance(outcome, Conflict):
        raise outcome
    return outcome


def _changes(storage: Storage, prices: PriceList, before: Record | None) -> Iterator[Change]:
    """What has to be written: the list itself whenever anything is, so that its revision tells of every change."""
    stored = {record.id: record for record in _products(storage, prices.id)} if before else {}
    if before is not None:
        _check_currency(prices, decode_price_list(prices.id, before.body).currency)
    body = encode_price_list(prices, before.body if before else None)
    _check_readable(evolve(prices, products=()), partial(decode_price_list, prices.id, body))
    changes = [*_written(prices, stored)]
    kept = {product_record(prices.id, product.id) for product in prices.products}
    changes += [Change(kind=PRODUCT, id=id, keys=(), body=None) for id in stored if id not in kept]
    if changes or _differs(body, before):
        yield Change(kind=LIST, id=prices.id, body=body)
        yield from changes


def _check_currency(prices: PriceList, present: str) -> None:
    if prices.currency != present:
        reason = f"price list {prices.id!r} is in {present} for good; make another of it, with copied(...)"
        raise InvalidValue("currency", prices.currency, reason)


def _written(prices: PriceList, stored: dict[str, Record]) -> Iterator[Change]:
    """The products that differ from what is stored of them; a place changes only where the order did."""
    last = -1
    for product in prices.products:
        id = product_record(prices.id, product.id)
        before = stored.get(id)
        place = _place(before) if before else last + 1
        last = max(place, last + 1)
        body = encode_product(Placed(last, product), before.body if before else None)
        if _differs(body, before):
            _check_readable(Placed(last, product), partial(decode_product, id, body))
            yield Change(kind=PRODUCT, id=id, keys=product_keys(id), body=body)


def _check_readable(value: object, again: Callable[[], object]) -> None:
    """Refuse what nobody could read again, or would read as something else."""
    try:
        found = again()
    except UnreadableRecord as error:
        raise InvalidValue("price list", value, f"it could not be read again: {error}") from error
    if found != value:
        raise InvalidValue("price list", value, "read again it would be another one; look for True given as 1")


def _differs(body: str, before: Record | None) -> bool:
    """Whether a record would be another one: its fields may stand in another order, as after an import."""
    return before is None or (body != before.body and loads(body) != loads(before.body))


def _place(record: Record) -> int:
    place = opened(PRODUCT, record.id, record.body, 1).get("place")
    return place if type(place) is int else -1


# Filling in what an action needs.


@frozen(kw_only=True, eq=False, repr=False)
class _OfUnknownList(Product):
    """In the place of a product that cannot be told, so that the rest of the action is judged."""

    asked: str


def priced(action: Action, sale: Sale, storage: Storage) -> Action:
    """The action with stored price lists: the one it names by id, or those that the lines of the quote came from.

    They have the products that the action looks at, not all of them.
    """
    given: Any = action
    named = getattr(action, "price_list", KEEP)
    if isinstance(named, str):
        prices = _list_for(storage, named, given.what)
        meant = {"price_list": prices} if prices else {"price_list": KEEP, "what": _unknown(named)}
        filled: Action = evolve(given, **meant)
        return filled
    if getattr(action, "price_lists", None) is KEEP:
        lists = _lists_of(sale, storage)
        filled = evolve(given, price_lists=lists) if lists else action
        return filled
    return action


def _unknown(id: str) -> _OfUnknownList:
    return _OfUnknownList(id=ProductId("unknown"), name="Unknown", asked=id)


def _list_for(storage: Storage, id: str, what: object) -> PriceList | None:
    """The list with the product alone that is meant; with all, where that one is not sold."""
    record = storage.read(LIST, id)
    if record is None:
        return None
    found = _placed(storage, id, getattr(what, "id", what))
    if found is None or not found.product.in_assortment:
        return _decoded(record, _products(storage, id))
    return decode_price_list(id, record.body, [found], record.revision)


def _placed(storage: Storage, id: str, product: object) -> Placed | None:
    record = storage.read(PRODUCT, product_record(id, product)) if isinstance(product, str) else None
    return None if record is None else decode_product(record.id, record.body)


def _lists_of(sale: Sale, storage: Storage) -> tuple[PriceList, ...]:
    """The lists that lines of the active version came from, with the products of these lines."""
    wanted: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for alternative in sale.quote.active.alternatives if sale.quote else ():
        for line in alternative.lines:
            if line.price_list is not None and line.product is not None:
                wanted[line.price_list][line.product] = None
    lists: list[PriceList] = []
    for id, products in wanted.items():
        record = storage.read(LIST, id)
        if record is not None:
            found = [_placed(storage, id, product) for product in products]
            placed = [each for each in found if each is not None]
            lists.append(decode_price_list(id, record.body, placed, record.revision))
    return tuple(lists)


def among_price_lists(storage: Storage) -> Check:
    """A guard: a price list that an action was given by its id is one that the storage has."""

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        what = getattr(action, "what", None)
        if isinstance(what, _OfUnknownList):
            lists = [decode_price_list(record.id, record.body) for record in storage.scan(LIST)]
            fit = [each.id for each in lists if each.currency == sale.currency and each.serves(moment.on)]
            yield Problem("unknown-entry", "price_list", what.asked, fit)

    return check
