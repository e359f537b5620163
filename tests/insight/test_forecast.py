"""What counts in a forecast (SuperOffice, 2.7, 6.3 and 12), and that its sums are exact, however they are split."""

import decimal
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.insight.deals import deal, many_sales, opportunity

from salespipeline.errors import CurrencyMismatch, InvalidValue, UnknownEntry
from salespipeline.insight.forecast import Cell, Forecast, forecast
from salespipeline.insight.keys import KEYS
from salespipeline.model.actions import Lose, Revise, Sell, Stall
from salespipeline.model.ids import SaleId
from salespipeline.model.numbers import ZERO, total
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status
from salespipeline.rules.apply import apply, problems
from salespipeline.testing.strategies import days

JAN_17, MAR_31, APR_7 = date(2025, 1, 17), date(2025, 3, 31), date(2025, 4, 7)


def an_open_sale(id: str = "open") -> Sale:
    return deal(id=id, amount=1_000, chance=30, expected_close=APR_7, owner="anna")


def a_sold_sale(id: str = "sold") -> Sale:
    return deal((MAR_31, Sell()), id=id, amount=500, expected_close=APR_7, owner="anna")


def a_lost_sale(id: str = "lost") -> Sale:
    return deal((MAR_31, Lose()), id=id, amount=200, expected_close=APR_7, owner="bob")


def a_stalled_sale(id: str = "stalled") -> Sale:
    return deal((JAN_17, Stall()), id=id, amount=70, chance=50, expected_close=APR_7, owner="bob")


def one_of_each() -> list[Sale]:
    return [an_open_sale(), a_sold_sale(), a_lost_sale(), a_stalled_sale()]


def whole(sales: list[Sale]) -> Cell:
    """The total in euros."""
    return forecast(sales).total["EUR"]


# What counts, and where (SuperOffice, 2.7).


def test_an_open_sale_counts_in_the_month_of_its_sale_date() -> None:
    (cell,) = forecast([an_open_sale()])
    assert (cell.keys, cell.open_count, cell.open_amount, cell.weighted) == (("2025-04", "anna"), 1, 1_000, 300)


def test_a_sold_sale_counts_in_the_month_it_closed_in() -> None:
    (cell,) = forecast([a_sold_sale()])
    assert (cell.keys, cell.sold_count, cell.sold, cell.weighted) == (("2025-03", "anna"), 1, 500, 0)


def test_a_lost_sale_counts_in_the_lost_total_only() -> None:
    (cell,) = forecast([a_lost_sale()])
    assert (cell.lost_count, cell.lost, cell.expected, cell.open_amount, cell.sold) == (1, 200, 0, 0, 0)


def test_a_stalled_sale_is_left_out() -> None:
    assert forecast([a_stalled_sale()]).cells == ()


def test_a_stalled_sale_counts_as_open_where_that_is_asked_for() -> None:
    (cell,) = forecast([a_stalled_sale()], stalled=True)
    assert (cell.open_count, cell.open_amount, cell.weighted) == (1, 70, 35)


def test_a_sale_with_an_own_value_counts_with_what_it_was_sold_for() -> None:
    assert whole([opportunity(sold_for="900")]).sold == 900


def test_what_is_expected_is_what_was_sold_and_the_weighted_rest() -> None:
    assert whole(one_of_each()).expected == 500 + 300


def test_a_typed_probability_weighs() -> None:
    """SO-S07 and SO-S08: the sale's own probability counts, 20 % of 432 000 NOK is 86 400 NOK."""
    sales = [deal(id="a", stage="verbal-acceptance", chance=100, amount=700), deal(id="b", chance=20, amount=432_000)]
    assert whole(sales).weighted == 700 + 86_400


def test_so_c05_the_stages_add_up_to_the_whole() -> None:
    sums = {"lead": (114_800, 3), "first-meeting": (305_250, 4), "short-list": (60_350, 3), "proposal": (682_195, 12)}
    sums |= {"second-meeting": (30_213, 2), "verbal-acceptance": (65_000, 1)}
    sales = [
        deal(id=f"{stage}-{place}", stage=stage, amount=amount - count + 1 if place == 0 else 1)
        for stage, (amount, count) in sums.items()
        for place in range(count)
    ]
    found = forecast(sales, by="stage")
    assert {cell.keys[0]: (cell.open_amount, cell.open_count) for cell in found} == sums
    assert (found.total["EUR"].open_amount, found.total["EUR"].open_count) == (1_257_808, 25)


def test_so_c06_open_and_sold_stay_apart() -> None:
    sold = [deal((JAN_17, Sell()), id=f"s{i}", amount=38_486 if i else 38_489) for i in range(18)]
    cell = whole([deal(id="a", amount=3_000), deal(id="b", amount=1_213), *sold])
    assert (cell.open_amount, cell.open_count, cell.sold, cell.sold_count) == (4_213, 2, 692_751, 18)
    assert (cell.open_amount + cell.sold, len(cell.sales)) == (696_964, 20)


