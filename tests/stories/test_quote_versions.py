"""Sending a quote, sending another version of it, and the order (SuperOffice, 5.10, 5.11, 5.12)."""

from datetime import date

import pytest
from tests.stories.offering import APR_3, active, codes, favourite, line_of, quote_of, quoted, standing_at
from tests.stories.telling import told

from salespipeline import Action, Activity, ActivityKind, Edit, Reopen, Sale, Sell, Stall, Status
from salespipeline.quoting import (
    ActivateVersion,
    AddAlternative,
    AddQuoteLine,
    CreateQuote,
    EditQuoteLine,
    LoseQuote,
    NewVersion,
    PlaceOrder,
    PlaceOrderOnly,
    QuotePolicy,
    QuoteStanding,
    SendQuote,
    Validate,
)

MAY_1, MAY_3, MAY_4 = date(2025, 5, 1), date(2025, 5, 3), date(2025, 5, 4)
DESKS = AddQuoteLine("Desk", quantity=42, list_price=10_000, cost=5_000)
ARCHIVED, SENT, SOLD = QuoteStanding.ARCHIVED, QuoteStanding.SENT, QuoteStanding.SOLD


def sent(
    sending: SendQuote | None = None, *, policy: QuotePolicy | None = None, before: tuple[Action, ...] = ()
) -> Sale:
    """Quote 10046 for 42 desks, sent on 3 April."""
    return told(quoted(DESKS, *before, Validate(), policy=policy), sending or SendQuote(), on=APR_3)


def by_name(each: object) -> str:
    """What a case is shown as."""
    return each if isinstance(each, str) else type(each).__name__


def of_kind(sale: Sale, kind: ActivityKind) -> list[Activity]:
    return [each for each in sale.activities if each.kind is kind]


# Sending (5.10).


def test_a_quote_holds_for_30_days_unless_told_otherwise() -> None:
    version = active(sent())
    assert (version.sent_on, version.valid_until) == (APR_3, MAY_3)


def test_the_type_says_how_long_a_quote_holds() -> None:
    assert active(sent(policy=QuotePolicy(valid_days=14))).valid_until == date(2025, 4, 17)


@pytest.mark.parametrize("last", [APR_3, date(2025, 12, 31)])
def test_the_last_day_can_be_given(last: date) -> None:
    assert active(sent(SendQuote(last))).valid_until == last


def test_it_holds_to_the_end_of_its_last_day() -> None:
    version = active(sent())
    assert [version.is_expired(day) for day in (APR_3, MAY_3, MAY_4)] == [False, False, True]
    assert [version.label(day) for day in (MAY_3, MAY_4)] == ["sent", "sent - expired"]


def test_what_is_not_sent_never_expires() -> None:
    later = date(2030, 1, 1)
    sales = [quoted(DESKS, Validate()), told(sent(), PlaceOrderOnly(), on=APR_3), told(sent(), LoseQuote(), on=APR_3)]
    assert [active(sale).is_expired(later) for sale in sales] == [False] * 3


def test_the_document_is_among_the_activities() -> None:
    (letter,) = of_kind(sent(), ActivityKind.DOCUMENT)
    assert (letter.done_on, letter.reference, letter.owner) == (APR_3, "10046", "anna")
    assert "10046" in letter.title


def test_each_version_that_is_sent_has_a_document_of_its_own() -> None:
    sale = told(sent(), NewVersion(number="10047"), Validate(), SendQuote(), on=APR_3)
    assert [each.reference for each in of_kind(sale, ActivityKind.DOCUMENT)] == ["10046", "10047"]


def test_a_follow_up_is_planned_two_days_before_it_expires() -> None:
    (call,) = of_kind(sent(SendQuote(follow_up=True)), ActivityKind.FOLLOW_UP)
    assert (call.due, call.done_on, call.owner) == (MAY_1, None, "anna")


def test_the_type_says_how_long_before_the_end_it_is_followed_up() -> None:
    (call,) = of_kind(sent(SendQuote(follow_up=True), policy=QuotePolicy(follow_up_days=7)), ActivityKind.FOLLOW_UP)
    assert call.due == date(2025, 4, 26)


def test_the_follow_up_is_counted_from_the_last_day_that_was_given() -> None:
    (call,) = of_kind(sent(SendQuote(date(2025, 4, 30), follow_up=True)), ActivityKind.FOLLOW_UP)
    assert call.due == date(2025, 4, 28)


def test_the_day_of_the_follow_up_can_be_given() -> None:
    (call,) = of_kind(sent(SendQuote(follow_up=date(2025, 4, 10))), ActivityKind.FOLLOW_UP)
    assert call.due == date(2025, 4, 10)


