"""What a guide makes of a sale: which suggestions have been taken up, when the next is due, and what follows.

Ticks are positional and the links lie on the activities, so nothing here is kept up to date: a change of type
or of the guide needs no copying and no undoing (SuperOffice, 3.4 to 3.7).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from attrs import evolve

from salespipeline.model.activity import Activity, ActivityKind, Agenda, activity_id
from salespipeline.model.date_formula import DateFormula
from salespipeline.model.guide import Plans, SalesGuide, StageGuide, SuggestedActivity
from salespipeline.model.ids import StageId, SuggestionId
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage

AT_ONCE = DateFormula("")


class Written(NamedTuple):
    """What is put on every activity that a sale gets: its parties, the day and user, and the history entry."""

    sale: Sale
    on: date
    by: str | None
    entry: int

    def values(self) -> dict[str, Any]:
        """The fields that say under what an activity was written."""
        parties = self.sale.parties
        return {
            "company": parties.company,
            "person": parties.person,
            "campaign": parties.campaign,
            "segment": self.sale.origin.segment,
            "made_on": self.on,
            "made_by": self.by,
            "entry": self.entry,
        }


def instances(sale: Sale, suggestion: str) -> tuple[Activity, ...]:
    """The activities that a suggestion of the sale's present type has led to, cancelled ones left out."""
    return tuple(
        activity
        for activity in sale.activities
        if activity.suggestion == suggestion and activity.guide == sale.type.id and not activity.is_cancelled
    )


def previous(type: SaleType, suggestion: str) -> SuggestedActivity | None:
    """The follow-up in use that is suggested just before another, in the same stage or an earlier one."""
    before: SuggestedActivity | None = None
    for each, in_use in type.suggested:
        if each.id == suggestion:
            return before
        before = each if in_use else before
    return None


def following(type: SaleType, suggestion: str) -> SuggestedActivity | None:
    """The follow-up in use that is suggested just after another, in the same stage or a later one."""
    found = False
    for each, in_use in type.suggested:
        if found and in_use:
            return each
        found = found or each.id == suggestion
    return None


def entered_on(sale: Sale) -> date:
    """The day the sale last came into the stage it is in."""
    entered = sale.registered.on
    for entry in reversed(sale.history):
        if entry.position.stage != sale.stage or entry.type != sale.type.id:
            break
        entered = entry.on
    return entered


def suggested_day(sale: Sale, guide: SalesGuide, suggestion: SuggestedActivity, on: date) -> date:
    """When a suggestion asks to be done.

    Counted from the previous follow-up where the guide is chained, or from the day the stage was entered;
    with nothing to count from, it is the present day (SuperOffice, 3.4). It may lie in the past.
    """
    if guide.chained:
        before = previous(sale.type, suggestion.id)
        base = max((activity.due for activity in instances(sale, before.id)), default=None) if before else None
    else:
        content = guide.stage(sale.stage)
        here = content is not None and suggestion in content.activities
        base = entered_on(sale) if here else None
    return on if base is None else suggestion.after.after(base)


def planned(
    suggestion: SuggestedActivity, guide: SalesGuide, due: date, type: SaleType, number: int, written: Written
) -> Activity:
    """The activity that a suggestion stands for, with everything that it prefills."""
    sale = written.sale
    remind = guide.reminders and suggestion.after != AT_ONCE
    return Activity(
        id=activity_id(number),
        kind=suggestion.kind,
        title=suggestion.name,
        text=suggestion.text,
        due=due,
        duration=suggestion.duration,
        reminder=datetime.combine(due, time(), UTC) if remind else None,
        priority=suggestion.priority,
        owner=sale.owner,
        guide=type.id,
        suggestion=suggestion.id,
        **written.values(),
    )


def called_off(sale: Sale, on: date) -> Agenda:
    """The agenda with everything that is still planned called off."""
    planned = [each for each in sale.activities if each.is_planned]
    return sale.agenda.with_changed(evolve(each, cancelled_on=on) for each in planned) if planned else sale.agenda


