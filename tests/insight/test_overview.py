"""Next activity, the red mark and sums, with the figures of the SuperOffice reference (sections 1.5, 7 and 12)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.insight.deals import deal, many_sales

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.insight.follow_up import is_overdue, next_activity
from salespipeline.insight.overview import OverviewRow, grouped, overview, text_table
from salespipeline.model.actions import Complete, Edit, Lose, Next, Resume, Sell, Stall
from salespipeline.model.numbers import total
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status
from salespipeline.testing.strategies import sales, titles

MID_2020 = date(2020, 7, 1)


def row(sale: Sale, on: date = date(2025, 2, 6)) -> OverviewRow:
    """The sale's row on a day."""
    (found,) = overview([sale], on=on)
    return found


# Next activity.


def test_so_t02_without_follow_ups_the_next_activity_is_the_sale_date() -> None:
    assert next_activity(deal(expected_close=date(2025, 4, 7))) == date(2025, 4, 7)


def test_so_t03_sold_the_next_activity_is_the_closing_day() -> None:
    sale = deal((date(2020, 6, 17), Sell()), on=date(2020, 1, 7), expected_close=date(2020, 9, 1))
    assert next_activity(sale) == date(2020, 6, 17)


def test_lost_the_next_activity_is_the_closing_day() -> None:
    assert next_activity(deal((date(2025, 1, 17), Lose()))) == date(2025, 1, 17)


def test_stalled_the_next_activity_is_the_re_open_date() -> None:
    assert next_activity(deal((date(2025, 1, 17), Stall(date(2025, 9, 1))))) == date(2025, 9, 1)


def test_a_new_re_open_date_moves_the_next_activity() -> None:
    sale = deal((date(2025, 1, 17), Stall(date(2025, 9, 1))), (date(2025, 1, 17), Edit(reopen_on=date(2025, 10, 1))))
    assert next_activity(sale) == date(2025, 10, 1)


def test_taken_up_again_the_next_activity_is_the_sale_date_again() -> None:
    sale = deal((date(2025, 1, 17), Stall(date(2025, 9, 1))), (date(2025, 1, 27), Resume()))
    assert next_activity(sale) == sale.sale_date


@given(sales())
def test_next_activity_follows_from_status_re_open_date_and_sale_date(sale: Sale) -> None:
    """Invariant 50: next activity date is a function of (status, re-open date, open activities, sale date) only."""
    due = [activity.due for activity in sale.activities if not activity.done_on and not activity.cancelled_on]
    oldest = sorted(due)[0] if due and sale.status is Status.OPEN else sale.sale_date
    assert next_activity(sale) == (sale.reopen_on if sale.status is Status.STALLED else oldest)


@given(sales())
def test_the_sale_date_is_expected_while_open_and_actual_when_closed(sale: Sale) -> None:
    """Invariant 53: closing date: expected while open, actual when closed."""
    assert row(sale).sale_date == (sale.closed_on if sale.is_closed else sale.expected_close)


# Overdue.


def test_so_t03_a_sold_sale_is_not_red_years_later() -> None:
    sale = deal((date(2020, 6, 17), Sell()), on=date(2020, 1, 7))
    assert not is_overdue(sale, date(2025, 1, 1), stalled=True)


def test_so_t04_an_open_sale_of_2018_is_red_in_mid_2020() -> None:
    assert is_overdue(deal(on=date(2018, 9, 7), expected_close=date(2018, 12, 7)), MID_2020)


def stalled_in_2018() -> Sale:
    return deal((date(2018, 9, 7), Stall()), on=date(2018, 9, 7), expected_close=date(2018, 11, 21))


def test_so_t04_a_stalled_sale_of_2018_is_not_red() -> None:
    assert not is_overdue(stalled_in_2018(), MID_2020)


def test_a_stalled_sale_is_overdue_where_that_is_asked_for() -> None:
    assert is_overdue(stalled_in_2018(), MID_2020, stalled=True)


