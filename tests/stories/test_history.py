"""The history of a sale: an entry for every change that a forecast could see, kept as it was written."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from attrs import evolve
from tests.stories.telling import JAN_7, facts, refusal, superoffice_sale, told

from salespipeline import (
    Action,
    Assign,
    Complete,
    Edit,
    Item,
    Lose,
    MoveTo,
    Next,
    Reopen,
    Revise,
    Sale,
    Sell,
    Stage,
    Stall,
)
from salespipeline.presets import superoffice


def the_story() -> list[Sale]:
    """A sale of desks from its registration to its completion, six actions later."""
    sale = superoffice_sale(amount=48_000)
    story = [sale]
    for on, by, action in (
        (date(2025, 1, 20), "anna", Next()),
        (date(2025, 2, 3), "bob", Revise(amount=52_500, chance=35)),
        (date(2025, 2, 3), "bob", MoveTo("second-meeting")),
        (date(2025, 3, 10), "anna", Stall(date(2025, 5, 1), "budget")),
        (date(2025, 5, 2), "carol", Sell("price", value=50_000)),
        (date(2025, 5, 9), "carol", Complete()),
    ):
        sale = told(sale, action, on=on, by=by)
        story.append(sale)
    return story


def test_six_actions_leave_just_these_entries() -> None:
    told_back = [
        facts(e.on, e.by, e.action, e.stage_name, e.figures.amount, e.position.probability)
        for e in the_story()[-1].history
    ]
    assert told_back == [
        (date(2025, 1, 7), "anna", "Register", "Lead", 48_000, 1),
        (date(2025, 1, 20), "anna", "Next", "First Meeting", 48_000, 20),
        (date(2025, 2, 3), "bob", "Revise", "First Meeting", 52_500, 35),
        (date(2025, 2, 3), "bob", "MoveTo", "Second Meeting", 52_500, 50),
        (date(2025, 3, 10), "anna", "Stall", "Second Meeting", 52_500, 50),
        (date(2025, 5, 2), "carol", "Sell", "Second Meeting", 50_000, 100),
        (date(2025, 5, 9), "carol", "Complete", "Second Meeting", 50_000, 100),
    ]


def test_an_entry_says_why_in_the_words_of_that_day() -> None:
    assert [entry.reason_name for entry in the_story()[-1].history] == [
        None,
        None,
        None,
        None,
        "Budget",
        "Price",
        "Price",
    ]


def test_the_history_only_grows() -> None:
    story = the_story()
    pairs = pairwise(story)
    assert all(later.history[: len(earlier.history)] == earlier.history for earlier, later in pairs)


def test_each_change_adds_one_entry() -> None:
    assert [len(sale.history) for sale in the_story()] == [1, 2, 3, 4, 5, 6, 7]


def test_the_last_entry_is_where_the_sale_stands() -> None:
    sale = the_story()[-1]
    last = sale.history[-1]
    assert (last.state, last.position, last.figures) == (sale.state, sale.position, sale.figures)


def test_reopening_keeps_the_history() -> None:
    sold = told(superoffice_sale(), Sell())
    assert [entry.action for entry in told(sold, Reopen()).history] == ["Register", "Sell", "Reopen"]


@pytest.mark.parametrize(
    "action",
    [MoveTo("lead"), Revise(), Revise(amount=500), Revise(amount="500.00"), Revise(chance=1), Edit(), Assign("anna")],
    ids=repr,
)
def test_an_action_that_changes_nothing_adds_none(action: Action) -> None:
    sale = superoffice_sale(amount=500, owner="anna")
    assert told(sale, action) is sale


def test_a_refused_action_adds_none() -> None:
    sale = superoffice_sale()
    refusal(sale, MoveTo("closing"))
    assert len(sale.history) == 1


@pytest.mark.parametrize(
    "edit",
    [
        Edit(note="call"),
        Edit(title="Chairs"),
        Edit(description="big"),
        Edit(source="fair"),
        Edit(custom={"region": "N"}),
    ],
    ids=repr,
)
def test_an_edit_that_no_forecast_sees_adds_none(edit: Edit) -> None:
    assert len(told(superoffice_sale(), edit).history) == 1


@pytest.mark.parametrize(
    "revision",
    [Revise(amount=1), Revise(cost=1), Revise(chance=5), Revise(expected_close=date(2025, 6, 1))],
    ids=repr,
)
def test_a_revision_adds_one(revision: Revise) -> None:
    assert len(told(superoffice_sale(), revision).history) == 2


def test_a_new_owner_adds_one() -> None:
    assert told(superoffice_sale(), Assign("bob")).history[-1].parties.owner == "bob"


def test_an_entry_keeps_what_the_stage_was_called() -> None:
    sale = told(superoffice_sale(), Next())
    renamed = superoffice.catalog().with_stage(Stage("first-meeting", "Discovery", 20)).type("new-business")
    later = evolve(sale, type=renamed)
    assert (later.stage_name, later.history[-1].stage_name) == ("Discovery", "First Meeting")


def test_an_entry_keeps_what_the_reason_was_called() -> None:
    sale = told(superoffice_sale(), Lose("price"))
    kind = evolve(sale.type, lost_reasons=(Item("price", "Too dear"),))
    assert evolve(sale, type=kind).history[-1].reason_name == "Price"


def test_an_entry_keeps_the_percentage_of_the_stage_that_day() -> None:
    sale = told(superoffice_sale(), Next())
    dearer = superoffice.catalog().with_stage(Stage("first-meeting", "First Meeting", 40)).type("new-business")
    later = told(evolve(sale, type=dearer), Next())
    assert [entry.position.probability for entry in later.history] == [1, 20, 30]


def test_every_entry_shows_the_amount_of_its_day() -> None:
    sale = told(superoffice_sale(amount=100), Revise(amount="150.50"), Revise(amount=90))
    assert [entry.figures.amount for entry in sale.history] == [100, Decimal("150.50"), 90]


def test_entries_of_one_day_stay_in_the_order_they_were_made() -> None:
    sale = told(superoffice_sale(), Next(), Next(), MoveTo("lead"), on=JAN_7)
    assert [entry.stage_name for entry in sale.history] == ["Lead", "First Meeting", "Proposal", "Lead"]
