"""The forecast: what open sales are expected to bring and what closed ones brought, by any keys.

Open sales count by their expected close, sold and lost ones by the day they closed (SuperOffice, 2.7).
All sums are exact and of one currency; rounding, half-up, is for text alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from attrs import field, frozen

from salespipeline.errors import CurrencyMismatch, UnknownEntry
from salespipeline.insight.keys import By, Key, dated, in_order, key_functions
from salespipeline.insight.table import aligned
from salespipeline.model.ids import SaleId
from salespipeline.model.numbers import ZERO, add, multiply, percent_of, rounded, total
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status
from salespipeline.model.state import Lost, Sold, Stalled


class Contribution(NamedTuple):
    """What one sale adds to a cell; `value` is its weighted amount, what it was sold for, or zero once lost."""

    id: SaleId
    title: str
    status: Status
    amount: Decimal
    probability: Decimal
    value: Decimal


@frozen(kw_only=True)
class Cell:
    """One cell of a forecast: the sales with the same keys and currency, the open, sold and lost apart.

    `open_amount` and `weighted` are of the open sales, `sold` is what the sold ones were sold for, `lost` the
    amount of the lost. All are exact. Two cells are equal when keys, currency and figures are.
    """

    keys: tuple[Key, ...]
    currency: str
    open_count: int = 0
    open_amount: Decimal = ZERO
    weighted: Decimal = ZERO
    sold_count: int = 0
    sold: Decimal = ZERO
    lost_count: int = 0
    lost: Decimal = ZERO
    sales: tuple[Sale, ...] = field(default=(), eq=False, repr=False)

    @property
    def expected(self) -> Decimal:
        """What was sold and, weighted, what is still open: the sum of the contributions' values."""
        return add(self.sold, self.weighted)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What each sale adds, in the order of their ids."""
        return tuple(
            Contribution(sale.id, sale.title, sale.status, sale.amount, sale.probability, sale.value)
            for sale in sorted(self.sales, key=attrgetter("id"))
        )

    @property
    def digits(self) -> int:
        """The most decimals that an amount in this cell has: what people expect to read."""
        return -min(int(value.as_tuple().exponent) for value in (self.open_amount, self.sold, self.lost))

    def __add__(self, other: "Cell") -> "Cell":
        """Both together, without keys; `CurrencyMismatch` when their currencies differ."""
        return merged((), [self, other])


@frozen
class Forecast:
    """The cells of a forecast, sorted by their keys (those without a value last) and currency.

    Goes through its cells like a tuple; `str()` is a table for people, rounded half-up.
    """

    by: tuple[str, ...]
    cells: tuple[Cell, ...] = field(converter=tuple[Cell, ...])

    @property
    def total(self) -> dict[str, Cell]:
        """The whole, one cell a currency: amounts of different currencies are never added."""
        codes = sorted({cell.currency for cell in self.cells})
        return {code: merged((), [cell for cell in self.cells if cell.currency == code]) for code in codes}

    def cell(self, *keys: Key, currency: str | None = None) -> Cell:
        """The cell of these keys: `cell("2026-07", "anna")`.

        Raises `UnknownEntry` when there is none, and `CurrencyMismatch` when there are several and no
        `currency` is named.
        """
        found = [cell for cell in self.cells if cell.keys == keys and currency in (None, cell.currency)]
        if not found:
            asked = keys if currency is None else (*keys, currency)
            raise UnknownEntry("cell", asked, [repr(cell.keys) for cell in self.cells])
        if len(found) > 1:
            raise CurrencyMismatch(found[0].currency, found[1].currency)
        return found[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the values in a row: the keys, then currency and figures."""
        return (*self.by, *_FIGURES)

    def to_rows(self) -> tuple[tuple[object, ...], ...]:
        """The cells as plain rows under `columns`, exact: for a dataframe or a file."""
        return tuple((*cell.keys, *_figures(cell)) for cell in self.cells)

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __str__(self) -> str:
        rows = [(*cell.keys, *_figures(cell, rounding=True)) for cell in self.cells]
        if self.by:
            ending = ("total", *(None for _ in self.by[1:]))
            rows += [(*ending, *_figures(cell, rounding=True)) for cell in self.total.values()]
        return aligned(self.columns, rows)


