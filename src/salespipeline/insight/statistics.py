"""Counts and sums of opportunities: by salesperson, contact or campaign, by stage, by status; and the funnel.

Closed sales count with the estimated value they had, and with what they were sold for or zero as current
value (Business Central, A.8). Sums are exact and of one currency.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from salespipeline.insight.entries import entries
from salespipeline.insight.keys import By, Key, in_order, key_functions
from salespipeline.model.action import day
from salespipeline.model.ids import StageId
from salespipeline.model.numbers import divide, total
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing, Status
from salespipeline.model.state import Open


class Statistics(NamedTuple):
    """How many sales with the same keys and currency there are, and what they are worth."""

    keys: tuple[Key, ...]
    currency: str
    number: int
    estimated: Decimal
    current: Decimal

    @property
    def average_estimated(self) -> Decimal:
        """The mean of the estimated values, to 50 digits."""
        return divide(self.estimated, Decimal(self.number))

    @property
    def average_current(self) -> Decimal:
        """The mean of the current values, to 50 digits."""
        return divide(self.current, Decimal(self.number))


def statistics(sales: Iterable[Sale], by: By = ()) -> tuple[Statistics, ...]:
    """Count, estimated and current value for each value of some keys, as in `forecast`: `("owner", "month")`.

    Sold and lost sales count too; give fewer sales to leave them out. Sales that were not started count with nothing.
    """
    functions = [function for _, function in key_functions(by)]
    groups: dict[tuple[tuple[Key, ...], str], list[Sale]] = {}
    for sale in sales:
        if sale.standing is not Standing.NOT_STARTED:
            groups.setdefault((tuple([key(sale) for key in functions]), sale.currency), []).append(sale)
    return tuple(
        _statistics(keys, code, groups[keys, code])
        for keys, code in sorted(groups, key=lambda g: (in_order(g[0]), g[1]))
    )


def _statistics(keys: tuple[Key, ...], currency: str, sales: list[Sale]) -> Statistics:
    estimated, current = total(sale.amount for sale in sales), total(sale.value for sale in sales)
    return Statistics(keys, currency, len(sales), estimated, current)


def funnel(sales: Iterable[Sale]) -> dict[StageId, int]:
    """How many entries there ever were at each stage, active or not, in the order of the types' stages."""
    found = tuple(sales)
    counted = Counter(entry.stage for sale in found for entry in entries(sale) if entry.stage is not None)
    return {stage: counted[stage] for stage in _in_order(found) if stage in counted}


def stage_counts(sales: Iterable[Sale], *, open_only: bool = True) -> dict[StageId, int]:
    """How many sales stand in each stage; with closed ones, in the stage they closed in (Contact Manager, B.8)."""
    found = tuple(sale for sale in sales if not (open_only and sale.is_closed))
    counted = Counter(sale.stage for sale in found if sale.stage is not None)
    return {stage: counted[stage] for stage in _in_order(found) if stage in counted}


def _in_order(sales: Iterable[Sale]) -> Iterable[StageId]:
    types = {sale.type.id: sale.type for sale in sales}
    return dict.fromkeys(stage.id for kind in types.values() for stage in kind.stages)


class StageAnalysis(NamedTuple):
    """A stage of a cycle: the sales in it, their sums, and the mean days that left entries stood there.

    `average_days` is to 50 digits, None where no entry was left yet.
    """

    stage: StageId
    currency: str
    number: int
    estimated: Decimal
    current: Decimal
    average_days: Decimal | None


def stage_analysis(sales: Iterable[Sale]) -> tuple[StageAnalysis, ...]:
    """Each stage with its open sales and the days that were spent in it (Business Central, A.1.4 and report 5062)."""
    found = tuple(sales)
    days: dict[tuple[StageId, str], list[int]] = {}
    for sale in found:
        for entry in entries(sale):
            if entry.stage is not None and entry.days_open is not None:
                days.setdefault((entry.stage, sale.currency), []).append(entry.days_open)
    codes = sorted({sale.currency for sale in found})
    return tuple(
        _analysed(stage, code, found, days.get((stage, code), [])) for stage in _in_order(found) for code in codes
    )


def _analysed(stage: StageId, currency: str, sales: Iterable[Sale], days: list[int]) -> StageAnalysis:
    here = [sale for sale in sales if sale.stage == stage and sale.currency == currency and not sale.is_closed]
    mean = divide(Decimal(sum(days)), Decimal(len(days))) if days else None
    estimated, current = total(sale.amount for sale in here), total(sale.value for sale in here)
    return StageAnalysis(stage, currency, len(here), estimated, current, mean)


class StatusCounts(NamedTuple):
    """How many sales there are in each standing that Business Central's chart shows."""

    not_started: int
    in_progress: int
    won: int
    lost: int


def status_counts(sales: Iterable[Sale], *, since: date = date.min, until: date = date.max) -> StatusCounts:
    """Open sales registered by the end of a period, closed ones closed within it, both days included (A.8)."""
    first, last = day(since, "since"), day(until, "until")
    found = tuple(sales)
    begun = [sale for sale in found if not sale.is_closed and sale.registered.on <= last]
    closed = [sale for sale in found if sale.closed_on is not None and first <= sale.closed_on <= last]
    waiting = sum(sale.state == Open(False) for sale in begun)
    won = sum(sale.status is Status.SOLD for sale in closed)
    return StatusCounts(waiting, len(begun) - waiting, won, len(closed) - won)


def largest_open(sales: Iterable[Sale], count: int = 5) -> tuple[Sale, ...]:
    """The open sales with the largest amounts, the largest first; of equal ones, those with the lower id."""
    open_ones = sorted((sale for sale in sales if not sale.is_closed), key=attrgetter("id"))
    return tuple(sorted(open_ones, key=attrgetter("amount"), reverse=True)[:count])
