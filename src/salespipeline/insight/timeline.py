"""What the history of a sale says about time: how long it stayed where, how often its closing was put off.

Everything here is read from the history alone, as it was known at the end of the day that is asked about;
entries of later days do not count. Days are counted as differences of dates: from Monday to Tuesday is 1.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from salespipeline.model.action import day
from salespipeline.model.history import HistoryEntry
from salespipeline.model.ids import StageId
from salespipeline.model.sale import Sale
from salespipeline.model.state import Lost, Sold


class Pushes(NamedTuple):
    """How many times an expected close was moved to a later day, and by how many days in all."""

    times: int = 0
    days: int = 0


def as_of(sale: Sale, day: date) -> HistoryEntry | None:
    """Where the sale stood at the end of a day; None before it began. Of several entries on a day the last counts."""
    known = _known(sale, day)
    return known[-1] if known else None


def days_per_stage(sale: Sale, on: date) -> dict[StageId | None, int]:
    """The days spent in each stage until the end of `on`, all visits together, in the order of the first visit.

    Stalled days count, days after closing do not: a closed sale counts up to the day it closed. None stands
    for the days without a stage.
    """
    spent: dict[StageId | None, int] = {}
    for entry, days in reversed([*_spans(sale, on)]):
        spent[entry.position.stage] = spent.get(entry.position.stage, 0) + days
    return spent


def days_in_stage(sale: Sale, on: date) -> int:
    """The days spent, by the end of `on`, in the stage the sale then was in; several visits are added up.

    A closed sale counts up to the day it closed, in the stage it closed in.
    """
    entry = as_of(sale, on)
    return days_per_stage(sale, on).get(entry.position.stage, 0) if entry else 0


def days_open(sale: Sale, on: date) -> int:
    """The days from registration to the end of `on`, or to closing; days between closing and reopening are left out.

    Always the sum of `days_per_stage`. Once closed and never reopened, the length of the sale cycle
    (`sale.days_to_close`).
    """
    return sum(days for _, days in _spans(sale, on))


def pushes(sale: Sale) -> Pushes:
    """How often, and by how many days, the expected close moved later; moves to an earlier day are not set off.

    Compared is where the sale stood at the end of each day, so what was put right on the same day does not count.
    """
    closes = {entry.on: entry.terms.expected_close for entry in sale.history}
    later = [(after - before).days for before, after in pairwise(closes.values()) if after > before]
    return Pushes(len(later), sum(later))


def _known(sale: Sale, on: date) -> tuple[HistoryEntry, ...]:
    """The entries up to the end of a day, oldest first."""
    return sale.history[: bisect_right(sale.history, day(on), key=lambda entry: entry.on)]


def _spans(sale: Sale, on: date) -> Iterator[tuple[HistoryEntry, int]]:
    """The entries in which the sale was not closed, newest first, with the days each was in force.

    A closing counts from the closing day that was last in force, which may precede the day it was logged; so
    the walk goes backwards, and `end` is the day from which on nothing more counts.
    """
    end, closed_later = on, False
    for entry in reversed(_known(sale, on)):
        if isinstance(entry.state, (Sold, Lost)):
            if not closed_later:
                end = min(end, entry.state.closed_on)
            closed_later = True
        else:
            yield entry, max(0, (end - entry.on).days)
            end, closed_later = min(end, entry.on), False
