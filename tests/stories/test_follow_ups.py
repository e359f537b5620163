"""What asks to be done: next activity, overdue, forgotten, diary (SuperOffice 1.5, 2.4 to 2.6 and 7; BC-91)."""

from datetime import date
from typing import Unpack

import pytest
from tests.stories.telling import APR_7, JAN_7, facts, opportunity, superoffice_sale, told

from salespipeline import Action, Complete, Details, Lose, Resume, Sale, Sell, Stall, Start, register
from salespipeline.insight.follow_up import (
    counts,
    diary,
    due_within,
    forgotten,
    is_overdue,
    next_activity,
    planned,
    without_follow_up,
)
from salespipeline.insight.overview import OverviewRow, overview
from salespipeline.model.activity_actions import (
    AddActivity,
    CancelActivity,
    CompleteActivity,
    DeleteActivity,
    EditActivity,
    ReopenActivity,
)
from salespipeline.presets import business_central, superoffice

JAN_8, JAN_20, JAN_27 = date(2025, 1, 8), date(2025, 1, 20), date(2025, 1, 27)
JAN_28, JAN_29, FEB_3, AUG_1 = date(2025, 1, 28), date(2025, 1, 29), date(2025, 2, 3), date(2025, 8, 1)
MID_2020 = date(2020, 6, 30)
WORK_DATE = date(2024, 1, 8)


def sale_of(id: str, *actions: Action, on: date = JAN_7, **details: Unpack[Details]) -> Sale:
    """A sale under an id of its own, after these actions; its sale date is three months on unless given."""
    made = register(superoffice.new_business(), id=id, title=f"Sale {id}", on=on, currency="EUR", by="anna", **details)
    return told(made, *actions, on=on)


def call_on(due: date) -> AddActivity:
    return AddActivity("Call", kind="call", due=due)


def shown(sale: Sale, on: date, *, mark_overdue: bool = True) -> OverviewRow:
    """The sale's row in the list."""
    (row,) = overview([sale], on=on, mark_overdue=mark_overdue)
    return row


# SO-T02 to SO-T04, and section 1.5: the next activity.


def test_so_t02_without_follow_ups_the_next_activity_is_the_sale_date_of_7_april() -> None:
    assert shown(superoffice_sale(on=date(2025, 1, 7)), JAN_7).next_activity == date(2025, 4, 7)


def test_so_t03_a_sale_sold_on_17_june_2020_shows_that_day_and_is_not_red_years_later() -> None:
    sold = told(superoffice_sale(on=date(2020, 1, 7)), Sell(), on=date(2020, 6, 17))
    row = shown(sold, date(2024, 6, 17))
    assert (row.next_activity, row.overdue) == (date(2020, 6, 17), False)


def test_so_t04_an_open_sale_of_7_december_2018_is_red_in_mid_2020() -> None:
    sale = sale_of("S-1", on=date(2018, 9, 1), expected_close=date(2018, 12, 7))
    assert shown(sale, MID_2020).overdue


def test_so_t04_a_stalled_sale_of_21_november_2018_is_not_red_in_mid_2020() -> None:
    sale = sale_of("S-1", Stall(), on=date(2018, 9, 1), expected_close=date(2018, 11, 21))
    row = shown(sale, MID_2020)
    assert (row.next_activity, row.overdue) == (date(2018, 11, 21), False)


def test_the_next_activity_is_the_oldest_follow_up_that_is_not_done() -> None:
    sale = superoffice_sale()
    assert next_activity(told(sale, call_on(FEB_3), call_on(JAN_20), call_on(AUG_1))) == date(2025, 1, 20)


def test_a_follow_up_in_the_past_is_the_next_activity_as_long_as_it_is_not_done() -> None:
    sale = told(superoffice_sale(), call_on(JAN_20), call_on(FEB_3))
    assert shown(sale, date(2025, 1, 31)).next_activity == date(2025, 1, 20)


def test_the_next_activity_of_a_stalled_sale_is_its_reopen_date_whatever_is_planned() -> None:
    sale = told(superoffice_sale(), call_on(JAN_20), Stall(date(2025, 9, 1)))
    assert next_activity(sale) == date(2025, 9, 1)


