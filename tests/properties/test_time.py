"""Days and instants: invariants 52 to 54."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from tests.properties.walks import TODAY, WALKED, new_sale, type_of

from salespipeline.codec import decode_sale, encode_sale
from salespipeline.model.action import day
from salespipeline.model.actions import Edit, Lose, Next, Reopen, Revise, Sell, Stall
from salespipeline.model.period import Period, Unit, days, months, weeks
from salespipeline.model.sale import Sale
from salespipeline.presets import superoffice
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.offers import available
from salespipeline.rules.registering import register
from salespipeline.testing.strategies import periods, sales

ANY_DAY = st.dates() | st.sampled_from([date.min, date.max, date(2024, 2, 29), date(9999, 2, 28)])
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ZONES = OFFSETS | st.sampled_from(["Europe/Amsterdam", "America/New_York", "Asia/Kathmandu"]).map(ZoneInfo)
FOLD = datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Amsterdam"))
GAP = datetime(2025, 3, 30, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
TYPE = superoffice.new_business()


def again(sale: Sale) -> Sale:
    return decode_sale(sale.id, 1, encode_sale(sale), lambda _: sale.type)


class TestInstants:
    @given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES))  # noqa: DTZ001  # bounds are naive
    @example(FOLD)
    @example(FOLD.replace(fold=0))
    @example(GAP)
    def test_come_back_to_the_microsecond(self, instant: datetime) -> None:
        """Invariant 52: storing and loading gives the same instant, to the microsecond, whatever the zone."""
        sale = apply(new_sale(TYPE), Edit(reminder=instant), on=TODAY)
        loaded = again(sale)
        assert loaded == sale
        assert loaded.card.reminder is not None
        assert loaded.card.reminder - instant.astimezone(UTC) == timedelta(0)

    @pytest.mark.parametrize("zone", [timezone(timedelta(hours=5)), timezone(timedelta(hours=-5)), UTC])
    @pytest.mark.parametrize("year", [1, 9999])
    def test_at_the_ends_of_time_are_kept_or_refused(self, year: int, zone: timezone) -> None:
        """Invariants 52 and 53: an instant that UTC has no date for is refused, not found out when saving."""
        month, day, hour = (1, 1, 0) if year == 1 else (12, 31, 23)
        action = Edit(reminder=datetime(year, month, day, hour, 59, 59, 999_999, tzinfo=zone))
        sale = new_sale(TYPE)
        if not problems(sale, action, on=TODAY):
            sale = apply(sale, action, on=TODAY)
            assert again(sale) == sale

    @pytest.mark.parametrize("reminder", [datetime(2025, 1, 1), date(2025, 1, 1), "2025-01-01T00:00Z", 0])  # noqa: DTZ001  # on purpose
    def test_are_aware(self, reminder: Any) -> None:
        """Invariant 52: every time is aware; a naive one is refused."""
        assert [problem.field for problem in problems(new_sale(TYPE), Edit(reminder=reminder), on=TODAY)] == [
            "reminder"
        ]

    def test_are_one_in_all_zones(self) -> None:
        """Invariant 52: the same instant in another zone is no change."""
        sale = apply(new_sale(TYPE), Edit(reminder=FOLD), on=TODAY)
        assert apply(sale, Edit(reminder=FOLD.astimezone(UTC)), on=TODAY) is sale


class TestDays:
    @given(ANY_DAY, periods(), ANY_DAY)
    @example(date.max, Period(9999, Unit.YEAR), date.max)
    @example(date(2024, 2, 29), Period(1, Unit.YEAR), date.min)
    def test_never_raise(self, on: date, duration: Period, other: date) -> None:
        """Invariant 53: 29 February and the years 1 and 9999 do not raise inside of the library."""
        type = evolve(type_of("superoffice"), duration=duration)
        sale = register(type, id="S-1", title="Desks", on=on, currency="EUR")
        for action in (Next(expected_close=other), Stall(other), Revise(expected_close=other), Sell(closed_on=other)):
            if not problems(sale, action, on=on):
                after = apply(sale, action, on=on)
                assert again(after) == after
        assert available(sale, on=other)
        assert (problems(sale, Lose(closed_on=other), on=on) == ()) == (other >= on)

    @given(ANY_DAY, periods())
    def test_a_period_leads_forward(self, start: date, period: Period) -> None:
        """Invariant 53: a period ends on or after the day it starts, at the calendar's last day at most."""
        end = period.after(start)
        assert start <= end <= date.max
        if period.unit in (Unit.MONTH, Unit.QUARTER, Unit.YEAR) and end != date.max:
            assert end.day == start.day or (end + timedelta(days=1)).day == 1

    @pytest.mark.parametrize(
        ("start", "period", "end"),
        [
            (date(2025, 1, 7), months(3), date(2025, 4, 7)),
            (date(2025, 1, 31), months(1), date(2025, 2, 28)),
            (date(2024, 1, 31), months(1), date(2024, 2, 29)),
            (date(2024, 2, 29), Period(1, Unit.YEAR), date(2025, 2, 28)),
            (date(2025, 11, 30), Period(1, Unit.QUARTER), date(2026, 2, 28)),
            (date(2025, 1, 7), weeks(6), date(2025, 2, 18)),
            (date(2025, 1, 7), days(0), date(2025, 1, 7)),
            (date(9999, 12, 1), months(1), date.max),
        ],
    )
    def test_a_period_of_the_calendar(self, start: date, period: Period, end: date) -> None:
        """Invariant 53: 7 January and three months is 7 April; a month too short gives its last day."""
        assert period.after(start) == end

    @pytest.mark.parametrize("value", [datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01", 20250101, None])
    def test_an_instant_is_no_day(self, value: Any) -> None:
        """Invariant 53: the day of an instant depends on the zone, so it is refused."""
        with pytest.raises(ValueError, match="date"):
            day(value)

    @given(sale=sales())
    @WALKED
    def test_the_sale_date_is_the_actual_one_once_closed(self, sale: Sale) -> None:
        """Invariant 53: the sale date is the expected close while it runs, the closing day afterwards."""
        assert sale.sale_date == (sale.closed_on if sale.is_closed else sale.expected_close)


class TestTheSaleCycle:
    @given(sale=sales())
    @WALKED
    def test_is_never_negative(self, sale: Sale) -> None:
        """Invariant 54: the length of a sale cycle is zero or more, and known of closed sales only."""
        length = sale.days_to_close
        assert length is None if not sale.is_closed else length is not None and length >= 0

    @pytest.mark.parametrize("action", [Sell(closed_on=date(2025, 2, 28)), Lose(closed_on=date(2025, 2, 28))])
    def test_is_refused_rather_than_negative(self, action: Any) -> None:
        """Invariant 54: closed before it was registered is refused, with the day that would work."""
        (problem,) = problems(new_sale(TYPE), action, on=TODAY)
        assert (problem.code, problem.field) == ("closed-before-registered", "closed_on")
        assert "2025-03-01" in str(problem)

    def test_cannot_be_revised_below_zero(self) -> None:
        sold = apply(new_sale(TYPE), Sell(), on=TODAY)
        assert problems(sold, Revise(closed_on=TODAY - timedelta(days=1)), on=TODAY)

    def test_is_of_the_present_close(self) -> None:
        sale = apply(new_sale(TYPE), Sell(closed_on=TODAY + timedelta(days=5)), on=TODAY)
        assert sale.days_to_close == 5
        assert apply(sale, Reopen(), on=TODAY).days_to_close is None
