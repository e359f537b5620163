"""Business Central's demonstration data, replayed action by action: 49 opportunities with 70 entries over four cycles.

The data is what people typed; all else is computed here a second time, in a few lines straight from section A.5 of
the vendor reference, and compared. The four histories that the reference prints are told without the data.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve, frozen
from tests.stories.telling import facts, told

from salespipeline import (
    Action,
    Company,
    Document,
    DocumentKind,
    Edit,
    Lose,
    Next,
    Person,
    ProbabilityMethod,
    Sale,
    SaleType,
    Sell,
    Stage,
    Standing,
    Start,
    register,
)
from salespipeline.insight import (
    Entry,
    counts,
    entries,
    funnel,
    largest_open,
    of_company,
    of_person,
    of_salesperson,
    stage_analysis,
    statistics,
    status_counts,
    win_rate,
)
from salespipeline.presets import business_central

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "business_central_demo"
WORK_DATE = date(2026, 1, 26)

Row = dict[str, str]

# The four histories that are printed in A.9: the days of change are those of January 2026.


def printed(cycle: str, id: str) -> Sale:
    """An opportunity of a printed history, before its first entry."""
    kind = business_central.catalog().type(cycle)
    return register(kind, id=id, title=id, on=date(2026, 1, 4), currency="GBP", by="jo")


def stand_in(value: int | Decimal) -> Edit:
    """The quote that the demonstration data does not have, and that its stages ask for."""
    return Edit(document=Document(DocumentKind.QUOTE, "Q", Decimal(value)))


CLOSE = date(2026, 2, 28)


@cache
def op100015() -> tuple[Entry, ...]:
    sale = told(printed("ex-large", "OP100015"), Start(chance=10, amount=10_000, expected_close=CLOSE), on=january(6))
    sale = told(sale, stand_in(9_000), Next(chance=30, amount=10_000), on=january(7))
    sale = told(sale, Next(chance=45, amount=12_000), on=january(11))
    sale = told(sale, Next(chance=70, amount=9_000), on=january(13))
    sale = told(sale, Next(chance=95, amount=9_000), on=january(17))
    return entries(told(sale, Sell("BUSINESS_W"), on=january(26)))


@cache
def op100016() -> tuple[Entry, ...]:
    sale = told(printed("ex-small", "OP100016"), Start(chance=20, amount=5_000, expected_close=CLOSE), on=january(6))
    sale = told(sale, stand_in(5_500), Next(chance=35, amount=5_500), on=january(8))
    sale = told(sale, Next(chance=65, amount=5_500), on=january(12))
    sale = told(sale, Next(chance=90, amount=5_500), on=january(17))
    return entries(told(sale, Sell("CONSULT_W"), on=january(21)))


def january(day: int) -> date:
    return date(2026, 1, day)


def percents(history: tuple[Entry, ...]) -> list[Decimal]:
    return [entry.probability for entry in history]


def values(history: tuple[Entry, ...]) -> list[Decimal]:
    return [entry.current for entry in history]


def test_op100015_has_its_printed_probabilities_and_is_won_at_100() -> None:
    assert percents(op100015()) == [*map(Decimal, ("0.2", "10.5", "31.5", "59.5", "90.25")), 100]


def test_op100015_has_its_printed_current_values_and_is_won_for_9000() -> None:
    assert values(op100015()) == [20, 1_050, 3_780, 5_355, Decimal("8122.50"), 9_000]


def test_bc_40_op100015_was_open_for_1_4_2_4_and_9_days_and_the_last_entry_for_none() -> None:
    assert [entry.days_open for entry in op100015()] == [1, 4, 2, 4, 9, None]


def test_op100015_has_one_active_entry_which_is_the_last() -> None:
    assert [entry.active for entry in op100015()] == [False, False, False, False, False, True]


def test_op100016_has_its_printed_probabilities_and_is_won_at_100() -> None:
    assert percents(op100016()) == [*map(Decimal, ("11", "42.5", "72.5", "92.5")), 100]


def test_op100016_has_its_printed_current_values_and_is_won_for_5500() -> None:
    assert values(op100016()) == [550, Decimal("2337.50"), Decimal("3987.50"), Decimal("5087.50"), 5_500]


def test_op100001_is_at_three_tenths_of_a_percent_of_200000() -> None:
    sale = told(printed("ex-large", "OP100001"), Start(chance=15, amount=200_000), on=january(6))
    (entry,) = entries(sale)
    assert (facts(entry.probability, entry.current), entry.active) == ((Decimal("0.3"), 600), True)


def test_op100037_keeps_its_estimated_value_of_450_when_it_is_lost() -> None:
    sale = told(printed("first-small", "OP100037"), Start(chance=10, amount=450), on=january(6))
    first, second = entries(told(sale, Lose("BUSINESS_L"), on=january(24)))
    assert [facts(each.estimated, each.current) for each in (first, second)] == [(450, 27), (450, 0)]


# The whole set.


@frozen
class Demo:
    """The demonstration data as typed, and the sales that its replay makes."""

    opportunities: dict[str, Row]
    stages: dict[tuple[str, str], Row]
    methods: dict[str, str]
    entries: dict[str, list[Row]]
    persons: tuple[Person, ...]
    sales: tuple[Sale, ...]

    def typed(self) -> Iterator[tuple[Row, Row]]:
        """Each entry with its opportunity, in the order of both."""
        for sale in self.sales:
            for row in self.entries.get(sale.id, []):
                yield self.opportunities[sale.id], row

    def computed(self) -> list[Entry]:
        """The entries of the replay, in the same order."""
        return [entry for sale in self.sales for entry in entries(sale)]

    def sale(self, id: str) -> Sale:
        return next(sale for sale in self.sales if sale.id == id)


@pytest.fixture
def demo() -> Demo:
    if not DATA.is_dir():
        pytest.skip("the demonstration data is not beside the checkout")
    return replayed()


def rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def replayed() -> Demo:
    opportunities = {row["no"]: row for row in rows("opportunities.csv")}
    typed: dict[str, list[Row]] = {}
    for row in sorted(rows("entries.csv"), key=lambda row: int(row["entry_no"])):
        typed.setdefault(row["opportunity"], []).append(row)
    types = cycles()
    sales = tuple(lived(types[row["cycle"]], row, typed.get(no, [])) for no, row in opportunities.items())
    return Demo(
        opportunities=opportunities,
        stages={(row["cycle"], row["stage"]): row for row in rows("sales_cycle_stages.csv")},
        methods={row["code"]: row["probability_calculation"] for row in rows("sales_cycles.csv")},
        entries=typed,
        persons=tuple(person(row) for row in opportunities.values() if row["contact_type"] == "Person"),
        sales=sales,
    )


METHODS = {
    "Multiply": ProbabilityMethod.MULTIPLY,
    "Add": ProbabilityMethod.AVERAGE,
    "Completed %": ProbabilityMethod.COMPLETION,
    "Chances of Success %": ProbabilityMethod.CHANCE,
}


def cycles() -> dict[str, SaleType]:
    """A type for each cycle, from the stages as they are in the data."""
    stages: dict[str, list[Stage]] = {}
    for row in rows("sales_cycle_stages.csv"):
        stage = Stage(
            stage_id(row["cycle"], row["stage"]),
            row["description"],
            row["chances"],
            completion=row["completed"],
            quote_required=row["quote_required"] == "true",
            allow_skip=row["allow_skip"] == "true",
        )
        stages.setdefault(row["cycle"], []).append(stage)
    pattern = business_central.catalog().types[0]
    return {
        row["code"]: evolve(
            pattern,
            id=row["code"],
            name=row["description"],
            stages=stages[row["code"]],
            method=METHODS[row["probability_calculation"]],
            guide=None,
        )
        for row in rows("sales_cycles.csv")
    }


def stage_id(cycle: str, stage: str) -> str:
    return f"{cycle}-{stage}"


def person(row: Row) -> Person:
    return Person(row["contact"], row["contact_name"], row["company"])


def lived(kind: SaleType, row: Row, typed: list[Row]) -> Sale:
    """An opportunity made on its creation date, or its first entry's if that is earlier, and led through its life."""
    sale = register(
        kind,
        id=row["no"],
        title=row["description"],
        on=min(map(date.fromisoformat, (row["creation_date"], *(each["date_of_change"] for each in typed)))),
        currency="GBP",
        owner=row["salesperson"],
        company=Company(row["company"], row["company_name"]),
        person=person(row) if row["contact_type"] == "Person" else None,
    )
    for entry in typed:
        sale = told(sale, action(entry), on=date.fromisoformat(entry["date_of_change"]), by=row["salesperson"])
        if not entry["action_taken"]:  # the first stage: now it can have a quote
            quote = stand_in(Decimal(typed[-1]["estimated_value"]))
            sale = told(sale, quote, on=date.fromisoformat(entry["date_of_change"]))
    return sale


