"""Lengths of time in calendar units, as a sale type's duration is given."""

from datetime import date, timedelta
from enum import Enum

from attrs import field, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.value import Value


class Unit(Enum):
    """The units a period can be given in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


def _whole(value: int) -> int:
    if type(value) is not int or not 0 <= value <= 9999:
        raise InvalidValue("period", value, "a period counts whole units, from 0 to 9999")
    return value


def _unit(value: object) -> Unit:
    if isinstance(value, Unit):
        return value
    raise InvalidValue("unit", value, "use one of " + ", ".join(str(unit) for unit in Unit))


@frozen(eq=False, repr=False)
class Period(Value):
    """A number of days, weeks, months, quarters or years: `Period(3, Unit.MONTH)`."""

    count: int = field(converter=_whole)
    unit: Unit = field(default=Unit.DAY, converter=_unit)

    def after(self, day: date) -> date:
        """The day this long after another; a month that is too short gives its last day.

        31 January and one month is the last day of February. Ends at the calendar's last day
        (31 December 9999) rather than failing.
        """
        if self.unit in _DAYS:
            length = self.count * _DAYS[self.unit]
            return day + timedelta(days=length) if (date.max - day).days >= length else date.max
        months = day.year * 12 + day.month - 1 + self.count * _MONTHS[self.unit]
        year, month = divmod(months, 12)
        if year > date.max.year:
            return date.max
        return date(year, month + 1, min(day.day, _days_in(year, month + 1)))

    def __str__(self) -> str:
        return f"{self.count} {self.unit.value}{'' if self.count == 1 else 's'}"


def _days_in(year: int, month: int) -> int:
    """How many days a month has."""
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def days(count: int) -> Period:
    """A period of days."""
    return Period(count, Unit.DAY)


def weeks(count: int) -> Period:
    """A period of weeks."""
    return Period(count, Unit.WEEK)


def months(count: int) -> Period:
    """A period of calendar months."""
    return Period(count, Unit.MONTH)
