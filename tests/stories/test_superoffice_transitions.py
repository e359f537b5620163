"""What SuperOffice says of statuses and the ways between them (reference, section 2), told row by row."""

from collections.abc import Callable
from datetime import date

import pytest
from attrs import evolve
from tests.stories.telling import APR_7, JAN_7, MAR_7, facts, problem, refusal, superoffice_sale, told

from salespipeline import (
    Action,
    Assign,
    ChangeType,
    Complete,
    Edit,
    Link,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Revise,
    Sale,
    Sell,
    Stall,
    Status,
    Uncomplete,
)
from salespipeline.presets import superoffice

Ending = Callable[[], Sale]

SO_STAGES = [
    ("lead", "Lead", 1),
    ("first-meeting", "First Meeting", 20),
    ("proposal", "Proposal", 30),
    ("second-meeting", "Second Meeting", 50),
    ("short-list", "Short List", 80),
    ("verbal-acceptance", "Verbal Acceptance", 90),
]


def in_second_meeting() -> Sale:
    return told(superoffice_sale(amount=1000), MoveTo("second-meeting"))


def stalled() -> Sale:
    return told(in_second_meeting(), Stall())


def sold() -> Sale:
    return told(in_second_meeting(), Sell())


def lost() -> Sale:
    return told(in_second_meeting(), Lose())


# 2.2, first row: from open to open, in another stage.


@pytest.mark.parametrize(("stage", "name", "percent"), SO_STAGES)
def test_the_stage_list_leads_to_any_stage_and_its_percentage(stage: str, name: str, percent: int) -> None:
    sale = told(superoffice_sale(), MoveTo(stage))
    assert facts(sale.stage_name, sale.probability, sale.status) == (name, percent, Status.OPEN)


def test_a_sale_moves_back_over_several_stages_at_once() -> None:
    sale = told(superoffice_sale(), MoveTo("verbal-acceptance"), MoveTo("first-meeting"))
    assert facts(sale.stage, sale.probability) == ("first-meeting", 20)


def test_next_stage_goes_one_stage_forward() -> None:
    sale = told(superoffice_sale(), Next())
    assert facts(sale.stage, sale.probability) == ("first-meeting", 20)


def test_previous_stage_goes_one_stage_back() -> None:
    sale = told(in_second_meeting(), Previous())
    assert facts(sale.stage, sale.probability) == ("proposal", 30)


def test_there_is_no_next_stage_after_the_last() -> None:
    last = told(superoffice_sale(), MoveTo("verbal-acceptance"))
    assert problem(last, Next()).code == "no-stage-to-reach"


def test_there_is_no_previous_stage_before_the_first() -> None:
    assert problem(superoffice_sale(), Previous()).code == "no-stage-to-reach"


# 2.2: from open to stalled; 2.1: what a stalled sale shows.


def test_ticking_stalled_makes_the_status_stalled() -> None:
    assert stalled().status is Status.STALLED


def test_stalling_prefills_the_reopen_date_with_the_sale_date() -> None:
    assert told(superoffice_sale(), Stall()).reopen_on == APR_7


def test_stalling_takes_a_reopen_date_of_ones_own() -> None:
    assert told(superoffice_sale(), Stall(date(2025, 9, 1))).reopen_on == date(2025, 9, 1)


def test_stalling_takes_a_reason_from_the_stalled_list() -> None:
    assert told(superoffice_sale(), Stall(reason="budget")).reason == "budget"


def test_a_stalled_sale_keeps_its_stage() -> None:
    assert stalled().stage_name == "Second Meeting"


def test_a_stalled_sale_keeps_its_probability() -> None:
    assert stalled().probability == 50


def test_a_stalled_sale_keeps_an_overridden_probability() -> None:
    assert told(in_second_meeting(), Revise(chance=65), Stall()).probability == 65


def test_a_stalled_sale_keeps_its_sale_date() -> None:
    assert told(superoffice_sale(), Stall(date(2025, 9, 1))).sale_date == APR_7


@pytest.mark.parametrize("action", [MoveTo("proposal"), Next(), Previous()])
def test_the_stage_of_a_stalled_sale_is_locked(action: Action) -> None:
    assert problem(stalled(), action).code == "no-such-step"


def test_the_type_of_a_stalled_sale_is_locked() -> None:
    assert problem(stalled(), ChangeType(superoffice.add_on())).code == "no-such-step"


def test_the_probability_of_a_stalled_sale_is_not_editable() -> None:
    assert problem(stalled(), Revise(chance=65)).field == "chance"


def test_the_amount_of_a_stalled_sale_is_editable() -> None:
    assert told(stalled(), Revise(amount=1200)).amount == 1200


def test_the_reopen_date_of_a_stalled_sale_can_change() -> None:
    assert told(stalled(), Edit(reopen_on=date(2025, 10, 1))).reopen_on == date(2025, 10, 1)


# 2.2: from stalled to open.


def test_unticking_stalled_makes_the_status_open() -> None:
    assert told(stalled(), Resume()).status is Status.OPEN