def action(entry: Row) -> Action:
    chance, amount = entry["chances_typed"], entry["estimated_value"]
    close = date.fromisoformat(entry["estimated_close_date"])
    match entry["action_taken"]:
        case "":
            return Start(chance=chance, amount=amount, expected_close=close)
        case "Next":
            return Next(chance=chance, amount=amount, expected_close=close)
        case "Won":
            return Sell(entry["close_code"])
        case _:
            return Lose(entry["close_code"])


def test_there_are_49_opportunities_and_70_entries(demo: Demo) -> None:
    assert (len(demo.sales), len(demo.computed())) == (49, 70)


def test_14_are_not_started_20_in_progress_7_won_and_8_lost(demo: Demo) -> None:
    assert status_counts(demo.sales) == (14, 20, 7, 8)


def test_each_has_the_status_of_the_data(demo: Demo) -> None:
    named = {
        Standing.NOT_STARTED: "Not Started",
        Standing.OPEN: "In Progress",
        Standing.SOLD: "Won",
        Standing.LOST: "Lost",
    }
    assert {str(sale.id): named[sale.standing] for sale in demo.sales} == {
        no: row["status"] for no, row in demo.opportunities.items()
    }


def expected_probability(demo: Demo, opportunity: Row, entry: Row) -> Decimal:
    """A.5: of a stage by the cycle's calculation, of a closing entry 100 or 0."""
    if entry["action_taken"] in ("Won", "Lost"):
        return Decimal(100 if entry["action_taken"] == "Won" else 0)
    ch = Decimal(entry["chances_typed"])
    co = Decimal(demo.stages[opportunity["cycle"], entry["stage"]]["completed"])
    return {
        "Multiply": ch * co / 100,
        "Add": (ch + co) / 2,
        "Chances of Success %": ch,
        "Completed %": co,
    }[demo.methods[opportunity["cycle"]]]


