"""Currencies and periods: what they take."""

from typing import Any

import pytest

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.currency import ISO_4217, Currency, Money
from salespipeline.model.numbers import number
from salespipeline.model.period import Period, Unit, days


@pytest.mark.parametrize(("digits", "count"), [(0, 17), (3, 7), (4, 2)])
def test_iso_4217_has_so_many_currencies(digits: int, count: int) -> None:
    assert list(ISO_4217.values()).count(digits) == count


@pytest.mark.parametrize(("code", "digits"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("UYW", 4)])
def test_a_currency_of_the_standard(code: str, digits: int) -> None:
    assert Currency.of(code) == Currency(code, digits)
    assert str(Currency.of(code)) == code


@pytest.mark.parametrize("code", ["XAU", "XXX", "eur", "", "EURO"])
def test_a_code_of_nobody_is_refused(code: str) -> None:
    with pytest.raises(UnknownEntry):
        Currency.of(code)


def test_a_code_of_ones_own_is_registered_with_its_digits() -> None:
    assert Currency("XAU", 4).amount("1.2345") == number("1.2345", "amount")


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "E1R", "ÉUR", 5, None, " EUR"])
def test_a_code_has_three_capitals(code: Any) -> None:
    with pytest.raises(InvalidValue):
        Currency(code, 2)


@pytest.mark.parametrize("digits", [-1, 5, 2.0, True, "2", None])
def test_digits_are_0_to_4(digits: Any) -> None:
    with pytest.raises(InvalidValue):
        Currency("EUR", digits)


def test_money_is_read_by_people() -> None:
    money = Money(number("1234.565", "amount"), "EUR")
    assert str(money) == "1234.565 EUR"
    assert str(money.rounded()) == "1234.57 EUR"


@pytest.mark.parametrize(
    ("amount", "currency"), [(1.5, "EUR"), ("1.50", "EUR"), (True, "EUR"), (number("1", "a"), "eur")]
)
def test_money_refuses_nonsense(amount: Any, currency: str) -> None:
    with pytest.raises(InvalidValue):
        Money(amount, currency)


@pytest.mark.parametrize("count", [-1, 10_000, 1.0, True, "1", None])
def test_a_period_counts_whole_units(count: Any) -> None:
    with pytest.raises(InvalidValue):
        Period(count)


def test_a_period_has_a_unit() -> None:
    with pytest.raises(InvalidValue):
        Period(1, "month")


@pytest.mark.parametrize(
    ("period", "text"), [(days(1), "1 day"), (Period(3, Unit.MONTH), "3 months"), (days(0), "0 days")]
)
def test_a_period_is_read_by_people(period: Period, text: str) -> None:
    assert str(period) == text