def test_unticking_stalled_brings_stage_and_probability_back_as_they_were() -> None:
    sale = told(in_second_meeting(), Revise(chance=65), Stall(), Resume())
    assert facts(sale.stage, sale.probability) == ("second-meeting", 65)


def test_unticking_stalled_clears_the_reopen_date() -> None:
    assert told(stalled(), Resume()).reopen_on is None


def test_unticking_stalled_clears_the_stalled_reason() -> None:
    assert told(superoffice_sale(), Stall(reason="budget"), Resume()).reason is None


# 2.2: from stalled straight to sold or lost.


def test_a_stalled_sale_can_be_sold_directly() -> None:
    sale = told(stalled(), Sell(), on=MAR_7)
    assert facts(sale.status, sale.probability, sale.closed_on) == (Status.SOLD, 100, MAR_7)


def test_a_stalled_sale_can_be_lost_directly() -> None:
    sale = told(stalled(), Lose(), on=MAR_7)
    assert facts(sale.status, sale.probability, sale.closed_on) == (Status.LOST, 0, MAR_7)


def test_a_sale_sold_from_stalled_has_no_reopen_date_any_more() -> None:
    assert told(stalled(), Sell()).reopen_on is None


def test_a_sale_sold_from_stalled_records_the_stage_it_was_stalled_in() -> None:
    assert told(stalled(), Sell()).stage_when_closed == "second-meeting"


# 2.2: from open to sold.


def test_a_sold_sale_is_at_100_percent() -> None:
    assert sold().probability == 100


def test_a_sale_is_sold_today_unless_a_date_is_typed() -> None:
    assert told(superoffice_sale(), Sell(), on=MAR_7).sale_date == MAR_7


def test_a_sale_is_sold_on_the_date_that_is_typed() -> None:
    assert told(superoffice_sale(), Sell(closed_on=MAR_7), on=APR_7).sale_date == MAR_7


def test_selling_records_the_stage_when_closed() -> None:
    assert sold().stage_when_closed == "second-meeting"


def test_selling_records_the_sale_cycle_in_days() -> None:
    assert told(superoffice_sale(), Sell(), on=APR_7).days_to_close == 90


def test_selling_overrides_a_typed_probability() -> None:
    assert told(in_second_meeting(), Revise(chance=65), Sell()).probability == 100


def test_selling_takes_a_reason_from_the_sold_list() -> None:
    assert told(superoffice_sale(), Sell("quality")).reason == "quality"


def test_the_amount_can_be_put_right_on_selling() -> None:
    sale = told(in_second_meeting(), Sell(value=900))
    assert facts(sale.amount, sale.weighted) == (900, 900)


def test_amount_cost_and_date_of_a_sold_sale_can_be_put_right() -> None:
    sale = told(sold(), Revise(amount=900, cost=300, closed_on=JAN_7))
    assert facts(sale.amount, sale.cost, sale.closed_on) == (900, 300, JAN_7)


def test_the_probability_of_a_sold_sale_is_not_editable() -> None:
    assert problem(sold(), Revise(chance=65)).field == "chance"


# 2.2: from open to lost.


def test_a_lost_sale_is_at_0_percent() -> None:
    assert lost().probability == 0


def test_a_lost_sale_weighs_nothing() -> None:
    assert lost().weighted == 0


def test_a_lost_sale_keeps_its_amount() -> None:
    assert lost().amount == 1000


def test_a_sale_is_lost_today_unless_a_date_is_typed() -> None:
    assert told(superoffice_sale(), Lose(), on=MAR_7).sale_date == MAR_7


def test_a_sale_is_lost_on_the_date_that_is_typed() -> None:
    assert told(superoffice_sale(), Lose(closed_on=MAR_7), on=APR_7).sale_date == MAR_7


def test_losing_records_the_stage_when_closed() -> None:
    assert lost().stage_when_closed == "second-meeting"


def test_losing_records_the_sale_cycle_in_days() -> None:
    assert told(superoffice_sale(), Lose(), on=APR_7).days_to_close == 90


def test_losing_takes_a_reason_and_a_competitor() -> None:
    sale = told(superoffice_sale(), Lose("no-budget", competitor="alphacorp"))
    assert (sale.reason, sale.origin.competitor) == ("no-budget", "alphacorp")


def test_the_probability_of_a_lost_sale_is_not_editable() -> None:
    assert problem(lost(), Revise(chance=65)).field == "chance"


# 2.2: from sold to lost and back.


def test_a_sold_sale_becomes_lost_directly() -> None:
    sale = told(sold(), Lose(), on=MAR_7)
    assert facts(sale.status, sale.probability, sale.closed_on) == (Status.LOST, 0, MAR_7)


def test_a_lost_sale_becomes_sold_directly() -> None:
    sale = told(lost(), Sell(), on=MAR_7)
    assert facts(sale.status, sale.probability, sale.closed_on) == (Status.SOLD, 100, MAR_7)


def test_closing_again_counts_the_sale_cycle_again() -> None:
    first = told(superoffice_sale(), Sell(), on=MAR_7)
    second = told(first, Lose(), on=APR_7)
    assert (first.days_to_close, second.days_to_close) == (59, 90)


