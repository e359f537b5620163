"""The tasks that a cycle plans on entering a stage (Business Central, A.1.6, A.4.6, A.7 and A.9; BC-43 to BC-52)."""

from datetime import date, timedelta
from typing import Unpack

import pytest
from attrs import evolve
from tests.stories.telling import JAN_8, QUOTE, is_on_offer, opportunity, told

from salespipeline import (
    Company,
    Details,
    Jump,
    Lose,
    Next,
    Previous,
    Revise,
    Sale,
    SaleType,
    Sell,
    Skip,
    Start,
    Status,
)
from salespipeline.insight.follow_up import next_activity, planned
from salespipeline.insight.guide import PlannedStage, planned_dates, preview
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.activity_actions import (
    AddActivity,
    CancelActivity,
    CompleteActivity,
    EditActivity,
    LinkActivity,
)
from salespipeline.model.date_formula import DateFormula
from salespipeline.model.guide import Advance, Plans, SalesGuide, StageGuide, SuggestedActivity, follow_up
from salespipeline.presets import business_central

TASK, CALL, MEETING = ActivityKind.TASK, ActivityKind.CALL, ActivityKind.MEETING
JAN_10, JAN_12, JAN_15 = date(2024, 1, 10), date(2024, 1, 12), date(2024, 1, 15)


def entered(stage: int, cycle: SaleType | str = "ex-large", /, *, on: date = JAN_8, **details: Unpack[Details]) -> Sale:
    """An opportunity with a quote that enters a stage on a day, having passed the earlier ones on 8 January 2024."""
    known: Details = {"expected_close": date(2026, 1, 8), "document": QUOTE}
    given: Details = {**known, **details}
    sale = opportunity(cycle, **given)
    steps = [Start(), *[Next()] * (stage - 1)]
    return told(told(sale, *steps[:-1], on=JAN_8), steps[-1], on=on)


def fresh(sale: Sale) -> list[Activity]:
    """The tasks that the last move made: those of the newest entry."""
    return [activity for activity in sale.activities if activity.entry == len(sale.history)]


def days(sale: Sale) -> list[date]:
    return [task.due for task in fresh(sale)]


def own_cycle(*contents: StageGuide) -> SaleType:
    """The large cycle with activities of one's own, all planned on entering."""
    guide = SalesGuide(stages=contents, chained=False, plans=Plans.ON_ENTRY, advance=Advance.NEVER)
    return evolve(business_central.catalog().type("ex-large"), guide=guide)


def steps(*formulas: str, kind: str = "task", stage: int = 1) -> list[SuggestedActivity]:
    """Steps of an activity, one a date formula."""
    return [
        follow_up(f"Step {number}", kind=kind, after=formula, id=f"{stage}-{number}")
        for number, formula in enumerate(formulas, 1)
    ]


# BC-43 to BC-45: what entering a stage plans.


def test_bc_43_the_first_stage_on_8_january_plans_tasks_for_the_8th_and_the_15th() -> None:
    assert days(entered(1)) == [date(2024, 1, 8), date(2024, 1, 15)]


def test_bc_43_the_tasks_belong_to_the_opportunity_and_to_its_first_entry() -> None:
    sale = entered(1)
    assert {sale.history[task.entry - 1].action for task in sale.activities} == {"Start"}


def test_bc_44_understanding_needs_plans_four_tasks() -> None:
    assert days(entered(2)) == [date(2024, 1, 8), date(2024, 1, 11), date(2024, 1, 22), date(2024, 1, 29)]


def test_bc_44_the_second_is_a_phone_call_and_the_third_a_meeting() -> None:
    assert [task.kind for task in fresh(entered(2))] == [TASK, CALL, MEETING, TASK]


def test_bc_45_qualification_counts_two_weeks_and_a_day() -> None:
    assert days(entered(2, "first-large")) == [
        date(2024, 1, 8),
        date(2024, 1, 15),
        date(2024, 1, 22),
        date(2024, 1, 23),
    ]


def test_bc_45_the_third_is_a_phone_call() -> None:
    assert [task.kind for task in fresh(entered(2, "first-large"))] == [TASK, TASK, CALL, TASK]


def test_an_opportunity_that_is_not_started_has_no_tasks() -> None:
    assert opportunity().activities == ()


# A.9: the nine activities of the demonstration data, from four days.

LEAP_DAY, LAST_OF_AUGUST, NEAR_YEAR_END = date(2024, 2, 29), date(2024, 8, 31), date(2024, 12, 30)


def _days(year: int, *month_and_days: tuple[int, int]) -> list[date]:
    return [date(year, month, day) for month, day in month_and_days]


