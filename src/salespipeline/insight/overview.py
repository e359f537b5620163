"""The list of sales that people work from: what comes next, what is overdue, and sums by any column."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salespipeline.errors import UnknownEntry
from salespipeline.insight.follow_up import is_overdue, next_activity
from salespipeline.insight.table import aligned
from salespipeline.insight.timeline import days_in_stage
from salespipeline.model.action import day
from salespipeline.model.ids import CompanyId, ItemId, SaleId, UserId
from salespipeline.model.numbers import rounded, total
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status


class OverviewRow(NamedTuple):
    """One sale in a list; amounts are exact, in `currency`, and probability is in percent.

    `stage` is what its type calls the stage today, None before it has one. `overdue` is the red mark. Of a
    stalled sale, `next_activity` is the re-open date, and `reason` why it stalled (of a closed one, why it closed).
    """

    id: SaleId
    title: str
    status: Status
    stage: str | None
    owner: UserId | None
    company: CompanyId | None
    amount: Decimal
    currency: str
    probability: Decimal
    weighted: Decimal
    sale_date: date
    next_activity: date
    reason: ItemId | None
    overdue: bool
    days_in_stage: int
    completed: bool


class Group(NamedTuple):
    """Rows with the same value in a column (or of a function); sums are kept apart by currency."""

    key: object
    rows: tuple[OverviewRow, ...]

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The exact sum of the amounts in each currency."""
        return {currency: total(row.amount for row in rows) for currency, rows in self._by_currency()}

    @property
    def weighted(self) -> dict[str, Decimal]:
        """The exact sum of the weighted amounts in each currency."""
        return {currency: total(row.weighted for row in rows) for currency, rows in self._by_currency()}

    def _by_currency(self) -> Iterable[tuple[str, list[OverviewRow]]]:
        codes = sorted({row.currency for row in self.rows})
        return [(code, [row for row in self.rows if row.currency == code]) for code in codes]


def overview(
    sales: Iterable[Sale], *, on: date, stalled_overdue: bool = False, mark_overdue: bool = True
) -> tuple[OverviewRow, ...]:
    """One row a sale as seen on a day, in the order given.

    `stalled_overdue` marks stalled sales as overdue too; without `mark_overdue`, nothing is marked.
    """
    today = day(on)
    return tuple(_row(sale, today, mark_overdue and is_overdue(sale, today, stalled=stalled_overdue)) for sale in sales)


def _row(sale: Sale, on: date, overdue: bool) -> OverviewRow:
    return OverviewRow(
        id=sale.id,
        title=sale.title,
        status=sale.status,
        stage=sale.stage_name,
        owner=sale.owner,
        company=sale.company,
        amount=sale.amount,
        currency=sale.currency,
        probability=sale.probability,
        weighted=sale.weighted,
        sale_date=sale.sale_date,
        next_activity=next_activity(sale),
        reason=sale.reason,
        overdue=overdue,
        days_in_stage=days_in_stage(sale, on),
        completed=sale.is_completed,
    )


def grouped(rows: Iterable[OverviewRow], key: str | Callable[[OverviewRow], object]) -> tuple[Group, ...]:
    """The rows by a column's name, or by a function of a row; groups and rows keep the order given.

    `grouped(group.rows, ...)` groups further. Raises `UnknownEntry` for a column that does not exist.
    """
    value = _column(key) if isinstance(key, str) else key
    groups: dict[object, list[OverviewRow]] = {}
    for row in rows:
        groups.setdefault(value(row), []).append(row)
    return tuple(Group(found, tuple(members)) for found, members in groups.items())


def _column(name: str) -> Callable[[OverviewRow], object]:
    if name not in OverviewRow._fields:
        raise UnknownEntry("column", name, OverviewRow._fields)
    place = OverviewRow._fields.index(name)
    return lambda row: row[place]


COLUMNS = (
    "id",
    "title",
    "company",
    "status",
    "stage",
    "amount",
    "currency",
    "probability",
    "weighted",
    "sale_date",
    "next_activity",
    "overdue",
    "owner",
)


def text_table(rows: Iterable[OverviewRow], columns: Iterable[str] = COLUMNS) -> str:
    """The rows as plain text for a terminal; weighted amounts are rounded half-up to the currency's decimals.

    Raises `UnknownEntry` for a column that does not exist.
    """
    names = tuple(columns)
    values = tuple(_column(name) for name in names)
    return aligned(names, [[value(_for_people(row)) for value in values] for row in rows])


def _for_people(row: OverviewRow) -> OverviewRow:
    digits = -int(row.amount.as_tuple().exponent)
    return row._replace(weighted=rounded(row.weighted, digits))