def test_without_asking_nothing_is_followed_up() -> None:
    assert of_kind(sent(), ActivityKind.FOLLOW_UP) == []


def test_the_text_is_that_of_the_follow_up() -> None:
    (call,) = of_kind(sent(SendQuote(follow_up=True, text="ask about the colour")), ActivityKind.FOLLOW_UP)
    assert call.text == "ask about the colour"


def test_the_favourite_alone_can_be_sent() -> None:
    assert [active(sent(SendQuote(favourite_only=only))).favourite_only for only in (False, True)] == [False, True]


def test_sending_changes_no_price() -> None:
    assert (sent().amount, favourite(sent())) == (420_000, favourite(quoted(DESKS)))


# Another version (5.11).


def test_editing_what_was_sent_makes_a_copy_the_active_version() -> None:
    quote = quote_of(told(sent(), NewVersion(number="10047"), on=APR_3))
    first, second = quote.versions
    assert (first.standing, first.archived_from, first.valid_until) == (ARCHIVED, SENT, MAY_3)
    assert (second.rank, second.number, second.standing) == (2, "10047", QuoteStanding.NOT_CALCULATED)
    assert (second.sent_on, second.valid_until, second.approval) == (None, None, None)
    assert (second.alternatives, second.favourite) == (first.alternatives, first.favourite)
    assert quote.active is second


def test_the_archived_version_keeps_what_it_offered() -> None:
    sale = told(sent(), NewVersion(), EditQuoteLine("L-2", quantity=1), on=APR_3)
    assert [each.alternative().total for each in quote_of(sale).versions] == [420_000, 10_000]
    assert sale.amount == 10_000


def test_an_expired_quote_has_a_new_version_too() -> None:
    assert len(quote_of(told(sent(), NewVersion(), on=MAY_4)).versions) == 2


def test_what_the_customer_declined_has_a_new_version_too() -> None:
    sale = told(sent(), LoseQuote(), NewVersion(), on=APR_3)
    assert quote_of(sale).version(1).archived_from is QuoteStanding.LOST


@pytest.mark.parametrize("standing", [each for each in QuoteStanding if each.is_draft], ids=lambda each: each.name)
def test_a_draft_is_edited_and_has_no_new_version(standing: QuoteStanding) -> None:
    assert codes(standing_at(standing), NewVersion()) == ["no-such-quote-step"]


def three_versions() -> Sale:
    """42 desks, then 20, then 10 as a draft."""
    steps: list[Action] = [NewVersion(number="10047"), EditQuoteLine("L-2", quantity=20), Validate(), SendQuote()]
    steps += [NewVersion(number="10048"), EditQuoteLine("L-2", quantity=10), Validate()]
    return told(sent(), *steps, on=APR_3)


@pytest.mark.parametrize(("rank", "amount"), [(1, 420_000), (2, 200_000)])
def test_an_archived_version_is_made_active_as_a_copy(rank: int, amount: int) -> None:
    sale = told(three_versions(), ActivateVersion(rank, number="10049"), on=APR_3)
    versions = quote_of(sale).versions
    assert [(each.rank, each.standing, each.archived_from) for each in versions] == [
        (1, ARCHIVED, SENT),
        (2, ARCHIVED, SENT),
        (3, ARCHIVED, QuoteStanding.CALCULATED),
        (4, QuoteStanding.NOT_CALCULATED, None),
    ]
    assert (quote_of(sale).number, sale.amount) == ("10049", amount)
    assert versions[3].alternatives == versions[rank - 1].alternatives


@pytest.mark.parametrize("rank", [0, 3, 4, True, "x", None])
def test_only_an_archived_version_is_made_active(rank: int) -> None:
    assert codes(three_versions(), ActivateVersion(rank), on=APR_3) == ["unknown-version"]


def test_a_line_added_to_an_activated_version_has_an_id_of_its_own() -> None:
    steps = (AddQuoteLine("Lamp", quantity=1), ActivateVersion(1), AddQuoteLine("Chair", quantity=1))
    sale = told(three_versions(), *steps, on=APR_3)
    assert [(line.id, line.name) for line in favourite(sale).lines] == [("L-2", "Desk"), ("L-4", "Chair")]


# The order (5.12).


def two_alternatives(policy: QuotePolicy | None = None) -> Sale:
    """42 desks as the favourite, 20 desks in ALT-3, sent."""
    small = AddQuoteLine("Desk", alternative="ALT-3", quantity=20, list_price=10_000, cost=5_000)
    return sent(policy=policy, before=(AddAlternative("Small"), small))