DAYS: list[tuple[str, str, int, date, list[date]]] = [
    ("INIT", "ex-large", 1, JAN_8, _days(2024, (1, 8), (1, 15))),
    ("NEEDS", "ex-large", 2, JAN_8, _days(2024, (1, 8), (1, 11), (1, 22), (1, 29))),
    ("QUAL", "first-large", 2, JAN_8, _days(2024, (1, 8), (1, 15), (1, 22), (1, 23))),
    ("C-PRES", "first-large", 3, JAN_8, _days(2024, (1, 8), (1, 15), (1, 15), (1, 15), (1, 22))),
    ("P-PRES", "first-large", 4, JAN_8, _days(2024, (1, 8), (1, 10), (1, 10))),
    ("P-WORK", "ex-large", 3, JAN_8, _days(2024, (1, 8), (1, 11), (1, 11), (1, 11))),
    ("WORKSHOP", "first-large", 5, JAN_8, _days(2024, (1, 8), (1, 11), (1, 11))),
    ("PROPOSAL", "ex-large", 4, JAN_8, _days(2024, (1, 8), (1, 11), (1, 15), (1, 22))),
    ("SIGN", "ex-large", 5, JAN_8, _days(2024, (1, 8), (1, 15), (1, 22), (7, 8))),
    ("INIT", "ex-large", 1, LEAP_DAY, _days(2024, (2, 29), (3, 7))),
    ("NEEDS", "ex-large", 2, LEAP_DAY, _days(2024, (2, 29), (3, 3), (3, 14), (3, 21))),
    ("QUAL", "first-large", 2, LEAP_DAY, _days(2024, (2, 29), (3, 7), (3, 14), (3, 15))),
    ("C-PRES", "first-large", 3, LEAP_DAY, _days(2024, (2, 29), (3, 7), (3, 7), (3, 7), (3, 14))),
    ("P-PRES", "first-large", 4, LEAP_DAY, _days(2024, (2, 29), (3, 2), (3, 2))),
    ("P-WORK", "ex-large", 3, LEAP_DAY, _days(2024, (2, 29), (3, 3), (3, 3), (3, 3))),
    ("WORKSHOP", "first-large", 5, LEAP_DAY, _days(2024, (2, 29), (3, 3), (3, 3))),
    ("PROPOSAL", "ex-large", 4, LEAP_DAY, _days(2024, (2, 29), (3, 3), (3, 7), (3, 14))),
    ("SIGN", "ex-large", 5, LEAP_DAY, _days(2024, (2, 29), (3, 7), (3, 14), (8, 29))),
    ("INIT", "ex-large", 1, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 7))),
    ("NEEDS", "ex-large", 2, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 3), (9, 14), (9, 21))),
    ("QUAL", "first-large", 2, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 7), (9, 14), (9, 15))),
    ("C-PRES", "first-large", 3, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 7), (9, 7), (9, 7), (9, 14))),
    ("P-PRES", "first-large", 4, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 2), (9, 2))),
    ("P-WORK", "ex-large", 3, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 3), (9, 3), (9, 3))),
    ("WORKSHOP", "first-large", 5, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 3), (9, 3))),
    ("PROPOSAL", "ex-large", 4, LAST_OF_AUGUST, _days(2024, (8, 31), (9, 3), (9, 7), (9, 14))),
    ("SIGN", "ex-large", 5, LAST_OF_AUGUST, [*_days(2024, (8, 31), (9, 7), (9, 14)), date(2025, 2, 28)]),
    ("INIT", "ex-large", 1, NEAR_YEAR_END, [date(2024, 12, 30), date(2025, 1, 6)]),
    ("NEEDS", "ex-large", 2, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 2), (1, 13), (1, 20))]),
    ("QUAL", "first-large", 2, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 6), (1, 13), (1, 14))]),
    ("C-PRES", "first-large", 3, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 6), (1, 6), (1, 6), (1, 13))]),
    ("P-PRES", "first-large", 4, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 1), (1, 1))]),
    ("P-WORK", "ex-large", 3, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 2), (1, 2), (1, 2))]),
    ("WORKSHOP", "first-large", 5, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 2), (1, 2))]),
    ("PROPOSAL", "ex-large", 4, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 2), (1, 6), (1, 13))]),
    ("SIGN", "ex-large", 5, NEAR_YEAR_END, [date(2024, 12, 30), *_days(2025, (1, 6), (1, 13), (6, 30))]),
]


@pytest.mark.parametrize(
    ("cycle", "stage", "on", "expected"), [row[1:] for row in DAYS], ids=[f"{row[0]} {row[3]}" for row in DAYS]
)
def test_each_activity_plans_its_tasks_for_these_days(cycle: str, stage: int, on: date, expected: list[date]) -> None:
    assert days(entered(stage, cycle, on=on)) == expected


