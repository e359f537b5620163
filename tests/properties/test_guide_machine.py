"""A guided sale's life against a plain account of its activities: what was made, done, called off and removed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.properties.walks import TODAY, new_sale

from salespipeline.codec import decode_sale, encode_sale
from salespipeline.insight.follow_up import next_activity
from salespipeline.insight.guide import guide_view
from salespipeline.model.action import Action
from salespipeline.model.actions import ChangeType, MoveTo, Next, Previous, Reopen, Resume, Sell, StageMove, Stall
from salespipeline.model.activity import Activity
from salespipeline.model.activity_actions import (
    ActivityAction,
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    Plan,
    ReopenActivity,
)
from salespipeline.model.guide import SalesGuide, SuggestedActivity, Suggestion, document, follow_up
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing
from salespipeline.presets import superoffice
from salespipeline.rules.apply import apply, problems

GUIDE = SalesGuide.of(
    ("first", [follow_up("Meet", kind="meeting"), follow_up("Thank", auto=True), document("Minutes")]),
    ("second", [follow_up("Prepare", kind="task", after=3, auto=True), document("Offer")]),
    ("third", [follow_up("Call", kind="call", after="1W", auto=True), follow_up("Sign", after=4, auto=True)]),
    ("fourth", []),
)
STAGES = (
    Stage("first", "First", 10),
    Stage("second", "Second", 40),
    Stage("third", "Third", 60),
    Stage("fourth", "Fourth", 90),
)
GUIDED = evolve(superoffice.new_business(), id="guided", stages=STAGES, guide=GUIDE)
PLAIN = evolve(GUIDED, id="plain", guide=None)
LOOKALIKE = evolve(GUIDED, id="lookalike")  # its guide suggests the same under the same ids, and is another

# Edits of the type, each as it is made in a catalog.

Draw = Callable[[st.SearchStrategy[Any]], Any]
Edit = Callable[[Draw, SaleType], SaleType]


def guide_of(type: SaleType) -> SalesGuide:
    assert type.guide is not None
    return type.guide


def retired(draw: Draw, type: SaleType) -> SaleType:
    id = draw(st.sampled_from([each.id for each in guide_of(type).suggestions]))
    return evolve(type, guide=guide_of(type).without_suggestion(id))


def reactivated(draw: Draw, type: SaleType) -> SaleType:
    found = draw(st.sampled_from(guide_of(type).suggestions))
    return evolve(type, guide=guide_of(type).with_suggestion("first", evolve(found, retired=False)))


def reordered(draw: Draw, type: SaleType) -> SaleType:
    content = draw(st.sampled_from(guide_of(type).stages))
    order = draw(st.permutations([each.id for each in content.activities]))
    return evolve(type, guide=guide_of(type).reordered(content.stage, order))


def reordered_stages(draw: Draw, type: SaleType) -> SaleType:
    return type.reordered(draw(st.permutations([stage.id for stage in type.stages])))


def more_suggested(draw: Draw, type: SaleType) -> SaleType:
    stage, auto = draw(st.sampled_from([stage.id for stage in STAGES])), draw(st.booleans())
    more = follow_up("One more", id=f"{stage}-more", auto=auto)
    return evolve(type, guide=guide_of(type).with_suggestion(stage, more, at=draw(st.integers(0, 2))))


def switched(draw: Draw, type: SaleType) -> SaleType:
    guide = guide_of(type)
    return evolve(type, guide=guide.deactivated() if guide.active else guide.reactivated())


def weighed_otherwise(draw: Draw, type: SaleType) -> SaleType:
    return evolve(type, stages=[evolve(stage, chance=draw(st.integers(0, 100))) for stage in type.stages])


EDITS: tuple[Edit, ...] = (
    retired,
    reactivated,
    reordered,
    reordered_stages,
    more_suggested,
    switched,
    switched,
    weighed_otherwise,
)

# The account.

PLANNED, DONE, CANCELLED = "planned", "done", "cancelled"
Several = st.sets(st.integers(0, 9), min_size=1, max_size=3)


def in_state(before: Activity, state: str, on: date) -> Activity:
    """The activity with its days as the state has them, and all else as it was."""
    return evolve(before, done_on=on if state == DONE else None, cancelled_on=on if state == CANCELLED else None)


class GuidedLife(RuleBasedStateMachine):
    """A sale led by a guide, through stages, types and edits of its guide."""

    sale: Sale

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, str] = {}
        self.kept: dict[str, Activity] = {}
        self.ever: set[str] = set()
        self.types: dict[str, SaleType] = {type.id: type for type in (GUIDED, PLAIN, LOOKALIKE)}
        self.on = TODAY
        self.closed_on = TODAY
        self.reopen_on = TODAY

    @initialize(planned=st.lists(st.sampled_from(GUIDE.suggestions), min_size=1, max_size=6))
    def begin(self, planned: list[Suggestion]) -> None:
        """A new sale with some of it planned, one or the other twice."""
        self.sale = new_sale(GUIDED, owner="anna")
        for each in planned:
            self.plan_one(each, now=False)

    # What the account says.

    @property
    def type(self) -> SaleType:
        return self.types[self.sale.type.id]

    @property
    def guide(self) -> SalesGuide | None:
        """The guide in force."""
        guide = self.type.guide
        return guide if guide is not None and guide.active else None

    def ids(self, *states: str) -> list[str]:
        return [id for id, state in self.states.items() if state in states]

    def follow_ups(self, *states: str) -> list[str]:
        return [id for id in self.ids(*states) if self.kept[id].kind.is_follow_up]

    def made_of(self, suggestion: str) -> list[str]:
        link = (self.type.id, suggestion)
        return [id for id in self.ids(PLANNED, DONE) if (self.kept[id].guide, self.kept[id].suggestion) == link]

    def leads_on(self, id: str) -> bool:
        """Whether ticking it off would have the guide suggest what comes next."""
        contents = [self.guide.stage(stage.id) for stage in self.type.stages] if self.guide else []
        order = [each for content in contents if content for each in content.activities]
        activity = self.kept[id]
        places = [place for place, each in enumerate(order) if each.id == activity.suggestion]
        if not places or activity.guide != self.type.id:
            return False
        after = [each for each in order[places[0] + 1 :] if not each.retired][:1]
        return any(each.auto_suggest and not self.made_of(each.id) for each in after)

    # Steps.

    def do(self, action: Action) -> None:
        """Carry it out; nothing that is asked here is refused."""
        assert problems(self.sale, action, on=self.on) == ()
        before, self.sale = self.sale, apply(self.sale, action, on=self.on)
        if isinstance(action, ActivityAction):
            assert (self.sale.history, self.sale.position) == (before.history, before.position)

    def note_new(self, state: str, *, guide: str | None = None, suggestion: str | None = None) -> None:
        """One activity more, last, with an id that none ever had."""
        new = self.sale.activities[-1]
        assert len(self.sale.activities) == len(self.kept) + 1
        assert new.id not in self.ever
        assert (new.guide, new.suggestion, new.made_on) == (guide, suggestion, self.on)
        assert new == in_state(new, state, new.done_on or self.on)
        self.ever.add(new.id)
        self.states[new.id], self.kept[new.id] = state, new

    def note_changed(self, ids: Iterable[str], state: str) -> None:
        for id in ids:
            self.states[id], self.kept[id] = state, in_state(self.kept[id], state, self.on)

    @rule(pause=st.integers(0, 40))
    def load_it_later(self, pause: int) -> None:
        self.on += timedelta(days=pause)
        self.sale = again(self.sale)

    @precondition(lambda self: self.guide is not None and not all(each.retired for each in self.guide.suggestions))
    @rule(data=st.data(), now=st.booleans())
    def plan(self, data: st.DataObject, now: bool) -> None:
        """What the guide suggests, and once more where it was made already."""
        assert self.guide is not None
        found = data.draw(st.sampled_from([each for each in self.guide.suggestions if not each.retired]))
        self.plan_one(found, now=now)

    def plan_one(self, found: Suggestion, *, now: bool) -> None:
        there = self.made_of(found.id)
        refused = problems(self.sale, Plan(found.id, now=now), on=self.on)
        assert [problem.code for problem in refused] == ["already-planned"] * bool(there)
        self.do(Plan(found.id, now=now, another=bool(there)))
        state = PLANNED if isinstance(found, SuggestedActivity) else DONE
        self.note_new(state, guide=self.type.id, suggestion=found.id)

    @rule(kind=st.sampled_from(["call", "task", "note", "mail"]), later=st.integers(-9, 40))
    def add(self, kind: str, later: int) -> None:
        self.do(AddActivity("By hand", kind=kind, due=self.on + timedelta(days=later)))
        self.note_new(PLANNED if kind in ("call", "task") else DONE)

    @precondition(lambda self: self.follow_ups(PLANNED, DONE))
    @rule(some=Several | st.just(set(range(10))))
    def complete(self, some: set[int]) -> None:
        """One, several or all; those that would each have something suggested are left, unless there is one."""
        chosen = picked(self.ids(PLANNED, DONE), some)
        fresh = [id for id in chosen if self.states[id] == PLANNED]
        leading = [id for id in fresh if self.leads_on(id)]
        self.do(CompleteActivity(chosen))
        self.note_changed([id for id in fresh if len(leading) < 2 or id not in leading], DONE)

    @precondition(lambda self: self.follow_ups(DONE, CANCELLED))
    @rule(some=Several)
    def reopen_activities(self, some: set[int]) -> None:
        chosen = picked(self.follow_ups(DONE, CANCELLED), some)
        self.do(ReopenActivity(frozenset(chosen)))
        self.note_changed(chosen, PLANNED)

    @precondition(lambda self: self.ids(PLANNED))
    @rule(some=Several)
    def cancel(self, some: set[int]) -> None:
        chosen = picked(self.ids(PLANNED), some)
        self.do(CancelActivity(chosen))
        self.note_changed(chosen, CANCELLED)

    @precondition(lambda self: self.states)
    @rule(some=st.sets(st.integers(0, 9), min_size=1, max_size=2))
    def delete(self, some: set[int]) -> None:
        """The only way that an activity goes."""
        chosen = picked(list(self.states), some)
        self.do(DeleteActivity(chosen))
        for id in chosen:
            del self.states[id], self.kept[id]

    @precondition(lambda self: self.sale.standing is Standing.OPEN)
    @rule(move=st.sampled_from([Next(), Previous(), *(MoveTo(stage.id) for stage in STAGES)]), call_off=st.booleans())
    def move(self, move: StageMove, call_off: bool) -> None:
        """A move touches no activity, unless it is asked to call off what is planned."""
        move = evolve(move, cancel_tasks=call_off)
        if not problems(self.sale, move, on=self.on):
            self.do(move)
            self.note_changed(self.ids(PLANNED) if call_off else (), CANCELLED)

    @precondition(lambda self: self.sale.standing is Standing.OPEN)
    @rule(id=st.sampled_from(["plain", "lookalike", "guided"]))
    def change_type(self, id: str) -> None:
        self.do(ChangeType(self.types[id]))

    @precondition(lambda self: self.sale.standing is Standing.OPEN)
    @rule(later=st.integers(0, 90))
    def stall(self, later: int) -> None:
        self.reopen_on = self.on + timedelta(days=later)
        self.do(Stall(self.reopen_on))

    @precondition(lambda self: self.sale.standing is Standing.STALLED)
    @rule()
    def resume(self) -> None:
        self.do(Resume())

    @precondition(lambda self: not self.sale.is_closed)
    @rule(call_off=st.booleans())
    def sell(self, call_off: bool) -> None:
        self.closed_on = self.on
        self.do(Sell(cancel_tasks=call_off))
        self.note_changed(self.ids(PLANNED) if call_off else (), CANCELLED)

    @precondition(lambda self: self.sale.is_closed)
    @rule(stage=st.sampled_from([None, "first", "third"]))
    def reopen(self, stage: str | None) -> None:
        self.do(Reopen(stage))

    # Edits of the guide, also while the sale is of another type.

    def edit(self, new: SaleType) -> None:
        """Put the new type in the place of the old one, as a catalog does."""
        self.types[new.id] = new
        before = self.sale
        if before.type.id == new.id:
            self.sale = evolve(before, type=new)
        assert (self.sale.history, self.sale.position) == (before.history, before.position)
        assert encode_sale(self.sale) == encode_sale(before)

    @rule(data=st.data(), edit=st.sampled_from(EDITS))
    def edit_the_guide(self, data: st.DataObject, edit: Edit) -> None:
        self.edit(edit(data.draw, self.types["guided"]))

    # What holds after every step.

    @invariant()
    def no_activity_is_lost_or_altered_but_by_an_action_on_it(self) -> None:
        assert self.sale.activities == tuple(self.kept.values())
        assert self.sale.agenda.made == len(self.ever)

    @invariant()
    def each_activity_is_in_its_state(self) -> None:
        for each in self.sale.activities:
            flags = {PLANNED: each.is_planned, DONE: each.is_done, CANCELLED: each.is_cancelled}
            assert [state for state, holds in flags.items() if holds] == [self.states[each.id]]

    @invariant()
    def nothing_is_ticked_that_is_not_passed(self) -> None:
        order: list[str | None] = [stage.id for stage in self.type.stages]
        view = guide_view(self.sale)
        ticked = [row.stage for row in view.stages if row.mark == "ticked"] if view else []
        assert ticked == (order[: order.index(self.sale.stage)] if view else [])

    @invariant()
    def the_guide_tab_shows_what_was_made_of_the_present_guide(self) -> None:
        view = guide_view(self.sale)
        assert (view is None) == (self.guide is None)
        if view is None or self.guide is None:
            return
        shown = {
            row.suggestion.id: [each.id for each in row.activities]
            for stage in view.stages
            for row in (*stage.follow_ups, *stage.documents)
        }
        suggested = {*(each.id for each in self.guide.suggestions), *(each.id for each in GUIDE.suggestions)}
        made = {id: self.made_of(id) for id in suggested}
        retired = {each.id for each in self.guide.suggestions if each.retired}
        assert shown == {id: ids for id, ids in made.items() if ids or id not in retired}

    @invariant()
    def progress_counts_what_is_dealt_with(self) -> None:
        view = guide_view(self.sale)
        for row in view.stages if view and self.guide else ():
            content = self.guide.stage(row.stage) if self.guide else None
            made = [self.made_of(each.id) for each in (content.activities if content else ()) if not each.retired]
            done = [bool(ids) and all(self.states[id] == DONE for id in ids) for ids in made]
            assert row.progress == (100 * done.count(True) // len(done) if done else 100)

    @invariant()
    def the_next_activity_is_that_of_the_account(self) -> None:
        due = min((self.kept[id].due for id in self.ids(PLANNED)), default=self.sale.expected_close)
        stalled, closed = self.sale.standing is Standing.STALLED, self.sale.is_closed
        assert next_activity(self.sale) == (self.reopen_on if stalled else self.closed_on if closed else due)


def picked(ids: Sequence[str], some: set[int]) -> list[str]:
    """Some of the ids, at least one."""
    return [id for place, id in enumerate(ids) if place in {each % len(ids) for each in some}]


def again(sale: Sale) -> Sale:
    """The sale as it comes out of a storage, its activities not read yet."""
    return decode_sale(sale.id, 1, encode_sale(sale), lambda _: sale.type)


EXAMPLES = settings(max_examples=max(20, settings().max_examples), stateful_step_count=30)


def test_a_guided_life() -> None:
    """Invariants 45, 46 and 49 to 51, wherever a life led by a guide comes by."""
    run_state_machine_as_test(GuidedLife, settings=EXAMPLES)
