"""What is on offer, with what it needs, and why the rest is not: expectations written by hand."""

from datetime import date

import pytest
from attrs import evolve
from tests.stories.telling import (
    ACME,
    JAN_7,
    JAN_8,
    at_stage,
    bcm_sale,
    is_on_offer,
    opportunity,
    superoffice_sale,
    told,
)

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
    SaleType,
    Sell,
    Stall,
    Start,
    Uncomplete,
    apply,
    available,
)
from salespipeline.model.actions import ACTIONS
from salespipeline.model.quote_actions import QUOTE_ACTIONS
from salespipeline.model.quote_policy import QuoteCheck
from salespipeline.presets import superoffice
from salespipeline.quoting import (
    AddAlternative,
    AddLine,
    AddQuoteLine,
    Approve,
    CancelOrder,
    CreateQuote,
    EditQuoteLine,
    LinkQuote,
    LoseQuote,
    NewVersion,
    PlaceOrder,
    PostInvoice,
    QuotePolicy,
    RemoveAlternative,
    RemoveQuoteLine,
    RequestApproval,
    SendQuote,
    UnlinkQuote,
    Validate,
)

EVERY_STAGE = {
    "MoveTo lead",
    "MoveTo first-meeting",
    "MoveTo proposal",
    "MoveTo second-meeting",
    "MoveTo short-list",
    "MoveTo verbal-acceptance",
}
ADDING = {"AddActivity needs title", "LinkActivity needs activity"}
BEGINNING = {"CreateQuote", "CopyQuote needs quote"}
# What a draft takes, whatever is in it; and what it takes once it has a line.
DRAFTING = {
    "DeleteQuote",
    "AddAlternative needs name",
    "EditAlternative",
    "OrderAlternatives needs alternatives",
    "ChooseFavourite needs alternative",
    "AddQuoteLine needs what",
    "UpdatePrices",
    "Validate",
    "LoseQuote",
}
LINES = {"EditQuoteLine needs line", "RemoveQuoteLine needs lines"}


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
        | BEGINNING
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
        | BEGINNING
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
    expected = {*ACTIONS, *QUOTE_ACTIONS, PlaceOrder}
    assert {offer.action for offer in available(proposal(), on=JAN_7)} == expected


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


# Quotes, product lines and orders.

DESK = AddQuoteLine("Desk", quantity=2, list_price=100, cost=50)
WARNED = evolve(superoffice.new_business(), quoting=QuotePolicy(warns_of=[QuoteCheck.TOTAL_ZERO], approvers=["bob"]))


def quoted(*actions: Action, type: SaleType | None = None) -> Sale:
    """A sale with a quote, after these actions."""
    return told(superoffice_sale(type), CreateQuote(), *actions)


def about_quotes(sale: Sale, on: date = JAN_7) -> set[str]:
    """What is on offer about quotes, product lines and orders."""
    offers = [offer for offer in available(sale, on=on) if offer.is_open and offer.action.is_quoting]
    return {named(offer) for offer in offers}


def choices(sale: Sale, action: type[Action], on: date = JAN_7) -> tuple[str, ...]:
    (offer,) = (offer for offer in available(sale, on=on) if offer.action is action)
    return offer.choices


def test_a_sale_without_a_quote_offers_to_begin_one() -> None:
    assert about_quotes(superoffice_sale()) == BEGINNING


def test_an_empty_draft_offers_nothing_that_takes_lines() -> None:
    assert about_quotes(quoted()) == DRAFTING


def test_a_draft_with_a_line_offers_to_change_it() -> None:
    assert about_quotes(quoted(DESK)) == DRAFTING | LINES


def test_a_validated_draft_can_be_sent_and_ordered() -> None:
    assert about_quotes(quoted(DESK, Validate())) == DRAFTING | LINES | {"SendQuote", "PlaceOrder", "PlaceOrderOnly"}


def test_a_sent_quote_offers_what_comes_after() -> None:
    sent = quoted(DESK, Validate(), SendQuote())
    assert about_quotes(sent) == {"DeleteQuote", "NewVersion", "LoseQuote", "PlaceOrder", "PlaceOrderOnly"}


def test_a_new_version_is_a_draft_that_can_give_way_to_an_older_one() -> None:
    renewed = quoted(DESK, Validate(), SendQuote(), NewVersion())
    assert about_quotes(renewed) == DRAFTING | LINES | {"ActivateVersion needs rank"}


def test_a_lost_quote_offers_a_new_version() -> None:
    assert about_quotes(quoted(LoseQuote())) == {"DeleteQuote", "NewVersion"}


