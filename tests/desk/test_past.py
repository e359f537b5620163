"""Time travel at the desk: what was saved when and by whom, the whole pipeline as it stood, and going back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.desk.desks import Desk

from salespipeline import (
    Action,
    AddActivity,
    CompleteActivity,
    Edit,
    InvalidValue,
    Moment,
    MoveTo,
    Next,
    NotFound,
    Pipeline,
    Problem,
    Refused,
    Revise,
    Sale,
    Sell,
    Status,
)
from salespipeline.insight import differences, sale_as_of

NINE = datetime(2025, 1, 7, 9, tzinfo=UTC)


class Ticking:
    """A clock that goes on by an hour each time it is asked, or stands where it is put."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def pipeline(desk: Desk, clock: Ticking) -> Pipeline:
    """Anna's desk, where a sale was registered, moved the next day, and revised and sold a week later."""
    anna = desk(clock=clock)
    sale = anna.add("120 desks", type="new-business", amount="48000.00")
    clock.now = NINE + timedelta(days=1)
    sale = anna.apply(sale, Next())
    clock.now = NINE + timedelta(days=7)
    sale = anna.apply(sale, Revise(amount="50000.00"))
    sale = anna.apply(sale, Edit(note="They like oak"))
    anna.apply(sale, Sell("price"))
    return anna


def only(pipeline: Pipeline) -> Sale:
    (sale,) = pipeline.sales()
    return sale


# Revisions.


def test_every_saving_is_there_with_when_who_and_which_action(pipeline: Pipeline) -> None:
    told = [(each.action, each.by, each.at) for each in pipeline.revisions("S-1001")]
    week = NINE + timedelta(days=7)
    assert told == [
        ("Register", "anna", NINE),
        ("Next", "anna", NINE + timedelta(days=1)),
        ("Revise", "anna", week),
        ("Edit", "anna", week),
        ("Sell", "anna", week),
    ]


def test_a_revision_has_the_sale_as_it_was_saved(pipeline: Pipeline) -> None:
    revised = pipeline.revisions("S-1001")[2]
    assert (revised.sale.amount, revised.sale.status, revised.sale.note) == (50_000, Status.OPEN, "")
    assert str(revised).endswith("2025-01-14 09:00 anna: Revise")


def test_what_differs_between_two_is_told_in_words(pipeline: Pipeline) -> None:
    first, second, third, fourth, fifth = (each.sale for each in pipeline.revisions("S-1001"))
    assert [str(each) for each in differences(first, second)] == [
        "stage: Lead, then First Meeting",
        "chance: 1, then 20",
        "probability: 1, then 20",
    ]
    assert [str(each) for each in differences(second, third)] == ["amount: 48000.00, then 50000.00"]
    assert [str(each) for each in differences(third, fourth)] == ["note: nothing, then They like oak"]
    assert [each.field for each in differences(fourth, fifth)][:3] == ["status", "closing day", "reason"]
    assert differences(fifth, fifth) == ()


def test_activities_differ_one_by_one(pipeline: Pipeline) -> None:
    before = only(pipeline)
    after = pipeline.apply(pipeline.apply(before, AddActivity("Call", kind="call")), CompleteActivity("A-1"))
    assert [str(each) for each in differences(before, after)] == [
        "activity A-1: nothing, then A-1 call 'Call', done 2025-01-14"
    ]


def test_a_sale_that_is_not_there_has_no_revisions(pipeline: Pipeline) -> None:
    with pytest.raises(NotFound):
        pipeline.revisions("S-9")


def test_a_deleted_sale_is_gone_for_good(pipeline: Pipeline) -> None:
    pipeline.delete("S-1001")
    with pytest.raises(NotFound):
        pipeline.revisions("S-1001")
    assert pipeline.as_of(NINE + timedelta(days=2)) == ()


# The whole pipeline as it stood: two clocks.


def test_on_a_day_it_stands_as_the_histories_say(pipeline: Pipeline) -> None:
    (then,) = pipeline.as_of(date(2025, 1, 8))
    assert (then.stage_name, then.amount, then.status) == ("First Meeting", 48_000, Status.OPEN)
    assert [entry.action for entry in then.history] == ["Register", "Next"]


def test_before_it_began_there_is_nothing(pipeline: Pipeline) -> None:
    assert pipeline.as_of(date(2025, 1, 6)) == ()
    assert pipeline.as_of(NINE - timedelta(seconds=1)) == ()


def test_at_an_instant_it_stands_as_it_was_recorded(pipeline: Pipeline) -> None:
    (then,) = pipeline.as_of(NINE + timedelta(days=3))
    assert (then.stage_name, then.amount) == ("First Meeting", 48_000)


def test_what_is_recorded_late_is_on_one_clock_and_not_on_the_other(pipeline: Pipeline, clock: Ticking) -> None:
    clock.now = NINE + timedelta(days=30)
    late = pipeline.add("Chairs", type="new-business", on=date(2025, 1, 8))
    assert [sale.id for sale in pipeline.as_of(date(2025, 1, 9))] == ["S-1001", late.id]
    assert [sale.id for sale in pipeline.as_of(NINE + timedelta(days=3))] == ["S-1001"]


