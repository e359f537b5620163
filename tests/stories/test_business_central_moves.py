"""Business Central: moves, reach, chances and closing (reference, sections A.2 to A.6 and cases of C.1 to C.5)."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from tests.stories.telling import (
    JAN_8,
    LARGE,
    QUOTE,
    at_stage,
    facts,
    is_on_offer,
    opportunity,
    problem,
    refusal,
    stages_on_offer,
    told,
)

from salespipeline import (
    Action,
    Assign,
    ChangeType,
    Edit,
    Jump,
    Link,
    Lose,
    Next,
    Previous,
    ProbabilityMethod,
    Reopen,
    Revise,
    Sale,
    SaleType,
    Sell,
    Skip,
    Stage,
    Standing,
    Start,
    Status,
)
from salespipeline.presets import business_central


def moved(sale: Sale, *actions: Action) -> Sale:
    return told(sale, *actions, on=JAN_8, by="jo")


def numbers(sale: Sale, action: type[Action]) -> list[int]:
    """The numbers of the stages on offer for a move, in Microsoft's counting."""
    return sorted(int(str(stage).rpartition("-")[2]) for stage in stages_on_offer(sale, action, JAN_8) if stage)


def stage_number(sale: Sale) -> int:
    return int(str(sale.stage).rpartition("-")[2])


def cycle(method: ProbabilityMethod, completion: int, chance: int) -> SaleType:
    """A cycle of one stage."""
    stage = Stage("only", "Only", chance, completion=completion)
    large = business_central.catalog().type(LARGE)
    return evolve(large, stages=(stage,), guide=None, method=method)


# A.2: the life of an opportunity.


def test_a_new_opportunity_is_not_started() -> None:
    assert opportunity().standing is Standing.NOT_STARTED


def test_a_new_opportunity_is_in_no_stage() -> None:
    assert opportunity().stage is None


def test_the_first_entry_starts_an_opportunity() -> None:
    assert moved(opportunity(), Start()).standing is Standing.OPEN


@pytest.mark.parametrize("closing", [Sell("PRICE_W", value=1), Lose("PRICE_L")], ids=["won", "lost"])
@pytest.mark.parametrize(
    "action",
    [
        Start(),
        Next(),
        Previous(),
        Skip(),
        Jump(),
        Revise(amount=1),
        Sell("PRICE_W", value=1),
        Lose("PRICE_L"),
        Reopen(),
    ],
    ids=lambda action: type(action).__name__,
)
def test_bc_60_a_closed_opportunity_is_neither_updated_nor_closed_nor_reopened(closing: Action, action: Action) -> None:
    assert problem(moved(at_stage(2), closing), action, JAN_8).code == "no-such-step"


def test_the_cycle_can_change_while_it_is_not_started() -> None:
    small = business_central.catalog().type("ex-small")
    assert moved(opportunity(), ChangeType(small)).type == small


def test_the_cycle_cannot_change_once_it_is_started() -> None:
    small = business_central.catalog().type("ex-small")
    assert problem(at_stage(1), ChangeType(small), JAN_8).code == "no-such-step"


# A.4.1, row First.


def test_first_goes_to_the_first_stage() -> None:
    assert stage_number(moved(opportunity(), Start())) == 1


def test_first_reaches_the_first_stage_alone() -> None:
    assert numbers(opportunity(), Start) == [1]


def test_first_is_not_possible_a_second_time() -> None:
    assert problem(at_stage(1), Start(), JAN_8).code == "no-such-step"


@pytest.mark.parametrize("action", [Next(), Skip(), Previous(), Jump(), Revise(chance=5)], ids=repr)
def test_bc_25_before_the_first_entry_only_first_is_possible(action: Action) -> None:
    assert "Start" in problem(opportunity(), action, JAN_8).accepted


def test_bc_19_a_cycle_without_stages_cannot_be_activated() -> None:
    empty = evolve(business_central.catalog().type(LARGE), stages=(), guide=None)
    assert problem(opportunity(empty), Start(), JAN_8).code == "no-stage-to-reach"


# A.4.1, row Next.


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 3), (3, 4), (4, 5)])
def test_next_goes_to_the_stage_after_the_present_one(before: int, after: int) -> None:
    assert stage_number(moved(at_stage(before), Next())) == after


def test_next_reaches_the_next_stage_alone() -> None:
    assert problem(at_stage(1), Next("ex-large-3"), JAN_8).code == "out-of-reach"


def test_next_is_logged_as_next() -> None:
    assert moved(at_stage(1), Next()).history[-1].action == "Next"