def test_a_sale_taken_up_again_shows_its_follow_up_again() -> None:
    sale = told(superoffice_sale(), call_on(JAN_20), Stall(date(2025, 9, 1)), Resume())
    assert next_activity(sale) == date(2025, 1, 20)


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=str)
def test_the_next_activity_of_a_closed_sale_is_the_day_it_closed(closing: Action) -> None:
    assert next_activity(told(superoffice_sale(), closing, on=FEB_3)) == date(2025, 2, 3)


def test_the_next_activity_of_a_completed_sale_is_its_date_whatever_was_left_planned() -> None:
    sale = told(superoffice_sale(), call_on(AUG_1), Sell(), Complete(), on=FEB_3)
    assert next_activity(sale) == date(2025, 2, 3)


def test_the_next_activity_of_a_sold_sale_is_its_closing_day_whatever_is_still_to_be_done() -> None:
    """Of the two readings (1.5), the one that the lists of the product show: sold rows carry the closing date."""
    sale = told(superoffice_sale(), call_on(AUG_1), Sell(), on=FEB_3)
    assert next_activity(sale) == date(2025, 2, 3)


@pytest.mark.parametrize("kind", ["document", "note", "mail", "phone-log", "letter", "file"])
def test_what_is_written_does_not_count_as_next_activity(kind: str) -> None:
    assert next_activity(told(superoffice_sale(), AddActivity("Written", kind=kind))) == date(2025, 4, 7)


@pytest.mark.parametrize(
    "gone",
    [CompleteActivity("A-1"), CancelActivity("A-1"), DeleteActivity("A-1"), EditActivity("A-1", due=AUG_1)],
    ids=str,
)
def test_the_next_activity_follows_when_the_oldest_is_done_cancelled_deleted_or_moved(gone: Action) -> None:
    sale = told(superoffice_sale(), call_on(JAN_20), call_on(FEB_3))
    assert next_activity(told(sale, gone)) == date(2025, 2, 3)


@pytest.mark.parametrize("ended", [CompleteActivity("A-1"), CancelActivity("A-1")], ids=str)
def test_the_next_activity_comes_back_with_a_follow_up_that_is_taken_up_again(ended: Action) -> None:
    sale = told(superoffice_sale(), call_on(JAN_20), ended, ReopenActivity("A-1"))
    assert next_activity(sale) == date(2025, 1, 20)


def test_planned_follow_ups_come_oldest_first() -> None:
    sale = told(superoffice_sale(), call_on(FEB_3), call_on(JAN_20), AddActivity("Seen", kind="note"))
    assert [activity.due for activity in planned(sale)] == [date(2025, 1, 20), date(2025, 2, 3)]


# Section 2.6: the re-open date.


def test_a_stalled_row_shows_its_reopen_date_and_its_reason() -> None:
    row = shown(told(superoffice_sale(), Stall(date(2025, 9, 1), "budget")), JAN_20)
    assert facts(row.next_activity, row.reason) == (date(2025, 9, 1), "budget")


def test_nothing_reopens_a_stalled_sale_on_its_reopen_date() -> None:
    row = shown(told(superoffice_sale(), Stall(date(2025, 9, 1))), date(2025, 9, 2))
    assert facts(row.status.value, row.next_activity) == ("stalled", date(2025, 9, 1))


# Section 7: red.


def test_a_sale_is_red_from_the_day_after_its_sale_date() -> None:
    sale = superoffice_sale(expected_close=date(2025, 4, 7))
    assert [is_overdue(sale, date(2025, 4, 7)), is_overdue(sale, date(2025, 4, 8))] == [False, True]


def test_a_sale_is_red_from_the_day_after_its_next_activity() -> None:
    sale = told(superoffice_sale(), call_on(JAN_20))
    assert [is_overdue(sale, date(2025, 1, 20)), is_overdue(sale, date(2025, 1, 21))] == [False, True]


def test_a_follow_up_to_come_does_not_hide_a_sale_date_that_has_passed() -> None:
    assert is_overdue(told(superoffice_sale(), call_on(AUG_1)), date(2025, 4, 8))


def test_on_the_card_only_the_next_activity_is_red() -> None:
    sale = told(superoffice_sale(), call_on(AUG_1))
    assert not is_overdue(sale, date(2025, 4, 8), by="next activity")


