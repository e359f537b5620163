"""Bad input to a quote: every fault gets an error of its own that names the field, the value and what would work."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.stories.offering import DESK, LAMP, codes, prices, quote_of, quoted, standing_at, unquoted
from tests.stories.telling import problem, told

from salespipeline import Action, Lose, Revise, Sale, Sell
from salespipeline.quoting import (
    ActivateVersion,
    AddAlternative,
    AddQuoteLine,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    EditAlternative,
    EditQuoteLine,
    NewVersion,
    OrderAlternatives,
    PlaceOrder,
    QuoteCheck,
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
NOTHING: Any = None
TWO: Any = ["ALT-1", "ALT-3"]
BY_ID: Any = "P-25"
A_SALE: Any = unquoted()
TOMORROW: Any = "tomorrow"

DESKS = AddQuoteLine("Desk", quantity=1, list_price=100, cost=50)
ONE_ONLY = QuotePolicy(alternatives=False)
ON_TOTAL = QuotePolicy(discount_on_total=True)


def drafted() -> Sale:
    return quoted(DESKS)


def judged() -> Sale:
    return told(drafted(), Validate())


def with_two() -> Sale:
    return quoted(DESKS, AddAlternative("Small"))


def faulty() -> Sale:
    below_cost = AddQuoteLine("Desk", quantity=1, list_price=1, cost=2)
    return quoted(below_cost, Validate(), policy=QuotePolicy(refuses={QuoteCheck.BELOW_COST}))


def free_of_cost() -> Sale:
    """A quote whose only line earns all of its price."""
    return quoted(AddQuoteLine("Advice", quantity=1, list_price=100, earning_percent=100))


def earning_all() -> Sale:
    """A quote that earns all of its total, as long as nothing in it costs."""
    free = AddQuoteLine("Advice", quantity=1, list_price=100)
    return quoted(free, EditAlternative(earning_percent=100), policy=ON_TOTAL)


def from_the_list() -> Sale:
    return quoted(AddQuoteLine("desk", price_list=prices(products=(evolve(DESK, cost=0),)), earning_percent=100))


FROM_LIST = AddQuoteLine("desk", price_list=prices())

# Where it is asked, what is asked, the code and the field of the one problem, and words that say what would work.
Case = tuple[Callable[[], Sale], Action, str, str, str]
CASES: list[Case] = [
    # one quote, of a sale that runs, with a version in a state for it
    (drafted, CreateQuote(), "has-quote", "quote", "delete or unlink it first"),
    (drafted, CopyQuote(quote_of(quoted())), "has-quote", "quote", "delete or unlink it first"),
    (lambda: told(unquoted(), Sell()), CreateQuote(), "no-quote-now", "", "while the sale runs"),
    (lambda: told(unquoted(), Lose()), CreateQuote(), "no-quote-now", "", "possible are"),
    (lambda: told(judged(), SendQuote()), SendQuote(), "quote-sent-already", "quote", "NewVersion()"),
    (lambda: told(judged(), SendQuote()), DESKS, "quote-not-editable", "quote", "NewVersion()"),
    (drafted, SendQuote(), "quote-not-validated", "quote", "Validate()"),
    (drafted, PlaceOrder(), "quote-not-validated", "quote", "Validate()"),
    (faulty, SendQuote(), "quote-errors", "quote", "below-cost"),
    (faulty, PlaceOrder(), "quote-errors", "quote", "mended first"),
    (lambda: standing_at(QuoteStanding.NEEDS_APPROVAL), SendQuote(), "quote-not-approved", "quote", "RequestApproval"),
    (lambda: standing_at(QuoteStanding.NEEDS_APPROVAL), PlaceOrder(), "quote-not-approved", "quote", "approve first"),
    # lines
    (drafted, AddQuoteLine("Lamp"), "quantity-required", "quantity", "give one"),
    (drafted, EditQuoteLine("L-2", quantity=NOTHING), "invalid-value", "quantity", "digits such as"),
    (drafted, AddQuoteLine("Lamp", quantity=A_FLOAT), "invalid-value", "quantity", "float is not exact"),
    (drafted, AddQuoteLine("", quantity=1), "invalid-value", "name", "required"),
    (drafted, AddQuoteLine("Lamp", quantity=1, vat="100.01"), "invalid-value", "vat", "0 to 100"),
    (drafted, AddQuoteLine("x", quantity="1e3"), "invalid-value", "quantity", "digits such as"),
    (drafted, EditQuoteLine("L-2", list_price=Decimal("NaN")), "invalid-value", "list_price", "digits such as"),
    (drafted, EditQuoteLine("L-2", description="x" * 2048), "invalid-value", "description", "2047"),
    (drafted, EditQuoteLine("L-9", quantity=1), "unknown-line", "line", "'L-2'"),
    (drafted, RemoveQuoteLine("L-9"), "unknown-line", "lines", "'L-2'"),
    (drafted, evolve(DESKS, alternative="ALT-9"), "unknown-alternative", "alternative", "'ALT-1'"),
    (drafted, EditQuoteLine("L-2", quantity=10**14, list_price=10), "too-much", "total", "15 digits"),
    # the five figures
    (drafted, EditQuoteLine("L-2", earning_percent=100), "earning-too-high", "earning_percent", "less than 100"),
    (drafted, EditQuoteLine("L-2", earning_percent="250"), "earning-too-high", "earning_percent", "less than 100"),
    (free_of_cost, EditQuoteLine("L-2", cost=1), "earning-too-high", "earning_percent", "less than 100"),
    (earning_all, DESKS, "earning-too-high", "earning_percent", "less than 100"),
    (earning_all, EditQuoteLine("L-2", cost=1), "earning-too-high", "earning_percent", "less than 100"),
    (from_the_list, UpdatePrices(price_lists=[prices()]), "earning-too-high", "earning_percent", "less than 100"),
    (
        lambda: quoted(DESKS, policy=ON_TOTAL),
        EditAlternative(earning_percent=100),
        "earning-too-high",
        "earning_percent",
        "less than 100",
    ),
    (drafted, EditQuoteLine("L-2", total=1, earning_percent=2), "two-masters", "total and earning_percent", "give one"),
    # price lists
    (drafted, evolve(FROM_LIST, price_list=prices(currency="EUR")), "price-list-currency", "price_list", "'NOK'"),
    (drafted, evolve(FROM_LIST, price_list=prices(active=False)), "price-list-out-of-use", "price_list", "another"),
    (
        drafted,
        evolve(FROM_LIST, price_list=prices(valid_to=date(2025, 1, 6))),
        "price-list-out-of-use",
        "price_list",
        "2025-01-07",
    ),
    (
        drafted,
        evolve(FROM_LIST, price_list=prices(valid_from=date(2025, 1, 8))),
        "price-list-out-of-use",
        "price_list",
        "2025-01-07",
    ),
    (drafted, AddQuoteLine("chair", price_list=prices(), quantity=1), "unknown-product", "what", "'desk'"),
    (
        drafted,
        evolve(FROM_LIST, quantity=1, price_list=prices(products=(evolve(DESK, in_assortment=False), LAMP))),
        "unknown-product",
        "what",
        "'lamp'",
    ),
    (drafted, evolve(FROM_LIST, quantity=1, price_list=BY_ID), "invalid-value", "price_list", "PriceList"),
    (drafted, Validate(price_lists=[BY_ID]), "invalid-value", "price_lists", "in a list"),
    # alternatives
    (with_two, ChooseFavourite(TWO), "one-favourite", "alternative", "name one"),
    (with_two, ChooseFavourite("ALT-9"), "unknown-alternative", "alternative", "'ALT-3'"),
    (drafted, RemoveAlternative("ALT-1"), "last-alternative", "alternative", "add another first"),
    (with_two, OrderAlternatives(["ALT-9"]), "unknown-alternative", "alternatives", "'ALT-1'"),
    (with_two, AddAlternative("B", copy_of="ALT-9"), "unknown-alternative", "copy_of", "'ALT-3'"),
    (drafted, AddAlternative("x" * 60), "invalid-value", "name", "at most 59"),
    (drafted, EditAlternative(name=" "), "invalid-value", "name", "required"),
    (drafted, AddAlternative("B", description="x" * 2048), "invalid-value", "description", "at most 2047"),
    (lambda: quoted(policy=ONE_ONLY), AddAlternative("B"), "one-alternative", "quote", "one alternative only"),
    (drafted, EditAlternative(discount_percent=1), "no-discount-on-total", "discount_percent", "leave"),
    (
        lambda: unquoted(ONE_ONLY),
        CopyQuote(quote_of(with_two())),
        "one-alternative",
        "quote",
        "one alternative only",
    ),
    (
        lambda: unquoted(currency="EUR"),
        CopyQuote(quote_of(drafted())),
        "quote-currency",
        "quote",
        "'EUR'",
    ),
    (unquoted, CopyQuote(A_SALE), "invalid-value", "quote", "other.quote"),
    # what the quote decides
    (drafted, Revise(amount=1), "amount-from-source", "amount", "quote"),
    (drafted, Revise(cost=1), "amount-from-source", "cost", "quote"),
    (drafted, Revise(profit=1), "amount-from-source", "profit", "quote"),
    (drafted, Revise(margin=1), "amount-from-source", "margin", "quote"),
    (drafted, Sell(value=1), "amount-from-source", "value", "quote"),
    (drafted, Revise(currency="EUR"), "currency-frozen", "currency", "'NOK'"),
    # sending, versions, ordering
    (judged, SendQuote(date(2025, 1, 6)), "valid-until-passed", "valid_until", "2025-01-07"),
    (judged, SendQuote(TOMORROW), "invalid-value", "valid_until", "date"),
    (judged, SendQuote(follow_up=TOMORROW), "invalid-value", "follow_up", "date"),
    (judged, SendQuote(text="x" * 2048), "invalid-value", "text", "at most 2047"),
    (judged, PlaceOrder(number="x" * 128), "invalid-value", "number", "at most 127"),
    (judged, PlaceOrder(comment="x" * 2047), "invalid-value", "comment", "at most 2046"),
    (judged, PlaceOrder("ALT-9"), "unknown-alternative", "alternative", "'ALT-1'"),
    (judged, PlaceOrder(reason="luck"), "unknown-reason", "reason", "'price'"),
    (judged, NewVersion(), "no-such-quote-step", "quote", "edit"),
    (judged, ActivateVersion(1), "unknown-version", "rank", "archived"),
    (unquoted, CreateQuote(name="x" * 60), "invalid-value", "name", "at most 59"),
    (unquoted, CreateQuote(number="a\nb"), "invalid-value", "number", "control character"),
    (
        lambda: standing_at(QuoteStanding.NEEDS_APPROVAL),
        RequestApproval("ben", comment="x" * 2048),
        "invalid-value",
        "text",
        "at most 2047",
    ),
]


@pytest.mark.parametrize(
    ("where", "action", "code", "field", "works"),
    CASES,
    ids=[f"{place}-{type(action).__name__}-{code}" for place, (_, action, code, _, _) in enumerate(CASES)],
)
def test_one_fault_is_one_problem_of_its_own(
    where: Callable[[], Sale], action: Action, code: str, field: str, works: str
) -> None:
    sale = where()
    assert codes(sale, action) == [code]
    found = problem(sale, action)
    assert found.field == field
    assert works in str(found)


def test_taking_no_line_out_is_refused() -> None:
    assert codes(drafted(), RemoveQuoteLine([])) == ["required-of-list"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (AddQuoteLine("chair", price_list=prices()), "unknown-product"),
        (AddQuoteLine("desk", price_list=BY_ID), "invalid-value"),
    ],
)
def test_a_product_that_is_not_found_is_the_one_fault(line: AddQuoteLine, code: str) -> None:
    assert codes(drafted(), line) == [code]
