"""Sales guides and the activities of sales: invariants 45 to 51, and what activity actions leave alone."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from tests.codec.records import again
from tests.properties.walks import DIALECTS, STAGES, TODAY, WALKED, Change, brought_to, minimal, new_sale, type_of

from salespipeline.codec import decode_sale, encode_sale
from salespipeline.insight.follow_up import next_activity
from salespipeline.insight.guide import GuideRow, StageRow, advance_offer, guide_view
from salespipeline.model.action import Action
from salespipeline.model.actions import (
    ChangeType,
    Edit,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Sell,
    Skip,
    Stall,
    Start,
)
from salespipeline.model.activity import Activity, ActivityKind, Agenda
from salespipeline.model.activity_actions import (
    ACTIVITY_ACTIONS,
    ActivityAction,
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    LinkActivity,
    Plan,
    ReopenActivity,
)
from salespipeline.model.guide import Advance, Plans, SalesGuide, StageGuide, SuggestedActivity, document, follow_up
from salespipeline.model.ids import ActivityId
from salespipeline.model.period import days
from salespipeline.model.problem import Refused
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing, Status
from salespipeline.rules.apply import apply, cell_of, problems
from salespipeline.testing.guides import MAKERS
from salespipeline.testing.strategies import actions_for, guides, legal_actions_for
from salespipeline.testing.values import below, one_of, pauses

# Sales that a guide leads, and what is done about their activities.


def contents(stage: str) -> tuple[StageGuide, ...]:
    """What a guide may suggest in a stage: follow-ups, some retired, some offered by themselves, or none."""
    one, two, three = (
        follow_up("Meet", id=f"{stage}-meet", kind="meeting", after=2),
        follow_up("Call", id=f"{stage}-call", kind="call", after="1W", auto=True),
        follow_up("Prepare", id=f"{stage}-prepare", kind="task", after="-CM", auto=True),
    )
    offer = document("Offer", id=f"{stage}-offer")
    return (
        StageGuide(stage, [one, two], [offer], duration=days(9)),
        StageGuide(stage, [one]),
        StageGuide(stage, [one, evolve(two, retired=True), three]),
        StageGuide(stage, [two, three, one], [evolve(offer, retired=True)]),
        StageGuide(stage, [], [offer]),
        StageGuide(stage),
    )


CONTENTS = tuple(contents(stage.id) for stage in STAGES)


@st.composite
def led_by(draw: DrawFn, /, **settings: Any) -> SalesGuide:
    """Guides through five stages, one of them retired; the first has something to do."""
    if draw(below(5)) == 4:
        return evolve(draw(guides(STAGES)), **settings)
    stages = [one_of(draw, CONTENTS[0][:4]), *(one_of(draw, each) for each in CONTENTS[1:])]
    ways = {"chained": (True, False), "plans": tuple(Plans), "advance": tuple(Advance), "active": (True, True, False)}
    drawn: dict[str, Any] = {name: one_of(draw, way) for name, way in ways.items() if name not in settings}
    return SalesGuide(stages=stages, **drawn, **settings)


@st.composite
def guided_types(draw: DrawFn) -> SaleType:
    """Types of every dialect with a guide."""
    return evolve(one_of(draw, TYPES), id="guided", guide=draw(led_by()))


IN_USE = tuple(stage.id for stage in STAGES if not stage.retired)
TYPES = tuple(type_of(dialect.name) for dialect in DIALECTS)


def deeds(sale: Sale) -> list[type[Action]]:
    """The activity actions that the sale takes and has something for."""
    return [
        action
        for action, (_, choices) in MAKERS.items()
        if cell_of(sale, action) is not None and (choices is None or any(True for _ in choices(sale)))
    ]


@st.composite
def deeds_for(draw: DrawFn, sale: Sale) -> Action:
    """A legal activity action: mostly what a guide suggests is planned, be it once more, or done."""
    guide = sale.type.guide
    in_use = [each.id for each in guide.suggestions if not each.retired] if guide and guide.active else []
    fitting = deeds(sale)
    often = (*fitting, *(each for each in fitting if each not in (Plan, AddActivity, EditActivity, LinkActivity)))
    chosen = one_of(draw, (*often, *((Plan,) * 4 if in_use else ())))
    if chosen is Plan and in_use:
        return Plan(one_of(draw, in_use[:5]), another=True)
    return MAKERS[chosen][0](draw, sale, sale.changed_on)


LIFE = (Start, Next, Previous, Skip, MoveTo, MoveTo, Stall, Resume, Sell, Lose, Reopen)


def steps_for(draw: DrawFn, sale: Sale) -> Action:
    """A step through the stages and statuses that the sale's process has, or none: the sale is called as it was."""
    steps = [each for each in LIFE if cell_of(sale, each) is not None]
    step = one_of(draw, steps) if steps else Edit
    if step is Stall:
        return Stall(sale.changed_on + draw(pauses()), sale.type.stalled_reasons[0].id)
    return step(one_of(draw, IN_USE)) if step in (MoveTo, Skip) else minimal(step, sale)


