"""What is on offer, with what it needs, and why the rest is not: expectations written by hand."""

from datetime import date

import pytest
from tests.stories.telling import JAN_7, JAN_8, at_stage, bcm_sale, opportunity, superoffice_sale, told

from salespipeline import (
    Action,
    Complete,
    Link,
    Lose,
    MoveTo,
    Next,
    Offer,
    Previous,
    Reopen,
    Resume,
    Sale,
    Sell,
    Stall,
    Start,
    Uncomplete,
    apply,
    available,
)
from salespipeline.model.actions import ACTIONS

EVERY_STAGE = {
    "MoveTo lead",
    "MoveTo first-meeting",
    "MoveTo proposal",
    "MoveTo second-meeting",
    "MoveTo short-list",
    "MoveTo verbal-acceptance",
}
ADDING = {"AddActivity needs title", "LinkActivity needs activity"}


def named(offer: Offer) -> str:
    needs = f" needs {' and '.join(offer.needs)}" if offer.needs else ""
    return f"{offer.action.__name__} {offer.stage or ''}".strip() + needs


def offered(sale: Sale, on: date = JAN_7) -> set[str]:
    return {named(offer) for offer in available(sale, on=on) if offer.is_open}


def why_not(sale: Sale, action: type[Action], on: date = JAN_7) -> str:
    (offer,) = (offer for offer in available(sale, on=on) if offer.action is action)
    return " ".join(str(problem) for problem in offer.problems)


def proposal() -> Sale:
    return superoffice_sale(stage="proposal")


def test_an_open_sale_offers_every_stage_and_every_way_out() -> None:
    assert (
        offered(proposal())
        == EVERY_STAGE
        | {
            "Next second-meeting",
            "Previous first-meeting",
            "Revise",
            "Edit",
            "Stall",
            "Sell",
            "Lose",
            "Assign needs owner",
            "Link",
            "ChangeType needs type",
        }
        | ADDING
    )


def test_a_sale_in_its_first_stage_offers_no_previous() -> None:
    assert "Lead" in why_not(superoffice_sale(), Previous)


def test_a_sale_in_its_last_stage_offers_no_next() -> None:
    assert "Verbal Acceptance" in why_not(superoffice_sale(stage="verbal-acceptance"), Next)


def test_a_stalled_sale_offers_no_stage_and_no_type() -> None:
    assert (
        offered(told(proposal(), Stall()))
        == {
            "Resume",
            "Sell",
            "Lose",
            "Revise",
            "Edit",
            "Assign needs owner",
            "Link",
        }
        | ADDING
    )


def test_a_sold_sale_offers_losing_reopening_and_the_tick() -> None:
    assert (
        offered(told(proposal(), Sell()))
        == {
            "Lose",
            "Reopen",
            "Complete",
            "Revise",
            "Edit",
            "Assign needs owner",
            "Link",
        }
        | ADDING
    )


def test_a_lost_sale_offers_selling_reopening_and_the_tick() -> None:
    assert (
        offered(told(proposal(), Lose()))
        == {
            "Sell",
            "Reopen",
            "Complete",
            "Revise",
            "Edit",
            "Assign needs owner",
            "Link",
        }
        | ADDING
    )


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=["sold", "lost"])
def test_a_completed_sale_offers_the_removal_of_the_tick_alone(closing: Action) -> None:
    assert offered(told(proposal(), closing, Complete())) == {"Uncomplete"}


@pytest.mark.parametrize("action", [Start, Resume, Reopen, Complete, Uncomplete], ids=lambda kind: kind.__name__)
def test_what_an_open_sale_does_not_offer_says_that_it_is_open(action: type[Action]) -> None:
    assert "while the sale is open" in why_not(proposal(), action)


@pytest.mark.parametrize("action", [MoveTo, Next, Stall, Complete], ids=lambda kind: kind.__name__)
def test_what_a_stalled_sale_does_not_offer_says_what_it_does(action: type[Action]) -> None:
    reason = why_not(told(proposal(), Stall()), action)
    assert ("while the sale is stalled" in reason, "Resume" in reason) == (True, True)


def test_a_completed_sale_says_of_selling_that_the_tick_must_go_first() -> None:
    assert "Uncomplete" in why_not(told(proposal(), Sell(), Complete()), Sell)


def test_every_action_is_either_on_offer_or_says_why_not() -> None:
    assert {offer.action for offer in available(proposal(), on=JAN_7)} == set(ACTIONS)


def test_every_offer_that_is_not_open_has_a_reason() -> None:
    closed = [offer for offer in available(proposal(), on=JAN_7) if not offer.is_open]
    assert all(str(problem) for offer in closed for problem in offer.problems)


def test_an_opportunity_that_is_not_started_offers_its_first_stage() -> None:
    assert offered(opportunity(), JAN_8) == {
        "Start ex-large-1",
        "Edit",
        "Assign needs owner",
        "Link",
        "ChangeType needs type",
        "Sell needs reason and value",
        "Lose needs reason",
    } | ADDING | {"Plan needs suggestion"}


def test_an_opportunity_in_progress_needs_reason_and_value_to_be_won() -> None:
    assert "Sell needs reason and value" in offered(told(opportunity(), Start(), on=JAN_8), JAN_8)


def test_an_opportunity_in_progress_needs_a_reason_to_be_lost() -> None:
    assert "Lose needs reason" in offered(at_stage(2), JAN_8)


def test_an_opportunity_in_progress_offers_the_stages_within_reach() -> None:
    stages = {name for name in offered(at_stage(3), JAN_8) if "ex-large" in name}
    assert stages == {"Next ex-large-4", "Previous ex-large-2", "Jump ex-large-2", "Jump ex-large-1"}


def test_a_contact_manager_record_offers_every_stage() -> None:
    stages = {name for name in offered(bcm_sale()) if name.startswith("MoveTo")}
    assert stages == {
        "MoveTo prospecting",
        "MoveTo qualification",
        "MoveTo needs-analysis",
        "MoveTo proposal",
        "MoveTo negotiation",
    }


def test_nothing_is_on_offer_before_the_last_change() -> None:
    assert offered(superoffice_sale(), date(2025, 1, 6)) == set()


def test_an_offer_makes_the_action_it_offers() -> None:
    sale = proposal()
    (offer,) = (offer for offer in available(sale, on=JAN_7) if offer.action is Next)
    assert apply(sale, offer.make(), on=JAN_7).stage == "second-meeting"


def test_an_offer_that_needs_a_value_takes_it() -> None:
    sale = told(opportunity(), Start(), on=JAN_8)
    (offer,) = (offer for offer in available(sale, on=JAN_8) if offer.action is Sell)
    assert apply(sale, offer.make(reason="PRICE_W", value=9_500), on=JAN_8).value == 9_500


def test_linking_a_contact_manager_record_asks_for_a_party() -> None:
    assert any(offer.action is Link and offer.is_open for offer in available(bcm_sale(), on=JAN_7))
