"""Judging typed values: a refused value becomes a problem instead of an exception."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeVar, cast

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Action
from salespipeline.model.currency import exact_amount
from salespipeline.model.figures import Figures
from salespipeline.model.numbers import percent
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale

E = TypeVar("E", bound=Enum)


def is_a(value: object, kind: type) -> bool:
    """Whether a typed value is of a kind; said this way because types promise it, and typing people do not."""
    return isinstance(value, kind)


def as_several(value: object) -> tuple[object, ...] | None:
    """The members of a list, tuple or set (in order, where they can be sorted); None for anything else."""
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(cast("set[object]", value), key=str))
    return tuple(cast("list[object]", value)) if isinstance(value, (list, tuple)) else None


def given(action: Action, name: str) -> object:
    """The value an action was given for a parameter; KEEP when it has none of that name."""
    return getattr(action, name, KEEP)


def fault(parse: Callable[[], object]) -> Iterator[Problem]:
    """The problem of a value that `parse` refuses, or none."""
    try:
        parse()
    except InvalidValue as error:
        yield Problem.of(error)


def utc(value: object, field: str) -> datetime:
    """A typed instant in UTC; it has to say its zone."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidValue(field, value, "give an aware datetime, such as datetime(..., tzinfo=UTC)")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise InvalidValue(field, value, "in UTC it lies outside the years 1 to 9999") from error


def member(value: object, kind: type[E], field: str) -> E:
    """A typed member of an enum."""
    if isinstance(value, kind):
        return value
    raise InvalidValue(field, value, "use one of " + ", ".join(str(each) for each in kind))


def in_currency(figures: Figures, value: object, field: str) -> Decimal:
    """A typed amount in the currency of the figures, exact."""
    return exact_amount(value, figures.digits, figures.currency, field)


def chance_faults(sale: Sale, action: Action) -> Iterator[Problem]:
    """A chance lies from 0 to 100 and is no finer than the process takes."""
    value = given(action, "chance")
    if value is KEEP:
        return
    try:
        typed = percent(value, "chance")
    except InvalidValue as error:
        yield Problem.of(error)
        return
    places = sale.type.dialect.percent_places
    if -int(typed.as_tuple().exponent) > places:
        finest = f"{places} decimals" if places else "whole percents"
        yield Problem("percent-too-fine", "chance", value, params={"places": finest})
