from datetime import date

import pytest
from tests.insight.deals import deal

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.insight.keys import KEYS, Key, dated, in_order, key_functions
from salespipeline.model.actions import Sell, Stall
from salespipeline.model.people import Company
from salespipeline.model.sale import Sale

SALE = deal(
    (date(2025, 1, 17), Stall(date(2025, 9, 1), "budget")),
    (date(2025, 1, 27), Sell("price", competitor="alphacorp")),
    owner="anna",
    group="north",
    company=Company("acme", "Acme"),
    project="p-1",
    campaign="c-1",
    source="fair",
    credited="sales",
    kind="new",
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", "2025-01-27"),
        ("month", "2025-01"),
        ("quarter", "2025-Q1"),
        ("year", "2025"),
        ("owner", "anna"),
        ("group", "north"),
        ("company", "acme"),
        ("person", None),
        ("project", "p-1"),
        ("campaign", "c-1"),
        ("type", "new-business"),
        ("category", "Acquisition"),
        ("kind", "new"),
        ("status", "sold"),
        ("stage", "lead"),
        ("stage_when_closed", "lead"),
        ("reason", "price"),
        ("source", "fair"),
        ("competitor", "alphacorp"),
        ("credited", "sales"),
        ("currency", "EUR"),
    ],
)
def test_a_key_is_read_from_the_sale(name: str, value: Key) -> None:
    assert KEYS[name](SALE) == value


def test_every_key_of_the_table_is_tried_above() -> None:
    (tried,) = [mark for mark in test_a_key_is_read_from_the_sale.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]  # pytest puts it there
    assert {name for name, _ in tried.args[1]} == set(KEYS)


@pytest.mark.parametrize(
    ("month", "quarter"), [(1, "Q1"), (3, "Q1"), (4, "Q2"), (6, "Q2"), (9, "Q3"), (10, "Q4"), (12, "Q4")]
)
def test_a_quarter_has_three_months(month: int, quarter: str) -> None:
    assert KEYS["quarter"](deal(expected_close=date(2025, month, 28))) == f"2025-{quarter}"


def test_years_sort_as_text_from_the_first_to_the_last() -> None:
    assert KEYS["month"](deal(on=date.min, expected_close=date.min)) == "0001-01"


def test_one_name_needs_no_list() -> None:
    assert key_functions("owner") == key_functions(["owner"])


def test_a_function_is_called_by_its_own_name() -> None:
    def size(sale: Sale) -> str:
        return "large" if sale.amount > 1000 else "small"

    assert key_functions(size) == (("size", size),)


def test_an_unknown_key_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownEntry, match="cannot find key 'week': use one of 'day', 'month', 'quarter'"):
        key_functions(("owner", "week"))


def test_what_has_no_value_comes_last() -> None:
    assert sorted([(None,), ("b",), ("",), ("a",)], key=in_order) == [("",), ("a",), ("b",), (None,)]


def test_both_days_are_included() -> None:
    sales = [deal(id=f"d{day}", expected_close=date(2025, 4, day)) for day in (1, 2, 3, 4)]
    assert [sale.id for sale in dated(sales, date(2025, 4, 2), date(2025, 4, 3))] == ["d2", "d3"]


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidValue, match="swap the days"):
        dated([], date(2025, 4, 3), date(2025, 4, 2))
