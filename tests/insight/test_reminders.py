"""Reminders: on the sale, and on every follow-up that has one."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from tests.insight.deals import deal

from salespipeline import AddActivity, CompleteActivity, Edit, InvalidValue, Lose, Sale
from salespipeline.insight import reminders

DAY = date(2025, 1, 8)
NINE = datetime(2025, 1, 9, 9, tzinfo=UTC)


def reminded(*more: tuple[date, object]) -> Sale:
    """A sale with a reminder on itself at nine, and one on a call an hour later."""
    call = AddActivity("Call", kind="call", due=date(2025, 1, 9), reminder=NINE + timedelta(hours=1))
    return deal((DAY, Edit(reminder=NINE)), (DAY, call), *more)  # type: ignore[arg-type]  # actions all


def titles(sale: Sale, until: datetime) -> list[str | None]:
    return [each.activity.title if each.activity else None for each in reminders([sale], until=until)]


def test_what_has_come_up_is_listed_in_its_order() -> None:
    assert titles(reminded(), NINE - timedelta(minutes=1)) == []
    assert titles(reminded(), NINE) == [None]
    assert titles(reminded(), NINE + timedelta(hours=1)) == [None, "Call"]


def test_an_instant_is_the_same_in_any_zone() -> None:
    assert titles(reminded(), NINE.astimezone(timezone(timedelta(hours=9)))) == [None]


def test_what_is_done_reminds_nobody() -> None:
    assert titles(reminded((DAY, CompleteActivity("A-1"))), NINE + timedelta(days=9)) == [None]


def test_a_closed_sale_reminds_of_its_open_follow_ups_alone() -> None:
    assert titles(reminded((DAY, Lose())), NINE + timedelta(days=9)) == ["Call"]


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(InvalidValue, match="aware"):
        reminders([], until=datetime(2025, 1, 9, 9))  # noqa: DTZ001