def told_of(demo: Demo, tell: Callable[[Row, Row], object]) -> list[tuple[str, object]]:
    """What is expected of each entry, with the number that the data gives it."""
    return [(entry["entry_no"], tell(opportunity, entry)) for opportunity, entry in demo.typed()]


def found(demo: Demo, find: Callable[[Entry], object]) -> list[tuple[str, object]]:
    """What the replay gives for each entry, with the same numbers."""
    numbers = (entry["entry_no"] for _, entry in demo.typed())
    return [(number, find(entry)) for number, entry in zip(numbers, demo.computed(), strict=True)]


def test_every_entry_has_its_probability(demo: Demo) -> None:
    expected = told_of(demo, lambda opportunity, entry: expected_probability(demo, opportunity, entry))
    assert found(demo, lambda entry: entry.probability) == expected


def test_every_entry_has_its_current_value(demo: Demo) -> None:
    def current(opportunity: Row, entry: Row) -> Decimal:
        return Decimal(entry["estimated_value"]) * expected_probability(demo, opportunity, entry) / 100

    assert found(demo, lambda entry: entry.current) == told_of(demo, current)


def test_every_entry_has_its_days_open(demo: Demo) -> None:
    expected: list[int | None] = []
    for typed in (demo.entries.get(sale.id, []) for sale in demo.sales):
        days = [date.fromisoformat(entry["date_of_change"]) for entry in typed]
        expected += [(after - before).days for before, after in pairwise(days)]
        expected += [None] * bool(typed)
    assert [entry.days_open for entry in demo.computed()] == expected


def test_the_last_entry_of_each_is_active_and_no_other(demo: Demo) -> None:
    newest = {typed[-1]["entry_no"] for typed in demo.entries.values()}
    assert found(demo, lambda entry: entry.active) == told_of(demo, lambda _, entry: entry["entry_no"] in newest)


def test_35_entries_are_active(demo: Demo) -> None:
    assert sum(entry.active for entry in demo.computed()) == 35


def test_every_entry_has_the_completion_of_its_stage_or_100(demo: Demo) -> None:
    expected = told_of(demo, lambda _, entry: Decimal(entry["completed_typed"]))
    assert found(demo, lambda entry: entry.completion) == expected


