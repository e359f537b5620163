r"""Reading currency rates from a CSV file, as the European Central Bank publishes them.

The header is `Date` and a currency in each further column; a row has what one of the base buys on its day. `N/A` and
nothing stand for no rate.

>>> from io import BytesIO
>>> from salespipeline.exchange import read_rates
>>> rates, report = read_rates(BytesIO(b"Date,USD,NOK,CYP,\n2025-01-07,1.0393,11.7425,N/A,\n2025-01-06,1.0426,n,0,\n"))
>>> rates.rate("USD", rates.rates[0].since).unit
Decimal('1.0393')
>>> print(report)
2 rows read: 1 accepted, 1 rejected
rejected:
  1 x column 'NOK': it is no rate such as 1.0393, above zero (in row 3)
  1 x column 'CYP': it is no rate such as 1.0393, above zero (in row 3)
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salespipeline.errors import InvalidValue, shown
from salespipeline.exchange.columns import FileRow, Parse, day
from salespipeline.exchange.report import Fault, Rejection, Report
from salespipeline.exchange.table import PLAIN, CsvFormat, CsvSource, FileRefused, table
from salespipeline.model.currency import currency_code
from salespipeline.model.rates import Rate, Rates

_DATE = "Date"
_NONE = ("", "N/A")
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,40})?", re.ASCII)


class RatesReading(NamedTuple):
    """What a file came to: its rates, and the report of its rows."""

    rates: Rates
    report: Report


def read_rates(
    source: CsvSource,
    base: str = "EUR",
    *,
    since: date | None = None,
    day_formats: tuple[str, ...] = ("%Y-%m-%d",),
    format: CsvFormat = PLAIN,
) -> RatesReading:
    """The rates of a CSV file, each from the day of its row on, and the report.

    Rates are in units of the currency for one of the base. `source` is a path, or a file opened in binary
    mode; with `since`, rates that no day from then on needs are left out. A row with a cell that is no rate is
    rejected with every reason. Raises `FileRefused` for a file without a `Date`, or with columns that are no
    currencies.
    """
    reader = _Reader(base, since, day(_DATE, *day_formats).parse)
    blank, accepted, rejected, found = 0, 0, list[Rejection](), list[Rate]()
    for row in table(source, (_DATE,), format):
        if row is None:
            blank += 1
            continue
        rates, faults = reader.read(row) if isinstance(row, FileRow) else ([], row.faults)
        if faults:
            rejected.append(Rejection(row.number, tuple(faults)))
        else:
            accepted += 1
            found += rates
    report = Report(accepted + len(rejected), accepted, (), tuple(rejected), blank)
    whole = Rates(base, found)
    return RatesReading(whole if since is None else whole.from_day(since), report)


class _Reader:
    """Makes rates of each row; knows the days of the rows before."""

    def __init__(self, base: str, first: date | None, parse_day: Parse) -> None:
        self._base = base
        self._first = first
        self._newest: dict[str, date] = {}
        self._parse_day = parse_day
        self._codes: tuple[str, ...] | None = None
        self._days: set[date] = set()

    def read(self, row: FileRow) -> tuple[list[Rate], list[Fault]]:
        """The rates of a row, and what is wrong with it."""
        if self._codes is None:
            self._codes = tuple(_codes(row, self._base))
        rates: list[Rate] = []
        faults: list[Fault] = []
        on = self._day(row, faults)
        for code in self._codes:
            if row[code] in _NONE:
                continue
            try:
                unit = _number(row[code])
                if on is not None and self._counts(code, on):
                    rates.append(Rate(code, 1, unit, on))
            except InvalidValue as error:
                faults.append(Fault(code, row[code][:80], error.accepted))
        return rates, faults

    def _counts(self, code: str, on: date) -> bool:
        """Whether a rate is needed from the first day on: of those before it, none that is older than another."""
        if self._first is None or on > self._first:
            return True
        newer = self._newest.get(code, date.min)
        self._newest[code] = max(on, newer)
        return on >= newer

    def _day(self, row: FileRow, faults: list[Fault]) -> date | None:
        given = row[_DATE]
        try:
            found = self._parse_day(given)
        except InvalidValue as error:
            faults.append(Fault(_DATE, given[:80], error.accepted))
            return None
        if not isinstance(found, date):
            return None
        if found in self._days:
            faults.append(Fault(_DATE, given, "an earlier row has the same day"))
        self._days.add(found)
        return found


def _codes(columns: Iterable[str], base: str) -> Iterator[str]:
    """The columns of currencies; the last one has no name where rows end in a comma."""
    for name in columns:
        if name in ("", _DATE):
            continue
        try:
            code = currency_code(name)
        except InvalidValue as error:
            raise FileRefused("the rates", f"column {shown(name)}: {error.accepted}", columns) from error
        if code == base:
            raise FileRefused(
                "the rates", f"column {shown(name)} is the base; give the base that its rates are of", columns
            )
        yield code


def _number(given: str) -> Decimal:
    if not _NUMBER.fullmatch(given) or not given.strip("0."):
        raise InvalidValue("rate", given, "it is no rate such as 1.0393, above zero")
    return Decimal(given)
