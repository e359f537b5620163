"""Where the fields of a product come from when a price list is read: declared, or told by the headings of the file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Unpack

from attrs import field, fields, frozen

from salespipeline.errors import InvalidValue, shown
from salespipeline.exchange.columns import Column, Empty, Template, amount, percent, text
from salespipeline.exchange.mapping import Source, custom_field
from salespipeline.exchange.spelling import bare

_KEYS = ("id", "code", "name")
FLAGS = ("taxable", "in_assortment")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")

# What the columns of a product are called: by SuperOffice (5.5), Contact Manager (B.4), and people.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("Id", "Product id", "Product key"),
    "code": ("Code", "Product code"),
    "name": ("Name", "Product name", "Item name", "Product", "Item"),
    "description": ("Description",),
    "list_price": ("Unit list price", "List price", "Unit price", "Price"),
    "cost": ("Unit cost", "Cost", "Cost price", "Purchase price"),
    "minimum_price": ("Unit minimum price", "Minimum price"),
    "unit": ("Quantity unit", "Unit"),
    "quantity": ("Default quantity", "Quantity"),
    "vat": ("VAT", "VAT percent"),
    "taxable": ("Taxable",),
    "in_assortment": ("In assortment",),
}


def _pairs(extra: Mapping[str, Source]) -> tuple[tuple[str, Source], ...]:
    return tuple(dict(extra).items())


@frozen(kw_only=True)
class ProductMapping:
    """Where the fields of a product come from: a column, a `Template`, a function of the row or a constant.

    A row is of the product that has its id, else its code, else its name; one of the three has to be mapped.
    `taxable` and `in_assortment` are True or False: read them by `flag`. `extra` has the fields of a firm's own.
    """

    id: Source = None
    code: Source = None
    name: Source = None
    description: Source = None
    list_price: Source = None
    cost: Source = None
    minimum_price: Source = None
    unit: Source = None
    quantity: Source = None
    vat: Source = None
    taxable: Source = None
    in_assortment: Source = None
    extra: tuple[tuple[str, Source], ...] = field(default=(), converter=_pairs)

    def __attrs_post_init__(self) -> None:
        if all(getattr(self, name) is None for name in _KEYS):
            raise InvalidValue("name", None, "a product is told by its id, code or name; map a column to one of them")

    def sources(self) -> Iterator[tuple[str, Source]]:
        """Each mapped field with its source: columns first, then what is made from them."""
        own = [(attribute.name, getattr(self, attribute.name)) for attribute in fields(ProductMapping)]
        every = [*(pair for pair in own if pair[0] != "extra"), *((custom_field(n), s) for n, s in self.extra)]
        given = [(name, source) for name, source in every if source is not None]
        yield from sorted(given, key=lambda pair: not isinstance(pair[1], Column))

    def columns(self) -> tuple[str, ...]:
        """The columns that the file has to have."""
        named: list[str] = []
        for _, source in self.sources():
            named += [source.name] if isinstance(source, Column) else ()
            named += source.columns if isinstance(source, Template) else ()
        return tuple(dict.fromkeys(named))


class Headings(NamedTuple):
    """A mapping made of the headings that a file has, as SuperOffice and Contact Manager call them.

    Case, spaces and punctuation do not count. Amounts are spelled as in `amount`.
    """

    decimal: str = "."
    thousands: str = ""
    sign: str = ""

    def mapping(self, columns: Iterable[str]) -> ProductMapping:
        """The mapping of a file with these columns; `InvalidValue` where none is a product's, or two mean the same."""
        meanings = {bare(name): meant for meant, names in _NAMES.items() for name in names}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for column in columns:
            if bare(column) in meanings:
                found[meanings[bare(column)]].append(column)
        for meant, names in found.items():
            if len(names) > 1:
                reason = f"{', '.join(map(shown, names))} all mean the {meant}; say which, in a ProductMapping"
                raise InvalidValue(meant, ", ".join(names), reason)
        given: dict[str, Any] = {meant: self._column(meant, names[0]) for meant, names in found.items()}
        return ProductMapping(**given)

    def _column(self, field: str, column: str) -> Column:
        if field in ("list_price", "cost", "minimum_price"):
            return amount(column, decimal=self.decimal, thousands=self.thousands, sign=self.sign)
        if field == "quantity":
            return amount(column, decimal=self.decimal, thousands=self.thousands)
        if field == "vat":
            return percent(column, decimal=self.decimal)
        return flag(column) if field in FLAGS else text(column)


def flag(column: str, **empty: Unpack[Empty]) -> Column:
    """A column of yes and no, true and false or 1 and 0."""
    return text(column, **empty)._replace(parse=_flag)


def _flag(given: str) -> bool:
    if given.lower() not in (*_YES, *_NO):
        raise InvalidValue("flag", given, "it is neither yes nor no")
    return given.lower() in _YES
