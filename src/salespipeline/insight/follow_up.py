"""What asks to be done: the next activity, what is overdue or forgotten, and the list for the diary."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from salespipeline.errors import InvalidValue
from salespipeline.model.action import day
from salespipeline.model.activity import Activity
from salespipeline.model.activity_actions import CompleteActivity
from salespipeline.model.ids import SaleId
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status
from salespipeline.model.state import Lost, Open, Sold, Stalled
from salespipeline.rules.apply import cell_of
from salespipeline.rules.typed import is_a

Judged = Literal["both", "next activity", "sale date"]


def next_activity(sale: Sale) -> date:
    """The day a sale next asks for attention (SuperOffice, 1.5).

    Stalled: the day to take it up again. Closed: the day it closed. Open: its oldest follow-up that is
    neither done nor cancelled, or the sale date when there is none; documents and notes do not count.
    """
    match sale.state:
        case Stalled(reopen_on=reopen_on):
            return reopen_on
        case Sold(closed_on=closed_on) | Lost(closed_on=closed_on):
            return closed_on
        case Open():
            return min((activity.due for activity in planned(sale)), default=sale.sale_date)


def planned(sale: Sale) -> tuple[Activity, ...]:
    """The follow-ups of a sale that are still to be done, the oldest first."""
    return tuple(sorted((each for each in sale.activities if each.is_planned), key=lambda each: each.due))


def is_overdue(sale: Sale, on: date, *, stalled: bool = False, by: Judged = "both") -> bool:
    """Whether an open sale's date or next activity lies before `on`; that day itself is not overdue.

    Closed sales never are, stalled ones only when asked (SuperOffice, 7, where desktop and mobile differ).
    `by` has only the next activity count, as on the card of a sale, or only the sale date, as on a phone.
    """
    if sale.status is not Status.OPEN and not (stalled and sale.status is Status.STALLED):
        return False
    following = sale.sale_date if by == "sale date" else next_activity(sale)
    return (following if by == "next activity" else min(sale.sale_date, following)) < day(on)


class Due(NamedTuple):
    """A follow-up with the sale that it belongs to."""

    sale: SaleId
    title: str
    activity: Activity


def forgotten(sales: Iterable[Sale], on: date) -> tuple[Due, ...]:
    """The planned follow-ups that were due before a day, the oldest first.

    Those of sales that take no ticks any more, completed or locked ones, are left out: nothing can be done about them.
    """
    today = day(on)
    open_ones = (sale for sale in sales if cell_of(sale, CompleteActivity) is not None)
    return _due(open_ones, date.min, today - timedelta(days=1)) if today > date.min else ()


def due_within(sales: Iterable[Sale], on: date, days: int) -> tuple[Due, ...]:
    """The planned follow-ups that are due from a day on, and at most so many days later, the soonest first."""
    today = day(on)
    return _due(sales, today, _later(today, days))


def _due(sales: Iterable[Sale], since: date, until: date) -> tuple[Due, ...]:
    found = [Due(sale.id, sale.title, each) for sale in sales for each in planned(sale) if since <= each.due <= until]
    return tuple(sorted(found, key=lambda each: (each.activity.due, each.sale, each.activity.id)))


class Reminder(NamedTuple):
    """A reminder of a sale, or of one of its planned follow-ups, at an instant in UTC."""

    at: datetime
    sale: SaleId
    title: str
    activity: Activity | None


def reminders(sales: Iterable[Sale], *, until: datetime) -> tuple[Reminder, ...]:
    """The reminders that have come up by an aware instant, the oldest first (Contact Manager, B.1 and B.2).

    Those of sales that are not closed, and of follow-ups that are still planned and can be ticked. Raises
    `InvalidValue` for an instant without a zone.
    """
    if not is_a(until, datetime) or until.utcoffset() is None:
        raise InvalidValue("until", until, "give an aware datetime, such as datetime(..., tzinfo=UTC)")
    found = (reminder for sale in sales for reminder in _reminders(sale))
    return tuple(sorted((each for each in found if each.at <= until), key=lambda each: (each.at, each.sale)))


def _reminders(sale: Sale) -> Iterator[Reminder]:
    if sale.card.reminder is not None and not sale.is_closed:
        yield Reminder(sale.card.reminder, sale.id, sale.title, None)
    for activity in planned(sale) if cell_of(sale, CompleteActivity) is not None else ():
        if activity.reminder is not None:
            yield Reminder(activity.reminder, sale.id, sale.title, activity)


def without_follow_up(sales: Iterable[Sale]) -> tuple[Sale, ...]:
    """The open sales that nothing is planned for."""
    return tuple(sale for sale in sales if sale.status is Status.OPEN and not planned(sale))


class DiaryRow(NamedTuple):
    """A sale in the diary: the day that it is listed for, and why."""

    sale: Sale
    day: date
    because: str


def diary(
    sales: Iterable[Sale], *, on: date, since: date | None = None, until: date | None = None, days_ahead: int = 21
) -> tuple[DiaryRow, ...]:
    """The sales that belong in the diary on a day, by day (SuperOffice, 7).

    Sales that are not completed, with their sale date from `since` to `until` (both the day itself unless
    given), with a follow-up within `days_ahead` of `on`, or overdue; stalled ones by their re-open date.
    """
    today = day(on)
    shown = (today if since is None else day(since), today if until is None else day(until))
    rows = (_diary_row(sale, today, shown, _later(today, days_ahead)) for sale in sales if not sale.is_completed)
    return tuple(sorted((row for row in rows if row), key=lambda row: (row.day, row.sale.id)))


def _diary_row(sale: Sale, on: date, shown: tuple[date, date], ahead: date) -> DiaryRow | None:
    since, until = shown
    if sale.reopen_on is not None and sale.reopen_on <= max(until, ahead):
        return DiaryRow(sale, sale.reopen_on, "re-open date")
    if is_overdue(sale, on):
        return DiaryRow(sale, min(next_activity(sale), sale.sale_date), "overdue")
    following = next((each.due for each in planned(sale) if on <= each.due <= ahead), None)
    if following is not None and sale.status is not Status.STALLED:
        return DiaryRow(sale, following, "follow-up")
    return DiaryRow(sale, sale.sale_date, "sale date") if since <= sale.sale_date <= until else None


class Counts(NamedTuple):
    """How many sales are open, closed, due within some days, and past their expected close."""

    open: int
    closed: int
    due: int
    overdue: int


def counts(sales: Iterable[Sale], *, on: date, days: int = 7) -> Counts:
    """The counts for an opening page (Business Central, A.8): open are those not closed, stalled ones too.

    Due is an expected close from `on` to `days` later, both included; overdue one before `on`. A sale that
    was not started counts as open only.
    """
    today = day(on)
    until = _later(today, days)
    found = tuple(sales)
    running = [sale.expected_close for sale in found if isinstance(sale.state, Stalled) or sale.state == Open(True)]
    closed = sum(sale.is_closed for sale in found)
    due = sum(today <= close <= until for close in running)
    return Counts(len(found) - closed, closed, due, sum(close < today for close in running))


def _later(on: date, days: int) -> date:
    if type(days) is not int or days < 0:
        raise InvalidValue("days", days, "give a whole number of days, from 0")
    return on + timedelta(days=min(days, (date.max - on).days))