def test_a_follow_up_that_is_done_makes_nothing_red() -> None:
    assert not is_overdue(told(superoffice_sale(), call_on(JAN_8), CompleteActivity("A-1")), date(2025, 1, 31))


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=str)
def test_a_closed_sale_is_never_red_whatever_was_left_planned(closing: Action) -> None:
    assert not is_overdue(told(superoffice_sale(), call_on(JAN_20), closing), AUG_1)


def test_a_stalled_sale_is_red_only_for_those_who_ask_for_it() -> None:
    sale = told(superoffice_sale(expected_close=JAN_20), Stall())
    assert [is_overdue(sale, FEB_3), is_overdue(sale, FEB_3, stalled=True)] == [False, True]


def test_red_can_be_switched_off() -> None:
    sale = told(superoffice_sale(), call_on(JAN_20))
    assert [shown(sale, FEB_3).overdue, shown(sale, FEB_3, mark_overdue=False).overdue] == [True, False]


# What was forgotten, what is due, and where nothing is planned.


def test_forgotten_is_what_was_due_before_today_oldest_first() -> None:
    sales = [sale_of("S-1", call_on(JAN_20), call_on(JAN_28)), sale_of("S-2", call_on(date(2025, 1, 15)))]
    assert [(each.sale, each.activity.due) for each in forgotten(sales, JAN_28)] == [
        ("S-2", date(2025, 1, 15)),
        ("S-1", date(2025, 1, 20)),
    ]


def test_forgotten_tells_the_sale_and_what_was_to_be_done() -> None:
    (found,) = forgotten([sale_of("S-1", call_on(JAN_20))], JAN_28)
    assert (found.title, found.activity.title) == ("Sale S-1", "Call")


@pytest.mark.parametrize("ended", [CompleteActivity("A-1"), CancelActivity("A-1"), DeleteActivity("A-1")], ids=str)
def test_nothing_is_forgotten_that_was_done_cancelled_or_deleted(ended: Action) -> None:
    assert forgotten([sale_of("S-1", call_on(JAN_20), ended)], JAN_28) == ()


def test_what_was_left_on_a_sold_sale_is_forgotten_until_that_is_completed() -> None:
    sold = sale_of("S-1", call_on(JAN_20), Sell())
    assert [len(forgotten([sale], JAN_28)) for sale in (sold, told(sold, Complete()))] == [1, 0]


def test_due_within_a_week_counts_today_and_the_seventh_day() -> None:
    days = [date(2025, 1, 19), date(2025, 1, 20), date(2025, 1, 27), date(2025, 1, 28)]
    found = due_within([sale_of("S-1", *map(call_on, days))], JAN_20, 7)
    assert [each.activity.due for each in found] == [date(2025, 1, 20), date(2025, 1, 27)]


def test_due_within_no_days_is_due_today() -> None:
    found = due_within([sale_of("S-1", call_on(JAN_20), call_on(date(2025, 1, 21)))], JAN_20, 0)
    assert [each.activity.due for each in found] == [date(2025, 1, 20)]


def test_an_open_sale_without_planned_follow_up_is_found() -> None:
    sales = [sale_of("S-1", call_on(JAN_20)), sale_of("S-2"), sale_of("S-3", AddActivity("Seen", kind="note"))]
    assert [sale.id for sale in without_follow_up(sales)] == ["S-2", "S-3"]


def test_once_its_only_follow_up_is_done_a_sale_is_without() -> None:
    sale = sale_of("S-1", call_on(JAN_20))
    assert [len(without_follow_up([each])) for each in (sale, told(sale, CompleteActivity("A-1")))] == [0, 1]


def test_sales_that_are_stalled_or_closed_need_no_follow_up() -> None:
    assert without_follow_up([sale_of("S-1", Stall()), sale_of("S-2", Sell()), sale_of("S-3", Lose())]) == ()


# Section 7: the diary list of 7 January, 21 days ahead up to the 28th.


def listed(*sales: Sale, on: date = JAN_7, since: date | None = None, until: date | None = None) -> list[str]:
    return [row.sale.id for row in diary(sales, on=on, since=since, until=until)]


def test_the_diary_lists_sales_with_their_date_in_the_range_shown() -> None:
    sales = [sale_of(f"S-{number}", expected_close=date(2025, 3, number)) for number in (9, 10, 16, 17)]
    assert listed(*sales, since=date(2025, 3, 10), until=date(2025, 3, 16)) == ["S-10", "S-16"]