def test_a_stalled_sale_is_overdue_by_its_re_open_date_too() -> None:
    sale = deal((date(2025, 1, 17), Stall(date(2025, 2, 1))), expected_close=date(2025, 9, 1))
    assert is_overdue(sale, date(2025, 2, 2), stalled=True)


def test_the_day_itself_is_not_overdue() -> None:
    assert not is_overdue(deal(expected_close=date(2025, 4, 7)), date(2025, 4, 7))


def test_the_day_after_is_overdue() -> None:
    assert is_overdue(deal(expected_close=date(2025, 4, 7)), date(2025, 4, 8))


def test_an_instant_is_refused_as_the_day() -> None:
    with pytest.raises(InvalidValue, match="as on"):
        is_overdue(deal(), datetime(2025, 4, 7))  # noqa: DTZ001  # what is to be refused


def test_an_instant_is_refused_even_without_sales() -> None:
    with pytest.raises(InvalidValue, match="as on"):
        overview([], on=datetime(2025, 4, 7))  # noqa: DTZ001  # what is to be refused


@given(sales())
def test_only_open_and_stalled_sales_turn_overdue(sale: Sale) -> None:
    assert is_overdue(sale, date.max, stalled=True) == (
        not sale.is_closed and min(sale.sale_date, next_activity(sale)) < date.max
    )


@given(sales())
def test_once_overdue_a_sale_stays_overdue_until_it_changes(sale: Sale) -> None:
    due = min(sale.sale_date, next_activity(sale))
    assert not is_overdue(sale, due, stalled=True)
    assert is_overdue(sale, due + timedelta(1)) == (sale.status is Status.OPEN)


# Rows.


def test_a_row_says_what_people_look_at_first() -> None:
    sale = deal((date(2025, 1, 17), Next()), amount=432_000, currency="NOK", owner="anna")
    assert row(sale) == OverviewRow(
        id=sale.id,
        title="Desks",
        status=Status.OPEN,
        stage="First Meeting",
        owner=sale.owner,
        company=None,
        amount=Decimal(432_000),
        currency="NOK",
        probability=Decimal(20),
        weighted=Decimal(86_400),
        sale_date=date(2025, 4, 7),
        reason=None,
        next_activity=date(2025, 4, 7),
        overdue=False,
        days_in_stage=20,
        completed=False,
    )


def test_the_red_mark_is_in_the_row() -> None:
    assert row(deal(), date(2025, 4, 8)).overdue


def test_stalled_sales_are_marked_where_that_is_asked_for() -> None:
    (found,) = overview([stalled_in_2018()], on=MID_2020, stalled_overdue=True)
    assert found.overdue


def test_a_completed_sale_says_so() -> None:
    assert row(deal((date(2025, 1, 17), Sell()), (date(2025, 1, 17), Complete()))).completed


def test_the_order_given_is_kept() -> None:
    rows = overview([deal(id="b"), deal(id="c"), deal(id="a")], on=date(2025, 2, 6))
    assert [row.id for row in rows] == ["b", "c", "a"]


def test_a_sale_that_is_only_closed_is_not_completed() -> None:
    assert not row(deal((date(2025, 1, 17), Sell()))).completed


# Groups and sums.

SO_C05 = {
    "proposal": [60_000] * 11 + [22_195],
    "lead": [6_800, 48_000, 60_000],
    "first-meeting": [305_247, 1, 1, 1],
    "second-meeting": [30_000, 213],
    "short-list": [60_348, 1, 1],
    "verbal-acceptance": [65_000],
}


def so_c05() -> list[Sale]:
    """Twenty-five open sales in six stages; the lead's amounts are the screenshot's, the others fit its sums."""
    return [
        deal(id=f"{stage}-{place}", stage=stage, amount=amount)
        for stage, amounts in SO_C05.items()
        for place, amount in enumerate(amounts)
    ]


def test_so_c05_each_stage_shows_its_sum_and_count() -> None:
    groups = grouped(overview(so_c05(), on=date(2025, 2, 6)), "stage")
    assert [(group.key, group.amounts["EUR"], len(group.rows)) for group in groups] == [
        ("Proposal", 682_195, 12),
        ("Lead", 114_800, 3),
        ("First Meeting", 305_250, 4),
        ("Second Meeting", 30_213, 2),
        ("Short List", 60_350, 3),
        ("Verbal Acceptance", 65_000, 1),
    ]


