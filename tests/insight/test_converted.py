"""A forecast in one currency: exact figures, rounded once for people, and what has no rate beside them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.insight.deals import deal

from salespipeline.errors import UnknownEntry
from salespipeline.insight import Forecast, converted, forecast
from salespipeline.model.actions import Lose, Sell
from salespipeline.model.currency import Currency
from salespipeline.model.rates import MissingRate, Rate, Rates
from salespipeline.model.sale import Sale

APRIL = date(2025, 4, 7)
TODAY = date(2025, 1, 7)
RATES = Rates("EUR", [Rate("GBP", "1.562"), Rate("NOK", "12.677", 100)])
NO_KRONER = Rates("EUR", [Rate("GBP", "1.562")])


def sales() -> list[Sale]:
    """Anna: 1 000 NOK and 20 GBP open at 10 %, 50 EUR sold; Bob: 300 NOK lost."""
    return [
        deal(id="S-1", currency="NOK", amount=1000, chance=10, owner="anna", expected_close=APRIL),
        deal(id="S-2", currency="GBP", amount=20, chance=10, owner="anna", expected_close=APRIL),
        deal((APRIL, Sell()), id="S-3", amount=50, owner="anna"),
        deal((APRIL, Lose()), id="S-4", currency="NOK", amount=300, owner="bob"),
    ]


def seen(by: tuple[str, ...] = ("owner",)) -> Forecast:
    return forecast(sales(), by=by)


def test_every_figure_is_converted() -> None:
    cell = converted(seen(), "EUR", RATES, on=TODAY).cell("anna")
    assert (cell.open_amount, cell.weighted, cell.sold, cell.lost) == (
        Decimal("158.01"),  # 126.77 + 31.24
        Decimal("15.801"),
        Decimal("50.00"),
        0,
    )
    assert cell.expected == Decimal("65.801")
    assert (cell.open_count, cell.sold_count, cell.lost_count, cell.unpriced_count) == (2, 1, 0, 0)


def test_the_whole_is_the_sum_and_rounded_once() -> None:
    total = converted(seen(), "EUR", RATES, on=TODAY).total
    assert (total.expected, total.lost, total.rounded("lost")) == (
        Decimal("65.801"),
        Decimal("38.031"),
        Decimal("38.03"),
    )


def test_what_does_not_come_out_has_fifty_digits_and_adds_up_all_the_same() -> None:
    whole = converted(seen(), "NOK", RATES, on=TODAY)
    assert str(whole.cell("anna").sold) == "394.41508243275222844521574505009071546895953301254"
    assert whole.total.exact("sold") == whole.cell("anna").exact("sold") == Fraction(5_000_000, 12_677)


def test_a_day_decides_which_rates_count() -> None:
    dated = Rates("EUR", [Rate("NOK", 10, 100), Rate("NOK", 20, 100, APRIL), Rate("GBP", 1)])
    assert converted(seen(), "EUR", dated, on=TODAY).cell("bob").lost == 30
    assert converted(seen(), "EUR", dated, on=APRIL).cell("bob").lost == 60


def test_a_missing_rate_raises_unless_asked_otherwise() -> None:
    with pytest.raises(MissingRate, match="'NOK' on 2025-01-07"):
        converted(seen(), "EUR", NO_KRONER, on=TODAY)


def test_leniently_what_has_no_rate_is_listed_with_its_sales() -> None:
    whole = converted(seen(), "EUR", NO_KRONER, on=TODAY, lenient=True)
    (left,) = whole.unpriced
    assert (left.currency, left.open_amount, left.lost, {sale.id for sale in left.sales}) == (
        "NOK",
        1000,
        300,
        {"S-1", "S-4"},
    )
    assert [(cell.keys, cell.open_amount, cell.unpriced_count) for cell in whole] == [
        (("anna",), Decimal("31.24"), 1),
        (("bob",), 0, 1),
    ]


def test_a_target_without_a_rate_leaves_out_all_others() -> None:
    whole = converted(seen(), "USD", RATES, on=TODAY, lenient=True)
    assert [left.currency for left in whole.unpriced] == ["EUR", "GBP", "NOK"]
    assert whole.total.expected == 0


def test_a_currency_of_ones_own_is_shown_in_its_decimals() -> None:
    rates = RATES.with_rates(Rate("PTS", 3))
    assert converted(seen(), Currency("PTS", 1), rates, on=TODAY).total.rounded("sold") == Decimal("16.7")
    with pytest.raises(UnknownEntry):
        converted(seen(), "PTS", rates, on=TODAY)


def test_a_cell_or_figure_that_does_not_exist_is_named_with_those_that_do() -> None:
    whole = converted(seen(), "EUR", RATES, on=TODAY)
    with pytest.raises(UnknownEntry, match="anna"):
        whole.cell("carl")
    with pytest.raises(UnknownEntry, match="'open_amount', 'weighted'"):
        whole.total.exact("profit")


def test_rows_are_for_a_dataframe() -> None:
    whole = converted(seen(), "EUR", RATES, on=TODAY)
    assert len(whole) == len(whole.to_rows()) == 2
    assert dict(zip(whole.columns, whole.to_rows()[1], strict=True)) == {
        "owner": "bob",
        "currency": "EUR",
        "open_count": 0,
        "open_amount": 0,
        "weighted": 0,
        "sold_count": 0,
        "sold": 0,
        "expected": 0,
        "lost_count": 1,
        "lost": Decimal("38.031"),
        "unpriced_count": 0,
    }


def test_the_table_says_what_is_left_out() -> None:
    text = str(converted(seen(), "EUR", NO_KRONER, on=TODAY, lenient=True)).splitlines()
    assert text[0].endswith("lost count  lost  unpriced count")
    assert text[-2].split() == ["total", "EUR", "1", "31.24", "3.12", "1", "50.00", "53.12", "0", "0.00", "2"]
    assert text[-1] == "left out, no rate of NOK: S-1, S-4"


def test_a_long_list_of_what_is_left_out_is_cut() -> None:
    many = forecast([deal(id=f"S-{n}", currency="NOK") for n in range(10, 30)], by=())
    text = str(converted(many, "EUR", NO_KRONER, on=TODAY, lenient=True))
    assert text.endswith("S-20, S-21, …")


def test_of_nothing_there_is_nothing() -> None:
    whole = converted(forecast([]), "EUR", RATES, on=TODAY)
    assert (len(whole), whole.total.expected, whole.unpriced) == (0, 0, ())