def test_bc_27_in_the_last_stage_next_is_unavailable() -> None:
    assert not is_on_offer(at_stage(5), Next, JAN_8)


def test_bc_27_in_the_last_stage_an_update_is_available() -> None:
    assert is_on_offer(at_stage(5), Revise, JAN_8)


# A.4.1, row Previous.


@pytest.mark.parametrize(("before", "after"), [(2, 1), (3, 2), (4, 3), (5, 4)])
def test_previous_goes_to_the_stage_before_the_present_one(before: int, after: int) -> None:
    assert stage_number(moved(at_stage(before), Previous())) == after


def test_previous_reaches_one_stage_alone() -> None:
    assert problem(at_stage(4), Previous("ex-large-1"), JAN_8).code == "out-of-reach"


def test_previous_is_unavailable_in_the_first_stage() -> None:
    assert not is_on_offer(at_stage(1), Previous, JAN_8)


def test_previous_is_logged_as_previous() -> None:
    assert moved(at_stage(3), Previous()).history[-1].action == "Previous"


# A.4.1, row Skip.


def test_bc_28_from_stage_1_of_the_large_cycle_skip_reaches_2_3_and_4() -> None:
    assert numbers(at_stage(1), Skip) == [2, 3, 4]


def test_bc_29_from_stage_3_skip_is_unavailable_because_4_may_not_be_skipped() -> None:
    assert not is_on_offer(at_stage(3), Skip, JAN_8)


def test_skip_goes_to_the_nearest_stage_unless_one_is_picked() -> None:
    assert stage_number(moved(at_stage(1), Skip())) == 2


def test_bc_32_a_skip_to_the_next_stage_is_logged_as_next() -> None:
    assert moved(at_stage(1), Skip("ex-large-2")).history[-1].action == "Next"


def test_bc_32_a_skip_further_is_logged_as_a_skip() -> None:
    assert moved(at_stage(1), Skip("ex-large-3")).history[-1].action == "Skip"


def test_skip_may_end_on_a_stage_that_cannot_be_skipped() -> None:
    assert stage_number(moved(at_stage(1), Skip("ex-large-4"))) == 4


def test_skip_does_not_pass_over_a_stage_that_cannot_be_skipped() -> None:
    found = problem(at_stage(1), Skip("ex-large-5"), JAN_8)
    assert (found.code, found.accepted) == ("out-of-reach", ("ex-large-2", "ex-large-3", "ex-large-4"))


def test_skip_is_unavailable_when_it_would_reach_the_next_stage_alone() -> None:
    stages = (Stage("1", "One", 10), Stage("2", "Two", 20), Stage("3", "Three", 30, allow_skip=True))
    short = evolve(business_central.catalog().type(LARGE), stages=stages, guide=None)
    assert not is_on_offer(moved(opportunity(short), Start(), Next()), Skip, JAN_8)


def test_skip_never_goes_back() -> None:
    assert problem(at_stage(2), Skip("ex-large-1"), JAN_8).code == "out-of-reach"


# A.4.1, row Update.


def test_an_update_keeps_the_stage() -> None:
    assert stage_number(moved(at_stage(3), Revise(amount=12_000))) == 3


def test_an_update_is_logged_as_an_update() -> None:
    assert moved(at_stage(3), Revise(amount=12_000)).history[-1].action == "Revise"


def test_an_update_takes_the_chances_that_are_typed() -> None:
    sale = moved(at_stage(2), Revise(chance=30))
    assert facts(sale.chance, sale.probability) == (30, Decimal("10.5"))


# A.4.1, row Jump.


def test_bc_31_from_stage_2_jump_is_unavailable() -> None:
    assert not is_on_offer(at_stage(2), Jump, JAN_8)


def test_bc_31_from_stage_3_jump_reaches_1_and_2() -> None:
    assert numbers(at_stage(3), Jump) == [1, 2]


def test_jump_goes_to_the_stage_just_before_unless_one_is_picked() -> None:
    assert stage_number(moved(at_stage(4), Jump())) == 3


def test_bc_33_a_jump_to_the_stage_before_is_logged_as_previous() -> None:
    assert moved(at_stage(4), Jump("ex-large-3")).history[-1].action == "Previous"


def test_bc_33_a_jump_further_is_logged_as_a_jump() -> None:
    assert moved(at_stage(4), Jump("ex-large-1")).history[-1].action == "Jump"


def test_jump_never_goes_forward() -> None:
    assert problem(at_stage(3), Jump("ex-large-4"), JAN_8).code == "out-of-reach"