def test_an_instant_without_zone_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(InvalidValue, match="aware"):
        pipeline.as_of(datetime(2025, 1, 8, 9))  # noqa: DTZ001


def test_activities_stand_as_they_did(pipeline: Pipeline, clock: Ticking) -> None:
    sale = pipeline.apply("S-1001", AddActivity("Call", kind="call"), on=date(2025, 1, 14))
    sale = pipeline.apply(sale, CompleteActivity("A-1"), on=date(2025, 1, 20))
    assert [sale_as_of(sale, date(2025, 1, day)) is not None for day in (6, 7)] == [False, True]
    days = [sale_as_of(sale, date(2025, 1, day)) for day in (13, 14, 20)]
    assert [[each.is_done for each in then.activities] for then in days if then] == [[], [False], [True]]


# Going back.


def test_undo_gives_the_earlier_values_as_a_new_revision(pipeline: Pipeline) -> None:
    before = pipeline.get("S-1001")
    after = pipeline.undo("S-1001")
    assert (after.status, after.amount, after.note) == (Status.OPEN, 50_000, "They like oak")
    assert after.history[:-1] == before.history
    assert after.history[-1].action == "Undo"
    assert [each.action for each in pipeline.revisions("S-1001")][-2:] == ["Sell", "Undo"]


def test_undoing_an_undoing_brings_back_what_was_undone(pipeline: Pipeline) -> None:
    pipeline.undo("S-1001")
    assert pipeline.undo("S-1001").status is Status.SOLD


def test_one_can_go_back_to_any_revision(pipeline: Pipeline) -> None:
    first = pipeline.revisions("S-1001")[0]
    after = pipeline.undo("S-1001", to=first.number)
    assert (after.stage_name, after.amount, after.note) == ("Lead", 48_000, "")


def test_a_note_is_undone_without_an_entry_in_the_history(pipeline: Pipeline) -> None:
    sale = pipeline.apply("S-1001", Edit(note="wrong"))
    after = pipeline.undo("S-1001")
    assert (after.note, after.history) == ("They like oak", sale.history)


def test_ids_of_activities_are_not_used_twice_after_an_undo(pipeline: Pipeline) -> None:
    pipeline.apply("S-1001", AddActivity("Call"))
    sale = pipeline.apply(pipeline.undo("S-1001"), AddActivity("Meet"))
    assert [each.id for each in sale.activities] == ["A-2"]


def test_there_is_nothing_to_undo_in_a_sale_that_was_just_made(desk: Desk) -> None:
    sale = desk().add("120 desks", type="new-business")
    with pytest.raises(Refused, match="no earlier revision") as refused:
        desk().undo(sale.id)
    assert refused.value.problems == (Problem("nothing-to-undo"),)


def test_a_number_that_is_none_of_its_revisions_is_refused_with_those_there_are(pipeline: Pipeline) -> None:
    numbers = [each.number for each in pipeline.revisions("S-1001")]
    with pytest.raises(InvalidValue, match=f"use one of {numbers[0]}, "):
        pipeline.undo("S-1001", to=999)


def test_a_guard_may_forbid_it(desk: Desk, pipeline: Pipeline) -> None:
    def never(sale: Sale, action: Action, moment: Moment) -> list[Problem]:
        return [Problem("no", params={"message": "not yours"})]

    forbidding = desk(guards=[never])
    with pytest.raises(Refused, match="not yours"):
        forbidding.undo("S-1001")


# The same command twice.


def test_a_command_given_twice_is_one_change(pipeline: Pipeline) -> None:
    sale = pipeline.add("Chairs", type="new-business", command="c-1")
    again = pipeline.add("Chairs", type="new-business", command="c-1")
    assert (again.id, len(pipeline.sales())) == (sale.id, 2)
    pipeline.apply(sale.id, MoveTo("proposal"), command="c-2")
    once_more = pipeline.apply(sale.id, MoveTo("proposal"), command="c-2")
    assert [each.action for each in pipeline.revisions(sale.id)] == ["Register", "MoveTo"]
    assert once_more.stage == "proposal"


def test_a_command_that_would_be_refused_now_is_still_the_one_it_was(pipeline: Pipeline) -> None:
    sale = pipeline.add("Chairs", type="new-business", amount=100)
    pipeline.apply(sale.id, Sell("price"), command="sell-it")
    assert pipeline.apply(sale.id, Sell("price"), command="sell-it").status is Status.SOLD
    with pytest.raises(Refused):
        pipeline.apply(sale.id, Sell("price"), command="another")


def test_a_command_is_known_to_other_desks(desk: Desk, pipeline: Pipeline) -> None:
    sale = pipeline.add("Chairs", type="new-business", command="c-1")
    assert desk().add("Chairs", type="new-business", command="c-1").id == sale.id
