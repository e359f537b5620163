"""Rates of currencies: what they mean, which one counts on a day, and conversion by them."""

import pickle
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from salespipeline.errors import BrokenTable, InvalidValue, SalesPipelineError, UnknownEntry
from salespipeline.model.currency import Currency, Money
from salespipeline.model.rates import (
    MissingRate,
    Rate,
    Rates,
    RateSource,
    as_decimal,
    convert,
    convert_all,
    in_decimals,
)

JAN_1, JAN_7, FEB_1 = date(2025, 1, 1), date(2025, 1, 7), date(2025, 2, 1)
GBP, NOK = Rate("GBP", "1.562"), Rate("NOK", "12.677", 100)
RATES = Rates("EUR", [GBP, NOK])


def money(amount: str, currency: str) -> Money:
    return Money(Decimal(amount), currency)


def to(currency: str, amount: str, source: str, rates: RateSource = RATES, on: date = JAN_7) -> str:
    return str(convert(money(amount, source), currency, rates, on=on))


class TestRate:
    def test_unit_of_it_is_rate_in_the_base(self) -> None:
        """SuperOffice, 1.4, the admin page: 100 NOK are 12.677 EUR."""
        assert NOK.worth == Fraction(12677, 100_000)

    @pytest.mark.parametrize("value", ["0", "-1", 0, "0.00", "-0.123456", Decimal("-1E-10")])
    @pytest.mark.parametrize("field", ["rate", "unit"])
    def test_zero_or_below_is_refused(self, field: str, value: Any) -> None:
        with pytest.raises(InvalidValue, match="give more than zero") as refused:
            evolve(NOK, **{field: value})
        assert refused.value.field == field

    @pytest.mark.parametrize("value", [1.5, True, None, "1,5", "1e3", "NaN", Decimal("NaN"), "", "9" * 16])
    def test_what_is_no_number_is_refused(self, value: Any) -> None:
        with pytest.raises(InvalidValue):
            Rate("NOK", value)

    def test_twenty_decimals_are_taken_and_no_more(self) -> None:
        assert Rate("ZWL", "0." + "0" * 19 + "1").rate == Decimal("1E-20")
        with pytest.raises(InvalidValue, match="at most 20 decimals"):
            Rate("ZWL", "0." + "0" * 20 + "1")

    @pytest.mark.parametrize("code", ["nok", "KRONE", 7, None])
    def test_a_currency_is_a_code(self, code: Any) -> None:
        with pytest.raises(InvalidValue):
            Rate(code, 1)

    def test_it_begins_on_a_day(self) -> None:
        with pytest.raises(InvalidValue, match="since"):
            Rate("NOK", 1, since="2025-01-01")  # type: ignore[arg-type]


class TestWhichOneCounts:
    DATED = Rates("EUR", [Rate("NOK", 8, 100, FEB_1), Rate("NOK", 9, 100, JAN_7), Rate("GBP", 2)])

    def test_the_newest_that_is_not_after_the_day(self) -> None:
        found = [self.DATED.rate("NOK", day).rate for day in (JAN_7, date(2025, 1, 31), FEB_1, date(2030, 1, 1))]
        assert found == [9, 9, 8, 8]

    def test_one_without_a_day_holds_from_ever(self) -> None:
        assert self.DATED.rate("GBP", date.min).rate == 2

    def test_before_the_first_there_is_none(self) -> None:
        with pytest.raises(MissingRate) as missing:
            self.DATED.rate("NOK", JAN_1)
        assert (missing.value.currency, missing.value.day, missing.value.first) == ("NOK", JAN_1, JAN_7)
        assert str(missing.value) == (
            "cannot convert 'NOK' on 2025-01-01: its first rate is of 2025-01-07;"
            " add an earlier one, or take a day from then on"
        )

    def test_of_an_unknown_currency_there_is_none_and_what_there_is_is_named(self) -> None:
        with pytest.raises(MissingRate) as missing:
            RATES.rate("USD", JAN_7)
        assert missing.value.known == ("EUR", "GBP", "NOK")
        assert "there is no rate of it; add one, or use one of 'EUR', 'GBP', 'NOK'" in str(missing.value)

    def test_the_error_travels(self) -> None:
        error = MissingRate("NOK", JAN_1, ("EUR",), JAN_7)
        again = pickle.loads(pickle.dumps(error))  # noqa: S301  # made in the line before
        assert (str(again), again.known, isinstance(again, SalesPipelineError)) == (str(error), ("EUR",), True)

    def test_the_base_is_worth_one(self) -> None:
        assert RATES.rate("EUR", JAN_7) == Rate("EUR", 1)
        assert Rates("EUR").currencies == ("EUR",)

    @pytest.mark.parametrize("day", ["2025-01-07", None, 7])
    def test_a_day_is_asked_for(self, day: Any) -> None:
        with pytest.raises(InvalidValue):
            RATES.rate("NOK", day)