# A.4.1, the printed reach of the six demo cycles: stage, skip set, jump set.

REACH: dict[str, list[tuple[int, list[int], list[int]]]] = {
    "ex-large": [
        (1, [2, 3, 4], []),
        (2, [3, 4], []),
        (3, [], [1, 2]),
        (4, [], [1, 2, 3]),
        (5, [], [1, 2, 3, 4]),
    ],
    "ex-small": [
        (1, [2, 3], []),
        (2, [], []),
        (3, [], [1, 2]),
        (4, [], [1, 2, 3]),
    ],
    "first-large": [
        (1, [], []),
        (2, [], []),
        (3, [], [1, 2]),
        (4, [5, 6, 7], [1, 2, 3]),
        (5, [6, 7], [1, 2, 3, 4]),
        (6, [], [1, 2, 3, 4, 5]),
        (7, [], [1, 2, 3, 4, 5, 6]),
    ],
    "first-small": [
        (1, [], []),
        (2, [3, 4], []),
        (3, [], [1, 2]),
        (4, [], [1, 2, 3]),
        (5, [], [1, 2, 3, 4]),
    ],
    "existing": [
        (1, [2, 3], []),
        (2, [], []),
        (3, [], [1, 2]),
        (4, [], [1, 2, 3]),
    ],
    "new": [
        (1, [], []),
        (2, [3, 4], []),
        (3, [], [1, 2]),
        (4, [], [1, 2, 3]),
        (5, [], [1, 2, 3, 4]),
    ],
}
CELLS = [(name, *row) for name, rows in REACH.items() for row in rows]


@pytest.mark.parametrize(("name", "stage", "skip", "jump"), CELLS)
def test_the_reach_of_skip_is_the_printed_one(name: str, stage: int, skip: list[int], jump: list[int]) -> None:
    assert numbers(at_stage(stage, name), Skip) == skip


@pytest.mark.parametrize(("name", "stage", "skip", "jump"), CELLS)
def test_the_reach_of_jump_is_the_printed_one(name: str, stage: int, skip: list[int], jump: list[int]) -> None:
    assert numbers(at_stage(stage, name), Jump) == jump


# A.9: the cycles of the demonstration data, hand-typed: completion, chance, Q quote required, S may be skipped.

DEMO = {
    "ex-large": ["2/10 S", "35/25 S", "70/60 QS", "85/80 Q", "95/100 Q"],
    "ex-small": ["2/20 S", "50/40 S", "80/60 Q", "95/80 Q"],
    "first-large": ["2/10 S", "5/20", "20/30", "40/40", "50/60 QS", "80/80 QS", "95/100 Q"],
    "first-small": ["2/20", "5/40", "40/60 QS", "60/80 Q", "95/100 Q"],
    "existing": ["2/10 S", "50/40 S", "80/80 Q", "95/100 Q"],
    "new": ["2/10", "5/20", "40/50 QS", "60/75 Q", "95/100 Q"],
}


def printed(stage: Stage) -> str:
    flags = "Q" * stage.quote_required + "S" * stage.allow_skip
    return f"{stage.completion}/{stage.chance} {flags}".strip()


@pytest.mark.parametrize("name", DEMO)
def test_the_stages_are_those_of_the_demonstration_data(name: str) -> None:
    assert [printed(stage) for stage in business_central.catalog().type(name).stages] == DEMO[name]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("ex-large", ProbabilityMethod.MULTIPLY),
        ("first-large", ProbabilityMethod.MULTIPLY),
        ("ex-small", ProbabilityMethod.AVERAGE),
        ("first-small", ProbabilityMethod.AVERAGE),
        ("existing", ProbabilityMethod.COMPLETION),
        ("new", ProbabilityMethod.CHANCE),
    ],
)
def test_the_methods_are_those_of_the_demonstration_data(name: str, method: ProbabilityMethod) -> None:
    assert business_central.catalog().type(name).method is method


def test_there_are_8_codes_for_won_and_10_for_lost() -> None:
    large = business_central.catalog().type(LARGE)
    assert (len(large.sold_reasons), len(large.lost_reasons)) == (8, 10)


# A.5: probability and current value of 10 000 with chances 30 and completion 35.


def activated(method: ProbabilityMethod) -> Sale:
    return moved(opportunity(cycle(method, completion=35, chance=30), amount=10_000), Start())


def test_bc_01_multiply_makes_10_and_a_half_percent() -> None:
    sale = activated(ProbabilityMethod.MULTIPLY)
    assert facts(sale.probability, sale.value) == (Decimal("10.5"), 1050)


