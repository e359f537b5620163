"""Whatever is typed into an action on a quote is refused, or taken and kept: nothing else comes of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from tests.stories.offering import DESK, prices, quote_of, quoted, standing_at, unquoted
from tests.stories.telling import JAN_7, told

from salespipeline import KEEP, Action, Refused, Sale, apply
from salespipeline.codec import decode_sale, encode_sale
from salespipeline.quoting import (
    ActivateVersion,
    AddAlternative,
    AddQuoteLine,
    Approve,
    CancelRequest,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    Disapprove,
    EditAlternative,
    EditQuoteLine,
    LoseQuote,
    NewVersion,
    OrderAlternatives,
    PlaceOrder,
    PlaceOrderOnly,
    QuotePolicy,
    QuoteStanding,
    RemoveAlternative,
    RemoveQuoteLine,
    RequestApproval,
    SendQuote,
    Subscription,
    UpdatePrices,
    Validate,
)

NONSENSE: list[object] = [
    *(None, True, KEEP, 1.5, float("nan"), -1, 10**20, Decimal("NaN"), Decimal("1E+15")),
    *("", "x", "L-2", "ALT-1", "\ud800", "a\n", "x" * 5_000, b"x"),
    *([], ["L-2"], [["L-2"]], {}, {"a": 1}, set[str](), (1, 2), object(), int),
    *(date(2025, 1, 7), date.max, datetime(2025, 1, 7, tzinfo=UTC), DESK, prices(), Subscription(1)),
]

ACTIONS: list[Action] = [
    CreateQuote(),
    CopyQuote(quote_of(quoted())),
    DeleteQuote(),
    AddAlternative("Large"),
    EditAlternative(),
    RemoveAlternative("ALT-1"),
    OrderAlternatives([]),
    ChooseFavourite("ALT-1"),
    AddQuoteLine("Lamp", quantity=1),
    EditQuoteLine("L-2"),
    RemoveQuoteLine("L-2"),
    UpdatePrices(),
    Validate(),
    RequestApproval("ben"),
    CancelRequest(),
    Approve(),
    Disapprove(),
    SendQuote(),
    NewVersion(),
    ActivateVersion(1),
    LoseQuote(),
    PlaceOrder(),
    PlaceOrderOnly(),
]
CELLS = [(action, parameter.name) for action in ACTIONS for parameter in type(action).parameters()]


def marked(action: Action, name: str) -> object:
    """The cell of an action and a parameter."""
    return pytest.param(action, name, id=f"{type(action).__name__}-{name}")


@pytest.fixture(scope="module")
def sales() -> list[Sale]:
    """A sale without a quote, and one with its quote in each standing; with an archived version, and with two tabs."""
    standings = [each for each in QuoteStanding if each is not QuoteStanding.ARCHIVED]
    found = [unquoted(), *(standing_at(each) for each in standings)]
    found.append(told(standing_at(QuoteStanding.SENT), NewVersion()))
    policy = QuotePolicy(discount_on_total=True)
    found.append(quoted(AddQuoteLine("Desk", quantity=2, list_price=5), AddAlternative("B"), policy=policy))
    return found


def stays_whole(sale: Sale, action: Action) -> bool:
    """Whether an action is refused, or leads to a sale that can be kept and read again."""
    try:
        after = apply(sale, action, on=JAN_7, by="anna")
    except Refused as refused:
        return bool(str(refused))
    body = encode_sale(after)
    again = decode_sale(after.id, 1, body, lambda id: after.type)
    return again == after and encode_sale(again) == body


@pytest.mark.parametrize(("action", "name"), [marked(*cell) for cell in CELLS])
def test_nonsense_is_refused_or_taken_and_kept(sales: list[Sale], action: Action, name: str) -> None:
    for value in NONSENSE:
        typed = evolve(action, **{name: value})
        assert all(stays_whole(sale, typed) for sale in sales)


def test_every_action_on_a_quote_is_asked() -> None:
    asked = {type(action) for action in ACTIONS}
    lifecycle = unquoted().type.dialect.lifecycle
    offered = {row.action for row in lifecycle.rows if row.action.__module__ == CreateQuote.__module__}
    assert offered == asked