def test_every_entry_has_its_chances_and_estimated_value(demo: Demo) -> None:
    expected = told_of(demo, lambda _, entry: (Decimal(entry["chances_typed"]), Decimal(entry["estimated_value"])))
    assert found(demo, lambda entry: (entry.chance, entry.estimated)) == expected


def test_every_entry_has_its_stage_and_a_closing_one_has_none(demo: Demo) -> None:
    def stage(opportunity: Row, entry: Row) -> str | None:
        return None if entry["stage"] == "0" else stage_id(opportunity["cycle"], entry["stage"])

    assert found(demo, lambda entry: entry.stage) == told_of(demo, stage)


def test_every_entry_has_its_day_action_and_code(demo: Demo) -> None:
    logged = {"": "Start", "Next": "Next", "Won": "Sell", "Lost": "Lose"}
    expected = told_of(
        demo,
        lambda _, entry: (
            date.fromisoformat(entry["date_of_change"]),
            logged[entry["action_taken"]],
            entry["close_code"] or None,
        ),
    )
    assert found(demo, lambda entry: (entry.on, entry.action, entry.reason)) == expected


def test_every_entry_has_its_estimated_close_date_and_a_closing_one_the_day_it_closed(demo: Demo) -> None:
    expected = told_of(demo, lambda _, entry: date.fromisoformat(entry["estimated_close_date"]))
    assert found(demo, lambda entry: entry.expected_close) == expected


def test_the_closed_ones_closed_on_their_days(demo: Demo) -> None:
    closed = {str(sale.id): str(sale.closed_on) for sale in demo.sales if sale.closed_on}
    assert closed == {no: row["closed_date"] for no, row in demo.opportunities.items() if row["closed_date"]}


@pytest.mark.parametrize(
    ("id", "days"),
    [
        ("OP100015", [1, 4, 2, 4, 9, None]),
        ("OP100016", [2, 4, 5, 4, None]),
        ("OP100019", [2, 1, 1, 4, 0, None]),
        ("OP100021", [1, 2, 2, 0, 0, None]),
        ("OP100037", [18, None]),
        ("OP100038", [None]),
        ("OP100002", []),
    ],
)
def test_bc_40_days_open_by_hand(demo: Demo, id: str, days: list[int | None]) -> None:
    assert [entry.days_open for entry in entries(demo.sale(id))] == days


# A.8: views and statistics, by hand, on the work date of the data.


def test_34_are_open_15_closed_1_is_due_within_a_week_and_14_are_overdue(demo: Demo) -> None:
    assert counts(demo.sales, on=WORK_DATE) == (34, 15, 1, 14)


@pytest.mark.parametrize(
    ("salesperson", "number", "estimated", "current"),
    [
        ("BC", 11, 456_500, "2762.50"),
        ("HR", 11, 33_300, "6902.60"),
        ("JO", 5, 49_500, "49500"),
        ("OF", 8, 162_950, "154052.50"),
    ],
)
def test_salesperson_statistics_sum_active_entries_with_won_and_lost(
    demo: Demo, salesperson: str, number: int, estimated: int, current: str
) -> None:
    (row,) = statistics(of_salesperson(demo.sales, salesperson))
    assert facts(row.number, row.estimated, row.current) == (number, estimated, Decimal(current))


def test_the_salespersons_together_have_702250_estimated_and_213217_60_current(demo: Demo) -> None:
    (row,) = statistics(demo.sales)
    assert facts(row.number, row.estimated, row.current) == (35, 702_250, Decimal("213217.60"))


def test_the_average_of_salesperson_jo_is_9900(demo: Demo) -> None:
    (row,) = statistics(of_salesperson(demo.sales, "JO"))
    assert facts(row.average_estimated, row.average_current) == (9_900, 9_900)


def test_sales_cycles_sum_what_is_neither_won_nor_lost(demo: Demo) -> None:
    rows = statistics([sale for sale in demo.sales if not sale.is_closed], "type")
    assert [(row.keys, *facts(row.number, row.estimated, row.current)) for row in rows] == [
        (("EX-LARGE",), 5, 368_000, 1_721),
        (("EX-SMALL",), 7, 24_300, Decimal("7690.50")),
        (("FIRSTLARGE",), 5, 98_600, Decimal("269.60")),
        (("FIRSTSMALL",), 3, 8_400, Decimal("1036.50")),
    ]


