"""Rates from CSV files as the European Central Bank publishes them."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline import InvalidValue, Money, SalesPipelineError
from salespipeline.exchange import CsvFormat, FileRefused, RatesReading, read_rates
from salespipeline.model.rates import MissingRate, Rate

# In the shape of the bank's file: newest first, a comma at the end of each line, currencies that are no more.
HISTORY = """\
Date,USD,JPY,CYP,NOK,
2025-01-08,1.0286,162.56,N/A,11.7125,
2025-01-07,1.0393,163.06,N/A,11.7425,
2025-01-06,1.0426,164.28,N/A,N/A,
2007-12-31,1.4721,164.93,0.58527,7.958,
"""
JAN_6, JAN_7, JAN_8 = (date(2025, 1, day) for day in (6, 7, 8))


def read(file: str | bytes, *args: Any, **options: Any) -> RatesReading:
    return read_rates(BytesIO(file.encode() if isinstance(file, str) else file), *args, **options)


def faults(reading: RatesReading) -> list[tuple[int, str, str, str]]:
    return [(row, fault.column, fault.given, fault.reason) for row, found in reading.report.rejected for fault in found]


def test_a_rate_is_what_one_of_the_base_buys() -> None:
    rates, report = read(HISTORY)
    assert rates.rate("USD", JAN_7) == Rate("USD", 1, "1.0393", JAN_7)
    assert str(rates.convert(Money(Decimal("103.93"), "USD"), "EUR", on=JAN_7)) == "100.00 EUR"
    assert str(rates.convert(Money(Decimal(100), "EUR"), "JPY", on=JAN_7)) == "16306 JPY"
    assert str(report) == "4 rows read: 4 accepted, 0 rejected"


def test_each_holds_until_the_next() -> None:
    rates, _ = read(HISTORY)
    assert [rates.rate("USD", day).unit for day in (JAN_6, JAN_7, JAN_8, date(2025, 2, 1))] == [
        Decimal("1.0426"),
        Decimal("1.0393"),
        Decimal("1.0286"),
        Decimal("1.0286"),
    ]


def test_where_there_is_no_rate_the_one_before_holds() -> None:
    rates, _ = read(HISTORY)
    assert rates.rate("NOK", JAN_6).since == date(2007, 12, 31)
    assert rates.rate("CYP", JAN_6).unit == Decimal("0.58527")
    with pytest.raises(MissingRate, match="its first rate is of 2007-12-31"):
        rates.rate("CYP", date(2000, 1, 1))


@pytest.mark.parametrize("turned", [False, True], ids=["newest first", "oldest first"])
def test_since_a_day_keeps_what_any_day_from_then_on_needs(turned: bool) -> None:
    header, *lines = HISTORY.splitlines()
    file = "\n".join([header, *(reversed(lines) if turned else lines)])
    whole, short = read(file).rates, read(file, since=JAN_7).rates
    assert [(rate.currency, rate.since) for rate in short.rates] == [
        ("CYP", date(2007, 12, 31)),
        *[(code, day) for code in ("JPY", "NOK", "USD") for day in (JAN_7, JAN_8)],
    ]
    assert [short.rate(code, JAN_7) for code in ("CYP", "NOK")] == [whole.rate(code, JAN_7) for code in ("CYP", "NOK")]


def test_the_banks_daily_file() -> None:
    rates, _ = read("Date, USD, JPY, \n07 January 2025, 1.0393, 163.06, \n", day_formats=("%d %B %Y",))
    assert rates.rate("JPY", JAN_7).unit == Decimal("163.06")


def test_another_base() -> None:
    rates, _ = read("Date,EUR\n2025-01-07,0.0852\n", "NOK")
    assert (rates.base, rates.rate("EUR", JAN_7).unit) == ("NOK", Decimal("0.0852"))


def test_every_bad_cell_of_a_row_is_told_and_the_row_left_out() -> None:
    reading = read("Date,USD,JPY,NOK\n7 Jan,0,-1,x\n2025-01-06,1.0426,1e2,=1+1\n2025-01-03,1.0299,162,11.7\n")
    reason = "it is no rate such as 1.0393, above zero"
    assert faults(reading) == [
        (2, "Date", "7 Jan", "it is no day such as 2025-01-31"),
        (2, "USD", "0", reason),
        (2, "JPY", "-1", reason),
        (2, "NOK", "x", reason),
        (3, "JPY", "1e2", reason),
        (3, "NOK", "=1+1", reason),
    ]
    assert {rate.since for rate in reading.rates.rates} == {date(2025, 1, 3)}


def test_a_rate_finer_than_can_be_kept_is_told() -> None:
    assert faults(read(f"Date,USD\n2025-01-07,1.{'1' * 21}\n")) == [
        (2, "USD", f"1.{'1' * 21}", "it takes at most 20 decimals; round it first")
    ]


def test_a_day_twice_is_told() -> None:
    reading = read("Date,USD\n2025-01-07,1.0393\n2025-01-07,1.0400\n")
    assert faults(reading) == [(3, "Date", "2025-01-07", "an earlier row has the same day")]
    assert reading.rates.rate("USD", JAN_7).unit == Decimal("1.0393")


def test_rows_of_another_length_and_blank_ones() -> None:
    reading = read("Date,USD\n2025-01-07\n\n,\n2025-01-06,1.0426\n")
    assert faults(reading) == [(2, "", "2025-01-07", "it has 1 cells, the header has 2")]
    assert (reading.report.accepted, reading.report.blank_rows) == (1, 2)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Day,USD", "'Date'"),
        ("Date,Dollar", "column 'Dollar': a currency code has three capital letters"),
        ("Date,USD,EUR", "column 'EUR' is the base"),
        ("Date,USD,USD", "more than once: 'USD'"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(header: str, reason: str) -> None:
    cells = ",".join(["2025-01-07", *("1" for _ in header.split(",")[1:])])
    with pytest.raises(FileRefused, match=reason):
        read(f"{header}\n{cells}\n")


def test_a_base_that_is_no_currency_is_refused() -> None:
    with pytest.raises(InvalidValue, match="three capital letters"):
        read(HISTORY, "euro")


def test_a_file_by_its_path_in_another_format(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("Date;USD\n07-01-2025;1.0393\n", encoding="cp1252")
    rates, _ = read_rates(path, day_formats=("%d-%m-%Y",), format=CsvFormat("cp1252", ";"))
    assert rates.currencies == ("EUR", "USD")


@given(st.binary(max_size=60).map(lambda tail: b"Date,USD,NOK,\n" + tail))
def test_every_row_is_taken_or_rejected_whatever_it_is(file: bytes) -> None:
    try:
        rates, report = read(file)
    except SalesPipelineError:
        return
    assert report.rows_read == report.accepted + len(report.rejected)
    assert len({rate.since for rate in rates.rates}) <= report.accepted
