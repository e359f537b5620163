"""The win rate: how many of the sales that were decided were won, always with its counts."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salespipeline.insight.keys import By, Key, dated, in_order, key_functions
from salespipeline.model.numbers import divide, rounded
from salespipeline.model.sale import Sale
from salespipeline.model.state import Lost, Sold


class WinRate(NamedTuple):
    """How many sales were sold and how many lost; `keys` is empty for the whole.

    >>> WinRate(sold=4238, lost=2473).rounded()
    Decimal('63.15')
    """

    sold: int
    lost: int
    keys: tuple[Key, ...] = ()

    @property
    def rate(self) -> Decimal | None:
        """The sold ones in percent of those closed (63 is 63 %), to 50 digits; None when nothing is closed."""
        closed = self.sold + self.lost
        return divide(Decimal(100 * self.sold), Decimal(closed)) if closed else None

    def rounded(self, places: int = 2) -> Decimal | None:
        """The rate with so many decimals, half-up; None when nothing is closed."""
        rate = self.rate
        return None if rate is None else rounded(rate, places)


def win_rate(sales: Iterable[Sale], *, since: date | None = None, until: date | None = None) -> WinRate:
    """The win rate of some sales: sold / (sold + lost) (SuperOffice, 6.3); open and stalled ones do not count.

    `since` and `until` limit the day of closing, both included.
    """
    found = win_rates(sales, (), since=since, until=until)
    return found[0] if found else WinRate(0, 0)


def win_rates(
    sales: Iterable[Sale], by: By = "owner", *, since: date | None = None, until: date | None = None
) -> tuple[WinRate, ...]:
    """The win rate for each value of some keys, as in `forecast`; sorted by them, those without a value last.

    Keys under which nothing has closed do not occur. Raises `UnknownEntry` for a key that does not exist.
    """
    functions = [function for _, function in key_functions(by)]
    sold: Counter[tuple[Key, ...]] = Counter()
    lost: Counter[tuple[Key, ...]] = Counter()
    for sale in dated(sales, since, until):
        if isinstance(sale.state, (Sold, Lost)):
            tally = sold if isinstance(sale.state, Sold) else lost
            tally[tuple([key(sale) for key in functions])] += 1
    return tuple(WinRate(sold[keys], lost[keys], keys) for keys in sorted({*sold, *lost}, key=in_order))
