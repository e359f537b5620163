"""Several faults of one action on a quote are told at once; and what is no fault is taken."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.stories.offering import active, codes, prices, quote_of, quoted, standing_at, unquoted
from tests.stories.telling import JAN_7, problem, refusal, told

from salespipeline import Action, Lose, Revise, Sale, Sell, Stall, problems
from salespipeline.quoting import (
    ActivateVersion,
    AddAlternative,
    AddQuoteLine,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    EditAlternative,
    EditQuoteLine,
    NewVersion,
    OrderAlternatives,
    PlaceOrder,
    Product,
    QuotePolicy,
    QuoteStanding,
    RemoveAlternative,
    RemoveQuoteLine,
    RequestApproval,
    SendQuote,
    UpdatePrices,
    Validate,
)

# What somebody typed without a type checker to hold them back.
A_FLOAT: Any = 1.5
BY_ID: Any = "P-25"
TOMORROW: Any = "tomorrow"

DESKS = AddQuoteLine("Desk", quantity=1, list_price=100, cost=50)
FROM_LIST = AddQuoteLine("desk", price_list=prices())
ONE_ONLY = QuotePolicy(alternatives=False)


def drafted() -> Sale:
    return quoted(DESKS)


def judged() -> Sale:
    return told(drafted(), Validate())


def with_two() -> Sale:
    return quoted(DESKS, AddAlternative("Small"))


NEEDING_A_QUOTE: list[Action] = [
    DESKS,
    EditQuoteLine("L-2", quantity=1),
    RemoveQuoteLine("L-2"),
    AddAlternative("B"),
    EditAlternative(name="B"),
    RemoveAlternative("ALT-1"),
    OrderAlternatives(["ALT-1"]),
    ChooseFavourite("ALT-1"),
    UpdatePrices(),
    Validate(),
    RequestApproval("ben"),
    SendQuote(),
    NewVersion(),
    ActivateVersion(1),
    DeleteQuote(),
    PlaceOrder(),
]


@pytest.mark.parametrize("action", NEEDING_A_QUOTE, ids=lambda action: type(action).__name__)
def test_without_a_quote_there_is_none_to_work_on(action: Action) -> None:
    assert codes(unquoted(), action) == ["no-quote"]
    assert "CreateQuote()" in str(problem(unquoted(), action))


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=["sold", "lost"])
def test_no_quote_is_copied_to_a_closed_sale(closing: Action) -> None:
    assert codes(told(unquoted(), closing), CopyQuote(quote_of(drafted())))


def test_a_stalled_sale_refuses_a_second_quote_in_the_same_words() -> None:
    assert codes(told(drafted(), Stall()), CreateQuote()) == ["has-quote"]


# Several faults at once: all are told.


def test_everything_wrong_with_a_line_is_told_at_once() -> None:
    line = AddQuoteLine("Lamp", quantity="many", list_price=A_FLOAT, vat=101, total=1, discount_percent=1)
    line = evolve(line, alternative="ALT-9", price_list=prices(currency="EUR", active=False))
    expected = [
        "unknown-alternative",
        "price-list-currency",
        "price-list-out-of-use",
        "unknown-product",
        *["invalid-value"] * 3,
        "two-masters",
    ]
    assert sorted(codes(drafted(), line)) == sorted(expected)
    fields = {found.field for found in refusal(drafted(), line).problems if found.code == "invalid-value"}
    assert fields == {"quantity", "list_price", "vat"}


def test_everything_wrong_with_an_alternative_is_told_at_once() -> None:
    action = AddAlternative("x" * 60, copy_of="ALT-9", description="x" * 2048, total=1, discount_percent=2)
    expected = ["invalid-value", "invalid-value", "no-discount-on-total", "two-masters"]
    assert sorted(codes(quoted(), action)) == sorted([*expected, "unknown-alternative"])
    assert codes(quoted(policy=ONE_ONLY), action) == ["one-alternative"]


def test_everything_wrong_with_sending_is_told_at_once() -> None:
    action = SendQuote(date(2024, 1, 1), follow_up=TOMORROW, text="x" * 2048, price_lists=[BY_ID])
    found = {(each.code, each.field) for each in refusal(judged(), action).problems}
    assert found == {
        ("valid-until-passed", "valid_until"),
        ("invalid-value", "follow_up"),
        ("invalid-value", "text"),
        ("invalid-value", "price_lists"),
    }


def test_everything_wrong_with_an_order_is_told_at_once() -> None:
    action = PlaceOrder("ALT-9", number="x" * 128, comment="x" * 2047, reason="luck")
    found = {(each.code, each.field) for each in refusal(drafted(), action).problems}
    assert found == {
        ("unknown-alternative", "alternative"),
        ("invalid-value", "number"),
        ("invalid-value", "comment"),
        ("unknown-reason", "reason"),
        ("quote-not-validated", "quote"),
    }


def test_everything_wrong_with_a_copy_is_told_at_once() -> None:
    action = CopyQuote(quote_of(with_two()), number="x" * 65)
    assert codes(unquoted(ONE_ONLY, currency="EUR"), action) == ["invalid-value", "quote-currency", "one-alternative"]


def test_amount_cost_and_currency_are_all_refused_at_once() -> None:
    action = Revise(amount=1, cost=1, currency="EUR")
    assert sorted(codes(drafted(), action)) == ["amount-from-source", "amount-from-source", "currency-frozen"]


# What is no fault.


def test_the_currency_it_has_is_no_other_currency() -> None:
    assert problems(drafted(), Revise(currency="NOK"), on=JAN_7) == ()


def test_a_number_of_very_many_digits_is_worked_out_or_refused() -> None:
    third = Decimal("0." + "3" * 80)
    line = AddQuoteLine("Part", quantity=third, list_price=third, discount_percent=third)
    assert isinstance(problems(quoted(), line, on=JAN_7), tuple)


@pytest.mark.parametrize("standing", [QuoteStanding.SOLD])
def test_what_would_work_does_work(standing: QuoteStanding) -> None:
    sale = standing_at(standing)
    advised = "NewVersion()" in str(problem(sale, DESKS))
    assert advised is not bool(problems(sale, NewVersion(), on=JAN_7))


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2025, 12, 31)])
def test_a_price_list_serves_on_its_first_and_on_its_last_day(day: date) -> None:
    sale = quoted()
    listed = prices(valid_from=min(day, JAN_7), valid_to=max(day, JAN_7))
    assert active(told(sale, evolve(FROM_LIST, price_list=listed))).alternatives[0].total == 10_000


def test_an_open_ended_price_list_serves_on_any_day() -> None:
    listed = prices(valid_from=None, valid_to=None, products=(Product(id="desk", name="Desk", list_price=1),))
    assert active(quoted(evolve(FROM_LIST, price_list=listed))).alternatives[0].total == 1