@st.composite
def led_sales(draw: DrawFn, type: SaleType | None = None) -> Sale:
    """Sales of guided types after up to twelve deeds about their activities, and a few other steps.

    Of a given type, deeds are all that happens: such a sale is as open as it was.
    """
    sale = new_sale(type or draw(guided_types()), amount=100)  # some processes move nothing that is worth nothing
    for _ in range(draw(st.sampled_from((12, 8, 4, 0)))):
        lives_on = type is None and draw(below(4)) == 3
        action = steps_for(draw, sale) if lives_on else draw(deeds_for(sale))
        if not problems(sale, action, on=sale.changed_on):
            after = at(sale, action)
            sale = after if deeds(after) else sale
    return sale


@st.composite
def done_deeds(draw: DrawFn) -> Change:
    """A led sale before and after one more deed."""
    before = draw(led_sales())
    action = draw(deeds_for(before))
    if problems(before, action, on=before.changed_on):
        action = AddActivity("Call")
    return Change(before, action, before.changed_on, at(before, action))


def open_and_led(**settings: Any) -> st.SearchStrategy[Sale]:
    """Sales that take every deed and every change of type, led by an active guide."""
    guided = led_by(active=True, **settings)
    types = guided.map(lambda guide: evolve(type_of("superoffice"), id="guided", guide=guide))
    return types.flatmap(led_sales)


def at(sale: Sale, action: Action) -> Sale:
    return apply(sale, action, on=sale.changed_on)


def planned_ids(sale: Sale) -> list[str]:
    return [each.id for each in sale.activities if is_open(each)]


def is_open(activity: Activity) -> bool:
    return activity.done_on is None and activity.cancelled_on is None


def rows(sale: Sale) -> tuple[StageRow, ...]:
    """The stages of the guide tab; none where there is no tab."""
    view = guide_view(sale)
    return () if view is None else view.stages


def progress(sale: Sale) -> dict[str, int]:
    return {row.stage: row.progress for row in rows(sale)}


def fallen(before: Sale, after: Sale) -> set[str]:
    """The stages whose progress is less than it was."""
    was, now = progress(before), progress(after)
    return {stage for stage in was.keys() & now.keys() if now[stage] < was[stage]}


def shown(sale: Sale) -> dict[str, tuple[Activity, ...]]:
    """What the guide tab shows to have been made of each suggestion."""
    shown_rows: list[GuideRow] = [each for row in rows(sale) for each in (*row.follow_ups, *row.documents)]
    return {each.suggestion.id: each.activities for each in shown_rows if each.activities}


# The same, worked out from nothing but the activities and the guide's own lists.


def made_of(sale: Sale, suggestion: str) -> list[Activity]:
    link = (sale.type.id, suggestion)
    return [each for each in sale.activities if (each.guide, each.suggestion) == link and each.cancelled_on is None]


def follow_ups_in_use(sale: Sale, stage: str | None) -> list[SuggestedActivity]:
    contents = sale.type.guide.stages if sale.type.guide else ()
    return [each for content in contents if content.stage == stage for each in content.activities if not each.retired]


def all_are_done(sale: Sale, suggestion: SuggestedActivity) -> bool:
    made = made_of(sale, suggestion.id)
    return made != [] and all(each.done_on is not None for each in made)


def all_rows(sale: Sale) -> list[tuple[Sale, StageRow]]:
    """The guide tab of the sale on its way to having its stage done."""
    return [(each, row) for each in finished(sale) for row in rows(each)]


