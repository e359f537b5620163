"""The activities of a sale: changed, done, taken up again, called off, removed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

from attrs import evolve

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Moment, day
from salespipeline.model.activity import Activity
from salespipeline.model.activity_actions import (
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    OnActivities,
    ReopenActivity,
)
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.described import is_automatic, late, left_behind, own_day, read, unfit_kind, unreadable
from salespipeline.rules.guidance import left_unticked
from salespipeline.rules.typed import as_several


def editable(sale: Sale, action: EditActivity, moment: Moment) -> Iterator[Problem]:
    """The sale has the activity; its fields can be read; a follow-up stays one."""
    faults = list(unreadable(action))
    yield from faults
    found = sale.agenda.get(action.activity)
    if found is None:
        yield _unknown(sale, action.activity, "activity")
        return
    if faults:
        return
    yield from unfit_kind(action.kind, follow_up=found.kind.is_follow_up)
    due = found.due if action.due is KEEP else own_day(action) or found.due
    yield from late(action, due)
    if action.due is not KEEP:
        yield from left_behind(found, action, due)


def edit(sale: Sale, action: EditActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Each typed field takes its new value; what records something stays done on its day."""
    found = sale.agenda.get(action.activity)
    if found is None:  # refused before it comes to this
        return {}
    given = read(action)
    if "due" in given and "reminder" not in given and is_automatic(found):
        given["reminder"] = datetime.combine(given["due"], time(), UTC)
    if "due" in given and not found.kind.is_follow_up:
        given["done_on"] = min(given["due"], moment.on)
    return {"agenda": sale.agenda.with_changed([evolve(found, **given)])}


def _unknown(sale: Sale, id: object, field: str) -> Problem:
    return Problem("unknown-activity", field, id, [activity.id for activity in sale.activities])


def _ids(action: OnActivities) -> tuple[object, ...]:
    several = as_several(action.activities)
    return (action.activities,) if several is None else several


def _named(sale: Sale, action: OnActivities) -> tuple[Activity, ...]:
    wanted = frozenset(id for id in _ids(action) if isinstance(id, str))
    return tuple(activity for activity in sale.activities if activity.id in wanted)


def known(sale: Sale, action: OnActivities, moment: Moment) -> Iterator[Problem]:
    """Each id is that of an activity of the sale, and there is at least one."""
    ids = _ids(action)
    if not ids:
        yield Problem("required-of-list", "activities", accepted=[activity.id for activity in sale.activities])
    yield from (_unknown(sale, id, "activities") for id in ids if sale.agenda.get(id) is None)


def completable(sale: Sale, action: CompleteActivity, moment: Moment) -> Iterator[Problem]:
    """What was cancelled is reopened first; nothing is done before its time has come."""
    for activity in _named(sale, action):
        if activity.is_cancelled:
            yield Problem("activity-cancelled", "activities", activity.id)
    if action.done_on is None:
        return
    try:
        done_on = day(action.done_on, "done_on")
    except InvalidValue as error:
        yield Problem.of(error)
        return
    if done_on > moment.on:
        yield Problem("done-in-future", "done_on", done_on, params={"today": moment.on})


def complete(sale: Sale, action: CompleteActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Planned ones are done on the day; those that must be left are left."""
    planned = [activity for activity in _named(sale, action) if activity.is_planned]
    left = frozenset(left_unticked(sale, (activity.id for activity in planned)) if len(planned) > 1 else ())
    done_on = action.done_on or moment.on
    ticked = (activity for activity in planned if activity.id not in left)
    return _changed(sale, (evolve(activity, done_on=done_on) for activity in ticked))


def reopenable(sale: Sale, action: ReopenActivity, moment: Moment) -> Iterator[Problem]:
    """Only what can be planned can be open again."""
    for activity in _named(sale, action):
        if not activity.kind.is_follow_up:
            yield Problem("always-done", "activities", activity.id, params={"kind": activity.kind.value})


def reopen(sale: Sale, action: ReopenActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Planned again, as before."""
    return _changed(sale, (evolve(each, done_on=None, cancelled_on=None) for each in _named(sale, action)))


def cancellable(sale: Sale, action: CancelActivity, moment: Moment) -> Iterator[Problem]:
    """What is done cannot be called off."""
    for activity in _named(sale, action):
        if activity.is_done:
            yield Problem("activity-done", "activities", activity.id)


def cancel(sale: Sale, action: CancelActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Called off on the day."""
    planned = (activity for activity in _named(sale, action) if activity.is_planned)
    return _changed(sale, (evolve(activity, cancelled_on=moment.on) for activity in planned))


def delete(sale: Sale, action: DeleteActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Gone for good; their ids are not given again."""
    return {"agenda": sale.agenda.without(activity.id for activity in _named(sale, action))}


def _changed(sale: Sale, activities: Iterable[Activity]) -> Mapping[str, Any]:
    return {"agenda": sale.agenda.with_changed(activities)}


# What each can be asked for.


def all_of(sale: Sale) -> Iterator[str]:
    """All activities."""
    return (activity.id for activity in sale.activities)


def open_of(sale: Sale) -> Iterator[str]:
    """The planned ones."""
    return (activity.id for activity in sale.activities if activity.is_planned)


def shut_of(sale: Sale) -> Iterator[str]:
    """The follow-ups that are done or cancelled."""
    return (each.id for each in sale.activities if each.kind.is_follow_up and not each.is_planned)