def test_so_c05_the_whole_is_the_sum_of_its_groups() -> None:
    (whole,) = grouped(overview(so_c05(), on=date(2025, 2, 6)), lambda row: "all")
    assert (whole.amounts, len(whole.rows)) == ({"EUR": 1_257_808}, 25)


def test_so_c06_open_and_sold_are_summed_apart_and_together() -> None:
    open_ones = [deal(id="a", amount=3_000), deal(id="b", amount=1_213)]
    sold = [deal((date(2025, 1, 17), Sell()), id=f"s{i}", amount=38_486 if i else 38_489) for i in range(18)]
    rows = overview([*open_ones, *sold], on=date(2025, 2, 6))
    groups = {group.key: (group.amounts["EUR"], len(group.rows)) for group in grouped(rows, "status")}
    assert groups == {Status.OPEN: (4_213, 2), Status.SOLD: (692_751, 18)}
    assert (total(row.amount for row in rows), len(rows)) == (696_964, 20)


def test_a_group_adds_each_currency_by_itself() -> None:
    """Invariant 21: totals come per currency."""
    rows = overview([deal(id="a", amount=10), deal(id="b", amount=7, currency="JPY")], on=date(2025, 2, 6))
    (group,) = grouped(rows, "stage")
    assert group.amounts == {"EUR": 10, "JPY": 7}
    assert group.weighted == {"EUR": Decimal("0.10"), "JPY": Decimal("0.07")}


def test_groups_can_be_grouped_further() -> None:
    sales = [deal(id="a", owner="anna"), deal(id="b", owner="bob"), deal(id="c", owner="anna", stage="proposal")]
    by_stage = grouped(overview(sales, on=date(2025, 2, 6)), "stage")
    assert [[inner.key for inner in grouped(group.rows, "owner")] for group in by_stage] == [["anna", "bob"], ["anna"]]


def test_a_strange_column_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownEntry) as caught:
        grouped([], "colour")
    assert caught.value.accepted == OverviewRow._fields


@given(many_sales())
def test_splitting_by_any_column_loses_no_row(sales: list[Sale]) -> None:
    """Invariant 38: splitting by owner, stage or month and summing gives the whole."""
    rows = overview(sales, on=date(2025, 2, 6))
    for name in ("owner", "stage", "sale_date", "status"):
        groups = grouped(rows, name)
        assert sorted(row.id for group in groups for row in group.rows) == sorted(row.id for row in rows)


# As text.


def test_the_text_shows_the_chosen_columns() -> None:
    rows = overview([deal(amount="333.33", stage="first-meeting")], on=date(2025, 4, 8))
    assert text_table(rows, ("title", "weighted", "overdue")) == (
        "title  weighted  overdue\n-----  --------  -------\nDesks     66.67  yes"
    )


def test_a_weighted_tie_is_rounded_half_up_once() -> None:
    rows = overview([deal(amount="0.50", chance=1)], on=date(2025, 2, 6))
    assert text_table(rows, ["weighted"]).split("\n")[-1].strip() == "0.01"


def test_yen_are_shown_without_decimals() -> None:
    rows = overview([deal(amount=150, chance=1, currency="JPY")], on=date(2025, 2, 6))
    assert text_table(rows, ["weighted"]).split("\n")[-1].strip() == "2"


def test_a_strange_column_of_the_text_is_refused() -> None:
    with pytest.raises(UnknownEntry):
        text_table([], ["colour"])


@given(st.lists(titles(), max_size=4))
def test_no_title_can_break_the_text(typed: list[str]) -> None:
    sales = [deal((date(2025, 1, 17), Edit(title=title))) for title in typed]
    printed = text_table(overview(sales, on=date(2025, 2, 6)))
    assert printed.count("\n") == 1 + len(sales)
    assert printed.replace("\n", "").isprintable()