def test_an_order_sells_the_sale_with_the_quote() -> None:
    sale = told(sent(), PlaceOrder(number="PO-7", comment="by mail", reason="price"), on=MAY_1)
    assert (sale.status, sale.probability, sale.sale_date, sale.reason) == (Status.SOLD, 100, MAY_1, "price")
    order = quote_of(sale).order
    assert order is not None
    assert (order.number, order.comment, order.on, order.alternative) == ("PO-7", "by mail", MAY_1, "ALT-1")
    assert active(sale).standing is SOLD


def test_an_order_can_leave_the_sale_open() -> None:
    sale = told(sent(), PlaceOrderOnly(number="PO-7"), on=MAY_1)
    order = quote_of(sale).order
    assert order is not None
    assert (sale.status, active(sale).standing, order.number, sale.amount) == (Status.OPEN, SOLD, "PO-7", 420_000)


def test_a_stalled_sale_can_be_ordered() -> None:
    assert told(sent(), Stall(), PlaceOrder(), on=APR_3).status is Status.SOLD


@pytest.mark.parametrize("order", [PlaceOrder("ALT-3"), PlaceOrderOnly("ALT-3")], ids=["sold", "open"])
def test_what_is_accepted_becomes_the_favourite_and_the_amount_follows(order: Action) -> None:
    sale = told(two_alternatives(), order, on=APR_3)
    accepted = quote_of(sale).order
    assert accepted is not None
    assert (accepted.alternative, active(sale).favourite, favourite(sale).name) == ("ALT-3", "ALT-3", "Small")
    assert (str(sale.amount), str(sale.cost), str(sale.profit)) == ("200000.00", "100000.00", "100000.00")


def test_an_order_leaves_an_amount_that_the_quote_does_not_set() -> None:
    sale = told(two_alternatives(QuotePolicy(sets_amount=False)), PlaceOrder("ALT-3"), on=APR_3)
    assert (sale.amount, sale.quote_value) == (0, 200_000)


LOCKED: list[tuple[Action, str]] = [
    (AddQuoteLine("Lamp", quantity=1), "quote-locked"),
    (EditQuoteLine("L-2", quantity=1), "quote-locked"),
    (Validate(), "no-such-quote-step"),
    (SendQuote(), "no-such-quote-step"),
    (NewVersion(), "no-such-quote-step"),
    (LoseQuote(), "no-such-quote-step"),
    (PlaceOrder(), "no-such-quote-step"),
    (PlaceOrderOnly(), "no-such-quote-step"),
    (CreateQuote(), "has-quote"),
]


@pytest.mark.parametrize(("action", "problem"), LOCKED, ids=by_name)
@pytest.mark.parametrize("steps", [(PlaceOrderOnly(),), (PlaceOrder(), Reopen())], ids=["left open", "opened again"])
def test_after_the_order_the_quote_is_locked_though_the_sale_is_open(
    steps: tuple[Action, ...], action: Action, problem: str
) -> None:
    assert codes(told(sent(), *steps, on=APR_3), action, on=APR_3) == [problem]


@pytest.mark.parametrize("action", [action for action, _ in LOCKED], ids=by_name)
def test_a_sale_that_is_sold_with_its_quote_takes_nothing_for_it(action: Action) -> None:
    expected = "no-quote-now" if isinstance(action, CreateQuote) else "no-such-step"
    assert codes(told(sent(), PlaceOrder(), on=APR_3), action, on=APR_3) == [expected]


def test_an_archived_version_is_not_made_active_after_the_order() -> None:
    sale = told(three_versions(), PlaceOrderOnly(), on=APR_3)
    assert codes(sale, ActivateVersion(1), on=APR_3) == ["no-such-quote-step"]


def test_after_an_order_that_left_it_open_the_sale_is_sold_by_hand() -> None:
    sale = told(sent(), PlaceOrderOnly(), Edit(note="ordered"), Sell(), on=APR_3)
    assert (sale.status, sale.amount, active(sale).standing) == (Status.SOLD, 420_000, SOLD)


def test_a_draft_can_be_ordered_without_having_been_sent() -> None:
    version = active(told(quoted(DESKS, Validate()), PlaceOrder()))
    assert (version.standing, version.sent_on) == (SOLD, None)


def test_the_line_that_was_ordered_is_the_one_that_was_offered() -> None:
    assert line_of(told(sent(), PlaceOrder(), on=APR_3)) == line_of(quoted(DESKS))


@pytest.mark.parametrize(("number", "comment"), [("x" * 127, ""), ("", "x" * 2046)])
def test_a_number_has_up_to_127_characters_and_a_comment_up_to_2046(number: str, comment: str) -> None:
    order = quote_of(told(sent(), PlaceOrder(number=number, comment=comment), on=APR_3)).order
    assert order is not None
    assert (order.number, order.comment) == (number, comment)
