"""A forecast in one currency: converted exactly by the rates of a day, and what has no rate listed beside it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from attrs import field, frozen

from salespipeline.errors import UnknownEntry
from salespipeline.insight.forecast import Cell, Forecast, merged
from salespipeline.insight.keys import Key
from salespipeline.insight.table import aligned
from salespipeline.model.currency import Currency
from salespipeline.model.rates import MissingRate, RateSource, as_decimal, factor, in_decimals

_MONEY = ("open_amount", "weighted", "sold", "expected", "lost")
_FIGURES = ("open_count", "open_amount", "weighted", "sold_count", "sold", "expected", "lost_count", "lost")
_SHOWN = 12


@frozen
class Part:
    """The sales of one currency in a cell, and what one of that currency is in the other."""

    cell: Cell
    factor: Fraction


@frozen(kw_only=True)
class ConvertedCell:
    """One cell of a forecast in one currency; `unpriced` are the sales without a rate, in their own currencies.

    The figures are those of `Cell`, without the unpriced sales. As decimals they are exact, or to 50 digits
    where they do not come out; `exact` gives them as fractions, which always add up.
    """

    keys: tuple[Key, ...]
    currency: Currency
    parts: tuple[Part, ...] = ()
    unpriced: tuple[Cell, ...] = ()

    def exact(self, figure: str) -> Fraction:
        """A figure by its name, such as `"weighted"`, exactly; `UnknownEntry` for another name."""
        if figure not in _MONEY:
            raise UnknownEntry("figure", figure, _MONEY)
        return sum((Fraction(getattr(part.cell, figure)) * part.factor for part in self.parts), Fraction(0))

    def rounded(self, figure: str) -> Decimal:
        """A figure rounded once, half-up, to the decimals of the currency: for people to read."""
        return in_decimals(self.exact(figure), self.currency.digits)

    @property
    def open_amount(self) -> Decimal:
        """What the open sales amount to."""
        return as_decimal(self.exact("open_amount"))

    @property
    def weighted(self) -> Decimal:
        """The weighted amount of the open sales."""
        return as_decimal(self.exact("weighted"))

    @property
    def sold(self) -> Decimal:
        """What the sold sales were sold for."""
        return as_decimal(self.exact("sold"))

    @property
    def lost(self) -> Decimal:
        """What the lost sales amounted to."""
        return as_decimal(self.exact("lost"))

    @property
    def expected(self) -> Decimal:
        """What was sold and, weighted, what is still open."""
        return as_decimal(self.exact("expected"))

    @property
    def open_count(self) -> int:
        """How many open sales it counts."""
        return sum(part.cell.open_count for part in self.parts)

    @property
    def sold_count(self) -> int:
        """How many sold sales it counts."""
        return sum(part.cell.sold_count for part in self.parts)

    @property
    def lost_count(self) -> int:
        """How many lost sales it counts."""
        return sum(part.cell.lost_count for part in self.parts)

    @property
    def unpriced_count(self) -> int:
        """How many sales are left out, for want of a rate."""
        return sum(cell.open_count + cell.sold_count + cell.lost_count for cell in self.unpriced)


@frozen
class ConvertedForecast:
    """The cells of a forecast in one currency, in the order of their keys.

    Goes through its cells like a tuple; `str()` is a table for people, rounded half-up, and says what is left out.
    """

    by: tuple[str, ...]
    currency: Currency
    cells: tuple[ConvertedCell, ...] = field(converter=tuple[ConvertedCell, ...])

    @property
    def total(self) -> ConvertedCell:
        """The whole, exactly the sum of the cells."""
        parts: defaultdict[tuple[str, Fraction], list[Cell]] = defaultdict(list)
        left: defaultdict[str, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            for part in cell.parts:
                parts[part.cell.currency, part.factor].append(part.cell)
            for unpriced in cell.unpriced:
                left[unpriced.currency].append(unpriced)
        return ConvertedCell(
            keys=(),
            currency=self.currency,
            parts=tuple(Part(merged((), parts[key]), key[1]) for key in sorted(parts)),
            unpriced=tuple(merged((), left[code]) for code in sorted(left)),
        )

    @property
    def unpriced(self) -> tuple[Cell, ...]:
        """What could not be converted, a cell a currency, each with its sales."""
        return self.total.unpriced

    def cell(self, *keys: Key) -> ConvertedCell:
        """The cell of these keys: `cell("2026-07", "anna")`; `UnknownEntry` when there is none."""
        for cell in self.cells:
            if cell.keys == keys:
                return cell
        raise UnknownEntry("cell", keys, [repr(cell.keys) for cell in self.cells])

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the values in a row: the keys, then currency and figures."""
        return (*self.by, "currency", *_FIGURES, "unpriced_count")

    def to_rows(self) -> tuple[tuple[object, ...], ...]:
        """The cells as plain rows under `columns`, not rounded: for a dataframe or a file."""
        return tuple((*cell.keys, *_figures(cell)) for cell in self.cells)

    def __iter__(self) -> Iterator[ConvertedCell]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __str__(self) -> str:
        rows = [(*cell.keys, *_figures(cell, rounding=True)) for cell in self.cells]
        if self.by:
            ending = ("total", *(None for _ in self.by[1:]))
            rows.append((*ending, *_figures(self.total, rounding=True)))
        return "\n".join([aligned(self.columns, rows), *map(_left_out, self.unpriced)])


def _figures(cell: ConvertedCell, *, rounding: bool = False) -> tuple[object, ...]:
    values = (
        cell.rounded(name) if rounding and name in _MONEY else getattr(cell, name)
        for name in (*_FIGURES, "unpriced_count")
    )
    return (cell.currency.code, *values)


def _left_out(cell: Cell) -> str:
    ids = sorted(sale.id for sale in cell.sales)
    listed = ", ".join(ids[:_SHOWN]) + (", …" if len(ids) > _SHOWN else "")
    return f"left out, no rate of {cell.currency}: {listed}"


def converted(
    seen: Forecast, to: str | Currency, rates: RateSource, *, on: date, lenient: bool = False
) -> ConvertedForecast:
    """A forecast in one currency, by the rates of a day.

    Raises `MissingRate`; with `lenient`, what has no rate is left out of the figures and listed as `unpriced`.
    """
    target = to if isinstance(to, Currency) else Currency.of(to)
    factors: dict[str, Fraction | None] = {}
    for code in sorted({cell.currency for cell in seen}):
        try:
            factors[code] = factor(code, target.code, rates, on=on)
        except MissingRate:
            if not lenient:
                raise
            factors[code] = None
    by_keys: defaultdict[tuple[Key, ...], list[Cell]] = defaultdict(list)
    for cell in seen:
        by_keys[cell.keys].append(cell)
    return ConvertedForecast(seen.by, target, [_cell(keys, target, found, factors) for keys, found in by_keys.items()])


def _cell(
    keys: tuple[Key, ...], currency: Currency, cells: list[Cell], factors: dict[str, Fraction | None]
) -> ConvertedCell:
    priced = ((cell, factors[cell.currency]) for cell in cells)
    return ConvertedCell(
        keys=keys,
        currency=currency,
        parts=tuple(Part(cell, times) for cell, times in priced if times is not None),
        unpriced=tuple(cell for cell in cells if factors[cell.currency] is None),
    )
