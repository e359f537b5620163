"""A mapping: where each field of a sale comes from when a file is read."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from attrs import field, fields, frozen

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.exchange.columns import Column, Template
from salespipeline.exchange.lists import LISTS
from salespipeline.rules.lists import LISTED

# A column, a template, a function of the row, or a constant; None where the file says nothing of the field.
Source = Any

# The fields that hold an entry of a list, and the list: what a file has there is compared with it.
ENTRIES: dict[str, str] = {"type": "types", "stage": "stages", "reason": "reasons", **dict(LISTED)}


class Mapped(Protocol):
    """What says where fields come from."""

    def sources(self) -> Iterator[tuple[str, Source]]:
        """Each mapped field with its source, in the order they are read: columns before what is made from them."""
        ...


def _pairs(custom: Mapping[str, Source]) -> tuple[tuple[str, Source], ...]:
    return tuple(dict(custom).items())  # pairs will do as well: `attrs.evolve` hands them over


@frozen(kw_only=True)
class SaleMapping:
    """Where the fields of a sale come from: for each a column, a `Template`, a function of the row or a constant.

    A sale is registered on `registered_on` and moved to its `stage` on `staged_on` (the same day unless
    given). By its `status` (open unless given) it is then stalled on `stalled_on`, or sold or lost on
    `closed_on`; `sold_for` is the value it was sold for. `completed` ticks it off.

    `company`, `person` and `owner` take names, and make a value of each. `currency` is the catalog's unless
    given. The fields that hold an entry of a list (`type`, `stage`, `reason`, `source`, ...) take its id or
    name. `custom` has the fields of a firm's own, by name.
    """

    id: Source
    type: Source
    title: Source
    registered_on: Source
    status: Source = None
    stage: Source = None
    staged_on: Source = None
    stalled_on: Source = None
    reopen_on: Source = None
    closed_on: Source = None
    reason: Source = None
    sold_for: Source = None
    completed: Source = None
    currency: Source = None
    amount: Source = None
    cost: Source = None
    profit: Source = None
    margin: Source = None
    chance: Source = None
    expected_close: Source = None
    owner: Source = None
    group: Source = None
    company: Source = None
    person: Source = None
    project: Source = None
    campaign: Source = None
    number: Source = None
    description: Source = None
    note: Source = None
    kind: Source = None
    priority: Source = None
    visibility: Source = None
    categories: Source = None
    source: Source = None
    competitor: Source = None
    competitors: Source = None
    credited: Source = None
    segment: Source = None
    flow: Source = None
    payment_terms: Source = None
    expires_on: Source = None
    delivery_on: Source = None
    custom: tuple[tuple[str, Source], ...] = field(default=(), converter=_pairs)

    def __attrs_post_init__(self) -> None:
        for name in ("id", "type", "title", "registered_on"):
            if getattr(self, name) is None:
                raise InvalidValue(name, None, "every sale needs one; map a column, or give a constant")
        for _, source in self.sources():
            if isinstance(source, Column) and source.among and source.among not in LISTS:
                raise UnknownEntry("list of the catalog", source.among, LISTS)

    def sources(self) -> Iterator[tuple[str, Source]]:
        """Each mapped field with its source: status and type first, then columns, then what is made from them."""
        given = [(name, value) for name, value in self._all() if value is not None]
        yield from sorted(given, key=lambda pair: _turn(*pair))

    def columns(self) -> tuple[str, ...]:
        """The columns that the file has to have."""
        named: list[str] = []
        for _, source in self._all():
            if isinstance(source, Column):
                named.append(source.name)
            elif isinstance(source, Template):
                named += source.columns
        return tuple(dict.fromkeys(named))

    def _all(self) -> Iterator[tuple[str, Source]]:
        for attribute in fields(SaleMapping):
            if attribute.name != "custom":
                yield attribute.name, getattr(self, attribute.name)
        yield from ((custom_field(name), source) for name, source in self.custom)


def custom_field(name: str) -> str:
    """The name under which a field of a firm's own stands among the others."""
    return f"custom field {name!r}"


def _turn(name: str, source: Source) -> int:
    if name in ("status", "type"):
        return 0 if name == "status" else 1
    return 2 if isinstance(source, Column) else 3
