from datetime import date, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.insight.deals import deal

from salespipeline.errors import InvalidValue
from salespipeline.insight.timeline import as_of, days_in_stage, days_open, days_per_stage, pushes
from salespipeline.model.actions import (
    Assign,
    Complete,
    Edit,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Revise,
    Sell,
    Stall,
    Start,
)
from salespipeline.model.sale import Sale
from salespipeline.presets import business_central
from salespipeline.rules.apply import apply
from salespipeline.rules.registering import register
from salespipeline.testing.strategies import sales

JAN_7, JAN_17, JAN_27 = date(2025, 1, 7), date(2025, 1, 17), date(2025, 1, 27)
FEB_1, FEB_6, MAR_1 = date(2025, 2, 1), date(2025, 2, 6), date(2025, 3, 1)


def there_and_back() -> Sale:
    """Ten days a lead, ten in a first meeting, then a lead again."""
    return deal((JAN_17, Next()), (JAN_27, Previous()))


# Days in a stage.


def test_a_new_sale_has_spent_no_day_in_its_stage() -> None:
    assert days_in_stage(deal(), JAN_7) == 0


def test_from_one_day_to_the_next_is_one_day() -> None:
    assert days_in_stage(deal(), date(2025, 1, 8)) == 1


def test_a_move_begins_a_new_count() -> None:
    assert days_in_stage(deal((JAN_17, Next())), JAN_27) == 10


def test_two_visits_to_a_stage_are_added_up() -> None:
    assert days_in_stage(there_and_back(), FEB_6) == 10 + 10


def test_days_are_kept_apart_by_stage_in_the_order_of_the_first_visit() -> None:
    assert [*days_per_stage(deal((JAN_17, Next()), (JAN_27, Next())), FEB_6)] == ["lead", "first-meeting", "proposal"]
    assert days_per_stage(there_and_back(), FEB_6) == {"lead": 20, "first-meeting": 10}


def test_a_revision_in_between_does_not_begin_a_new_count() -> None:
    sale = deal((JAN_17, Revise(amount=500)), (JAN_27, Assign("bob")))
    assert days_in_stage(sale, FEB_6) == 30


def test_a_stage_passed_through_on_one_day_has_no_days() -> None:
    sale = deal((JAN_17, Next()), (JAN_17, Next()))
    assert days_per_stage(sale, JAN_27) == {"lead": 10, "first-meeting": 0, "proposal": 10}


def test_back_on_the_same_day_goes_on_counting() -> None:
    sale = deal((JAN_17, Next()), (JAN_17, Previous()))
    assert days_per_stage(sale, JAN_27) == {"lead": 20, "first-meeting": 0}


def test_stalled_days_count_for_the_stage() -> None:
    sale = deal((JAN_17, Stall(MAR_1)), (JAN_27, Resume()))
    assert days_in_stage(sale, FEB_6) == 30


def test_a_closed_sale_counts_up_to_the_day_it_closed() -> None:
    assert days_in_stage(deal((JAN_17, Next()), (JAN_27, Sell())), MAR_1) == 10


def test_completing_later_adds_no_day() -> None:
    assert days_in_stage(deal((JAN_17, Next()), (JAN_27, Sell()), (FEB_6, Complete())), MAR_1) == 10


def test_a_closing_logged_later_counts_from_its_own_day() -> None:
    assert days_in_stage(deal((JAN_27, Sell(closed_on=JAN_17))), MAR_1) == 10


def test_a_stage_entered_after_the_closing_day_has_no_days() -> None:
    sale = deal((JAN_27, Next()), (FEB_6, Lose(closed_on=JAN_17)))
    assert days_per_stage(sale, MAR_1) == {"lead": 10, "first-meeting": 0}


def test_a_closing_dated_ahead_counts_no_day_that_has_not_come() -> None:
    assert days_in_stage(deal((JAN_17, Sell(closed_on=MAR_1))), JAN_27) == 20


def test_a_corrected_closing_day_is_the_one_that_counts() -> None:
    sale = deal((JAN_27, Sell()), (FEB_6, Revise(closed_on=JAN_17)))
    assert days_in_stage(sale, MAR_1) == 10


def test_a_past_day_sees_nothing_of_what_came_later() -> None:
    sale = deal((JAN_17, Next()), (JAN_27, Sell()))
    assert days_in_stage(sale, date(2025, 1, 12)) == 5


def test_a_process_not_begun_has_days_without_a_stage() -> None:
    waiting = register(business_central.catalog().type("new"), id="O-1", title="Desks", on=JAN_7, currency="EUR")
    started = apply(waiting, Start(), on=JAN_17)
    assert days_per_stage(started, JAN_27) == {None: 10, "new-1": 10}


# Days open.


def test_an_open_sale_counts_from_its_registration() -> None:
    assert days_open(there_and_back(), FEB_6) == 30


def test_the_days_between_closing_and_reopening_are_left_out() -> None:
    sale = deal((JAN_17, Lose()), (JAN_27, Reopen()))
    assert days_open(sale, FEB_6) == 10 + 10