def test_the_diary_lists_sales_with_a_follow_up_in_the_next_21_days() -> None:
    assert listed(sale_of("S-1", call_on(JAN_28)), sale_of("S-2", call_on(JAN_29))) == ["S-1"]


def test_the_days_ahead_can_be_chosen() -> None:
    sale = sale_of("S-1", call_on(JAN_20))
    assert [len(diary([sale], on=JAN_7, days_ahead=days)) for days in (12, 13)] == [0, 1]


def test_the_diary_lists_what_is_overdue() -> None:
    late = sale_of("S-1", expected_close=date(2025, 1, 31))
    forgot = sale_of("S-2", call_on(JAN_20))
    assert listed(late, forgot, sale_of("S-3"), on=FEB_3) == ["S-2", "S-1"]


def test_the_diary_lists_stalled_sales_by_their_reopen_date() -> None:
    soon, later = sale_of("S-1", Stall(JAN_28)), sale_of("S-2", Stall(JAN_29))
    (row,) = diary([soon, later], on=JAN_7)
    assert facts(row.sale.id, row.day, row.because) == ("S-1", date(2025, 1, 28), "re-open date")


def test_the_diary_lists_a_sold_sale_until_it_is_completed() -> None:
    sold = sale_of("S-1", Sell())
    assert [listed(sale) for sale in (sold, told(sold, Complete()))] == [["S-1"], []]


def test_the_diary_lists_a_sold_sale_that_has_a_follow_up_in_the_next_21_days() -> None:
    sold = sale_of("S-1", call_on(JAN_20), Sell(), on=date(2025, 1, 6))
    assert listed(sold) == ["S-1"]


def test_the_diary_goes_by_day_and_says_why() -> None:
    sales = [sale_of("S-1", expected_close=APR_7), sale_of("S-2", Stall(JAN_27)), sale_of("S-3", call_on(JAN_20))]
    rows = diary(sales, on=JAN_7, until=APR_7)
    assert [(row.sale.id, row.day, row.because) for row in rows] == [
        ("S-3", date(2025, 1, 20), "follow-up"),
        ("S-2", date(2025, 1, 27), "re-open date"),
        ("S-1", date(2025, 4, 7), "sale date"),
    ]


def test_a_sale_stands_in_the_diary_once() -> None:
    sale = sale_of("S-1", call_on(JAN_8), call_on(JAN_20), expected_close=JAN_7)
    assert listed(sale, until=date(2025, 1, 31)) == ["S-1"]


# BC-91: the counts of the opening page, on the work date of 8 January 2024.


def closing_on(day: int) -> Sale:
    """A started opportunity that is expected to close on a day of January 2024."""
    kind = business_central.catalog().type("ex-large")
    known: Details = {"amount": 10_000, "expected_close": date(2024, 1, day)}
    made = register(kind, id=f"OP{day}", title="Desks", on=date(2024, 1, 5), currency="EUR", by="jo", **known)
    return told(made, Start(), on=date(2024, 1, 5))


def four() -> list[Sale]:
    return [closing_on(day) for day in (7, 8, 15, 16)]


def test_bc_91_one_is_overdue_that_of_7_january() -> None:
    assert (counts(four(), on=WORK_DATE).overdue, counts([closing_on(7)], on=WORK_DATE).overdue) == (1, 1)


def test_bc_91_two_are_due_in_seven_days_those_of_8_and_15_january() -> None:
    found = [counts([closing_on(day)], on=WORK_DATE).due for day in (7, 8, 15, 16)]
    assert (counts(four(), on=WORK_DATE).due, found) == (2, [0, 1, 1, 0])


def test_bc_91_all_four_are_open() -> None:
    assert counts(four(), on=WORK_DATE) == (4, 0, 2, 1)


def test_bc_91_closed_ones_count_as_closed_alone() -> None:
    won = told(closing_on(7), Sell("PRICE_W", value=9_000), on=WORK_DATE)
    assert counts([*four(), won], on=WORK_DATE) == (4, 1, 2, 1)


def test_bc_91_one_that_was_not_started_is_open_and_neither_due_nor_overdue() -> None:
    assert counts([opportunity(expected_close=date(2024, 1, 8))], on=WORK_DATE) == (1, 0, 0, 0)
