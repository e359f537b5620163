from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from tests.insight.deals import deal, many_sales

from salespipeline.errors import UnknownEntry
from salespipeline.insight.win_rate import WinRate, win_rate, win_rates
from salespipeline.model.actions import Lose, Sell, Stall
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status

JAN_17, FEB_6 = date(2025, 1, 17), date(2025, 2, 6)


def sold(id: str, owner: str = "anna", on: date = JAN_17) -> Sale:
    return deal((on, Sell()), id=id, owner=owner)


def lost(id: str, owner: str = "anna", on: date = JAN_17) -> Sale:
    return deal((on, Lose()), id=id, owner=owner)


def test_two_of_three_decided_sales_were_won() -> None:
    rate = win_rate([sold("a"), sold("b"), lost("c")])
    assert (rate.sold, rate.lost, rate.rounded()) == (2, 1, Decimal("66.67"))


def test_the_rate_itself_is_not_rounded() -> None:
    rate = win_rate([sold("a"), sold("b"), lost("c")]).rate
    assert rate is not None
    assert len(rate.as_tuple().digits) == 50


def test_open_and_stalled_sales_do_not_count() -> None:
    rate = win_rate([sold("a"), deal(id="b"), deal((JAN_17, Stall()), id="c")])
    assert rate == WinRate(sold=1, lost=0)
    assert rate.rate == 100


def test_where_nothing_has_closed_there_is_no_rate() -> None:
    rate = win_rate([deal()])
    assert (rate.rate, rate.rounded()) == (None, None)


def test_nothing_won_is_a_rate_of_zero() -> None:
    assert win_rate([lost("a")]).rate == 0


def test_a_tie_is_rounded_half_up() -> None:
    """1 of 32 is 3.125 %: 3.13, where half-even would give 3.12."""
    assert WinRate(sold=1, lost=31).rounded() == Decimal("3.13")


def test_a_rate_rounds_to_as_many_decimals_as_asked() -> None:
    assert WinRate(sold=1, lost=1).rounded(0) == Decimal(50)


def test_each_owner_has_a_rate_and_those_without_come_last() -> None:
    nobodys = deal((JAN_17, Sell()), id="d")
    rates = win_rates([nobodys, lost("a", "bob"), sold("b", "anna"), lost("c", "anna")], by="owner")
    assert rates == (WinRate(1, 1, ("anna",)), WinRate(0, 1, ("bob",)), WinRate(1, 0, (None,)))


def test_a_rate_can_be_split_by_several_keys() -> None:
    rates = win_rates([sold("a"), lost("b", on=FEB_6)], by=("month", "owner"))
    assert [rate.keys for rate in rates] == [("2025-01", "anna"), ("2025-02", "anna")]


def test_a_period_includes_both_days() -> None:
    sales = [sold("a", on=date(2025, 1, day)) for day in (16, 17, 18)]
    assert win_rate(sales, since=JAN_17, until=JAN_17).sold == 1


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(UnknownEntry):
        win_rates([], by="colour")


@given(many_sales())
def test_the_parts_have_the_counts_of_the_whole(sales: list[Sale]) -> None:
    """Invariant 38, for counts: splitting by owner, stage or month and summing gives the whole."""
    rate = win_rate(sales)
    for by in ("owner", "stage", "month"):
        parts = win_rates(sales, by)
        assert (sum(part.sold for part in parts), sum(part.lost for part in parts)) == (rate.sold, rate.lost)
    assert rate.sold == sum(sale.status is Status.SOLD for sale in sales)


@given(many_sales())
def test_a_rate_lies_between_nothing_and_a_hundred(sales: list[Sale]) -> None:
    rate = win_rate(sales).rate
    assert rate is None or 0 <= rate <= 100
