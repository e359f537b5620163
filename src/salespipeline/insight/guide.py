"""The guide tab as data: what is ticked, what is suggested, what was made of it, and what could come next."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from salespipeline.errors import ascii_safe
from salespipeline.model.action import Action, day
from salespipeline.model.actions import MoveTo, Next
from salespipeline.model.activity import Activity
from salespipeline.model.activity_actions import Plan
from salespipeline.model.guide import Advance, StageGuide, SuggestedActivity, SuggestedDocument, Suggestion
from salespipeline.model.ids import StageId
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Status
from salespipeline.rules.apply import cell_of, problems
from salespipeline.rules.guidance import (
    entered_on,
    instances,
    is_dealt_with,
    previous,
    progress,
    stages_in_order,
)

Mark = Literal["ticked", "current", "open"]


class GuideRow(NamedTuple):
    """A suggestion with what was made of it; `can_create` is what the seller may do: make it, or make another."""

    suggestion: Suggestion
    activities: tuple[Activity, ...]
    can_create: Literal["create", "create another"] | None


class StageRow(NamedTuple):
    """A stage of the guide: its mark, its rows, and how much of what it suggests is done, in whole percent.

    `ends` is when the stage should be over, where the guide says how long it takes; only of the current one.
    """

    stage: StageId
    name: str
    mark: Mark
    progress: int
    follow_ups: tuple[GuideRow, ...]
    documents: tuple[GuideRow, ...]
    ends: date | None


class GuideView(NamedTuple):
    """All stages of a guided sale in order; `current` is the one it stands in, None before the first."""

    stages: tuple[StageRow, ...]

    @property
    def current(self) -> StageRow | None:
        """The stage the sale stands in."""
        return next((row for row in self.stages if row.mark == "current"), None)

    def __str__(self) -> str:
        return "\n".join(line for row in self.stages for line in _lines(row))


_MARKS = {"ticked": "[x]", "current": "[>]", "open": "[ ]"}


def _lines(row: StageRow) -> Iterator[str]:
    yield f"{_MARKS[row.mark]} {ascii_safe(row.name)}, {row.progress} %"
    for each in (*row.follow_ups, *row.documents):
        yield from (f"      {activity}" for activity in each.activities)
        if not each.activities and each.can_create:
            yield f"      + {ascii_safe(each.suggestion.name)}"


def guide_view(sale: Sale) -> GuideView | None:
    """The guide tab of a sale; None when its type has no active guide (SuperOffice, 3.4).

    Ticks are positional: every stage before the present one has one, whatever was done there. A retired
    stage shows while the sale is in it, or something was made there; so does a retired suggestion.
    """
    if not sale.type.has_guide:
        return None
    ids: list[str | None] = [stage.id for stage in sale.type.stages]
    here = ids.index(sale.stage) if sale.stage in ids else -1
    can_be_made = (
        frozenset(each.id for each in sale.type.suggestions_in_use) if cell_of(sale, Plan) else frozenset[str]()
    )
    rows = (
        _stage_row(sale, content, _mark(place, here), can_be_made)
        for place, (_, content) in enumerate(stages_in_order(sale.type))
    )
    return GuideView(tuple(row for row in rows if row.mark == "current" or not _is_gone(sale.type, row)))


def _is_gone(type: SaleType, row: StageRow) -> bool:
    made = any(each.activities for each in (*row.follow_ups, *row.documents))
    return not made and not _in_use(type, row.stage)


def _mark(place: int, here: int) -> Mark:
    return "current" if place == here else "ticked" if place < here else "open"


def _stage_row(sale: Sale, content: StageGuide, mark: Mark, can_be_made: frozenset[str]) -> StageRow:
    stage = sale.type.stage(content.stage)
    length = content.duration if mark == "current" else None
    return StageRow(
        content.stage,
        stage.name if stage else content.stage,
        mark,
        progress(sale, content).percent,
        tuple(_rows(sale, content.activities, can_be_made)),
        tuple(_rows(sale, content.documents, can_be_made)),
        length.after(entered_on(sale)) if length else None,
    )


def _rows(
    sale: Sale, suggestions: tuple[SuggestedActivity, ...] | tuple[SuggestedDocument, ...], can_be_made: frozenset[str]
) -> Iterator[GuideRow]:
    for suggestion in suggestions:
        made = instances(sale, suggestion.id)
        if made or not suggestion.retired:
            can_create = suggestion.id in can_be_made
            yield GuideRow(suggestion, made, ("create another" if made else "create") if can_create else None)


# Moving on.


def advance_offer(sale: Sale) -> Action | None:
    """The move to suggest when the stage is done with, as its guide has it; None while there is nothing to suggest.

    ALL_DONE: every suggested follow-up has at least one instance, and all of them are done. LAST_DONE: so
    has the last one. The sale never moves by itself: `apply` the move, or leave it (SuperOffice, 3.5).
    """
    guide = sale.type.guide
    if guide is None or not guide.active or guide.advance is Advance.NEVER or sale.status is not Status.OPEN:
        return None
    content = guide.stage(sale.stage)
    wanted = [each for each in content.activities if not each.retired] if content else []
    asked = wanted[-1:] if guide.advance is Advance.LAST_DONE else wanted
    if not asked or not all(is_dealt_with(sale, suggestion) for suggestion in asked):
        return None
    return _step(sale)


def _step(sale: Sale) -> Action | None:
    """The move to the next stage that is in use, by whichever action the process has for it."""
    _, _, ahead = sale.type.around(sale.stage)
    target = next((stage for stage in ahead if not stage.retired), None)
    if target is None:
        return None
    steps: tuple[Action, ...] = (Next(), MoveTo(target.id))
    return next((step for step in steps if not problems(sale, step, on=sale.changed_on)), None)


# Planning ahead.


class PlannedStage(NamedTuple):
    """When a stage would begin, and when what the guide suggests there would be due; documents have no day."""

    stage: StageId
    starts: date
    follow_ups: tuple[tuple[SuggestedActivity, date], ...]
    documents: tuple[SuggestedDocument, ...]


def preview(type: SaleType, on: date) -> tuple[PlannedStage, ...]:
    """What a type's active guide would plan for a sale that begins on a day; nothing without one.

    Each later stage starts by its own formula from the start of the one before; without one, after the
    length of the one before.
    """
    stages = [content for id, content in stages_in_order(type) if _in_use(type, id)]
    return tuple(_projected(type, stages, day(on)))


def planned_dates(sale: Sale, on: date) -> tuple[PlannedStage, ...]:
    """The present stage of a guided sale and those to come, with their planned days (Business Central, A.7).

    The present stage counts from its earliest follow-up that is not cancelled, or from the day it was
    entered; a sale that was not started begins on `on`. What is planned or done already has its own day.
    """
    ids: list[str | None] = [stage.id for stage in sale.type.stages]
    here = ids.index(sale.stage) if sale.stage in ids else None
    stages = [content for id, content in stages_in_order(sale.type) if _in_use(sale.type, id) or id == sale.stage]
    if here is None:
        return tuple(_projected(sale.type, stages, day(on)))
    entered = entered_on(sale)
    known = {str(one.id): max(made) for one, made in _days_of(sale) if made}
    content = sale.type.guide.stage(sale.stage) if sale.type.guide else None
    visit = [each for one in (content.activities if content else ()) for each in instances(sale, one.id)]
    start = min((each.due for each in visit if each.made_on >= entered), default=entered)  # of this visit
    ahead = [content for content in stages if ids.index(content.stage) >= here]
    return tuple(_projected(sale.type, ahead, start, known))


def _days_of(sale: Sale) -> Iterator[tuple[SuggestedActivity, list[date]]]:
    for suggestion, _ in sale.type.suggested:
        yield suggestion, [activity.due for activity in instances(sale, suggestion.id)]


def _in_use(type: SaleType, id: str) -> bool:
    stage = type.stage(id)
    return stage is not None and not stage.retired


def _projected(
    type: SaleType, contents: list[StageGuide], first: date, known: Mapping[str, date] = MappingProxyType({})
) -> Iterator[PlannedStage]:
    """The stages one after the other; `known` has the days of what was planned already."""
    chained = type.guide is not None and type.guide.chained
    starts, before = first, None
    for content in contents:
        if before is not None:
            starts = _start(content, before, starts)
        due: list[tuple[SuggestedActivity, date]] = []
        for suggestion in content.activities:
            if suggestion.retired:
                continue
            preceding = previous(type, suggestion.id) if chained else None
            base = _base(preceding, starts, known) if chained else starts
            on = known.get(suggestion.id) or (starts if base is None else suggestion.after.after(base))
            due.append((suggestion, on))
            known = {**known, suggestion.id: on}
        in_use = tuple(document for document in content.documents if not document.retired)
        yield PlannedStage(content.stage, starts, tuple(due), in_use)
        before = content


def _base(preceding: SuggestedActivity | None, starts: date, known: Mapping[str, date]) -> date | None:
    """The day to count from in a chain: the previous follow-up's, or a later start of the stage; None with neither."""
    day = known.get(preceding.id) if preceding else None
    return None if day is None else max(day, starts)


def _start(content: StageGuide, before: StageGuide, start: date) -> date:
    if content.starts is not None:
        return content.starts.after(start)
    return start if before.duration is None else before.duration.after(start)