def test_closing_again_keeps_the_stage_when_closed() -> None:
    assert told(sold(), Lose()).stage_when_closed == "second-meeting"


def test_a_sold_reason_does_not_stay_when_the_sale_turns_out_lost() -> None:
    assert told(superoffice_sale(), Sell("quality"), Lose()).reason is None


# 2.2: from sold or lost back to open.


@pytest.mark.parametrize("closed", [sold, lost])
def test_a_closed_sale_reopens_in_the_stage_it_closed_in(closed: Ending) -> None:
    sale = told(closed(), Reopen())
    assert facts(sale.status, sale.stage, sale.probability) == (Status.OPEN, "second-meeting", 50)


def test_a_closed_sale_reopens_in_any_normal_stage_that_is_picked() -> None:
    sale = told(sold(), Reopen("proposal"))
    assert facts(sale.status, sale.stage, sale.probability) == (Status.OPEN, "proposal", 30)


def test_reopening_forgets_an_override_and_takes_the_stages_percentage() -> None:
    assert told(in_second_meeting(), Revise(chance=65), Sell(), Reopen()).probability == 50


@pytest.mark.parametrize("closed", [sold, lost])
def test_a_reopened_sale_has_no_sale_cycle_and_no_stage_when_closed(closed: Ending) -> None:
    sale = told(closed(), Reopen())
    assert (sale.days_to_close, sale.stage_when_closed, sale.closed_on) == (None, None, None)


def test_reopening_drops_the_reason() -> None:
    assert told(superoffice_sale(), Sell("quality"), Reopen()).reason is None


# 2.2, last row: a completed sale refuses everything but the removal of the tick.


@pytest.mark.parametrize(
    "action",
    [
        Next(),
        Previous(),
        MoveTo("proposal"),
        Revise(amount=1),
        Edit(note="call them"),
        Assign("bob"),
        Link(project="p-1"),
        ChangeType(superoffice.add_on()),
        Stall(),
        Resume(),
        Sell(),
        Lose(),
        Reopen(),
        Complete(),
    ],
    ids=lambda action: type(action).__name__,
)
@pytest.mark.parametrize("closed", [sold, lost])
def test_a_completed_sale_is_read_only(closed: Ending, action: Action) -> None:
    refused = refusal(told(closed(), Complete()), action)
    assert refused.problems[0].accepted == ("Uncomplete",)


@pytest.mark.parametrize("closed", [sold, lost])
def test_a_completed_sale_is_editable_again_once_the_tick_is_gone(closed: Ending) -> None:
    sale = told(closed(), Complete(), Uncomplete(), Edit(note="call them"))
    assert sale.card.note == "call them"


# 2.3: reasons.


def test_no_reason_is_required_for_selling_losing_or_stalling() -> None:
    reasons = [told(superoffice_sale(), action).reason for action in (Sell(), Lose(), Stall())]
    assert reasons == [None, None, None]


@pytest.mark.parametrize(
    "action",
    [Sell("budget"), Sell("no-budget"), Lose("budget"), Lose("quality"), Stall(reason="price")],
    ids=repr,
)
def test_the_three_reason_lists_are_independent(action: Action) -> None:
    assert problem(superoffice_sale(), action).code == "unknown-reason"


def test_a_firm_can_require_a_reason_for_losing() -> None:
    strict = evolve(superoffice.DIALECT, needs=((Lose, ("reason",)),))
    sale = superoffice_sale(evolve(superoffice.new_business(), dialect=strict))
    assert problem(sale, Lose()).field == "reason"


def test_a_reason_can_be_put_right_after_closing() -> None:
    assert told(lost(), Edit(reason="price")).reason == "price"


# 2.4: the completed flag.


def test_an_open_sale_cannot_be_completed() -> None:
    assert problem(superoffice_sale(), Complete()).code == "no-such-step"


def test_a_stalled_sale_cannot_be_completed() -> None:
    assert problem(stalled(), Complete()).code == "no-such-step"


@pytest.mark.parametrize("closed", [sold, lost])
def test_a_closed_sale_may_be_ticked_completed(closed: Ending) -> None:
    sale = told(closed(), Complete())
    assert (sale.is_completed, sale.status) == (True, closed().status)


def test_completing_changes_neither_probability_nor_date() -> None:
    sale = told(superoffice_sale(), Sell(), Complete())
    assert facts(sale.probability, sale.closed_on) == (100, JAN_7)


def test_selling_a_lost_sale_does_not_tick_completed() -> None:
    assert not told(lost(), Sell()).is_completed


# 2.1: the date field.


def test_the_sale_date_of_an_open_sale_is_the_expected_one() -> None:
    assert superoffice_sale().sale_date == APR_7


def test_the_sale_date_of_a_closed_sale_is_the_actual_one() -> None:
    assert told(superoffice_sale(), Sell(), on=MAR_7).sale_date == MAR_7


def test_only_the_four_statuses_of_the_table_exist() -> None:
    assert [status.value for status in Status] == ["open", "stalled", "sold", "lost"]
