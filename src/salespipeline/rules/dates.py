"""Days: what may not precede what."""

from collections.abc import Iterator
from datetime import date

from salespipeline.model.action import KEEP, Action, Moment, day
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.rules.typed import fault, given


def since_last_change(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """An action may not precede the sale's last change; the same day is fine (Business Central, X7)."""
    if moment.on < sale.changed_on:
        yield Problem("before-last-change", "on", moment.on, params={"last": sale.changed_on})


def expected_close(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
    """An expected close is a day, of a sale that is not closed; in some processes not before the change."""
    value = given(action, "expected_close")
    if value is KEEP:
        return
    problem = day_fault(value, "expected_close")
    if problem:
        yield problem
    elif sale.is_closed:
        yield Problem("only-while", "expected_close", value, params={"standing": "open or stalled"})
    elif sale.type.dialect.close_from_today and isinstance(value, date) and value < moment.on:
        yield Problem("close-before-today", "expected_close", value, params={"today": moment.on})


def closing_day(sale: Sale, value: object) -> Iterator[Problem]:
    """A sale closes on or after the day it was registered: no sale cycle is negative."""
    problem = day_fault(value, "closed_on")
    if problem:
        yield problem
    elif isinstance(value, date) and value < sale.registered.on:
        yield Problem("closed-before-registered", "closed_on", value, params={"registered": sale.registered.on})


def day_fault(value: object, field: str) -> Problem | None:
    """The problem of something that is not a calendar day."""
    return next(fault(lambda: day(value, field)), None)