def of_cycle(demo: Demo, cycle: str) -> list[Sale]:
    return [sale for sale in demo.sales if sale.type.id == cycle]


@pytest.mark.parametrize(
    ("cycle", "numbers", "average_days"),
    [
        ("EX-LARGE", [5, 0, 0, 0, 0], ["1.5", "2.5", "1.5", "4", "4.5"]),
        ("FIRSTLARGE", [4, 1, 0, 0, 0, 0, 0], ["3", None, None, None, None, None, None]),
        ("FIRSTSMALL", [3, 0, 0, 0, 0], ["7.67", "1.5", "1.5", "0.5", "2"]),
    ],
)
def test_the_analysis_of_a_cycle_counts_active_entries_and_averages_the_days_of_the_others(
    demo: Demo, cycle: str, numbers: list[int], average_days: list[str | None]
) -> None:
    rows = stage_analysis(of_cycle(demo, cycle))
    days = [None if row.average_days is None else round(row.average_days, 2) for row in rows]
    expected = [None if mean is None else Decimal(mean) for mean in average_days]
    assert ([row.number for row in rows], days) == (numbers, expected)


def test_the_first_stage_of_ex_large_holds_368000_worth_1721(demo: Demo) -> None:
    first, *_ = stage_analysis(of_cycle(demo, "EX-LARGE"))
    assert facts(first.estimated, first.current) == (368_000, 1_721)


@pytest.mark.parametrize(
    ("cycle", "numbers"),
    [
        ("EX-LARGE", [7, 2, 2, 2, 2]),
        ("EX-SMALL", [10, 4, 3, 3]),
        ("FIRSTLARGE", [5, 1]),
        ("FIRSTSMALL", [6, 2, 2, 2, 2]),
    ],
)
def test_the_funnel_counts_all_entries_ever_at_a_stage(demo: Demo, cycle: str, numbers: list[int]) -> None:
    assert list(funnel(of_cycle(demo, cycle)).values()) == numbers


def test_the_funnel_counts_55_entries_which_is_all_but_the_15_closings(demo: Demo) -> None:
    assert sum(funnel(demo.sales).values()) == 55


def test_in_january_7_were_won_and_4_lost_and_34_made_until_its_end_are_open(demo: Demo) -> None:
    assert status_counts(demo.sales, since=january(1), until=january(31)) == (14, 20, 7, 4)


def test_by_the_end_of_november_1_was_waiting_13_were_in_progress_and_1_was_lost_in_it(demo: Demo) -> None:
    november = status_counts(demo.sales, since=date(2025, 11, 1), until=date(2025, 11, 30))
    assert november == (1, 13, 0, 1)


def test_the_chart_of_salesperson_jo_in_january_has_1_waiting_and_5_won(demo: Demo) -> None:
    assert status_counts(of_salesperson(demo.sales, "JO"), since=january(1), until=january(31)) == (1, 0, 5, 0)


def test_the_top_five_by_estimated_value(demo: Demo) -> None:
    assert [str(sale.id) for sale in largest_open(demo.sales)][:4] == ["OP100001", "OP100028", "OP100048", "OP100045"]


def test_the_fifth_of_the_top_five_is_estimated_at_10000(demo: Demo) -> None:
    assert largest_open(demo.sales)[4].amount == 10_000


def test_7_of_15_were_won(demo: Demo) -> None:
    rate = win_rate(demo.sales)
    assert (rate.sold, rate.lost, rate.rounded()) == (7, 8, Decimal("46.67"))


def test_the_list_of_a_company_has_those_of_its_persons(demo: Demo) -> None:
    listed = of_company(demo.sales, "CU10000", demo.persons)
    assert [str(sale.id) for sale in listed] == ["OP100015", "OP100019", "OP100022"]


def test_the_list_of_a_person_has_their_own_alone(demo: Demo) -> None:
    assert [str(sale.id) for sale in of_person(demo.sales, "CT200136")] == ["OP100015", "OP100019"]


def test_the_list_of_a_salesperson_has_what_was_not_started_too(demo: Demo) -> None:
    listed = of_salesperson(demo.sales, "JO")
    assert [str(sale.id)[-2:] for sale in listed] == ["15", "16", "17", "18", "19", "27"]
