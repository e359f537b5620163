"""The summary of a period: what was sold and lost in it, what is open, and what is overdue before, in and after it."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salespipeline.errors import InvalidValue
from salespipeline.model.action import day
from salespipeline.model.numbers import total
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status


class Bucket(NamedTuple):
    """Some sales of a summary; sums are exact, and kept apart by currency."""

    sales: tuple[Sale, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.sales)

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The sum of the amounts in each currency; of sold sales, of what they were sold for."""
        return self._sums(lambda sale: sale.value if sale.status is Status.SOLD else sale.amount)

    @property
    def weighted(self) -> dict[str, Decimal]:
        """The sum of the weighted amounts in each currency."""
        return self._sums(lambda sale: sale.weighted)

    def _sums(self, value: Callable[[Sale], Decimal]) -> dict[str, Decimal]:
        codes = sorted({sale.currency for sale in self.sales})
        return {code: total(value(sale) for sale in self.sales if sale.currency == code) for code in codes}


class Summary(NamedTuple):
    """The six buckets of SuperOffice's summary (6.3); overdue ones are open too, and may stand in two."""

    sold: Bucket
    lost: Bucket
    open: Bucket
    previous_overdue: Bucket
    current_overdue: Bucket
    future_open: Bucket


def summary(sales: Iterable[Sale], *, since: date, until: date, on: date, stalled: bool = False) -> Summary:
    """The summary of the days from `since` to `until`, both included, as seen on a day.

    Sales count by their sale date. Open in the period, overdue within it (before `on`), overdue before it,
    and open after it; stalled sales count as open only with `stalled`. Raises `InvalidValue` for a period
    that ends before it begins.
    """
    first, last, today = day(since, "since"), day(until, "until"), day(on)
    if last < first:
        raise InvalidValue("until", until, f"it lies before {first}; swap the days")
    found = tuple(sales)
    within = [sale for sale in found if first <= sale.sale_date <= last]
    open_ones = [sale for sale in found if sale.status is Status.OPEN or (stalled and sale.status is Status.STALLED)]
    return Summary(
        sold=_of(sale for sale in within if sale.status is Status.SOLD),
        lost=_of(sale for sale in within if sale.status is Status.LOST),
        open=_of(sale for sale in open_ones if first <= sale.sale_date <= last),
        previous_overdue=_of(sale for sale in open_ones if sale.sale_date < first),
        current_overdue=_of(sale for sale in open_ones if first <= sale.sale_date <= last and sale.sale_date < today),
        future_open=_of(sale for sale in open_ones if sale.sale_date > last),
    )


def _of(sales: Iterable[Sale]) -> Bucket:
    return Bucket(tuple(sales))
