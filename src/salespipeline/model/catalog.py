"""The catalog: every list that sales are made with, as one immutable value with an owner."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from attrs import Factory, evolve, field, frozen

from salespipeline.errors import BrokenTable, UnknownEntry, repeated
from salespipeline.model.currency import ISO_4217, Currency
from salespipeline.model.guide import SalesGuide
from salespipeline.model.ids import UserId, user_id
from salespipeline.model.item import Item
from salespipeline.model.numbering import Numbering
from salespipeline.model.rates import Rates
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.value import Value

Entry = TypeVar("Entry", SaleType, Stage, Item)

_LISTS = (
    "types",
    "stages",
    "sold_reasons",
    "lost_reasons",
    "stalled_reasons",
    "sources",
    "competitors",
    "credited",
    "payment_terms",
    "kinds",
    "categories",
    "products",
)


def _items(value: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(value)


def _no_rates(catalog: "Catalog") -> Rates:
    return Rates(catalog.currency)


def _owner(value: str | None) -> UserId | None:
    return None if value is None else user_id(value)


@frozen(kw_only=True, eq=False, repr=False)
class Catalog(Value):
    """The lists of a firm.

    `kinds` is Contact Manager's plain list of opportunity types; `currencies` adds to ISO 4217 or changes
    the decimals of a code; `currency` is the one that new sales take, `numbering` how they get a number. `rates`
    are those of the currencies, against `currency` unless given. Stages are shared: a type has its own order of
    them, with the catalog's values. Raises `BrokenTable` with every contradiction.
    """

    types: tuple[SaleType, ...] = field(default=(), converter=tuple[SaleType, ...])
    stages: tuple[Stage, ...] = field(default=(), converter=tuple[Stage, ...])
    sold_reasons: tuple[Item, ...] = field(default=(), converter=_items)
    lost_reasons: tuple[Item, ...] = field(default=(), converter=_items)
    stalled_reasons: tuple[Item, ...] = field(default=(), converter=_items)
    sources: tuple[Item, ...] = field(default=(), converter=_items)
    competitors: tuple[Item, ...] = field(default=(), converter=_items)
    credited: tuple[Item, ...] = field(default=(), converter=_items)
    payment_terms: tuple[Item, ...] = field(default=(), converter=_items)
    kinds: tuple[Item, ...] = field(default=(), converter=_items)
    categories: tuple[Item, ...] = field(default=(), converter=_items)
    products: tuple[Item, ...] = field(default=(), converter=_items)
    currencies: tuple[Currency, ...] = field(default=(), converter=tuple[Currency, ...])
    currency: str = "EUR"
    numbering: Numbering = Numbering()
    owner: UserId | None = field(default=None, converter=_owner)
    rates: Rates = field(default=Factory(_no_rates, takes_self=True))

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise BrokenTable("catalog", faults)

    def type(self, id: str) -> SaleType:
        """The sale type with this id; `UnknownEntry` with those there are."""
        return _found("sale type", id, self.types)

    def stage(self, id: str) -> Stage:
        """The stage with this id; `UnknownEntry` with those there are."""
        return _found("stage", id, self.stages)

    def money(self, code: str) -> Currency:
        """The currency of a code: the catalog's own, else the one of ISO 4217; `UnknownEntry` otherwise."""
        own = next((currency for currency in self.currencies if currency.code == code), None)
        return own or Currency.of(code)

    def with_type(self, type: SaleType) -> "Catalog":
        """The catalog with a type added or replaced by id; its stages and reasons go to their lists.

        A stage or reason whose id is known takes the new values in every type that has it.
        """
        changed: dict[str, Any] = {
            "stages": _merged(self.stages, type.stages),
            "sold_reasons": _merged(self.sold_reasons, type.sold_reasons),
            "lost_reasons": _merged(self.lost_reasons, type.lost_reasons),
            "stalled_reasons": _merged(self.stalled_reasons, type.stalled_reasons),
        }
        types = tuple(_following(kind, changed) for kind in self.types)
        return evolve(self, types=_merged(types, (type,)), **changed)

    def with_guide(self, type: str, guide: SalesGuide | None) -> "Catalog":
        """The catalog with another guide for a type, or none; `UnknownEntry` for a type that it does not have."""
        changed = evolve(self.type(type), guide=guide)
        return evolve(self, types=_merged(self.types, (changed,)))

    def with_stage(self, stage: Stage) -> "Catalog":
        """The catalog with a stage added or replaced by id, in every type that has it.

        No sale changes by it: a sale's chance is a fact that was written when it entered the stage.
        """
        stages = _merged(self.stages, (stage,))
        return evolve(self, types=tuple(_following(kind, {"stages": stages}) for kind in self.types), stages=stages)


def _following(type: SaleType, lists: Mapping[str, tuple[Any, ...]]) -> SaleType:
    """The type with the entries that it takes from some lists as the lists have them."""
    taken: dict[str, Any] = {}
    for name, entries in lists.items():
        by_id = {entry.id: entry for entry in entries}
        taken[name] = tuple(by_id.get(entry.id, entry) for entry in getattr(type, name))
    return evolve(type, **taken)


def _found(kind: str, id: str, entries: tuple[Entry, ...]) -> Entry:
    for entry in entries:
        if entry.id == id:
            return entry
    raise UnknownEntry(kind, id, [entry.id for entry in entries])


def _merged(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The old entries, each replaced by the new one of its id, and then the rest of the new."""
    by_id = {entry.id: entry for entry in new}
    kept = tuple(by_id.pop(entry.id, entry) for entry in old)
    return kept + tuple(entry for entry in new if entry.id in by_id)


def _faults(catalog: Catalog) -> Iterable[str]:
    for name in _LISTS:
        ids = [entry.id for entry in getattr(catalog, name)]
        yield from (f"{id!r} stands twice among the {name}" for id in repeated(ids))
    codes = repeated(currency.code for currency in catalog.currencies)
    yield from (f"{code!r} stands twice among the currencies" for code in codes)
    for kind in catalog.types:
        for name in ("stages", "sold_reasons", "lost_reasons", "stalled_reasons"):
            listed = set(getattr(catalog, name))
            strangers = [entry.id for entry in getattr(kind, name) if entry not in listed]
            yield from (f"type {kind.id!r} has {id!r}, which its list of {name} has not" for id in strangers)
    if catalog.currency not in ISO_4217 and catalog.currency not in {own.code for own in catalog.currencies}:
        yield f"currency {catalog.currency!r} is neither in ISO 4217 nor among the currencies"