class TestTheTable:
    def test_two_rates_of_one_day_are_a_fault(self) -> None:
        with pytest.raises(BrokenTable, match="NOK has 2 rates of one day"):
            Rates("EUR", [NOK, Rate("NOK", 13, 100), GBP])

    def test_the_base_has_no_other_rate_than_1(self) -> None:
        assert Rates("EUR", [Rate("EUR", 5, 5)]).rate("EUR", JAN_7).worth == 1
        with pytest.raises(BrokenTable, match="EUR is the base"):
            Rates("EUR", [Rate("EUR", 2)])

    def test_the_order_makes_no_difference(self) -> None:
        assert Rates("EUR", [NOK, GBP]) == Rates("EUR", [GBP, NOK]) == pickle.loads(pickle.dumps(RATES))  # noqa: S301

    def test_a_rate_is_added_or_takes_the_place_of_that_of_its_day(self) -> None:
        dearer, later = Rate("NOK", 13, 100), Rate("NOK", 14, 100, FEB_1)
        assert RATES.with_rates(dearer, later) == Rates("EUR", [GBP, dearer, later])

    def test_a_long_history_comes_down_to_what_is_needed(self) -> None:
        history = Rates("EUR", [Rate("NOK", n, 100, date(2025, 1, n)) for n in (1, 5, 9)] + [Rate("GBP", 2, 1, FEB_1)])
        short = history.from_day(date(2025, 1, 7))
        assert [(rate.currency, rate.since) for rate in short.rates] == [
            ("GBP", FEB_1),
            ("NOK", date(2025, 1, 5)),
            ("NOK", date(2025, 1, 9)),
        ]
        assert short.rate("NOK", JAN_7) == history.rate("NOK", JAN_7)


