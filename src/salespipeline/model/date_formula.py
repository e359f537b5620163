"""Date formulas: Business Central's little language for a day reckoned from another, such as `CM+10D`.

Terms with a sign between them, applied from left to right. Units are D, W (Monday to Sunday), M, Q and Y.

- `10D`, `2W`, `-1M`: so many units later or, with a minus sign, earlier; 0 is the same day.
- `CW`, `CM`, `CQ`, `CY`: the last day of the current unit or, with a minus sign, its first; `CD` is the day itself.
- `D10`, `WD4`: the next 10th of a month, the next Thursday (weekday 1 is Monday) or, with a minus sign, the previous;
  never the day itself (Business Central, CalcDate: `-WD2` on a Tuesday is the Tuesday before).

Business Central does not say the rest, so it is decided here: `W20`, `M6` and `Q2` are the next first day of that
week (ISO 8601), month or quarter; `Y2025` is the first day of 2025, whatever the sign, as a year comes once; a month
too short for a day gives its last (`D31` in April is the 30th), a year without a week 53 its week 52.
"""

import re
from datetime import date
from typing import Literal, NamedTuple

from attrs import Factory, field, frozen

from salespipeline.errors import InvalidValue, shown

_DAYS = {"D": 1, "W": 7}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_HIGHEST = {"D": 31, "WD": 7, "W": 53, "M": 12, "Q": 4, "Y": 9999}
_NUMBERED = {"D": "day of a month", "WD": "weekday", "W": "week of a year", "M": "month", "Q": "quarter", "Y": "year"}
_DIGITS = tuple("0123456789")
_TERM = re.compile(r" *(?=[^ ])([+-]?) *([0-9]+|WD|[^ ]?) *([0-9]+|WD|[^ +-]?)", re.IGNORECASE)
_TOO_LONG = re.compile(r" *(?:[^ ] *){20}([^ ])")


class Term(NamedTuple):
    """One step: a `count` of units (`10D`), the `current` unit (`CM`) or a `numbered` one (`D10`); minus is below 0."""

    form: Literal["count", "current", "numbered"]
    number: int
    unit: str

    def after(self, day: date) -> date:
        """The day this step leads to."""
        if self.form == "count":
            return _moved(day, self.number, self.unit)
        if self.form == "current":
            return _edge(day, self.unit, is_last=self.number > 0)
        return _nearest(day, self.number, self.unit)

    def __str__(self) -> str:
        number = "C" if self.form == "current" else str(abs(self.number))
        body = self.unit + number if self.form == "numbered" else number + self.unit
        return f"-{body}" if self.number < 0 else f"+{body}"


def _terms(given: object) -> tuple[Term, ...]:
    """The terms of a formula as typed; `InvalidValue` for the first fault, with its place."""
    if not isinstance(given, str):
        raise InvalidValue("date formula", given, "it takes text such as 'CM+10D'")
    start, end = len(given) - len(given.lstrip(" ")), len(given.rstrip(" "))
    if given[start:end].startswith("<") and given[start:end].endswith(">"):
        start, end = start + 1, end - 1
    if too_long := _TOO_LONG.match(given, start, end):
        raise _fault(too_long, 1, "this is too long; use at most 20 characters, blanks not counted")
    return tuple(_term(found, is_first=not place) for place, found in enumerate(_TERM.finditer(given, start, end)))


def _term(found: re.Match[str], is_first: bool) -> Term:
    sign, head = found[1], found[2].upper()
    is_count = head[:1] in _DIGITS
    if not head:
        raise _fault(found, 1, f"{sign!r} has no term behind it; add one such as 10D, or take it out")
    if not (is_count or head == "C" or head in _NUMBERED):
        raise _fault(found, 2, f"{shown(found[2])} begins no term; use a number, C, D, WD, W, M, Q or Y")
    if not (sign or is_first):
        raise _fault(found, 2, f"a sign is missing before {found[2]!r}; put + or - between two terms")
    if is_count and int(head) > 9999:
        raise _fault(found, 2, f"{head} is too large; use 0 to 9999")
    one = -1 if sign == "-" else 1
    if head in _NUMBERED:
        return Term("numbered", one * _number(found, head), head)
    return Term("count", one * int(head), _unit(found)) if is_count else Term("current", one, _unit(found))


def _unit(found: re.Match[str]) -> str:
    unit = found[3].upper()
    if unit in _DAYS or unit in _MONTHS:
        return unit
    why = f"{shown(found[3])} is no unit here" if unit else "a unit is missing"
    raise _fault(found, 3, f"{why}; use D, W, M, Q or Y")