def test_add_makes_32_and_a_half_percent() -> None:
    sale = activated(ProbabilityMethod.AVERAGE)
    assert facts(sale.probability, sale.value) == (Decimal("32.5"), 3250)


def test_bc_03_chances_of_success_makes_30_percent() -> None:
    sale = activated(ProbabilityMethod.CHANCE)
    assert facts(sale.probability, sale.value) == (30, 3000)


def test_bc_04_completed_makes_35_percent() -> None:
    sale = activated(ProbabilityMethod.COMPLETION)
    assert facts(sale.probability, sale.value) == (35, 3500)


def test_bc_12_the_current_value_is_not_rounded() -> None:
    sale = moved(opportunity(cycle(ProbabilityMethod.MULTIPLY, 33, 33), amount=1000), Start())
    assert (sale.probability, sale.value) == (Decimal("10.89"), Decimal("108.90"))


# C.1: histories replayed.


def replayed(cycle: str, entries: list[tuple[int, int]]) -> list[tuple[Decimal, Decimal]]:
    """Probability and current value at each entry, from the typed chances and estimated values."""
    (chance, amount), *rest = entries
    sale = moved(opportunity(cycle, amount=amount), Start(chance=chance), Edit(document=QUOTE))
    for chance, amount in rest:
        sale = moved(sale, Next(chance=chance, amount=amount))
    stages = [entry for entry in sale.history if entry.position.stage]
    return [(entry.position.probability, entry.figures.weighted(entry.position.probability)) for entry in stages]


OP100015 = [(10, 10_000), (30, 10_000), (45, 12_000), (70, 9_000), (95, 9_000)]


def test_bc_05_the_history_of_op100015_has_the_printed_current_values() -> None:
    values = [value for _, value in replayed("ex-large", OP100015)]
    assert values == [20, 1050, 3780, 5355, Decimal("8122.50")]


def test_bc_05_the_history_of_op100015_has_the_printed_probabilities() -> None:
    probabilities = [probability for probability, _ in replayed("ex-large", OP100015)]
    assert probabilities == [Decimal("0.2"), Decimal("10.5"), Decimal("31.5"), Decimal("59.5"), Decimal("90.25")]


def test_the_history_of_op100016_has_the_printed_current_values() -> None:
    values = [value for _, value in replayed("ex-small", [(20, 5000), (35, 5500), (65, 5500), (90, 5500)])]
    assert values == [550, Decimal("2337.50"), Decimal("3987.50"), Decimal("5087.50")]


def test_op100001_is_worth_600_at_its_first_stage() -> None:
    assert moved(opportunity(amount=200_000), Start(chance=15)).value == 600


# A.4.5: whose chances win.


def test_bc_07_typed_chances_win_on_next() -> None:
    sale = moved(at_stage(1), Next(chance=55))
    assert facts(sale.chance, sale.probability) == (55, Decimal("19.25"))


def test_bc_08_the_stages_chances_win_on_skip() -> None:
    sale = moved(at_stage(1), Skip("ex-large-3", chance=55))
    assert facts(sale.chance, sale.probability) == (60, 42)


def test_bc_09_the_stages_chances_win_on_jump() -> None:
    sale = moved(at_stage(5), Jump("ex-large-2", chance=12))
    assert facts(sale.chance, sale.probability) == (25, Decimal("8.75"))


def test_typed_chances_win_on_previous() -> None:
    assert moved(at_stage(3), Previous(chance=33)).chance == 33


def test_without_typed_chances_the_stages_are_taken() -> None:
    assert moved(at_stage(1), Next()).chance == 25


def test_on_skip_typed_chances_stand_where_the_stage_has_none() -> None:
    stages = (Stage("1", "One", 10), Stage("2", "Two", 20, allow_skip=True), Stage("3", "Three", 0))
    plain = evolve(business_central.catalog().type(LARGE), stages=stages, guide=None)
    assert moved(opportunity(plain), Start(), Skip("3", chance=55)).chance == 55


# A.4.3: the days of a change.


def test_bc_37_an_update_before_the_last_change_is_an_error() -> None:
    sale = told(at_stage(1), Next(), on=date(2024, 1, 10))
    assert problem(sale, Next(), date(2024, 1, 9)).field == "on"


def test_bc_37_an_update_on_the_day_of_the_last_change_is_accepted() -> None:
    sale = told(at_stage(1), Next(), on=date(2024, 1, 10))
    assert stage_number(told(sale, Next(), on=date(2024, 1, 10))) == 3