def test_each_closing_counts_from_its_own_day() -> None:
    sale = deal((JAN_17, Lose(closed_on=date(2025, 1, 12))), (JAN_27, Reopen()), (FEB_6, Sell(closed_on=FEB_1)))
    assert days_open(sale, MAR_1) == 5 + 5


def test_sold_after_all_counts_to_the_closing_in_force() -> None:
    sale = deal((JAN_17, Lose()), (JAN_27, Sell()))
    assert days_open(sale, MAR_1) == sale.days_to_close == 20


def test_the_last_days_of_the_calendar_can_be_asked_about() -> None:
    """Invariant 53: year 9999 doesn't raise inside the library."""
    sale = deal(on=date(9999, 12, 30), expected_close=date.max)
    assert days_open(sale, date.max) == 1


def test_a_leap_day_is_a_day() -> None:
    """Invariant 53: Feb 29 doesn't raise inside the library."""
    assert days_open(deal(on=date(2024, 2, 28)), date(2024, 3, 1)) == 2


# Where it stood.


def test_before_it_began_it_stood_nowhere() -> None:
    assert as_of(deal(), date(2025, 1, 6)) is None


def test_of_several_entries_on_a_day_the_last_counts() -> None:
    entry = as_of(deal((JAN_17, Next()), (JAN_17, MoveTo("proposal"))), JAN_17)
    assert entry is not None
    assert entry.stage_name == "Proposal"


def test_between_two_entries_the_earlier_stands() -> None:
    entry = as_of(there_and_back(), date(2025, 1, 26))
    assert entry is not None
    assert entry.stage_name == "First Meeting"


def test_an_instant_is_refused_since_its_day_depends_on_where_one_stands() -> None:
    with pytest.raises(InvalidValue, match=r"take its \.date\(\)"):
        as_of(deal(), datetime(2025, 1, 7))  # noqa: DTZ001  # what is to be refused


# Pushes.


def pushed(*steps: tuple[date, date]) -> Sale:
    """A sale expected on 1 February, then on these days, each with the day of the change."""
    return deal(*((on, Revise(expected_close=to)) for on, to in steps), expected_close=FEB_1)


def test_a_sale_that_was_never_put_off_has_no_pushes() -> None:
    assert pushes(pushed()) == (0, 0)


def test_each_move_to_a_later_day_is_a_push() -> None:
    assert pushes(pushed((JAN_17, FEB_6), (JAN_27, MAR_1))) == (2, 5 + 23)


def test_a_move_to_an_earlier_day_is_not_set_off() -> None:
    assert pushes(pushed((JAN_17, FEB_6), (JAN_27, FEB_1))) == (1, 5)


def test_what_was_put_right_on_the_same_day_does_not_count() -> None:
    assert pushes(pushed((JAN_17, MAR_1), (JAN_17, FEB_1))) == (0, 0)


def test_two_steps_on_one_day_are_one_push() -> None:
    assert pushes(pushed((JAN_17, FEB_6), (JAN_17, MAR_1))) == (1, 28)


def test_an_edit_of_the_terms_is_no_push() -> None:
    assert pushes(deal((JAN_17, Edit(payment_terms="net-30")))) == (0, 0)


# For every history.


@given(sales(), st.integers(0, 900))
def test_days_per_stage_add_up_to_the_days_open(sale: Sale, later: int) -> None:
    """Every day that a sale was open, it was in one stage or in none."""
    on = sale.registered.on + timedelta(later)
    assert sum(days_per_stage(sale, on).values()) == days_open(sale, on)


@given(sales())
def test_no_count_of_days_is_negative(sale: Sale) -> None:
    """Invariant 54: sale cycle length ≥ 0 for closed after created."""
    assert min([*days_per_stage(sale, date.max).values(), *pushes(sale)]) >= 0


@given(sales())
def test_a_sale_never_reopened_was_open_as_long_as_its_cycle(sale: Sale) -> None:
    """Invariants 53 and 54: the cycle ends on the closing day, actual when closed."""
    reopened = any(entry.action == "Reopen" for entry in sale.history)
    if sale.days_to_close is not None and not reopened:
        assert days_open(sale, date.max) == sale.days_to_close


@given(sales(), st.integers(0, 900))
def test_the_past_does_not_change_when_more_happens(sale: Sale, later: int) -> None:
    """Cutting off what came after a day changes no answer about that day."""
    on = sale.registered.on + timedelta(later)
    cut = evolve(sale, history=tuple(entry for entry in sale.history if entry.on <= on))
    assert days_per_stage(cut, on) == days_per_stage(sale, on)


@given(sales())
def test_at_the_end_it_stands_where_it_stands(sale: Sale) -> None:
    entry = as_of(sale, sale.changed_on)
    assert entry is not None
    assert (entry.state, entry.position, entry.figures) == (sale.state, sale.position, sale.figures)
