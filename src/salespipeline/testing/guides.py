"""Hypothesis strategies for sales guides, and for what is planned, added and done about activities."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salespipeline.model.action import Action
from salespipeline.model.activity import FOLLOW_UP_KINDS, Activity, ActivityKind
from salespipeline.model.activity_actions import (
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    LinkActivity,
    OnActivities,
    Plan,
    ReopenActivity,
)
from salespipeline.model.date_formula import DateFormula
from salespipeline.model.guide import Advance, Plans, SalesGuide, StageGuide, SuggestedActivity, SuggestedDocument
from salespipeline.model.parts import Priority
from salespipeline.model.period import Period
from salespipeline.model.sale import Sale
from salespipeline.model.stage import Stage
from salespipeline.rules.activities import all_of, open_of, shut_of
from salespipeline.rules.planning import to_plan
from salespipeline.testing.values import below, one_of, pauses, periods, some_of, titles

__all__ = ["date_formulas", "guides"]


@cache
def date_formulas() -> SearchStrategy[DateFormula]:
    """Date formulas of every form, with none to three terms."""
    count, unit = st.integers(0, 999), st.sampled_from("DWMQY")
    numbered = st.sampled_from(("D1", "D15", "D31", "WD1", "WD7", "W20", "M2", "Q3"))
    term = st.one_of(st.builds("{}{}".format, count, unit), unit.map("C{}".format), numbered)
    signed = st.builds("{}{}".format, st.sampled_from("+-"), term)
    return st.lists(signed, max_size=3).map(lambda terms: DateFormula("".join(terms)))


@st.composite
def guides(draw: DrawFn, stages: Sequence[Stage]) -> SalesGuide:
    """Guides through some of the stages, with up to four follow-ups and two documents in each, some retired."""
    contents = [_content(draw, stage.id, place) for place, stage in enumerate(stages) if place == 0 or draw(below(3))]
    return SalesGuide(
        stages=contents,
        chained=draw(st.booleans()),
        plans=one_of(draw, tuple(Plans)),
        advance=one_of(draw, tuple(Advance)),
        reminders=draw(st.booleans()),
        active=draw(below(5)) > 0,
    )


def _content(draw: DrawFn, stage: str, place: int) -> StageGuide:
    follow_ups = [_suggestion(draw, f"s{place}-{number}") for number in range(draw(below(4)) + (place == 0))]
    documents = [_suggested_document(draw, f"d{place}-{number}") for number in range(draw(below(3)))]
    starts: DateFormula | None = one_of(draw, (None, DateFormula("1W"), DateFormula("CM+10D")))
    length: Period | None = draw(periods()) if draw(st.booleans()) else None
    return StageGuide(stage, follow_ups, documents, starts=starts, duration=length)


def _suggestion(draw: DrawFn, id: str) -> SuggestedActivity:
    return SuggestedActivity(
        id,
        f"Suggestion {id}",
        kind=one_of(draw, FOLLOW_UP_KINDS),
        after=draw(date_formulas()),
        duration=one_of(draw, (0, 60, 1440)),
        text=one_of(draw, ("", "As agreed")),
        priority=one_of(draw, tuple(Priority)),
        auto_suggest=draw(st.booleans()),
        retired=draw(below(6)) == 5,
    )


def _suggested_document(draw: DrawFn, id: str) -> SuggestedDocument:
    return SuggestedDocument(id, f"Document {id}", template="offer.docx", retired=draw(below(6)) == 5)


# Actions, with values that fit. Each takes a draw, a sale and a day.


def _said(draw: DrawFn, sale: Sale, on: Any, kinds: Sequence[ActivityKind]) -> dict[str, Any]:
    due = on + draw(pauses())
    given = some_of(
        draw,
        {
            "kind": st.sampled_from(kinds),
            "text": titles(),
            "duration": st.sampled_from((0, 90, timedelta(hours=2))),
            "priority": st.sampled_from(Priority),
            "owner": st.sampled_from((None, "anna", "bob")),
            "target": st.sampled_from(("", "mail:17", "offers/17.pdf")),
        },
    )
    if draw(st.booleans()):
        given |= {"due": due, "reminder": datetime.combine(due, time(8), UTC), "start": None}
    return given


def _plan(draw: DrawFn, sale: Sale, on: Any) -> Action:
    suggestion = one_of(draw, tuple(to_plan(sale)))
    guide = sale.type.guide
    found = guide.suggestion(suggestion) if guide else None
    kinds = FOLLOW_UP_KINDS if isinstance(found, SuggestedActivity) else (ActivityKind.DOCUMENT, ActivityKind.MAIL)
    return Plan(suggestion, now=draw(st.booleans()), **_said(draw, sale, on, kinds))


def _add(draw: DrawFn, sale: Sale, on: Any) -> Action:
    return AddActivity(draw(titles()), **_said(draw, sale, on, tuple(ActivityKind)))


def _edit(draw: DrawFn, sale: Sale, on: Any) -> Action:
    activity = one_of(draw, sale.activities)
    kinds = tuple(kind for kind in ActivityKind if kind.is_follow_up is activity.kind.is_follow_up)
    given = _said(draw, sale, on, kinds)
    given |= {"reminder": given.get("reminder"), "start": None} if "due" in given else {}
    return EditActivity(activity.id, **given)


def _link(draw: DrawFn, sale: Sale, on: Any) -> Action:
    mail = Activity(id="elsewhere", kind=ActivityKind.MAIL, due=on, done_on=on, made_on=on, title=draw(titles()))  # type: ignore[arg-type]  # an id is text
    return LinkActivity(mail)


def _ticked(kind: type[OnActivities], choices: Callable[[Sale], Any]) -> Callable[[DrawFn, Sale, Any], Action]:
    def make(draw: DrawFn, sale: Sale, on: Any) -> Action:
        fitting = tuple(choices(sale))
        return kind(one_of(draw, (*fitting, fitting)))

    return make


Maker = Callable[[DrawFn, Sale, Any], Action]
Choices = Callable[[Sale], Any]

MAKERS: dict[type[Action], tuple[Maker, Choices | None]] = {
    Plan: (_plan, to_plan),
    AddActivity: (_add, None),
    EditActivity: (_edit, all_of),
    CompleteActivity: (_ticked(CompleteActivity, open_of), open_of),
    ReopenActivity: (_ticked(ReopenActivity, shut_of), shut_of),
    CancelActivity: (_ticked(CancelActivity, open_of), open_of),
    DeleteActivity: (_ticked(DeleteActivity, all_of), all_of),
    LinkActivity: (_link, None),
}