def test_bc_38_an_estimated_closing_date_before_the_change_is_an_error() -> None:
    found = problem(at_stage(1), Next(expected_close=date(2024, 1, 9)), date(2024, 1, 10))
    assert found.field == "expected_close"


def test_bc_38_an_estimated_closing_date_on_the_day_of_the_change_is_accepted() -> None:
    sale = told(at_stage(1), Next(expected_close=date(2024, 1, 10)), on=date(2024, 1, 10))
    assert sale.expected_close == date(2024, 1, 10)


def test_bc_38_an_empty_estimated_closing_date_is_an_error() -> None:
    empty = Next(expected_close=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # bad input
    assert problem(at_stage(1), empty, date(2024, 1, 10)).field == "expected_close"


# C.5: closing.


def won() -> Sale:
    started = moved(opportunity(amount=10_000), Start())
    return moved(started, Sell("PRICE_W", value=9_500))


def lost() -> Sale:
    return moved(opportunity(amount=10_000), Start(), Lose("PRICE_L"))


def test_bc_54_closed_won_on_8_january() -> None:
    assert (won().status, won().closed_on) == (Status.SOLD, JAN_8)


def test_bc_54_won_is_completed_100_chances_100_probability_100() -> None:
    assert facts(won().completion, won().chance, won().probability) == (100, 100, 100)


def test_bc_54_the_current_value_is_the_amount_typed() -> None:
    assert won().value == 9_500


def test_bc_54_the_estimated_value_stays() -> None:
    assert won().amount == 10_000


def test_bc_54_the_sale_date_is_the_closing_date() -> None:
    assert won().sale_date == JAN_8


def test_bc_54_the_closing_entry_keeps_the_code() -> None:
    assert (won().reason, won().history[-1].reason_name) == ("PRICE_W", "Price")


def test_bc_55_lost_is_completed_100_chances_0_probability_0() -> None:
    assert facts(lost().completion, lost().chance, lost().probability) == (100, 0, 0)


def test_bc_55_a_lost_opportunity_is_worth_nothing() -> None:
    assert lost().value == 0


def test_bc_55_the_estimated_value_stays() -> None:
    assert lost().amount == 10_000


def test_bc_56_an_opportunity_that_was_never_started_can_be_won() -> None:
    assert moved(opportunity(), Sell("PRICE_W", value=9_500)).status is Status.SOLD


def test_bc_56_the_closing_entry_is_the_only_one_after_the_registration() -> None:
    sale = moved(opportunity(), Sell("PRICE_W", value=9_500))
    assert [entry.action for entry in sale.history] == ["Register", "Sell"]


def test_bc_57_a_lost_code_does_not_fit_won() -> None:
    assert problem(at_stage(1), Sell("PRICE_L", value=9_500), JAN_8).field == "reason"


def test_bc_57_won_needs_a_code() -> None:
    assert problem(at_stage(1), Sell(value=9_500), JAN_8).field == "reason"


def without_quote() -> Sale:
    return moved(opportunity(), Start())


def test_bc_57_won_needs_an_amount() -> None:
    assert problem(without_quote(), Sell("PRICE_W"), JAN_8).field == "value"


def test_bc_57_an_amount_of_0_does_not_do() -> None:
    assert problem(without_quote(), Sell("PRICE_W", value=0), JAN_8).field == "value"


def test_bc_57_all_faults_of_closing_come_at_once() -> None:
    assert {found.field for found in refusal(without_quote(), Sell(), JAN_8).problems} == {"reason", "value"}


def test_lost_needs_a_code() -> None:
    assert problem(at_stage(1), Lose(), JAN_8).field == "reason"


def test_a_won_code_does_not_fit_lost() -> None:
    assert problem(at_stage(1), Lose("PRICE_W"), JAN_8).field == "reason"


@pytest.mark.parametrize("action", [Assign("of"), Link(person=None)], ids=["salesperson", "contact"])
def test_bc_67_a_won_opportunity_keeps_its_contact_and_salesperson(action: Action) -> None:
    assert problem(won(), action, JAN_8).code == "no-such-step"


# C.3: what an entry remembers.


def test_bc_41_renaming_a_stage_does_not_change_the_entry() -> None:
    sale = at_stage(2)
    renamed = business_central.catalog().with_stage(Stage("ex-large-2", "Workshop", 25, completion=35)).type(LARGE)
    later = evolve(sale, type=renamed)
    assert (later.stage_name, later.history[-1].stage_name) == ("Workshop", "Understanding needs meeting")