def on_entering(
    type: SaleType, stage: Stage | None, written: Written, agenda: Agenda | None = None, *, missing: bool = False
) -> dict[str, Agenda]:
    """The agenda after entering a stage, where the guide plans all that it suggests there by itself.

    Each day is counted from the day of entering. With `missing`, only what is not there is planned.
    """
    guide = type.guide
    if guide is None or not guide.active or guide.plans is Plans.ON_REQUEST or stage is None:
        return {}
    content = guide.stage(stage.id)
    if content is None:
        return {}
    if agenda is None:
        agenda = written.sale.agenda
    first = agenda.made + 1
    there = {each.suggestion for each in agenda.activities if each.guide == type.id}
    skipped = there if missing or guide.plans is Plans.ONCE else set[SuggestionId | None]()
    in_use = [each for each in content.activities if not each.retired]
    if content.blank_task and not in_use:
        return {} if None in skipped else {"agenda": agenda.with_new([_blank_task(type, first, written)])}
    wanted = [each for each in in_use if each.id not in skipped]
    new = (
        planned(suggestion, guide, suggestion.after.after(written.on), type, number, written)
        for number, suggestion in enumerate(wanted, first)
    )
    return {"agenda": agenda.with_new(new)} if wanted else {}


def _blank_task(type: SaleType, number: int, written: Written) -> Activity:
    owner, kind = written.sale.owner, ActivityKind.TASK
    values: dict[str, Any] = {**written.values(), "guide": type.id}
    return Activity(id=activity_id(number), kind=kind, due=written.on, owner=owner, **values)


# What comes next.


def next_suggestion(sale: Sale, activity: str, *, unfinished: bool = False) -> SuggestedActivity | None:
    """The follow-up suggested after an activity of the sale; None where nothing follows.

    None also when the sale has no guide, when the activity is none that the guide suggested, and when it
    is not done, unless `unfinished` (SuperOffice, 3.4).
    """
    found = sale.agenda.get(activity)
    if found is None or found.suggestion is None or found.guide != sale.type.id:
        return None
    return following(sale.type, found.suggestion) if found.is_done or unfinished else None


def auto_suggestion(sale: Sale, activity: str, *, unfinished: bool = False) -> SuggestedActivity | None:
    """The follow-up to offer once an activity is done: the next one, if it is to be offered and is not there yet."""
    following = next_suggestion(sale, activity, unfinished=unfinished)
    offered = following is not None and following.auto_suggest and not instances(sale, following.id)
    return following if offered else None


def left_unticked(sale: Sale, activities: str | Iterable[str]) -> tuple[str, ...]:
    """Of activities to be completed at once, those that will be left: more than one would suggest what comes next."""
    ids = (activities,) if isinstance(activities, str) else activities
    planned = [id for id in ids if (found := sale.agenda.get(id)) is not None and found.is_planned]
    triggers = tuple(id for id in planned if auto_suggestion(sale, id, unfinished=True))
    return triggers if len(triggers) > 1 else ()


class Progress(NamedTuple):
    """How many of a stage's suggested follow-ups are dealt with: each has instances, and all of them are done."""

    done: int
    of: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 only when all is done, and when nothing is suggested."""
        return 100 * self.done // self.of if self.of else 100


def progress(sale: Sale, content: StageGuide) -> Progress:
    """How far a stage's suggested follow-ups are; documents are done when made and do not count."""
    in_use = [suggestion for suggestion in content.activities if not suggestion.retired]
    return Progress(sum(is_dealt_with(sale, suggestion) for suggestion in in_use), len(in_use))


def is_dealt_with(sale: Sale, suggestion: SuggestedActivity) -> bool:
    """Whether a suggestion has at least one instance, and all of them are done."""
    made = instances(sale, suggestion.id)
    return bool(made) and all(activity.is_done for activity in made)


def stages_in_order(type: SaleType) -> Iterator[tuple[StageId, StageGuide]]:
    """The stages of a type with what its active guide suggests there, in the order of the process."""
    if type.guide is None or not type.guide.active:
        return
    for stage in type.stages:
        content = type.guide.stage(stage.id)
        yield stage.id, content if content is not None else StageGuide(stage.id)