def test_a_sold_sale_offers_nothing_about_its_quote() -> None:
    assert about_quotes(quoted(DESK, Validate(), PlaceOrder())) == set()


def test_with_a_warning_approval_is_on_offer_and_sending_is_not() -> None:
    warned = quoted(Validate(), type=WARNED)
    assert about_quotes(warned) == DRAFTING | {
        "RequestApproval needs approver",
        "Approve needs by",
        "Disapprove needs by",
    }
    assert "RequestApproval" in why_not(warned, SendQuote)


def test_who_was_asked_can_be_asked_no_more_once_the_request_is_taken_back() -> None:
    asked = quoted(Validate(), RequestApproval("bob"), type=WARNED)
    assert "CancelRequest" in about_quotes(asked)


def test_an_approved_draft_can_be_sent() -> None:
    approved = quoted(Validate(), Approve(by="bob"), type=WARNED)
    assert about_quotes(approved) == DRAFTING | {"SendQuote", "PlaceOrder", "PlaceOrderOnly"}


def test_of_one_alternative_none_can_be_taken_out() -> None:
    assert not is_on_offer(quoted(), RemoveAlternative, JAN_7)


def test_of_two_alternatives_each_can_be_taken_out() -> None:
    assert choices(quoted(AddAlternative("Large")), RemoveAlternative) == ("ALT-1", "ALT-2")


@pytest.mark.parametrize("action", [EditQuoteLine, RemoveQuoteLine], ids=lambda kind: kind.__name__)
def test_lines_of_every_alternative_can_be_chosen(action: type[Action]) -> None:
    quote = quoted(DESK, AddAlternative("Large"), evolve(DESK, alternative="ALT-3"))
    assert choices(quote, action) == ("L-2", "L-4")


def test_what_an_offer_chooses_among_passes() -> None:
    quote = quoted(DESK)
    (offer,) = (offer for offer in available(quote, on=JAN_7) if offer.action is RemoveQuoteLine)
    after = apply(quote, offer.make(lines=offer.choices[0]), on=JAN_7)
    assert after.quote is not None
    assert after.quote.favourite.lines == ()


def test_a_contact_manager_record_offers_a_line_and_then_to_change_it() -> None:
    assert about_quotes(bcm_sale()) == {"AddLine needs what"}
    record = told(bcm_sale(), AddLine("Desk", list_price=100))
    assert about_quotes(record) == {"AddLine needs what", "EditLine needs line", "RemoveLine needs lines"}


def test_a_contact_manager_record_has_no_quotes() -> None:
    assert {offer.action for offer in available(bcm_sale(), on=JAN_7)}.isdisjoint(QUOTE_ACTIONS)


@pytest.fixture
def started() -> Sale:
    """An opportunity of a company in progress."""
    return told(opportunity(company=ACME), Start(), on=JAN_8)


def test_an_opportunity_in_progress_offers_a_quote_of_its_own_or_one_from_elsewhere(started: Sale) -> None:
    assert about_quotes(started, JAN_8) == BEGINNING | {"LinkQuote needs number and value"}


def test_an_opportunity_that_is_not_started_offers_no_quote() -> None:
    assert about_quotes(opportunity(company=ACME), JAN_8) == set()


def test_an_opportunity_with_a_linked_quote_can_be_ordered_from_and_unlinked(started: Sale) -> None:
    linked = told(started, LinkQuote("1001", 500), on=JAN_8)
    found = about_quotes(linked, JAN_8)
    assert found == {"LinkQuote needs number and value", "PlaceOrder needs reason and customer", "UnlinkQuote"}
    assert about_quotes(told(linked, UnlinkQuote(), on=JAN_8), JAN_8) == about_quotes(started, JAN_8)


def test_an_opportunity_with_a_quote_of_its_own_offers_no_link(started: Sale) -> None:
    assert not is_on_offer(told(started, CreateQuote(), on=JAN_8), LinkQuote, JAN_8)


def test_an_ordered_opportunity_offers_the_invoice_and_the_cancellation(started: Sale) -> None:
    customer = evolve(ACME, is_customer=True)
    linked = told(started, LinkQuote("1001", 500), on=JAN_8)
    ordered = told(linked, PlaceOrder(customer=customer, reason="PRICE_W"), on=JAN_8)
    assert about_quotes(ordered, JAN_8) == {"PostInvoice needs number and value", "CancelOrder"}
    assert is_on_offer(ordered, CancelOrder, JAN_8)
    assert not is_on_offer(told(ordered, PostInvoice("2001", 500), on=JAN_8), PostInvoice, JAN_8)