KINDS: list[tuple[str, str, int, list[ActivityKind]]] = [
    ("INIT", "ex-large", 1, [TASK, TASK]),
    ("NEEDS", "ex-large", 2, [TASK, CALL, MEETING, TASK]),
    ("QUAL", "first-large", 2, [TASK, TASK, CALL, TASK]),
    ("C-PRES", "first-large", 3, [TASK, TASK, CALL, TASK, TASK]),
    ("P-PRES", "first-large", 4, [CALL, TASK, TASK]),
    ("P-WORK", "ex-large", 3, [CALL, TASK, TASK, TASK]),
    ("WORKSHOP", "first-large", 5, [CALL, TASK, TASK]),
    ("PROPOSAL", "ex-large", 4, [TASK, TASK, CALL, MEETING]),
    ("SIGN", "ex-large", 5, [TASK, MEETING, TASK, TASK]),
]


@pytest.mark.parametrize(("cycle", "stage", "kinds"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_each_activity_plans_tasks_of_these_kinds(cycle: str, stage: int, kinds: list[ActivityKind]) -> None:
    assert [task.kind for task in fresh(entered(stage, cycle))] == kinds


def test_six_months_from_31_august_2024_is_the_last_of_february_2025() -> None:
    assert DateFormula("6M").after(date(2024, 8, 31)) == date(2025, 2, 28)


# BC-47 to BC-51: how many tasks there are, and what they carry.


def test_bc_47_five_steps_of_an_opportunity_from_a_segment_are_five_tasks_with_the_segment() -> None:
    five = own_cycle(StageGuide("ex-large-1", steps("", "1D", "2D", "1W", "1M")))
    sale = told(opportunity(five, segment="SM10001"), Start(), on=JAN_8)
    assert [task.segment for task in sale.activities] == ["SM10001"] * 5


def test_a_task_is_for_the_salesperson_and_carries_contact_and_campaign() -> None:
    sale = entered(1, company=Company("c-10000", "Cannon"), campaign="CP1001", owner="jo")
    assert {(task.owner, task.company, task.campaign) for task in sale.activities} == {("jo", "c-10000", "CP1001")}


def test_a_task_lasts_one_day() -> None:
    assert {task.duration for task in entered(1).activities} == {timedelta(days=1)}


def test_bc_48_one_phone_call_step_is_one_task() -> None:
    one = own_cycle(StageGuide("ex-large-1", steps("")), StageGuide("ex-large-2", steps("1D", kind="call", stage=2)))
    assert [(task.kind, task.due) for task in fresh(entered(2, one))] == [(CALL, date(2024, 1, 9))]


def test_bc_49_an_activity_without_steps_is_one_blank_task_on_the_day_of_change() -> None:
    (task,) = fresh(
        entered(2, own_cycle(StageGuide("ex-large-1", steps("")), StageGuide("ex-large-2", blank_task=True)), on=JAN_10)
    )
    assert (task.kind, task.title, task.text, task.due, task.is_planned) == (TASK, "", "", date(2024, 1, 10), True)


def test_bc_49_a_stage_without_activity_plans_nothing() -> None:
    assert fresh(entered(2, own_cycle(StageGuide("ex-large-1", steps(""))))) == []


def test_bc_51_an_update_with_three_open_tasks_makes_no_new_task() -> None:
    three = told(entered(1), AddActivity("Call", kind="call"), on=JAN_8)
    updated = told(three, Revise(amount=12_000, chance=20), on=JAN_15)
    assert (len(planned(three)), len(updated.activities)) == (3, 3)


# A.4.6: each move but an update makes the tasks of the stage; earlier tasks stay unless called off.


def test_a_step_forward_keeps_the_open_tasks_of_the_stage_before() -> None:
    assert len(planned(entered(2))) == 6


def test_a_step_back_makes_the_tasks_of_that_stage_again() -> None:
    back = told(entered(2), Previous(), on=JAN_15)
    assert days(back) == [date(2024, 1, 15), date(2024, 1, 22)]


def test_a_jump_back_makes_the_tasks_of_that_stage_again() -> None:
    back = told(entered(3), Jump("ex-large-1"), on=JAN_15)
    assert days(back) == [date(2024, 1, 15), date(2024, 1, 22)]


def test_a_skip_makes_no_tasks_for_the_stages_it_passes_over() -> None:
    over = told(entered(1), Skip("ex-large-3"), on=JAN_10)
    assert days(over) == [date(2024, 1, 10), date(2024, 1, 13), date(2024, 1, 13), date(2024, 1, 13)]


@pytest.mark.parametrize("closing", [Sell("PRICE_W", value=9_000), Lose("PRICE_L")], ids=str)
def test_closing_makes_no_tasks(closing: Sell | Lose) -> None:
    assert len(told(entered(1), closing, on=JAN_15).activities) == 2


def test_closing_calls_the_open_tasks_off_by_default() -> None:
    done_one = told(entered(1), CompleteActivity("A-1"), on=JAN_10)
    won = told(done_one, Sell("PRICE_W", value=9_000), on=JAN_12)
    assert [(task.is_done, task.is_cancelled) for task in won.activities] == [(True, False), (False, True)]


def test_a_task_of_a_closed_opportunity_can_still_be_closed() -> None:
    won = told(entered(1), Sell("PRICE_W", value=9_000, cancel_tasks=False), on=JAN_12)
    assert told(won, CompleteActivity("A-1"), on=JAN_15).activities[0].done_on == date(2024, 1, 15)


# A.1.7: the life of a task.


def test_a_task_made_by_hand_gets_the_entry_that_is_active() -> None:
    sale = told(entered(2), AddActivity("Call", kind="call"), on=JAN_10)
    assert sale.activities[-1].entry == len(sale.history)


def test_a_task_linked_by_hand_gets_the_entry_that_is_active() -> None:
    task = told(entered(1), AddActivity("Call", kind="call"), on=JAN_8).activities[-1]
    sale = told(entered(2), LinkActivity(task), on=JAN_10)
    assert (sale.activities[-1].title, sale.activities[-1].entry) == ("Call", len(sale.history))


def test_closing_a_task_dates_it_today() -> None:
    assert told(entered(1), CompleteActivity("A-2"), on=JAN_12).activities[1].done_on == date(2024, 1, 12)


def test_cancelling_a_task_also_closes_it() -> None:
    sale = told(entered(1), CancelActivity("A-1"), on=JAN_12)
    assert (sale.activities[0].is_cancelled, [task.id for task in planned(sale)]) == (True, ["A-2"])


def test_the_tasks_say_when_the_opportunity_next_asks_for_attention() -> None:
    sale = entered(1)
    assert [next_activity(sale), next_activity(told(sale, CompleteActivity("A-1")))] == [JAN_8, JAN_15]


def test_tasks_of_a_stage_need_not_be_asked_for_and_can_still_be_added() -> None:
    assert (is_on_offer(entered(1), AddActivity, JAN_8), entered(1).status) == (True, Status.OPEN)


# BC-52: the days of stages still to come.


def cycle_with_formulas() -> SaleType:
    """Stage 2 starts a week after stage 1, stage 3 two weeks after that; each has the steps of INIT."""
    return own_cycle(
        StageGuide("ex-large-1", steps("", "1W")),
        StageGuide("ex-large-2", steps("", "1W", stage=2), starts=DateFormula("1W")),
        StageGuide("ex-large-3", steps("", "1W", stage=3), starts=DateFormula("2W")),
    )


def starts(stages: tuple[PlannedStage, ...]) -> list[date]:
    return [stage.starts for stage in stages[:3]]


def test_bc_52_stage_2_starts_on_15_january_and_stage_3_on_the_29th() -> None:
    stages = planned_dates(opportunity(cycle_with_formulas()), JAN_8)
    assert starts(stages) == [date(2024, 1, 8), date(2024, 1, 15), date(2024, 1, 29)]


def test_bc_52_the_second_step_of_stage_2_falls_on_22_january() -> None:
    _, second, *_ = planned_dates(opportunity(cycle_with_formulas()), JAN_8)
    assert [due for _, due in second.follow_ups] == [date(2024, 1, 15), date(2024, 1, 22)]


def test_bc_52_a_cycle_can_be_looked_at_before_there_is_an_opportunity() -> None:
    assert starts(preview(cycle_with_formulas(), JAN_8)) == [JAN_8, date(2024, 1, 15), date(2024, 1, 29)]


def test_once_started_the_days_count_from_the_earliest_task_of_the_stage() -> None:
    sale = entered(1, cycle_with_formulas(), on=JAN_10)
    later = told(sale, EditActivity("A-1", due=JAN_12), on=JAN_10)
    assert starts(planned_dates(later, JAN_15)) == [JAN_12, date(2024, 1, 19), date(2024, 2, 2)]


def test_from_stage_2_only_the_stages_still_to_come_are_planned() -> None:
    sale = entered(2, cycle_with_formulas(), on=JAN_10)
    found = planned_dates(sale, JAN_10)
    assert [(stage.stage, stage.starts) for stage in found[:2]] == [
        ("ex-large-2", date(2024, 1, 10)),
        ("ex-large-3", date(2024, 1, 24)),
    ]


def test_planned_days_are_only_looked_at_and_plan_nothing() -> None:
    sale = opportunity(cycle_with_formulas())
    planned_dates(sale, JAN_8)
    assert sale.activities == ()