def _number(found: re.Match[str], unit: str) -> int:
    if found[3][:1] in _DIGITS and 1 <= int(found[3]) <= _HIGHEST[unit]:
        return int(found[3])
    why = f"{shown(found[3])} is no {_NUMBERED[unit]}" if found[3] else "a number is missing"
    raise _fault(found, 3, f"{why}; use 1 to {_HIGHEST[unit]} after {unit}")


def _fault(found: re.Match[str], part: int, why: str) -> InvalidValue:
    return InvalidValue("date formula", found.string, f"at character {found.start(part) + 1}: {why}")


def _moved(day: date, count: int, unit: str) -> date:
    if unit in _DAYS:
        return _day(day.toordinal() + count * _DAYS[unit])
    return _in_month(_month(day) + count * _MONTHS[unit], day.day)


def _edge(day: date, unit: str, *, is_last: bool) -> date:
    """The first or last day of the unit that a day lies in."""
    if unit in _DAYS:
        first = day.toordinal() - day.weekday() % _DAYS[unit]
        return _day(first + _DAYS[unit] - 1 if is_last else first)
    month = _month(day) // _MONTHS[unit] * _MONTHS[unit]
    return _in_month(month + _MONTHS[unit] - 1, 31) if is_last else _in_month(month, 1)


def _nearest(day: date, number: int, unit: str) -> date:
    """The nearest numbered day, or first day of a unit, strictly after a day or, below 0, before it."""
    away, number = 1 if number > 0 else -1, abs(number)
    if unit == "Y":
        return _in_month(number * 12, 1)
    if unit == "WD":
        return _day(day.toordinal() + away * ((away * (number - day.isoweekday()) - 1) % 7 + 1))
    near = _occurrence(day, number, unit, 0)
    return near if away * (near - day).days > 0 else _occurrence(day, number, unit, away)


def _occurrence(day: date, number: int, unit: str, turn: int) -> date:
    """The numbered day of a day's own month, or unit of its own year; of the one before or after by `turn`."""
    if unit == "D":
        return _in_month(_month(day) + turn, number)
    if unit != "W":
        return _in_month((day.year + turn) * 12 + (number - 1) * _MONTHS[unit], 1)
    year = day.isocalendar().year + turn
    if not date.min.year <= year <= date.max.year:
        return _in_month(year * 12, 1)
    return date.fromisocalendar(year, min(number, date(year, 12, 28).isocalendar().week), 1)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _in_month(month: int, day: int) -> date:
    """A day of a month, of a shorter month the last; beyond the calendar, its first or last day."""
    if not _month(date.min) <= month <= _month(date.max):
        return date.min if month < _month(date.min) else date.max
    year, past = divmod(month, 12)
    length = 31 if past == 11 else (date(year, past + 2, 1) - date(year, past + 1, 1)).days
    return date(year, past + 1, min(day, length))


def _day(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def _canonical(text: str) -> str:
    return "".join(str(term) for term in _terms(text)).removeprefix("+")


@frozen(repr=False)
class DateFormula:
    """A day reckoned from another: `DateFormula("CM+10D")` is ten days after the end of its month.

    Takes lower case, blanks between the parts and angle brackets, and keeps none of them; at most 20 characters,
    counts up to 9999; empty text is the same day. `InvalidValue` names the first wrong character, from 1.

    >>> DateFormula("<cm + 10d>")
    DateFormula('CM+10D')
    >>> DateFormula("6M").after(date(2024, 8, 31))  # a month that is too short gives its last day
    datetime.date(2025, 2, 28)
    """

    text: str = field(converter=_canonical)
    terms: tuple[Term, ...] = field(
        default=Factory(lambda self: _terms(self.text), takes_self=True), init=False, eq=False
    )

    def after(self, day: date) -> date:
        """The day the formula gives for another; ends at the calendar's first or last day rather than failing."""
        for term in self.terms:
            day = term.after(day)
        return day

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"DateFormula({self.text!r})"


def as_formula(value: DateFormula | str | int) -> DateFormula:
    """The formula itself, the one a text spells, or that of so many days (0 to 9999); `InvalidValue` otherwise."""
    if isinstance(value, DateFormula):
        return value
    if type(value) is int and 0 <= value <= 9999:
        return DateFormula(f"{value}D")
    if isinstance(value, str):
        return DateFormula(value)
    raise InvalidValue("date formula", value, "give text such as 'CM+10D', or a whole number of days from 0 to 9999")