_FIGURES = (
    "currency",
    "open_count",
    "open_amount",
    "weighted",
    "sold_count",
    "sold",
    "expected",
    "lost_count",
    "lost",
)
_figures_of = attrgetter(*_FIGURES)


def _figures(cell: Cell, *, rounding: bool = False) -> tuple[object, ...]:
    values: tuple[object, ...] = _figures_of(cell)
    if not rounding:
        return values
    digits = cell.digits
    return tuple(rounded(value, digits) if isinstance(value, Decimal) else value for value in values)


def forecast(
    sales: Iterable[Sale],
    by: By = ("month", "owner"),
    *,
    stalled: bool = False,
    since: date | None = None,
    until: date | None = None,
) -> Forecast:
    """The forecast of some sales by names of `keys.KEYS`, or by functions from a sale to a text or None.

    Stalled sales are left out unless `stalled`, and then count as open ones. `since` and `until` limit the
    sale date, both days included. Raises `UnknownEntry` for a key that does not exist.
    """
    keys = key_functions(by)
    functions = [function for _, function in keys]
    gathered: defaultdict[tuple[type, str, tuple[Key, ...]], list[Sale]] = defaultdict(list)
    for sale in dated(sales, since, until):
        state = type(sale.state)
        if stalled or state is not Stalled:
            gathered[state, sale.figures.currency, tuple([key(sale) for key in functions])].append(sale)
    parts: defaultdict[tuple[tuple[Key, ...], str], list[Cell]] = defaultdict(list)
    for (state, currency, values), members in gathered.items():
        parts[values, currency].append(_part(state, currency, values, members))
    cells = [merged(values, found) for (values, _), found in parts.items()]
    return Forecast(
        tuple(name for name, _ in keys),
        sorted(cells, key=lambda cell: (in_order(cell.keys), cell.currency)),
    )


_amount = attrgetter("figures.amount")
_probability = attrgetter("position.probability")
_ONE = Decimal(1)


def _part(state: type, currency: str, keys: tuple[Key, ...], sales: list[Sale]) -> Cell:
    """The cell of sales that are all in one state."""
    count, members = len(sales), tuple(sales)
    if state is Sold:
        sold = total(sale.value for sale in sales)
        return Cell(keys=keys, currency=currency, sold_count=count, sold=sold, sales=members)
    amount = total(map(_amount, sales))
    if state is Lost:
        return Cell(keys=keys, currency=currency, lost_count=count, lost=amount, sales=members)
    # Amount times percent, summed and only then divided by 100: the same exact sum, with one step less a sale.
    products = total(map(multiply, map(_amount, sales), map(_probability, sales)))
    weighted = percent_of(products, _ONE)
    return Cell(keys=keys, currency=currency, open_count=count, open_amount=amount, weighted=weighted, sales=members)


def merged(keys: tuple[Key, ...], cells: list[Cell]) -> Cell:
    """The cells of one currency as one."""
    currency = cells[0].currency
    for cell in cells:
        if cell.currency != currency:
            raise CurrencyMismatch(currency, cell.currency)
    return Cell(
        keys=keys,
        currency=currency,
        open_count=sum(cell.open_count for cell in cells),
        open_amount=total(cell.open_amount for cell in cells),
        weighted=total(cell.weighted for cell in cells),
        sold_count=sum(cell.sold_count for cell in cells),
        sold=total(cell.sold for cell in cells),
        lost_count=sum(cell.lost_count for cell in cells),
        lost=total(cell.lost for cell in cells),
        sales=tuple(sale for cell in cells for sale in cell.sales),
    )
