"""Faults that were found by looking for them, each told as it was found."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.desk.desks import clock

from salespipeline import (
    Activity,
    ActivityKind,
    AddActivity,
    Catalog,
    CatalogRefused,
    ChangeType,
    CompleteActivity,
    Conflict,
    DateFormula,
    Delete,
    Edit,
    EditActivity,
    InvalidValue,
    LinkActivity,
    Lose,
    MemoryStorage,
    MoveTo,
    Numbering,
    Pipeline,
    Plan,
    Plans,
    Refused,
    Reopen,
    Sale,
    SalesGuide,
    SaleType,
    Stage,
    StageGuide,
    apply,
    follow_up,
    register,
)
from salespipeline.codec import decode_sale, encode_sale
from salespipeline.insight import counts, entries, funnel, reminders, stage_analysis
from salespipeline.presets import contact_manager, superoffice
from salespipeline.rules.access import Rights

CATALOG = superoffice.catalog()
FULL = CATALOG.type("new-business")
FIRST, SECOND, THIRD = (str(stage.id) for stage in FULL.stages[:3])
TODAY = clock().date()


def desk(storage: MemoryStorage | None = None, catalog: Catalog = CATALOG, **options: Any) -> Pipeline:
    given: dict[str, Any] = {"clock": clock, **options}
    return Pipeline(storage or MemoryStorage(), catalog=catalog, user="anna", **given)


def guided(guide: SalesGuide, id: str = "guided", **changes: Any) -> SaleType:
    return evolve(FULL, id=id, name=id, guide=guide, **changes)


def made(id: str, type: SaleType = FULL, **details: Any) -> Sale:
    return register(type, id=id, title="x", on=TODAY, currency="EUR", **details)


# What is written can be read again.


@pytest.mark.parametrize(
    "guide",
    [
        lambda: SalesGuide.of((FIRST, [follow_up("A", auto=1)])),  # type: ignore[arg-type]
        lambda: SalesGuide.of((FIRST, [follow_up("A")]), reminders=1),  # type: ignore[arg-type]
        lambda: SalesGuide(stages=[StageGuide(FIRST, [follow_up("A")], duration=30)]),  # type: ignore[arg-type]
    ],
)
def test_a_catalog_that_could_not_be_read_again_is_not_written(guide: Callable[[], SalesGuide]) -> None:
    pipeline = desk()
    before = pipeline.refresh()
    with pytest.raises(InvalidValue, match="read again"):
        pipeline.change_catalog(pipeline.catalog.with_guide(FULL.id, guide()))
    assert (pipeline.refresh(), pipeline.catalog) == (before, CATALOG)
    with pytest.raises(InvalidValue, match="read again"):
        desk(catalog=CATALOG.with_guide(FULL.id, guide()))


@pytest.mark.parametrize("catalog", [None, "superoffice", CATALOG.types])
def test_what_is_no_catalog_is_refused(catalog: Any) -> None:
    with pytest.raises(InvalidValue, match="give a Catalog"):
        desk().change_catalog(catalog)


ODD: dict[str, dict[str, Any]] = {
    "a number for a text": {"text": 5},
    "no title": {"title": None},
    "a title of two lines": {"title": "a\nb"},
    "a start without zone": {"start": datetime(2025, 3, 3, 9)},  # noqa: DTZ001
    "half a minute": {"duration": timedelta(seconds=30)},
    "a text for a day": {"due": "2025-01-01"},
    "a long owner": {"owner": "x" * 100},
    "a text for a priority": {"priority": "high"},
}


@pytest.mark.parametrize("given", ODD.values(), ids=ODD)
def test_an_activity_from_elsewhere_is_judged_like_any_other(given: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"id": "z", "kind": "call", "due": TODAY, "made_on": TODAY, **given}
    with pytest.raises(Refused):
        apply(made("S-1"), LinkActivity(Activity(**fields)), on=TODAY)


def test_a_linked_activity_is_stored_as_it_is_returned() -> None:
    start = datetime(2025, 3, 3, 9, tzinfo=UTC)
    call = Activity(id="z", kind="call", due=TODAY, made_on=TODAY, start=start, duration=timedelta(hours=1))  # type: ignore[arg-type]
    sale = apply(made("S-1"), LinkActivity(call), on=TODAY)
    assert decode_sale("S-1", 1, encode_sale(sale), lambda _: FULL).activities == sale.activities


# Stages and types that are gone.


def test_a_stale_desk_saves_no_sale_of_a_type_that_is_gone() -> None:
    storage = MemoryStorage()
    extra = evolve(FULL, id="extra", name="Extra")
    mine = desk(storage, CATALOG.with_type(extra))
    other = desk(storage.another())
    other.change_catalog(evolve(other.catalog, types=tuple(kind for kind in other.catalog.types if kind.id != "extra")))
    with pytest.raises(Refused, match="not in the catalog"):
        mine.save(made("X-1", extra))
    assert mine.sales() == ()


def test_a_stale_desk_saves_no_id_that_looks_like_a_new_one() -> None:
    storage = MemoryStorage()
    mine, other = desk(storage), desk(storage.another())
    other.add("x", type=FULL.id, id="A-1")
    with pytest.raises(Refused, match="taken"):
        mine.save(made("a-1"))


def test_a_sale_moved_elsewhere_is_not_saved_in_a_stage_that_is_gone() -> None:
    pipeline = desk()
    sale = pipeline.add("x", type=FULL.id)
    moved = apply(sale, MoveTo(THIRD), on=TODAY)
    pipeline.remove_stage(THIRD)
    with pytest.raises(Refused, match="does not belong"):
        pipeline.save(moved)


def test_a_reopened_sale_does_not_go_back_to_a_stage_that_is_gone() -> None:
    pipeline = desk()
    sale = pipeline.apply(pipeline.add("x", type=FULL.id), MoveTo(SECOND))
    pipeline.apply(sale, Lose("price"))
    pipeline.remove_stage(SECOND)
    after = pipeline.apply(sale.id, Reopen())
    assert (after.stage, after.chance) == (None, 20)


# Removing.


def test_moving_activities_loses_none_of_a_type_that_lacks_the_other_stage() -> None:
    guide = SalesGuide.of((FIRST, [follow_up("a")]), (SECOND, [follow_up("x")]))
    both, short = guided(guide, "both"), guided(guide, "short", stages=FULL.stages[:2])
    pipeline = desk(catalog=CATALOG.with_type(both).with_type(short))
    sale = pipeline.apply(pipeline.add("x", type="short"), Plan("x"))
    sale = pipeline.apply(sale, CompleteActivity("A-1"))
    with pytest.raises(CatalogRefused, match="not a stage of sale type"):
        pipeline.remove_stage(SECOND, replaced_by=THIRD, move_activities=True)
    assert pipeline.get(sale.id) == sale


def test_only_the_named_suggestion_goes() -> None:
    guide = SalesGuide(
        stages=[
            StageGuide(FIRST, [follow_up("One"), follow_up("Two")]),
            StageGuide(SECOND, starts="CM+10D", blank_task=True),
            StageGuide(THIRD, [follow_up("Three")], starts="1W"),
        ],
        plans=Plans.ON_ENTRY,
    )
    pipeline = desk(catalog=CATALOG.with_type(guided(guide)))
    pipeline.remove_suggestion("one", type="guided")
    after = pipeline.remove_suggestion("three", type="guided").type("guided").guide
    assert after is not None
    assert [(each.stage, each.starts, each.blank_task) for each in after.stages] == [
        (FIRST, None, False),
        (SECOND, DateFormula("CM+10D"), True),
        (THIRD, DateFormula("1W"), False),
    ]


def test_what_an_earlier_type_suggested_there_goes_with_the_stage() -> None:
    guide = SalesGuide.of((FIRST, [follow_up("one")]), (SECOND, [follow_up("two")]))
    pipeline = desk(catalog=CATALOG.with_type(guided(guide, "aa")).with_type(guided(guide, "bb")))
    sale = pipeline.apply(pipeline.add("x", type="aa"), Plan("two"))
    sale = pipeline.apply(pipeline.apply(sale, ChangeType("bb")), Plan("two"))  # type: ignore[arg-type]  # by id
    pipeline.remove_stage(SECOND)
    assert pipeline.get(sale.id).activities == ()


def test_two_desks_do_not_overwrite_each_others_lists() -> None:
    storage = MemoryStorage()
    mine, other = desk(storage), desk(storage.another())
    wanted = mine.catalog.with_stage(Stage("zz", "ZZ", 5))
    other.change_catalog(other.catalog.with_stage(Stage("yy", "YY", 5)))
    with pytest.raises(Conflict):
        mine.change_catalog(wanted)
    both = mine.change_catalog(mine.catalog.with_stage(Stage("zz", "ZZ", 5)))
    assert {"yy", "zz"} <= {stage.id for stage in both.stages}


# Asking and doing agree.


def test_a_type_by_its_id_is_asked_about_as_it_is_done() -> None:
    pipeline = desk()
    sale = pipeline.add("x", type=FULL.id)
    assert pipeline.problems(sale, ChangeType("add-on")) == ()  # type: ignore[arg-type]  # by id
    assert pipeline.apply(sale, ChangeType("add-on")).type.id == "add-on"  # type: ignore[arg-type]  # by id


def test_deleting_can_be_asked_about() -> None:
    pipeline = desk(catalog=contact_manager.catalog())
    (offer,) = (offer for offer in desk().available(made("S-1")) if offer.action is Delete)
    assert offer.is_open
    assert pipeline.catalog.owner is None


def test_one_sale_is_not_taken_apart_into_its_letters() -> None:
    pipeline = desk()
    sale = pipeline.add("x", type=FULL.id)
    assert pipeline.apply_all(sale.id, Edit(note="n"))[0].note == "n"


@pytest.mark.parametrize("where", [{"id": None}, {"id": ["S-1001"]}, {"closed_on": "2025-03-03"}])
def test_a_filter_that_means_nothing_deletes_nothing(where: dict[str, Any]) -> None:
    pipeline = desk()
    pipeline.apply(pipeline.add("x", type=FULL.id), Lose("price"))
    with pytest.raises(InvalidValue):
        pipeline.delete_closed(**where)
    assert len(pipeline.sales()) == 1


# Numbers.


def test_two_sales_may_swap_their_numbers() -> None:
    pipeline = desk(catalog=evolve(CATALOG, numbering=Numbering("U")))
    one, two = pipeline.add("x", type=FULL.id, number="1"), pipeline.add("y", type=FULL.id, number="2")
    swapped = [apply(one, Edit(number="2"), on=TODAY), apply(two, Edit(number="1"), on=TODAY)]
    assert [sale.number for sale in pipeline.save_all(swapped)] == ["2", "1"]


def test_where_nobody_types_a_number_it_does_not_ask_for_one() -> None:
    pipeline = desk(catalog=evolve(CATALOG, numbering=Numbering("R")))
    pipeline.add("x", type=FULL.id)
    with pytest.raises(Refused, match="numbers come from outside"):
        pipeline.add("y", type=FULL.id)
    with pytest.raises(Refused, match="numbers come from outside"):
        pipeline.save(made("Z-1"))


# Guides.


def test_a_blank_task_is_planned_once_where_a_guide_plans_once() -> None:
    guide = SalesGuide(stages=[StageGuide(FIRST, blank_task=True), StageGuide(SECOND)], plans=Plans.ONCE)
    sale = made("S-1", guided(guide))
    for _ in range(3):
        sale = apply(apply(sale, MoveTo(SECOND), on=TODAY), MoveTo(FIRST), on=TODAY)
    assert len(sale.activities) == 1


def test_a_stage_whose_suggestions_are_all_retired_plans_its_blank_task() -> None:
    guide = SalesGuide(stages=[StageGuide(FIRST, [follow_up("a")], blank_task=True)], plans=Plans.ON_ENTRY)
    assert [each.title for each in made("S-1", guided(guide.without_suggestion("a"))).activities] == [""]


def test_reopening_in_another_stage_plans_what_is_planned_there() -> None:
    guide = SalesGuide.of((FIRST, [follow_up("a")]), (SECOND, [follow_up("x")]), plans=Plans.ON_ENTRY)
    lost = apply(made("S-1", guided(guide)), Lose("price"), on=TODAY)
    assert [each.title for each in apply(lost, Reopen(SECOND), on=TODAY).activities] == ["a", "x"]


def test_the_guides_reminder_goes_with_the_due_day() -> None:
    guide = SalesGuide.of((FIRST, [follow_up("a", after=5)]), plans=Plans.ON_ENTRY, chained=False, reminders=True)
    sale = made("S-1", guided(guide))
    for due in (TODAY + timedelta(2), TODAY + timedelta(9)):
        (activity,) = apply(sale, EditActivity("A-1", due=due), on=TODAY).activities
        assert activity.reminder is not None
        assert activity.reminder.date() == activity.due == due


# Questions.


def test_the_active_entry_shows_the_stage_the_sale_stands_in() -> None:
    pipeline = desk()
    pipeline.apply(pipeline.add("x", type=FULL.id), MoveTo(SECOND))
    pipeline.remove_stage(SECOND, replaced_by=THIRD)
    (sale,) = pipeline.sales()
    assert (entries(sale)[-1].stage, entries(sale)[-1].active) == (THIRD, True)
    assert funnel([sale]) == {FIRST: 1, THIRD: 1}


def test_days_in_a_stage_are_not_those_of_another_currency() -> None:
    left = apply(made("S-1"), MoveTo(SECOND), on=TODAY + timedelta(10))
    other = register(FULL, id="S-2", title="y", on=TODAY, currency="USD", stage=SECOND)
    days = {(each.stage, each.currency): each.average_days for each in stage_analysis([left, other])}
    assert (days[FULL.stages[0].id, "EUR"], days[FULL.stages[0].id, "USD"]) == (10, None)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: reminders([], until=date(2025, 1, 1)),  # type: ignore[arg-type]
        lambda: reminders([], until=None),  # type: ignore[arg-type]
        lambda: counts([], on=date.min, days=-1),
        lambda: Rights(own="everything"),
        lambda: Rights(own=9),
    ],
)
def test_what_makes_no_sense_is_refused_like_everything_else(ask: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue):
        ask()


def test_a_right_may_be_named() -> None:
    assert Rights(own="delete") == Rights()


def test_a_kind_may_be_named() -> None:
    call: Any = Activity(id="z", kind="call", due=TODAY, made_on=TODAY)  # type: ignore[arg-type]
    assert call.kind is ActivityKind.CALL
    assert AddActivity("x", kind="call").kind == "call"