def test_since_and_until_include_both_days() -> None:
    sales = [deal(id=f"d{day}", amount=day, expected_close=date(2025, 4, day)) for day in (1, 2, 3, 4)]
    found = forecast(sales, by=(), since=date(2025, 4, 2), until=date(2025, 4, 3))
    assert found.cell().open_amount == 2 + 3


def test_an_instant_is_refused_as_a_bound() -> None:
    with pytest.raises(InvalidValue, match="since"):
        forecast([], since=datetime(2025, 4, 7))  # noqa: DTZ001  # what is to be refused


# Exact sums, rounded once.


def test_ten_thousand_ties_add_up_exactly() -> None:
    """Section 5.1: the total of 10,000 exact ties comes from the exact values, 50.00; rounded rows give 100.00."""
    tie = deal(amount="0.50", chance=1)
    sales = [evolve(tie, id=SaleId(f"S-{i}")) for i in range(10_000)]
    assert whole(sales).weighted == Decimal("50.00")


def test_a_tie_is_rounded_half_up_in_the_text_alone() -> None:
    found = forecast([deal(amount="0.50", chance=1)], by=())
    assert found.cell().weighted == Decimal("0.005")
    assert str(found).split("\n")[-1].split()[3] == "0.01"


@pytest.mark.parametrize("context", [decimal.Context(prec=6), decimal.Context(rounding=decimal.ROUND_UP, prec=3)])
def test_the_callers_decimal_context_changes_nothing(context: decimal.Context) -> None:
    """Invariant 24: the caller's decimal context never changes any result."""
    sales = [deal(id="a", amount="12345678.91", chance=33), deal((JAN_17, Sell()), id="b", amount="0.09")]
    before = forecast(sales)
    with decimal.localcontext(context):
        assert forecast(sales) == before
        assert str(forecast(sales)) == str(before)


def test_a_cell_shows_as_many_decimals_as_its_amounts_have() -> None:
    sales = [deal(id=code, amount=7, currency=code) for code in ("JPY", "KWD", "EUR")]
    assert [cell.digits for cell in forecast(sales, by=())] == [2, 0, 3]


# Currencies.


def in_two_currencies() -> Forecast:
    return forecast([deal(id="a", amount=10), deal(id="b", amount=7, currency="JPY")], by="stage")


def test_each_currency_has_a_cell_of_its_own() -> None:
    assert [(cell.keys, cell.currency) for cell in in_two_currencies()] == [(("lead",), "EUR"), (("lead",), "JPY")]


def test_each_currency_has_a_total_of_its_own() -> None:
    assert {code: cell.open_amount for code, cell in in_two_currencies().total.items()} == {"EUR": 10, "JPY": 7}


def test_two_currencies_cannot_be_added() -> None:
    euros, yen = in_two_currencies()
    with pytest.raises(CurrencyMismatch, match="cannot add EUR and JPY: keep one total per currency"):
        str(euros + yen)


def test_a_cell_in_two_currencies_has_to_be_asked_for_by_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        in_two_currencies().cell("lead")
    assert in_two_currencies().cell("lead", currency="JPY").open_amount == 7


# The value itself.


def test_an_empty_forecast_has_no_cells_and_no_totals() -> None:
    found = forecast([])
    assert (len(found), found.total) == (0, {})


def test_cells_are_sorted_with_those_without_a_value_last() -> None:
    sales = [deal(id="a"), deal(id="b", owner="bob"), deal(id="c", owner="anna")]
    assert [cell.keys for cell in forecast(sales, by="owner")] == [("anna",), ("bob",), (None,)]


def test_sales_can_be_counted_by_a_function_of_your_own() -> None:
    def size(sale: Sale) -> str | None:
        return "large" if sale.amount > 500 else None

    found = forecast(one_of_each(), by=("status", size))
    assert found.by == ("status", "size")
    assert [cell.keys for cell in found] == [("lost", None), ("open", "large"), ("sold", None)]


def test_a_cell_that_is_not_there_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownEntry, match="2025-04"):
        forecast([an_open_sale()]).cell("2025-05", "anna")


def test_a_cell_lists_what_each_sale_adds() -> None:
    listed = forecast(one_of_each(), by=()).cell().contributions
    assert [(it.id, it.status, it.amount, it.probability, it.value) for it in listed] == [
        ("lost", Status.LOST, 200, 0, 0),
        ("open", Status.OPEN, 1_000, 30, 300),
        ("sold", Status.SOLD, 500, 100, 500),
    ]


def test_rows_are_plain_and_exact() -> None:
    found = forecast([deal(amount="0.50", chance=1, owner="anna")], by="owner")
    assert dict(zip(found.columns, found.to_rows()[0], strict=True)) == {
        "owner": "anna",
        "currency": "EUR",
        "open_count": 1,
        "open_amount": Decimal("0.50"),
        "weighted": Decimal("0.005"),
        "sold_count": 0,
        "sold": 0,
        "expected": Decimal("0.005"),
        "lost_count": 0,
        "lost": 0,
    }