class TestConvert:
    def test_both_ways_and_across(self) -> None:
        assert to("EUR", "1", "GBP") == "1.56 EUR"
        assert to("GBP", "1.562", "EUR") == "1.00 GBP"
        assert to("NOK", "12.677", "EUR") == "100.00 NOK"
        assert to("GBP", "1000", "NOK") == "81.16 GBP"
        assert str(RATES.convert(money("1000", "NOK"), "EUR", on=JAN_7)) == "126.77 EUR"

    def test_across_it_is_rounded_once(self) -> None:
        """By way of 0.13 EUR, 1 NOK would be 0.09 GBP."""
        rates = Rates("EUR", [NOK, Rate("GBP", "1.5")])
        assert to("GBP", "1", "NOK", rates) == "0.08 GBP"

    @pytest.mark.parametrize(("amount", "euros"), [("0.015", "0.01"), ("-0.015", "-0.01"), ("0.0149", "0.00")])
    def test_a_tie_that_no_decimal_can_show_is_seen(self, amount: str, euros: str) -> None:
        """Half away from zero: a third of 0.015 is 0.005 exactly, though a third is no decimal."""
        assert to("EUR", amount, "PTS", Rates("EUR", [Rate("PTS", 1, 3)])) == f"{euros} EUR"

    def test_in_the_decimals_of_the_target(self) -> None:
        rates = Rates("EUR", [Rate("JPY", 1, "163.06"), Rate("KWD", "3.1"), Rate("PTS", 3)])
        assert to("JPY", "10", "EUR", rates) == "1631 JPY"
        assert to("KWD", "10", "EUR", rates) == "3.226 KWD"
        assert str(convert(money("10", "EUR"), Currency("PTS", 1), rates, on=JAN_7)) == "3.3 PTS"

    def test_to_itself_it_stays_as_it_is(self) -> None:
        fine = money("0.123456", "XBT")
        assert convert(fine, "XBT", Rates("EUR"), on=JAN_7) is fine
        assert convert(fine, Currency("XBT", 4), Rates("EUR"), on=JAN_7) is fine

    def test_an_unknown_target_is_named(self) -> None:
        with pytest.raises(UnknownEntry, match="XBT"):
            to("XBT", "1", "EUR")

    def test_a_missing_rate_raises_and_is_no_zero(self) -> None:
        with pytest.raises(MissingRate, match="'USD'"):
            to("EUR", "1", "USD")
        with pytest.raises(MissingRate, match="'USD'"):
            to("USD", "1", "NOK")

    def test_anything_with_rates_is_a_source(self) -> None:
        class Fixed:
            def rate(self, code: str, on: date) -> Rate:
                return Rate(code, {"EUR": 1, "DEM": 2}[code], 4 if code == "DEM" else 1)

        assert to("EUR", "10", "DEM", Fixed()) == "5.00 EUR"


class TestConvertAll:
    SEVERAL = (money("1000", "NOK"), money("2", "GBP"), money("0.50", "EUR"))

    def test_the_sum_is_exact_and_rounded_once(self) -> None:
        whole = convert_all(self.SEVERAL, "EUR", RATES, on=JAN_7)
        assert (str(whole.amount), whole.value, whole.unpriced) == ("130.39 EUR", Decimal("130.394"), ())

    def test_what_does_not_come_out_has_fifty_digits(self) -> None:
        whole = convert_all([money("1", "EUR")], "GBP", Rates("EUR", [Rate("GBP", 3)]), on=JAN_7)
        assert (whole.exact, str(whole.value)) == (Fraction(1, 3), "0." + "3" * 50)

    def test_a_missing_rate_raises(self) -> None:
        with pytest.raises(MissingRate):
            convert_all([*self.SEVERAL, money("5", "USD")], "EUR", RATES, on=JAN_7)

    def test_leniently_it_is_listed_and_no_part_of_the_sum(self) -> None:
        dollars, yen = money("5", "USD"), money("700", "JPY")
        whole = convert_all([dollars, *self.SEVERAL, yen], "EUR", RATES, on=JAN_7, lenient=True)
        assert (str(whole.amount), whole.unpriced) == ("130.39 EUR", (dollars, yen))

    def test_of_nothing_it_is_zero(self) -> None:
        assert str(convert_all([], "JPY", RATES, on=JAN_7).amount) == "0 JPY"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Fraction(5, 1000), 2, "0.01"),
        (Fraction(-5, 1000), 2, "-0.01"),
        (Fraction(-4, 1000), 2, "0.00"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(10**40 + 1, 2), 0, "5000000000000000000000000000000000000001"),
        (Fraction(1, 3), 4, "0.3333"),
    ],
)
def test_rounding_is_half_up_and_never_minus_zero(value: Fraction, digits: int, text: str) -> None:
    assert str(in_decimals(value, digits)) == text


def test_a_fraction_that_comes_out_is_exact() -> None:
    assert str(as_decimal(Fraction(12677, 100))) == "126.77"
