"""What is said of an activity: its fields as typed, read and judged."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from salespipeline.model.action import KEEP, Action, day
from salespipeline.model.activity import Activity, ActivityKind, kind_of, length
from salespipeline.model.ids import identifier, user_id
from salespipeline.model.parts import Priority
from salespipeline.model.problem import Problem
from salespipeline.model.text import line, note
from salespipeline.rules.typed import fault, member, utc

# Every field that can be typed, and how it is read.
_FIELDS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("title", lambda value: line(value, "title", 219)),
    ("kind", kind_of),
    ("text", lambda value: note(value, "text", 100_000)),
    ("due", lambda value: day(value, "due")),
    ("start", lambda value: None if value is None else utc(value, "start")),
    ("duration", length),
    ("reminder", lambda value: None if value is None else utc(value, "reminder")),
    ("priority", lambda value: member(value, Priority, "priority")),
    ("owner", lambda value: None if value is None else user_id(value)),
    ("target", lambda value: line(value, "target", 2047)),
    ("reference", lambda value: line(value, "reference", 99)),
)


def _or_none(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else parse(value)


# The rest of what an activity from elsewhere brings along.
_KEPT: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("done_on", _or_none(lambda value: day(value, "done_on"))),
    ("cancelled_on", _or_none(lambda value: day(value, "cancelled_on"))),
    ("template", lambda value: line(value, "template", 254)),
    ("company", _or_none(lambda value: identifier(value, "company"))),
    ("person", _or_none(lambda value: identifier(value, "person"))),
)


def strange(activity: Activity) -> Iterator[Problem]:
    """Every field of an activity from elsewhere that no activity of ours could have."""
    for name, parse in (*_FIELDS, *_KEPT):
        value = getattr(activity, name)
        yield from fault(lambda parse=parse, value=value: parse(value))  # type: ignore[misc]


def adopted(activity: Activity) -> dict[str, Any]:
    """The fields of an activity from elsewhere, read as if they had been typed."""
    return {name: parse(getattr(activity, name)) for name, parse in (*_FIELDS, *_KEPT)}


def typed_fields(action: Action) -> Iterator[tuple[str, Callable[[Any], Any], object]]:
    """The fields that an action gives, each with how it is read and what was typed."""
    for name, parse in _FIELDS:
        value = getattr(action, name)
        if value is not KEEP:
            yield name, parse, value


def read(action: Action) -> dict[str, Any]:
    """The fields that an action gives, read."""
    return {name: parse(value) for name, parse, value in typed_fields(action)}


# What is typed, judged.


def unreadable(action: Action) -> Iterator[Problem]:
    """Every typed field that cannot be read."""
    for _, parse, value in typed_fields(action):
        yield from fault(lambda parse=parse, value=value: parse(value))  # type: ignore[misc]


def late(action: Any, due: date) -> Iterator[Problem]:
    """Neither a start nor a reminder comes after the due day; each counts as the day it has where it was typed."""
    for name in ("start", "reminder"):
        value = getattr(action, name)
        if isinstance(value, datetime) and value.date() > due:
            yield Problem("after-due", name, value, params={"due": due})


_WESTMOST = timedelta(hours=12)  # no clock on earth is further behind UTC


def left_behind(activity: Activity, action: Any, due: date) -> Iterator[Problem]:
    """A start or reminder that stays must not end up after a new due day, wherever one stands."""
    for name in ("start",) if is_automatic(activity) else ("start", "reminder"):
        value: datetime | None = getattr(activity, name)
        if value is not None and getattr(action, name) is KEEP and _day_at_least(value) > due:
            yield Problem("after-due", name, value, params={"due": due})


def is_automatic(activity: Activity) -> bool:
    """Whether its reminder is the one that a guide sets, at the beginning of the due day; it goes with the day."""
    return activity.reminder == datetime.combine(activity.due, time(), UTC)


def _day_at_least(instant: datetime) -> date:
    return (instant - _WESTMOST).date() if instant.year > 1 else date.min


def own_day(action: Any) -> date | None:
    """The due day that was typed, or the day of the start."""
    if isinstance(action.due, date) and not isinstance(action.due, datetime):
        return action.due
    return action.start.date() if action.due is KEEP and isinstance(action.start, datetime) else None


def unfit_kind(kind: object, *, follow_up: bool) -> Iterator[Problem]:
    """A follow-up stays one; what records something does not become one."""
    if kind is not KEEP and kind_of(kind).is_follow_up is not follow_up:
        fitting = [each.value for each in ActivityKind if each.is_follow_up is follow_up]
        yield Problem("unfit-kind", "kind", kind_of(kind).value, fitting)
