"""Business Contact Manager: free until closed, then locked for good (reference, section B and cases of C.8)."""

from datetime import date
from decimal import Decimal

import pytest
from tests.stories.telling import ACME, JAN_7, bcm_sale, problem, refusal, told

from salespipeline import (
    Action,
    Assign,
    ChangeType,
    Complete,
    Edit,
    Link,
    Lose,
    MoveTo,
    Next,
    Person,
    Refused,
    Reopen,
    Revise,
    Sale,
    Sell,
    Stall,
    Status,
    available,
    register,
)
from salespipeline.presets import contact_manager

BEA = Person("bea", "Bea", "acme")


def closed(action: Action) -> Sale:
    return told(bcm_sale(), action)


def test_bc_92_a_record_without_title_cannot_be_saved() -> None:
    with pytest.raises(Refused) as caught:
        register(contact_manager.opportunity(), id="O-1", title="", on=JAN_7, currency="EUR", company=ACME)
    assert [found.field for found in caught.value.problems] == ["title"]


def test_bc_92_a_record_without_link_cannot_be_saved() -> None:
    with pytest.raises(Refused) as caught:
        register(contact_manager.opportunity(), id="O-1", title="Desks", on=JAN_7, currency="EUR")
    assert [found.code for found in caught.value.problems] == ["party-required"]


def test_bc_92_a_record_without_title_and_link_hears_of_both() -> None:
    with pytest.raises(Refused) as caught:
        register(contact_manager.opportunity(), id="O-1", title="", on=JAN_7, currency="EUR")
    assert len(caught.value.problems) == 2


def test_bc_93_a_link_to_a_contact_replaces_the_link_to_an_account() -> None:
    sale = told(bcm_sale(), Link(person=BEA))
    assert (sale.company, sale.person) == (None, "bea")


def test_bc_93_a_link_to_an_account_replaces_the_link_to_a_contact() -> None:
    sale = told(bcm_sale(), Link(person=BEA), Link(company=ACME))
    assert (sale.company, sale.person) == ("acme", None)


def test_bc_93_there_are_never_two_links() -> None:
    assert problem(bcm_sale(), Link(company=ACME, person=BEA)).code == "one-party"


def test_the_link_cannot_be_taken_away() -> None:
    assert problem(bcm_sale(), Link(company=None)).code == "party-required"


@pytest.mark.parametrize("stage", ["qualification", "needs-analysis", "proposal", "negotiation", "prospecting"])
def test_the_stage_is_picked_from_a_list_in_any_order(stage: str) -> None:
    assert told(bcm_sale(), MoveTo("negotiation"), MoveTo(stage)).stage == stage


def test_the_stages_are_those_of_the_2007_list() -> None:
    names = [stage.name for stage in contact_manager.opportunity().stages]
    assert names == [
        "Prospecting",
        "Qualification",
        "Needs Analysis",
        "Proposal/Price Quote",
        "Negotiation/Review",
    ]


def test_the_probability_is_what_the_user_types() -> None:
    assert told(bcm_sale(), Revise(chance=75)).probability == 75


def test_a_change_of_stage_leaves_the_typed_probability() -> None:
    assert told(bcm_sale(chance=40), MoveTo("negotiation")).probability == 40


def test_a_probability_above_100_is_refused() -> None:
    assert problem(bcm_sale(), Revise(chance=120)).field == "chance"


def test_the_record_is_edited_freely_until_it_is_closed() -> None:
    sale = told(bcm_sale(), Edit(title="Chairs", competitors=["Globex", "Initech"]), Assign("bob"))
    assert (sale.title, sale.origin.competitors, sale.owner) == ("Chairs", ("Globex", "Initech"), "bob")


def test_the_close_date_is_the_expected_one_until_it_is_closed() -> None:
    assert bcm_sale(expected_close=date(2025, 5, 1)).sale_date == date(2025, 5, 1)


def test_the_close_date_may_be_set_to_the_real_one_on_closing() -> None:
    assert closed(Sell(closed_on=date(2025, 2, 3))).sale_date == date(2025, 2, 3)


def test_bc_94_40_percent_of_230_is_expected() -> None:
    assert bcm_sale(amount=230, chance=40).value == 92


def test_bc_95_100_percent_of_230_is_expected() -> None:
    assert told(bcm_sale(amount=230), Revise(chance=100)).value == Decimal(230)


def test_bc_96_closed_won_is_at_100_percent() -> None:
    assert closed(Sell()).probability == 100


def test_bc_96_closed_won_expects_the_full_total() -> None:
    assert closed(Sell()).value == 230


def test_bc_97_closed_lost_is_at_0_percent() -> None:
    assert closed(Lose()).probability == 0


def test_bc_97_closed_lost_expects_nothing() -> None:
    assert closed(Lose()).value == 0


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=["won", "lost"])
@pytest.mark.parametrize(
    "action",
    [
        MoveTo("proposal"),
        Revise(chance=10),
        Edit(note="call"),
        Assign("bob"),
        Link(person=BEA),
        Sell(),
        Lose(),
        Reopen(),
        Complete(),
        Stall(),
        Next(),
        ChangeType(contact_manager.opportunity()),
    ],
    ids=lambda action: type(action).__name__,
)
def test_bc_96_and_97_a_closed_record_is_read_only(closing: Action, action: Action) -> None:
    assert refusal(closed(closing), action).problems[0].code == "no-such-step"


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=["won", "lost"])
def test_a_closed_record_is_locked_for_good(closing: Action) -> None:
    assert not any(offer.is_open for offer in available(closed(closing), on=JAN_7))


def test_there_is_no_stalling() -> None:
    assert problem(bcm_sale(), Stall()).code == "no-such-step"


def test_closing_needs_no_reason() -> None:
    assert closed(Sell()).status is Status.SOLD
