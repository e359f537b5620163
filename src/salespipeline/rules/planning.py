"""Planning what a guide suggests, adding what it does not, and linking what is there already."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve

from salespipeline.model.action import KEEP, Moment
from salespipeline.model.activity import Activity, ActivityKind, activity_id
from salespipeline.model.activity_actions import AddActivity, LinkActivity, Plan
from salespipeline.model.guide import SuggestedActivity, SuggestedDocument, Suggestion
from salespipeline.model.ids import UserId
from salespipeline.model.item import item_named
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.model.text import line
from salespipeline.rules.described import adopted, late, own_day, read, strange, unfit_kind, unreadable
from salespipeline.rules.guidance import Written, instances, planned, suggested_day
from salespipeline.rules.typed import fault, is_a


def plannable(sale: Sale, action: Plan, moment: Moment) -> Iterator[Problem]:
    """A suggestion belongs to the guide of the sale's type, is in use, and has no instance unless another is wanted."""
    faults = list(unreadable(action))
    yield from faults
    guide = sale.type.guide
    if guide is None or not guide.active:
        yield Problem("no-guide", "suggestion", action.suggestion, params={"type": sale.type.id})
        return
    found = guide.suggestion(action.suggestion)
    in_use = [suggestion.id for suggestion in sale.type.suggestions_in_use]
    if found is None:
        yield Problem("unknown-suggestion", "suggestion", action.suggestion, in_use, {"type": sale.type.id})
        return
    if found.id not in in_use:
        yield Problem("retired-suggestion", "suggestion", action.suggestion, in_use)
    made = instances(sale, found.id)
    if made and action.another is not True:
        yield Problem("already-planned", "suggestion", action.suggestion, params={"activity": made[-1].id})
    if not faults:
        yield from unfit_kind(action.kind, follow_up=isinstance(found, SuggestedActivity))
        yield from late(action, _due(sale, action, found, moment))


def _due(sale: Sale, action: Plan, suggestion: Suggestion, moment: Moment) -> date:
    typed = own_day(action)
    if typed is not None:
        return typed
    if action.now is True or isinstance(suggestion, SuggestedDocument) or sale.type.guide is None:
        return moment.on
    return suggested_day(sale, sale.type.guide, suggestion, moment.on)


def plan(sale: Sale, action: Plan, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The suggestion as an activity: prefilled, and with what was typed instead (SuperOffice, 3.4)."""
    guide = sale.type.guide
    found = guide.suggestion(action.suggestion) if guide else None
    if guide is None or found is None:  # refused before it comes to this
        return {}
    due, number, written = _due(sale, action, found, moment), sale.agenda.made + 1, _written(sale, moment)
    if isinstance(found, SuggestedDocument):
        made = _document(found, due, number, written)
    else:
        made = planned(found, guide, due, sale.type, number, written)
    return {"agenda": sale.agenda.with_new([evolve(made, **read(action) | {"due": due})])}


def _document(suggestion: SuggestedDocument, due: date, number: int, written: Written) -> Activity:
    return Activity(
        id=activity_id(number),
        kind=ActivityKind.DOCUMENT,
        title=suggestion.subject or suggestion.name,
        due=due,
        done_on=min(due, written.on),
        owner=written.sale.owner,
        guide=written.sale.type.id,
        suggestion=suggestion.id,
        template=suggestion.template,
        reference=suggestion.reference,
        **written.values(),
    )


def _written(sale: Sale, moment: Moment) -> Written:
    return Written(sale, moment.on, moment.by, len(sale.history))


# Adding freely, and linking what is there.


def addable(sale: Sale, action: AddActivity, moment: Moment) -> Iterator[Problem]:
    """An activity has a title, and fields that can be read; start and reminder are not after its due day."""
    faults = list(unreadable(action))
    yield from faults
    yield from fault(lambda: line(action.title, "title", 219, required=True) if not faults else None)
    if not faults:
        yield from late(action, own_day(action) or moment.on)


def add(sale: Sale, action: AddActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A follow-up to come or, of the other kinds, something that was: that is done on its day."""
    given: dict[str, Any] = {"kind": ActivityKind.FOLLOW_UP, "owner": _adder(sale, moment)} | read(action)
    due = own_day(action) or moment.on
    made = Activity(
        id=activity_id(sale.agenda.made + 1),
        **given | {"due": due, "done_on": None if given["kind"].is_follow_up else min(due, moment.on)},
        **_written(sale, moment).values(),
    )
    return {"agenda": sale.agenda.with_new([made])}


def _adder(sale: Sale, moment: Moment) -> UserId | None:
    return sale.owner if moment.by is None else moment.by


def linkable(sale: Sale, action: LinkActivity, moment: Moment) -> Iterator[Problem]:
    """What is linked is an activity."""
    if not is_a(action.activity, Activity):
        reason = "give the Activity itself; AddActivity makes a new one"
        yield Problem("invalid-value", "activity", action.activity, params={"reason": reason})
    else:
        yield from strange(action.activity)


def link(sale: Sale, action: LinkActivity, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The activity under the sale's next id: with the sale's company, and with its own person if it has one."""
    given = action.activity
    new: dict[str, Any] = {"id": activity_id(sale.agenda.made + 1), "guide": None, "suggestion": None}
    written = _written(sale, moment).values()
    written["company"] = written["company"] or given.company
    written["person"] = given.person or written["person"]
    return {"agenda": sale.agenda.with_new([evolve(given, **adopted(given) | new | written)])}


def to_plan(sale: Sale) -> Iterator[str]:
    """The suggestions in use that have no instance yet."""
    return (each.id for each in sale.type.suggestions_in_use if not instances(sale, each.id))


def reopen_follow_up(sale: Sale) -> AddActivity | None:
    """The follow-up to propose for a stalled sale: on its re-open date, for its owner; None for others.

    A meeting or a call does as well: `evolve(proposal, kind="call")` (SuperOffice, 2.5).
    """
    if sale.reopen_on is None:
        return None
    reason = item_named(sale.type.stalled_reasons, sale.reason)
    stage = f" in stage {sale.stage_name}" if sale.stage_name else ""
    text = f"Stalled{stage}" + (f": {reason.name}" if reason else "")
    return AddActivity(f"Take up again: {sale.title}"[:219], due=sale.reopen_on, owner=sale.owner or KEEP, text=text)