class TestProgress:
    @WALKED
    @given(led_sales())
    def test_is_a_percentage(self, sale: Sale) -> None:
        """Invariant 45: progress of a guide stage is in 0-100."""
        assert all(0 <= percent <= 100 for percent in progress(sale).values())

    @WALKED
    @given(open_and_led(), st.data())
    def test_never_falls_when_something_is_done(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 45: it rises or stays when an instance is done."""
        ids = data.draw(st.lists(st.sampled_from(planned_ids(sale) or ["A-0"]), min_size=1))
        if planned_ids(sale):
            assert fallen(sale, at(sale, CompleteActivity(ids))) == set()

    @WALKED
    @given(done_deeds())
    def test_falls_by_few_deeds_only(self, change: Change) -> None:
        """Invariant 45: it falls only by reopening one, by removing one, or by planning another."""
        if fallen(change.before, change.after):
            another = isinstance(change.action, Plan) and change.action.another
            assert another or isinstance(change.action, (ReopenActivity, DeleteActivity))

    @WALKED
    @given(led_sales(), st.data())
    def test_falls_by_no_other_action(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 45: what is not about activities lowers no progress, unless the guide plans on entering."""
        action = data.draw(legal_actions_for(sale, sale.changed_on))
        if not problems(sale, action, on=sale.changed_on) and not isinstance(action, ActivityAction):
            after = at(sale, action)
            assert fallen(sale, after) == set() or len(after.activities) > len(sale.activities)

    @WALKED
    @given(led_sales(), st.data())
    def test_never_rises_by_a_further_suggestion(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 45: it falls, or stays, by adding suggestions."""
        edited = evolve(sale, type=more_suggested(data.draw, sale.type))
        assert fallen(edited, sale) == set()

    @WALKED
    @given(led_sales(), st.data())
    def test_minds_neither_names_nor_order(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 45: renaming and putting in another order lower no progress, and raise none."""
        edit = data.draw(st.sampled_from((renamed, reordered, reordered_stages)))
        assert progress(evolve(sale, type=edit(data.draw, sale.type))) == progress(sale)

    @WALKED
    @given(led_sales())
    def test_is_full_when_all_is_done(self, sale: Sale) -> None:
        """Invariant 46: 100 % iff every suggested follow-up of the stage has an instance and all are done."""
        for each, row in all_rows(sale):
            wanted = follow_ups_in_use(each, row.stage)
            assert (row.progress == 100) == all(all_are_done(each, one) for one in wanted)

    @WALKED
    @given(led_sales())
    def test_is_the_part_that_is_done(self, sale: Sale) -> None:
        """Invariant 46: in between, each suggested follow-up counts alike, and percents are rounded down."""
        for each, row in all_rows(sale):
            wanted = follow_ups_in_use(each, row.stage)
            done = sum(all_are_done(each, one) for one in wanted)
            assert not wanted or row.progress == int(100 * done / len(wanted) + 1e-9)

    @WALKED
    @given(open_and_led(), st.data())
    def test_does_not_wait_for_documents(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 46: documents count as done when made, and change no progress."""
        guide = sale.type.guide
        documents = [each.id for content in (guide.stages if guide else ()) for each in content.documents]
        for id in documents[:1] and [data.draw(st.sampled_from(documents))]:
            if not problems(sale, plan := Plan(id, another=True), on=sale.changed_on):
                after = at(sale, plan)
                assert after.activities[-1].done_on == after.activities[-1].due
                assert progress(after) == progress(sale)


class TestUndoing:
    @WALKED
    @given(led_sales(), st.data())
    def test_takes_back_what_was_done(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 47: done and undone are inverses, and as ticks leave no entry, the history is equal too."""
        for ids in (*planned_ids(sale), planned_ids(sale)):
            done_on = data.draw(st.sampled_from((None, sale.registered.on)))
            if ids and not problems(sale, complete := CompleteActivity(ids, done_on=done_on), on=sale.changed_on):
                done = at(sale, complete)
                assert done != sale or not isinstance(ids, str)
                assert at(done, ReopenActivity(ids)) == sale

    @WALKED
    @given(led_sales())
    def test_takes_back_what_was_called_off(self, sale: Sale) -> None:
        """Invariant 47, for cancelling: reopening what was called off gives the sale before."""
        for ids in (*planned_ids(sale), planned_ids(sale)):
            if ids:
                cancelled = at(sale, CancelActivity(ids))
                assert cancelled != sale
                assert at(cancelled, ReopenActivity(ids)) == sale

    @WALKED
    @given(led_sales())
    def test_is_taken_back_by_doing(self, sale: Sale) -> None:
        """Invariant 47, the other way round: what is reopened is done again as of its day."""
        for each in sale.activities:
            if each.kind.is_follow_up and each.done_on is not None:
                undone = at(sale, ReopenActivity(each.id))
                assert planned_ids(undone) != planned_ids(sale)
                assert at(undone, CompleteActivity(each.id, done_on=each.done_on)) == sale


class TestAdvance:
    @WALKED
    @given(led_sales())
    def test_is_offered_when_the_stage_is_done_with(self, sale: Sale) -> None:
        """Invariant 48: advance is offered iff the stage's condition holds."""
        for each in everywhere(sale):
            assert (advance_offer(each) is not None) == is_due(each)

    @WALKED
    @given(led_sales())
    def test_is_the_move_by_hand(self, sale: Sale) -> None:
        """Invariant 48: accepting it equals the manual move."""
        for each in everywhere(sale):
            offer = advance_offer(each)
            if offer is not None:
                by_hand = [at(each, move) for move in steps_ahead(each) if not problems(each, move, on=each.changed_on)]
                assert at(each, offer) == by_hand[0]
                assert all(at(each, offer).position == other.position for other in by_hand)

    @WALKED
    @given(done_deeds())
    def test_never_comes_by_itself(self, change: Change) -> None:
        """Invariant 48: it is offered and no more; no deed changes the stage."""
        assert change.after.stage == change.before.stage

    def test_may_wait_for_the_last_follow_up_only(self) -> None:
        """Invariant 48: with LAST_DONE the stage's last one decides, with ALL_DONE every one, with NEVER none."""
        suggested = StageGuide("first", [follow_up("Meet", id="meet"), follow_up("Call", id="call")])
        offers: list[Action | None] = []
        for advance in (Advance.LAST_DONE, Advance.ALL_DONE, Advance.NEVER):
            guide = SalesGuide.of(suggested, advance=advance)
            sale = at(new_sale(evolve(type_of("superoffice"), guide=guide)), Plan("call"))
            offers.append(advance_offer(at(sale, CompleteActivity("A-1"))))
        assert offers == [Next(), None, None]

    @pytest.mark.parametrize(
        "type", [type for type in TYPES if type.dialect.move(MoveTo.move.name)], ids=lambda type: type.dialect.name
    )
    def test_passes_over_a_retired_stage(self, type: SaleType) -> None:
        """Invariants 44 and 48: the next stage is the next that can be entered."""
        sale = at(new_sale(evolve(type, guide=SalesGuide.of(CONTENTS[2][1], CONTENTS[3][1]))), MoveTo("third"))
        offer = advance_offer(finished(sale)[-1])
        assert offer is not None
        assert at(finished(sale)[-1], offer).stage == "last"


def finished(sale: Sale) -> list[Sale]:
    """The sale on its way to having its stage's follow-ups planned and done, one after the other."""
    way = [sale]
    for each in follow_ups_in_use(sale, sale.stage):
        if not made_of(sale, each.id) and not problems(sale, plan := Plan(each.id), on=sale.changed_on):
            sale = at(sale, plan)
            way.append(sale)
        for activity in made_of(sale, each.id):
            if not problems(sale, done := CompleteActivity(activity.id), on=sale.changed_on):
                sale = at(sale, done)
                way.append(sale)
    return way


def everywhere(sale: Sale) -> list[Sale]:
    """The sale, and where it can move by itself: in every stage in use, on the way to having each done."""
    moves = [move for move in map(MoveTo, IN_USE) if not problems(sale, move, on=sale.changed_on)]
    return [each for start in (sale, *(at(sale, move) for move in moves)) for each in finished(start)]


def is_due(sale: Sale) -> bool:
    """Whether moving on is to be suggested: the rules of `Advance`, and a stage in use to move to."""
    guide = sale.type.guide
    if guide is None or not guide.active or sale.status is not Status.OPEN or not steps_ahead(sale):
        return False
    wanted = follow_ups_in_use(sale, sale.stage)
    match guide.advance:
        case Advance.ALL_DONE:
            return wanted != [] and all(all_are_done(sale, each) for each in wanted)
        case Advance.LAST_DONE:
            return wanted != [] and all_are_done(sale, wanted[-1])
        case Advance.NEVER:
            return False


def steps_ahead(sale: Sale) -> tuple[Action, ...]:
    """The moves by hand to the next stage in use."""
    ahead = [stage.id for stage in sale.type.stages[place_of(sale) + 1 :] if not stage.retired]
    return (Next(), MoveTo(ahead[0])) if ahead else ()


def place_of(sale: Sale) -> int:
    """Where the sale stands in the order of its type; before the first stage: -1."""
    return next((place for place, stage in enumerate(sale.type.stages) if stage.id == sale.stage), -1)


class TestTheGuideTab:
    @WALKED
    @given(led_sales())
    def test_ticks_what_stands_before_the_present_stage(self, sale: Sale) -> None:
        """A stage is ticked iff it stands before the present one in the type's order, whatever was done there."""
        order = [stage.id for stage in sale.type.stages]
        for row in rows(sale):
            place = order.index(row.stage)
            assert (row.mark == "ticked") == (place < place_of(sale))
            assert (row.mark == "current") == (place == place_of(sale))

    @WALKED
    @given(led_sales())
    def test_has_the_stages_in_the_order_of_the_type(self, sale: Sale) -> None:
        """Every stage in use is there; a retired one while the sale is in it, or something was made there (44)."""
        held = {each.suggestion for each in sale.activities if each.guide == sale.type.id and not each.is_cancelled}
        contents = guide_of(sale.type).stages
        kept = {content.stage for content in contents for each in content.suggestions if each.id in held}
        stages = [stage.id for stage in sale.type.stages if not stage.retired or stage.id in (sale.stage, *kept)]
        assert [row.stage for row in rows(sale)] == (stages if sale.type.has_guide else [])

    @WALKED
    @given(led_sales())
    def test_shows_all_that_the_guide_led_to_and_nothing_else(self, sale: Sale) -> None:
        guide = sale.type.guide if sale.type.has_guide else None
        suggested = [each.id for each in (guide.suggestions if guide else ())]
        made = {id: tuple(made_of(sale, id)) for id in suggested}
        assert shown(sale) == {id: activities for id, activities in made.items() if activities}

    @pytest.mark.parametrize("names_stage", [False, True])
    @given(sale=open_and_led(), data=st.data())
    @WALKED
    def test_is_as_it_was_after_another_type(self, names_stage: bool, sale: Sale, data: st.DataObject) -> None:
        """Invariant 49: switching type away and back restores links between activities and guide."""
        away = at(sale, ChangeType(data.draw(st.sampled_from(other_types(sale)))))
        assert guide_view(away) is None or shown(away) == {}
        back = at(away, ChangeType(sale.type, sale.stage if names_stage else None))
        assert all(shown(back)[id][: len(made)] == made for id, made in shown(sale).items())
        if sale.type.guide and sale.type.guide.plans is Plans.ON_REQUEST:
            assert shown(back) == shown(sale)
            assert progress(back) == progress(sale)
            assert not names_stage or marks(back) == marks(sale)


def marks(sale: Sale) -> dict[str, str]:
    return {row.stage: row.mark for row in rows(sale)}


def other_types(sale: Sale) -> tuple[SaleType, ...]:
    """A type without a guide, and one whose guide has the same suggestions, that plans nothing by itself."""
    guide = sale.type.guide
    assert guide is not None
    same = evolve(guide, plans=Plans.ON_REQUEST)
    return (evolve(sale.type, id="plain", guide=None), evolve(sale.type, id="other", guide=same))


class TestTheNextActivity:
    @WALKED
    @given(led_sales())
    def test_has_a_day_of_its_own_in_each_status(self, sale: Sale) -> None:
        """Invariant 50: the re-open date, the closing day, the oldest of what is planned, or the sale date."""
        due = [each.due for each in sale.activities if is_open(each)]
        expected: dict[Status, date | None] = {
            Status.OPEN: min(due, default=sale.sale_date),
            Status.STALLED: sale.reopen_on,
            Status.SOLD: sale.closed_on,
            Status.LOST: sale.closed_on,
        }
        assert next_activity(sale) == expected[sale.status]

    @WALKED
    @given(led_sales(), led_sales())
    def test_minds_nothing_else(self, sale: Sale, other: Sale) -> None:
        """Invariant 50: it is a function of (status, re-open date, open activities, sale date) only."""
        closed = [evolve(each, id=ActivityId(f"B-{each.id}")) for each in other.activities if not is_open(each)]
        still = [each for each in sale.activities if is_open(each)]
        terms = evolve(other.terms, expected_close=sale.expected_close)
        mixed = evolve(other, state=sale.state, terms=terms, agenda=Agenda((*closed, *still), 99))
        assert decides(mixed) == decides(sale)
        assert next_activity(mixed) == next_activity(sale)

    @WALKED
    @given(led_sales(), st.data())
    def test_stays_when_other_things_change(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 50, by steps: whatever is done, the day stays while what decides it stays."""
        after = sale
        for _ in range(4):
            if cell_of(after, AddActivity) is None:
                break
            action = data.draw(legal_actions_for(after, after.changed_on))
            if not problems(after, action, on=after.changed_on):
                after = at(after, action)
            assert decides(after) != decides(sale) or next_activity(after) == next_activity(sale)


def decides(sale: Sale) -> tuple[object, ...]:
    still = frozenset((each.id, each.due) for each in sale.activities if is_open(each))
    return (sale.status, sale.reopen_on, still, sale.sale_date)


# Editing a guide.

Draw = Callable[[st.SearchStrategy[Any]], Any]


def with_guide(type: SaleType, guide: SalesGuide) -> SaleType:
    return evolve(type, guide=guide)


def guide_of(type: SaleType) -> SalesGuide:
    assert type.guide is not None
    return type.guide


def retired(draw: Draw, type: SaleType) -> SaleType:
    ids = [each.id for each in guide_of(type).suggestions]
    return with_guide(type, guide_of(type).without_suggestion(draw(st.sampled_from(ids))))


def renamed(draw: Draw, type: SaleType) -> SaleType:
    found = draw(st.sampled_from(guide_of(type).suggestions))
    return with_guide(type, guide_of(type).with_suggestion("first", evolve(found, name="Called otherwise")))


def reordered(draw: Draw, type: SaleType) -> SaleType:
    content = draw(st.sampled_from(guide_of(type).stages))
    order = draw(st.permutations([each.id for each in content.activities]))
    return with_guide(type, guide_of(type).reordered(content.stage, order))


def reordered_stages(draw: Draw, type: SaleType) -> SaleType:
    return type.reordered(draw(st.permutations([stage.id for stage in type.stages])))


def more_suggested(draw: Draw, type: SaleType) -> SaleType:
    stage, place = draw(st.sampled_from([stage.id for stage in type.stages])), draw(st.none() | st.integers(0, 3))
    return with_guide(type, guide_of(type).with_suggestion(stage, follow_up("One more", id="more"), at=place))


def deactivated(draw: Draw, type: SaleType) -> SaleType:
    return with_guide(type, guide_of(type).deactivated())


def weighed_otherwise(draw: Draw, type: SaleType) -> SaleType:
    return evolve(type, stages=[evolve(stage, chance=draw(st.integers(0, 100))) for stage in type.stages])


EDITS = (retired, renamed, reordered, reordered_stages, more_suggested, deactivated, weighed_otherwise)


class TestEditingAGuide:
    @WALKED
    @given(led_sales(), st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), st.data())
    def test_leaves_the_past_of_running_sales_alone(
        self, sale: Sale, edits: list[Callable[[Draw, SaleType], SaleType]], data: st.DataObject
    ) -> None:
        """Invariant 51: editing a guide never changes the past of running sales."""
        type = sale.type
        for edit in edits:
            type = edit(data.draw, type)
        running = decode_sale(sale.id, 1, encode_sale(sale), lambda _: type)
        for part in (running, evolve(sale, type=type)):
            assert (part.history, part.activities) == (sale.history, sale.activities)
            assert (part.position, part.state, part.figures) == (sale.position, sale.state, sale.figures)
            assert next_activity(part) == next_activity(sale)
            assert encode_sale(part) == encode_sale(sale)

    @WALKED
    @given(open_and_led(), st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), st.data())
    def test_hides_nothing_that_was_made(
        self, sale: Sale, edits: list[Callable[[Draw, SaleType], SaleType]], data: st.DataObject
    ) -> None:
        """Invariant 51: what a suggestion led to stays to be seen, retired and moved suggestions too."""
        type = sale.type
        for edit in edits:
            type = edit(data.draw, type)
        assert shown(evolve(sale, type=type)) == (shown(sale) if type.has_guide else {})

    @WALKED
    @given(open_and_led())
    def test_a_guide_put_aside_and_taken_up_again_is_as_it_was(self, sale: Sale) -> None:
        """Invariant 51: a guide that is not active shows nothing and keeps everything."""
        aside = evolve(sale, type=with_guide(sale.type, guide_of(sale.type).deactivated()))
        assert guide_view(aside) is None
        taken_up = evolve(aside, type=with_guide(aside.type, guide_of(aside.type).reactivated()))
        assert guide_view(taken_up) == guide_view(sale)

    @WALKED
    @given(open_and_led(), st.data())
    def test_a_retired_suggestion_shows_as_long_as_it_led_to_something(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 51: it plans no more, and what it planned stays."""
        edited = evolve(sale, type=retired(data.draw, sale.type))
        view = guide_view(edited)
        assert view is not None
        for row in (each for stage in view.stages for each in (*stage.follow_ups, *stage.documents)):
            if row.suggestion.retired:
                assert (row.can_create, row.activities) == (None, tuple(made_of(sale, row.suggestion.id)))
                assert row.activities != ()
                assert problems(edited, Plan(row.suggestion.id, another=True), on=edited.changed_on)


# Activities.

JUNK: tuple[Any, ...] = (
    *(None, "", "A-0", "nowhere", "call", "note", 0, -1, True, 1.5, 10**9, b"A-1", "x" * 300, "a\nb", "\ud800"),
    *((), ("A-1",), ["A-1", 1], {"A-1", "A-2"}, {"A-1": 1}, [["A-1"]], frozenset[str]()),
    *(date.min, date.max, TODAY, datetime(2025, 3, 1, 9, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    *(timedelta(hours=-1), timedelta(hours=1), timedelta.max, ActivityKind.CALL, ActivityKind.MAIL, Activity),
    datetime(2025, 3, 1),  # noqa: DTZ001  # without a zone, as it is typed all too often
)


@st.composite
def careless_deeds_for(draw: DrawFn, sale: Sale) -> Action:
    """Activity actions with whatever is given for their fields, some of it right."""
    action = one_of(draw, ACTIVITY_ACTIONS)
    suggestions = sale.type.guide.suggestions if sale.type.guide else ()
    values = (*JUNK, *(each.id for each in sale.activities), *(each.id for each in suggestions), *sale.activities)
    required = action.required()
    optional = [each.name for each in action.parameters() if each.name not in required]
    chosen = sorted({one_of(draw, optional) for _ in range(draw(below(4)) if optional else 0)})
    return action(**{name: one_of(draw, values) for name in (*required, *chosen)})


@st.composite
def asked(draw: DrawFn) -> tuple[Sale, Action]:
    """A led sale and what is asked of its activities: legally, carelessly, or as of any action."""
    sale = draw(led_sales())
    ways = (deeds_for(sale), careless_deeds_for(sale), careless_deeds_for(sale), actions_for(sale, sale.changed_on))
    return sale, draw(one_of(draw, ways))


class TestAnActivityAction:
    @WALKED
    @given(st.lists(asked(), min_size=3, max_size=3))
    def test_is_refused_iff_it_has_problems(self, all_asked: list[tuple[Sale, Action]]) -> None:
        """Invariants 31 and 32: `problems` and `apply` agree, and a refused action leaves the sale as it was."""
        for sale, action in all_asked:
            found, before = problems(sale, action, on=sale.changed_on), encode_sale(sale)
            try:
                at(sale, action)
            except Refused as refused:
                assert refused.problems == found != ()
            else:
                assert found == ()
            assert encode_sale(sale) == before

    @WALKED
    @given(st.lists(asked(), min_size=3, max_size=3))
    def test_changes_the_agenda_and_nothing_else(self, all_asked: list[tuple[Sale, Action]]) -> None:
        """What is done about activities changes no other part; where it changes nothing, the sale is the very same."""
        for sale, action in all_asked:
            if isinstance(action, ActivityAction) and not problems(sale, action, on=sale.changed_on):
                after = at(sale, action)
                parts = [part.name for part in fields(Sale) if part.name != "_agenda"]
                assert all(getattr(after, name) is getattr(sale, name) for name in parts)
                assert (after is sale) == (after.agenda == sale.agenda)
                assert again(after) == after

    @WALKED
    @given(done_deeds())
    def test_adds_no_entry_to_the_history(self, change: Change) -> None:
        """A tick is no fact for a forecast: the history is the very same."""
        assert change.after.history is change.before.history

    @WALKED
    @given(done_deeds())
    def test_touches_no_activity_but_those_it_names(self, change: Change) -> None:
        named: Any = getattr(change.action, "activities", getattr(change.action, "activity", ()))
        named = (named,) if isinstance(named, str) else named
        before, after = change.before.activities, {each.id: each for each in change.after.activities}
        named = () if isinstance(named, Activity) else named
        assert all(after.get(each.id) is each for each in before if each.id not in named)

    @pytest.mark.parametrize("action", [CompleteActivity, ReopenActivity, CancelActivity, DeleteActivity])
    @pytest.mark.parametrize("ids", ["A-0", ["A-1", "A-0"], {"A-0"}], ids=str)
    def test_is_refused_for_what_the_sale_has_not(self, action: type[Any], ids: Any) -> None:
        """The id of an activity that is not there is refused, alone and among others, with those there are."""
        sale = at(new_sale(type_of("superoffice")), AddActivity("Call"))
        (found,) = problems(sale, action(ids), on=TODAY)
        assert (found.code, found.given, found.accepted) == ("unknown-activity", "A-0", ("A-1",))

    @pytest.mark.parametrize("action", ACTIVITY_ACTIONS)
    @pytest.mark.parametrize("standing", [Standing.SOLD_COMPLETED, Standing.LOST_COMPLETED])
    def test_is_refused_once_completed(self, action: type[Any], standing: Standing) -> None:
        sale = brought_to(standing, new_sale(type_of("superoffice")))
        needed = action(*("A-1" for _ in action.required()))
        assert [problem.code for problem in problems(sale, needed, on=TODAY)] == ["no-such-step"]


class TestTheAgenda:
    @WALKED
    @given(led_sales(), st.data())
    def test_gives_no_id_twice(self, sale: Sale, data: st.DataObject) -> None:
        """Over any life, deletions included, the id of an activity is not given again."""
        given = {each.id for each in sale.activities}
        for _ in range(8):
            ids = [each.id for each in sale.activities]
            if not deeds(sale):
                break
            deletes = data.draw(below(2)) == 1
            action = DeleteActivity(ids[-1:]) if deletes else data.draw(legal_actions_for(sale, sale.changed_on))
            if problems(sale, action, on=sale.changed_on):
                continue
            sale = again(at(sale, action)) if data.draw(below(2)) else at(sale, action)
            new = {each.id for each in sale.activities} - set(ids)
            assert len({each.id for each in sale.activities}) == len(sale.activities)
            assert not new & given
            given |= new
            assert len(given) <= sale.agenda.made

    @WALKED
    @given(led_sales())
    def test_is_stored_and_comes_back(self, sale: Sale) -> None:
        """Storing and loading gives an equal sale, with its activities and how many there ever were."""
        assert again(sale) == sale
        assert again(sale).agenda == sale.agenda
        assert encode_sale(again(sale)) == encode_sale(sale)

    @WALKED
    @given(done_deeds(), st.booleans())
    def test_is_the_same_whether_read_at_once_or_late(self, change: Change, touched: bool) -> None:
        """A loaded sale whose activities nobody has read yet does, shows and keeps what the other does."""
        sale = change.before
        late = unread(sale)
        assert not touched or late.agenda == sale.agenda
        assert at(late, change.action) == change.after
        assert copy(unread(sale)) == sale
        assert guide_view(unread(sale)) == guide_view(sale)
        assert hash(unread(sale)) == hash(sale)


def unread(sale: Sale) -> Sale:
    """The sale as it comes out of a storage, its activities not read yet."""
    return decode_sale(sale.id, 1, encode_sale(sale), lambda _: sale.type)


def copy(sale: Sale) -> Sale:
    copied: Sale = pickle.loads(pickle.dumps(sale))  # noqa: S301  # written the moment before
    return copied


def test_the_sales_of_these_properties_come_by_what_is_claimed() -> None:
    """Over as many sales as a property sees, progress is in between and full, and all that can be done is."""
    seen: set[str] = set()

    @WALKED
    @given(led_sales())
    def look(sale: Sale) -> None:
        for each in finished(sale):
            seen.update(f"{'partly' if 0 < row.progress < 100 else row.progress}" for row in rows(each))
            seen.update("offered" for _ in [0] if advance_offer(each))
        seen.update(row.mark for row in rows(sale))
        seen.update("cancelled" for each in sale.activities if each.is_cancelled)
        seen.update("done" for each in sale.activities if each.is_done and each.suggestion)
        seen.update("deleted" for _ in [0] if len(sale.activities) < sale.agenda.made)
        seen.update("another" for made in shown(sale).values() if len(made) > 1)

    look()
    assert seen >= {
        "partly",
        "100",
        "0",
        "ticked",
        "current",
        "open",
        "cancelled",
        "done",
        "deleted",
        "another",
        "offered",
    }
