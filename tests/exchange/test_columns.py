"""How cells are read: days, amounts and percentages in the spelling that a column declares."""

from datetime import date
from decimal import Decimal, localcontext

import pytest

from salespipeline.errors import InvalidValue
from salespipeline.exchange import Column, Template, amount, day, percent


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (amount("x"), "1054", "1054"),
        (amount("x"), "-0.50", "-0.5"),
        (amount("x"), "0012.10", "12.10"),
        (amount("x", decimal=","), "12,5", "12.5"),
        (amount("x", decimal=",", thousands="."), "1.234.567,89", "1234567.89"),
        (amount("x", decimal=",", thousands="."), "1234567,89", "1234567.89"),
        (amount("x", thousands=","), "1,234", "1234"),
        (amount("x", decimal=",", thousands=" "), "1\u202f234\u00a0567,5", "1234567.5"),
        (amount("x", thousands="'"), "12'345.60", "12345.60"),
        (amount("x", sign="€"), "€ 12.50", "12.50"),
        (amount("x", sign="€"), "-€12.50", "-12.50"),
        (amount("x", sign="€"), "€-12.50", "-12.50"),
        (amount("x", sign="EUR"), "12.50 EUR", "12.50"),
        (amount("x"), "-0", "0"),
        (percent("x"), "25", "25"),
        (percent("x"), "12.5 %", "12.5"),
        (percent("x", decimal=","), "12,5%", "12.5"),
        (percent("x", fraction=True), "0.25", "25"),
    ],
)
def test_a_number_is_read_as_declared(column: Column, cell: str, value: str) -> None:
    found = column.parse(cell)
    assert found == Decimal(value)
    assert not str(found).startswith("-0") or found


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (amount("x"), "1,234"),
        (amount("x"), "1,50"),
        (amount("x"), "€ 12.50"),
        (amount("x"), "1e3"),
        (amount("x"), "1_000"),
        (amount("x"), "NaN"),
        (amount("x"), "١٢"),
        (amount("x"), "--5"),
        (amount("x"), "5-"),
        (amount("x"), ".5"),
        (amount("x"), "9" * 50),
        (amount("x", decimal=",", thousands="."), "12.5"),
        (amount("x", decimal=",", thousands="."), "1.2345,0"),
        (amount("x", thousands=","), "1,,234"),
        (amount("x", thousands=","), "1 234"),
        (amount("x", sign="€"), "$ 12.50"),
        (percent("x", fraction=True), "25 %"),
        (percent("x"), "a quarter"),
        (day("x"), "31-01-2025"),
        (day("x"), "2025-02-29"),
        (day("x"), "\uff12\uff10\uff12\uff15-01-31"),
        (day("x"), "2025-01-31 "),
        (day("x", "%d-%m-%Y"), "2025-01-31"),
        (day("x", "%d-%m-%Y"), "31-01-25"),
    ],
)
def test_any_other_spelling_is_refused(column: Column, cell: str) -> None:
    with pytest.raises(InvalidValue, match="such as"):
        column.parse(cell)


def test_the_callers_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert amount("x").parse("-123456.78") == Decimal("-123456.78")


@pytest.mark.parametrize(
    ("formats", "cell"),
    [
        ((), "2025-03-09"),
        (("%d-%m-%Y",), "9-3-2025"),
        (("%d/%m/%y",), "09/03/25"),
        (("%d-%m-%Y", "%Y%m%d"), "20250309"),
        (("%Y-%m-%d %H:%M:%S",), "2025-03-09 23:59:59"),
        (("%Y-%m-%dT%H:%M:%S%z",), "2025-03-09T23:59:59Z"),
    ],
)
def test_a_day_is_read_in_the_first_format_that_fits(formats: tuple[str, ...], cell: str) -> None:
    assert day("x", *formats).parse(cell) == date(2025, 3, 9)


def test_a_format_that_cannot_be_used_is_refused_when_it_is_declared() -> None:
    with pytest.raises(InvalidValue, match="use the directives of"):
        day("x", "%d-%m-%Q")


@pytest.mark.parametrize(("decimal", "thousands"), [(".", "."), (";", ""), (",", "0")])
def test_separators_that_cannot_be_told_apart_are_refused(decimal: str, thousands: str) -> None:
    with pytest.raises(InvalidValue, match="separators"):
        amount("x", decimal=decimal, thousands=thousands)


def test_a_template_is_filled_from_columns_with_any_name() -> None:
    template = Template("{Product name} for {A.b[0]}")
    assert template.columns == ("Product name", "A.b[0]")
    assert template.fill({"Product name": "Stool", "A.b[0]": "{Product name}"}) == "Stool for {Product name}"
