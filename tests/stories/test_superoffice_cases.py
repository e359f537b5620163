"""The worked examples of the SuperOffice reference (section 12), and the rules of sections 1 and 3 around them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.stories.telling import (
    ACME,
    APR_7,
    JAN_7,
    facts,
    is_on_offer,
    problem,
    stages_on_offer,
    superoffice_sale,
    told,
)

from salespipeline import (
    ChangeType,
    Company,
    Edit,
    Link,
    Lose,
    MoveTo,
    Next,
    Person,
    Previous,
    Revise,
    Sale,
    SaleType,
    Sell,
    Stage,
    Stall,
    Status,
    months,
    register,
    weeks,
)
from salespipeline.insight.follow_up import is_overdue, next_activity
from salespipeline.model.guide import SalesGuide, follow_up
from salespipeline.model.parts import Visibility
from salespipeline.presets import superoffice


def two_decimals(percent: Decimal | None) -> str:
    """A percentage as the card shows it."""
    return "" if percent is None else str(percent.quantize(Decimal("0.01"), ROUND_HALF_UP))


def s01() -> Sale:
    return superoffice_sale(amount=6550, cost=1500)


# Section 12: money and probability.


def test_so_s01_profit_is_amount_less_cost() -> None:
    assert s01().profit == 5050


def test_so_s01_profit_percent_is_of_the_amount() -> None:
    assert two_decimals(s01().margin) == "77.10"


def test_so_s02_without_cost_the_profit_is_the_amount() -> None:
    sale = superoffice_sale(amount=150)
    assert (str(sale.cost), str(sale.profit), two_decimals(sale.margin)) == ("0.00", "150.00", "100.00")


def test_so_s04_a_profit_percent_of_50_halves_the_amount() -> None:
    sale = told(s01(), Revise(margin=50))
    assert facts(sale.amount, sale.profit, sale.cost) == (6550, 3275, 3275)


def test_so_s06_moving_to_proposal_sets_30_percent() -> None:
    assert told(superoffice_sale(), MoveTo("proposal")).probability == 30


def test_so_s06_the_stages_are_those_of_the_demo_database() -> None:
    assert [facts(stage.name, stage.chance) for stage in superoffice.new_business().stages] == [
        ("Lead", 1),
        ("First Meeting", 20),
        ("Proposal", 30),
        ("Second Meeting", 50),
        ("Short List", 80),
        ("Verbal Acceptance", 90),
    ]


def test_so_s07_a_typed_probability_leaves_the_stage_at_its_own() -> None:
    sale = told(superoffice_sale(amount=1000), MoveTo("verbal-acceptance"), Revise(chance=100))
    stage = sale.type.stage(sale.stage)
    assert facts(sale.stage, stage and stage.chance, sale.probability) == ("verbal-acceptance", 90, 100)


def test_so_s07_a_typed_probability_weighs_the_amount() -> None:
    sale = told(superoffice_sale(amount=1000), MoveTo("verbal-acceptance"), Revise(chance=100))
    assert sale.weighted == sale.amount == 1000


def test_so_s08_a_fifth_of_432_000_kroner_is_86_400() -> None:
    kind = superoffice.new_business()
    sale = register(kind, id="S-8", title="Desks", on=JAN_7, currency="NOK", amount=432_000, stage="first-meeting")
    assert facts(sale.weighted, sale.currency) == (86_400, "NOK")


def test_so_s09_stalling_in_second_meeting_keeps_stage_and_50_percent() -> None:
    sale = told(superoffice_sale(stage="second-meeting"), Stall())
    assert facts(sale.status, sale.stage_name, sale.probability) == (Status.STALLED, "Second Meeting", 50)


def test_so_s09_the_stage_is_locked_while_stalled() -> None:
    sale = told(superoffice_sale(stage="second-meeting"), Stall())
    assert problem(sale, MoveTo("proposal")).code == "no-such-step"


def test_so_s10_sold_on_7_january_is_dated_so_at_100_percent_without_a_reason() -> None:
    sale = told(superoffice_sale(), Sell(), on=date(2025, 1, 7))
    assert facts(sale.closed_on, sale.probability, sale.reason) == (date(2025, 1, 7), 100, None)


def test_so_s11_lost_on_7_january_is_dated_so_at_0_percent() -> None:
    sale = told(superoffice_sale(), Lose(), on=date(2025, 1, 7))
    assert facts(sale.closed_on, sale.probability) == (date(2025, 1, 7), 0)


def test_so_s13_setting_a_sale_as_sold_leaves_it_not_completed() -> None:
    sale = told(superoffice_sale(), Sell())
    assert (sale.status, sale.is_completed) == (Status.SOLD, False)


# Section 12: dates; section 3.2: the duration of a type.


def test_so_t01_three_months_from_7_january_is_7_april() -> None:
    assert superoffice_sale(on=date(2025, 1, 7)).sale_date == date(2025, 4, 7)


@pytest.mark.parametrize(
    ("registered", "closes"),
    [
        (date(2025, 1, 31), date(2025, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2025, 3, 31), date(2025, 4, 30)),
        (date(2024, 12, 31), date(2025, 1, 31)),
    ],
)
def test_a_month_from_a_last_day_ends_on_the_last_day(registered: date, closes: date) -> None:
    monthly = evolve(superoffice.new_business(), duration=months(1))
    assert superoffice_sale(monthly, on=registered).sale_date == closes


def test_six_weeks_from_7_january_is_18_february() -> None:
    six_weeks = evolve(superoffice.new_business(), duration=weeks(6))
    assert superoffice_sale(six_weeks, on=date(2025, 1, 7)).sale_date == date(2025, 2, 18)


def test_a_typed_sale_date_wins_over_the_duration() -> None:
    assert superoffice_sale(expected_close=date(2025, 6, 1)).sale_date == date(2025, 6, 1)


def test_so_t02_without_follow_ups_the_next_activity_is_the_sale_date() -> None:
    assert next_activity(superoffice_sale(expected_close=date(2025, 4, 7))) == date(2025, 4, 7)


def test_so_t03_the_next_activity_of_a_sold_sale_is_the_day_it_was_sold() -> None:
    sold = told(superoffice_sale(on=date(2020, 1, 7)), Sell(), on=date(2020, 6, 17))
    assert next_activity(sold) == date(2020, 6, 17)


def test_so_t03_a_sold_sale_is_not_red_years_later() -> None:
    sold = told(superoffice_sale(on=date(2020, 1, 7)), Sell(), on=date(2020, 6, 17))
    assert not is_overdue(sold, date(2023, 6, 17))


def test_so_t04_an_open_sale_whose_date_has_passed_is_red() -> None:
    sale = superoffice_sale(on=date(2018, 9, 1), expected_close=date(2018, 12, 7))
    assert is_overdue(sale, date(2020, 6, 30))


def test_so_t04_a_stalled_sale_whose_date_has_passed_is_not_red() -> None:
    sale = superoffice_sale(on=date(2018, 9, 1), expected_close=date(2018, 11, 21))
    assert not is_overdue(told(sale, Stall(), on=date(2018, 9, 1)), date(2020, 6, 30))


def test_a_stalled_sale_shows_its_reopen_date_as_the_next_activity() -> None:
    assert next_activity(told(superoffice_sale(), Stall(date(2025, 9, 1)))) == date(2025, 9, 1)


def test_a_sale_is_not_red_on_the_day_itself() -> None:
    sale = superoffice_sale(expected_close=date(2025, 4, 7))
    assert [is_overdue(sale, day) for day in (date(2025, 4, 7), date(2025, 4, 8))] == [False, True]


# Section 1.2: what recomputes when one value is edited, from 1 000 and 600.


def priced() -> Sale:
    return superoffice_sale(amount=1000, cost=600)


def test_editing_the_cost_holds_the_amount() -> None:
    sale = told(priced(), Revise(cost=750))
    assert facts(sale.amount, sale.cost, sale.profit, sale.margin) == (1000, 750, 250, 25)


def test_editing_the_profit_percent_holds_the_amount() -> None:
    sale = told(priced(), Revise(margin=30))
    assert facts(sale.amount, sale.cost, sale.profit, sale.margin) == (1000, 700, 300, 30)


def test_editing_the_profit_holds_the_amount() -> None:
    sale = told(priced(), Revise(profit=100))
    assert facts(sale.amount, sale.cost, sale.profit, sale.margin) == (1000, 900, 100, 10)


def test_editing_the_profit_can_hold_the_cost_instead() -> None:
    sale = told(priced(), Revise(profit=200, hold="cost"))
    assert facts(sale.amount, sale.cost, sale.profit, sale.margin) == (800, 600, 200, 25)


def test_editing_the_amount_holds_the_cost() -> None:
    sale = told(priced(), Revise(amount=1200))
    assert facts(sale.amount, sale.cost, sale.profit, sale.margin) == (1200, 600, 600, 50)


def test_an_amount_of_zero_has_no_profit_percent() -> None:
    assert superoffice_sale().margin is None


def test_a_cost_on_an_amount_of_zero_is_a_loss_without_percent() -> None:
    sale = told(superoffice_sale(), Revise(cost=600))
    assert facts(sale.profit, sale.margin) == (-600, None)


def test_an_amount_entered_without_cost_is_all_profit() -> None:
    sale = told(superoffice_sale(), Revise(amount=500))
    assert facts(sale.profit, sale.margin) == (500, 100)


def test_a_cost_above_the_amount_makes_profit_and_percent_negative() -> None:
    sale = told(priced(), Revise(cost=1500))
    assert facts(sale.profit, sale.margin) == (-500, -50)


def test_a_negative_amount_is_a_credit() -> None:
    sale = told(superoffice_sale(), Revise(amount=-100))
    assert facts(sale.amount, sale.profit) == (-100, -100)


# Section 1.3: probability and weighted amount.


def test_an_override_stands_until_the_next_stage_change() -> None:
    typed = told(superoffice_sale(), Revise(chance=65))
    moved = told(typed, Revise(amount=10), Edit(note="eager"), MoveTo("lead"))
    assert facts(moved.probability, told(moved, Next()).probability) == (65, 20)


def test_coming_back_to_a_stage_does_not_bring_its_override_back() -> None:
    assert told(superoffice_sale(), Next(), Revise(chance=65), Next(), Previous()).probability == 20


def test_the_weighted_amount_uses_the_override() -> None:
    assert told(superoffice_sale(amount=1000), Revise(chance=65)).weighted == 650


def test_a_probability_is_a_whole_number() -> None:
    assert problem(superoffice_sale(), Revise(chance="65.5")).field == "chance"


@pytest.mark.parametrize("percent", [0, 100])
def test_a_probability_may_be_anything_from_0_to_100(percent: int) -> None:
    assert told(superoffice_sale(), Revise(chance=percent)).probability == percent


# Sections 1.1 and 1.7: a new sale.


def test_a_new_sale_is_open_and_not_completed() -> None:
    sale = superoffice_sale()
    assert (sale.status, sale.is_completed) == (Status.OPEN, False)


def test_a_new_sale_starts_in_the_first_stage_at_its_probability() -> None:
    sale = superoffice_sale()
    assert facts(sale.stage_name, sale.probability) == ("Lead", 1)


def test_a_new_sale_is_worth_nothing_yet() -> None:
    sale = superoffice_sale()
    assert (str(sale.amount), str(sale.cost)) == ("0.00", "0.00")


def test_a_new_sale_belongs_to_the_current_user() -> None:
    assert superoffice_sale().owner == "anna"


def test_a_new_sale_can_be_given_to_somebody_else() -> None:
    assert superoffice_sale(owner="bob").owner == "bob"


def test_a_new_sale_is_visible_for_all() -> None:
    assert superoffice_sale().card.visibility is Visibility.ALL


def test_a_new_sale_has_no_source_competitor_credited_or_reason() -> None:
    sale = superoffice_sale()
    assert (sale.origin.source, sale.origin.competitor, sale.origin.credited, sale.reason) == (None, None, None, None)


def test_a_new_sale_remembers_when_and_by_whom_it_was_registered() -> None:
    registered = superoffice_sale().registered
    assert (registered.on, registered.by) == (JAN_7, "anna")


def test_a_new_sale_takes_the_category_of_its_type() -> None:
    assert superoffice_sale().category == superoffice.new_business().category


def test_a_new_sale_has_no_sale_cycle_while_it_is_open() -> None:
    assert superoffice_sale().days_to_close is None


def test_a_title_of_219_characters_is_taken() -> None:
    assert len(told(superoffice_sale(), Edit(title="x" * 219)).title) == 219


@pytest.mark.parametrize(("field", "longest"), [("title", 219), ("number", 49), ("note", 2047)])
def test_a_text_one_character_too_long_is_refused(field: str, longest: int) -> None:
    typed: dict[str, Any] = {field: "x" * (longest + 1)}
    found = problem(superoffice_sale(), Edit(**typed))
    assert (found.field, str(longest) in str(found)) == (field, True)


def test_the_contact_must_be_of_the_chosen_company() -> None:
    stranger = Person("eve", "Eve", "globex")
    assert problem(superoffice_sale(company=ACME), Link(person=stranger)).field == "person"


def test_company_and_contact_are_optional() -> None:
    sale = superoffice_sale()
    assert (sale.company, sale.person) == (None, None)


def test_a_contact_of_the_company_is_taken() -> None:
    sale = superoffice_sale(company=Company("globex", "Globex"), person=Person("eve", "Eve", "globex"))
    assert (sale.company, sale.person) == ("globex", "eve")


# Sections 1.1 and 3.1: stages.


def test_stages_follow_their_rank_whatever_their_percentages() -> None:
    ranked = (Stage("b", "Second", 50), Stage("a", "First", 20), Stage("c", "Third", 30))
    sale = superoffice_sale(evolve(superoffice.new_business(), stages=ranked))
    assert [sale.stage, told(sale, Next()).stage, told(sale, Next(), Next()).stage] == ["b", "a", "c"]


def without_stages() -> SaleType:
    return evolve(superoffice.new_business(), stages=())


def test_a_sale_of_a_type_without_stages_is_open() -> None:
    sale = superoffice_sale(without_stages())
    assert (sale.status, sale.stage) == (Status.OPEN, None)


def test_a_sale_of_a_type_without_stages_has_nowhere_to_move() -> None:
    sale = superoffice_sale(without_stages())
    assert not any(is_on_offer(sale, move, JAN_7) for move in (Next, Previous, MoveTo))


def test_a_sale_of_a_type_without_stages_can_be_sold() -> None:
    assert told(superoffice_sale(without_stages()), Sell()).probability == 100


def proposal_retired() -> SaleType:
    kind = superoffice.new_business()
    stages = tuple(evolve(stage, retired=stage.id == "proposal") for stage in kind.stages)
    return evolve(kind, stages=stages)


def in_a_deleted_stage() -> Sale:
    return evolve(told(superoffice_sale(), MoveTo("proposal")), type=proposal_retired())


def test_a_sale_in_a_deleted_stage_keeps_showing_its_name() -> None:
    assert in_a_deleted_stage().stage_name == "Proposal"


def test_a_deleted_stage_can_be_left() -> None:
    assert told(in_a_deleted_stage(), Next()).stage == "second-meeting"


def test_a_deleted_stage_cannot_be_entered() -> None:
    assert problem(superoffice_sale(proposal_retired()), MoveTo("proposal")).code == "retired-stage"


def test_a_deleted_stage_is_not_on_offer() -> None:
    assert "proposal" not in stages_on_offer(superoffice_sale(proposal_retired()), MoveTo, JAN_7)


def test_next_steps_over_a_deleted_stage() -> None:
    assert told(superoffice_sale(proposal_retired()), Next(), Next()).stage == "second-meeting"


def test_a_new_sale_does_not_start_in_a_deleted_stage() -> None:
    kind = superoffice.new_business()
    no_lead = evolve(kind, stages=(evolve(kind.stages[0], retired=True), *kind.stages[1:]))
    assert superoffice_sale(no_lead).stage == "first-meeting"


# Section 3.7: changing a stage's percentage.


def test_changing_a_stages_percentage_rewrites_no_sale() -> None:
    sale = superoffice_sale(amount=1000, stage="proposal")
    dearer = superoffice.catalog().with_stage(Stage("proposal", "Proposal", 45)).type("new-business")
    assert facts(evolve(sale, type=dearer).probability, evolve(sale, type=dearer).weighted) == (30, 300)


def test_a_stages_new_percentage_counts_for_the_next_sale_that_enters_it() -> None:
    dearer = superoffice.catalog().with_stage(Stage("proposal", "Proposal", 45)).type("new-business")
    assert told(superoffice_sale(dearer), MoveTo("proposal")).probability == 45


# Section 3.6: changing the type of a running sale.


def test_changing_to_a_guided_type_goes_to_its_first_stage() -> None:
    guided = evolve(superoffice.add_on(), guide=SalesGuide.of(("first-meeting", [follow_up("Customer meeting")])))
    sale = told(superoffice_sale(stage="proposal"), ChangeType(guided))
    assert facts(sale.stage_name, sale.probability) == ("First Meeting", 20)


def test_changing_to_an_unguided_type_keeps_a_stage_that_both_have() -> None:
    sale = told(superoffice_sale(stage="proposal"), ChangeType(superoffice.add_on()))
    assert facts(sale.stage_name, sale.probability) == ("Proposal", 30)


def test_changing_to_an_unguided_type_keeps_an_override_with_the_stage() -> None:
    sale = told(superoffice_sale(stage="proposal"), Revise(chance=65), ChangeType(superoffice.add_on()))
    assert sale.probability == 65


def test_changing_to_an_unguided_type_without_the_stage_goes_to_its_first() -> None:
    sale = told(superoffice_sale(stage="short-list"), ChangeType(superoffice.add_on()))
    assert facts(sale.stage_name, sale.probability) == ("First Meeting", 20)


def test_changing_the_type_never_touches_the_sale_date() -> None:
    assert told(superoffice_sale(), ChangeType(superoffice.add_on())).sale_date == APR_7


def test_changing_the_type_brings_the_new_category() -> None:
    sale = told(superoffice_sale(), ChangeType(superoffice.add_on()))
    assert sale.category == "Existing customers"


def test_changing_the_type_keeps_the_figures() -> None:
    sale = told(s01(), ChangeType(superoffice.add_on()))
    assert facts(sale.amount, sale.cost) == (6550, 1500)