def test_the_text_has_a_line_a_cell_and_one_a_total() -> None:
    lines = [line.split() for line in str(forecast(one_of_each())).split("\n")]
    assert lines[2:] == [
        ["2025-03", "anna", "EUR", "0", "0.00", "0.00", "1", "500.00", "500.00", "0", "0.00"],
        ["2025-03", "bob", "EUR", "0", "0.00", "0.00", "0", "0.00", "0.00", "1", "200.00"],
        ["2025-04", "anna", "EUR", "1", "1,000.00", "300.00", "0", "0.00", "300.00", "0", "0.00"],
        ["total", "EUR", "1", "1,000.00", "300.00", "1", "500.00", "800.00", "1", "200.00"],
    ]


def test_no_key_can_break_the_text() -> None:
    found = forecast([deal()], by=lambda sale: "a\n\x1b[2Jb")
    assert "a\\n\\x1b[2Jb" in str(found).split("\n")[2]


# For any sales.

splits = st.lists(st.sampled_from(sorted(KEYS)), max_size=3, unique=True)


@given(many_sales(), splits, st.booleans())
def test_the_contributions_of_a_cell_add_up_to_it(sales: list[Sale], by: list[str], stalled: bool) -> None:
    """The sum of the contributions is the cell, exactly, for what is expected and for each status."""
    for cell in forecast(sales, by, stalled=stalled):
        listed = cell.contributions
        assert total(it.value for it in listed) == cell.expected
        assert total(it.value for it in listed if it.status is Status.SOLD) == cell.sold
        assert total(it.amount for it in listed if it.status is Status.LOST) == cell.lost
        running = [it for it in listed if it.status in (Status.OPEN, Status.STALLED)]
        assert total(it.amount for it in running) == cell.open_amount
        assert total(it.value for it in running) == cell.weighted
        assert (len(running), len(listed)) == (cell.open_count, cell.open_count + cell.sold_count + cell.lost_count)


@given(many_sales(), splits)
def test_however_it_is_split_it_adds_up_to_the_whole(sales: list[Sale], by: list[str]) -> None:
    """Invariant 38: splitting by owner, stage or month and summing gives the whole."""
    assert forecast(sales, by).total == forecast(sales, ()).total


@given(many_sales(), st.integers(0, 8))
def test_a_forecast_of_a_set_is_the_sum_of_its_parts(sales: list[Sale], cut: int) -> None:
    """Invariants 21 and 38: forecast of a set = sum of members; total(a + b) = total(a) + total(b)."""
    one, other = forecast(sales[:cut]).total, forecast(sales[cut:]).total
    both = {code: one[code] + other[code] for code in one.keys() & other.keys()}
    assert forecast(sales).total == {**one, **other, **both}


@given(many_sales(), splits)
def test_each_sale_is_worth_its_value(sales: list[Sale], by: list[str]) -> None:
    """Invariants 37 and 38: weighted = A·q/100 exactly; sold counts with its value, lost with 0."""
    running = [sale for sale in sales if sale.status is not Status.STALLED]
    for code, cell in forecast(sales, by).total.items():
        assert cell.expected == total(sale.value for sale in running if sale.currency == code)


@given(many_sales(), splits, st.randoms(use_true_random=False))
def test_the_order_of_the_sales_does_not_matter(sales: list[Sale], by: list[str], random: Random) -> None:
    """Invariant 38: order-free."""
    shuffled = list(sales)
    random.shuffle(shuffled)
    before, after = forecast(sales, by), forecast(shuffled, by)
    assert after == before
    assert [cell.contributions for cell in after] == [cell.contributions for cell in before]


@given(many_sales(), splits)
def test_currencies_are_never_mixed(sales: list[Sale], by: list[str]) -> None:
    """Invariant 21: totals come per currency."""
    for cell in forecast(sales, by, stalled=True):
        assert {sale.currency for sale in cell.sales} == {cell.currency}


@given(many_sales(), days(date(2025, 1, 7), APR_7))
def test_every_sale_that_counts_counts_once(sales: list[Sale], middle: date) -> None:
    """Two periods that touch share no sale and lose none."""
    before, after = forecast(sales, until=middle), forecast(sales, since=middle + timedelta(1))
    ids = [it.id for found in (before, after) for cell in found for it in cell.contributions]
    assert sorted(ids) == sorted(sale.id for sale in sales if sale.status is not Status.STALLED)


@given(st.integers(0, 10**9), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_chance_never_lowers_the_forecast(minor: int, one: int, other: int) -> None:
    """Invariant 39: raising q of one open sale never lowers a forecast when A ≥ 0."""
    low, high = sorted((one, other))
    sale = deal(amount=Decimal(minor).scaleb(-2), chance=low)
    raised = apply(sale, Revise(chance=high), on=JAN_17)
    assert not problems(sale, Revise(chance=high), on=JAN_17)
    assert whole([an_open_sale(), raised]).expected >= whole([an_open_sale(), sale]).expected >= ZERO
