"""Quotes and orders the Business Central way: the link that follows, the order that closes, what comes after (A.6)."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Unpack

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.stories.telling import ACME, JAN_8, LARGE, is_on_offer, opportunity, problem, refusal, superoffice_sale, told

from salespipeline import (
    Action,
    Company,
    Details,
    Document,
    DocumentKind,
    Edit,
    Lifecycle,
    Link,
    Lose,
    Next,
    Person,
    Revise,
    Row,
    Sale,
    SaleType,
    Sell,
    Skip,
    Standing,
    Start,
    Status,
    available,
)
from salespipeline.codec import decode_sale, encode_sale
from salespipeline.presets import business_central, superoffice
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    CancelOrder,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    EditAlternative,
    EditQuoteLine,
    LinkQuote,
    Order,
    PlaceOrder,
    PlaceOrderOnly,
    PostInvoice,
    PriceList,
    Product,
    Quote,
    QuotePolicy,
    QuoteStanding,
    RemoveQuoteLine,
    UnlinkQuote,
    UpdatePrices,
)

JAN_9, JAN_12 = date(2024, 1, 9), date(2024, 1, 12)
CUSTOMER = evolve(ACME, is_customer=True)
OTHER = Company("other", "Other", is_customer=True)
TWO_AT_500 = AddQuoteLine("Desk", quantity=2, list_price=500, cost=300, discount_percent=10, vat=21)

Make = Callable[[], Sale]


def done(sale: Sale, *actions: Action, on: date = JAN_8) -> Sale:
    return told(sale, *actions, on=on, by="jo")


def code(sale: Sale, action: Action, on: date = JAN_8) -> str:
    """The code of the one problem that the action meets."""
    return problem(sale, action, on).code


def codes(sale: Sale, action: Action, on: date = JAN_8) -> list[str]:
    return [found.code for found in refusal(sale, action, on).problems]


def started(cycle: SaleType | str = LARGE, /, **details: Unpack[Details]) -> Sale:
    given: Details = {"company": ACME}
    given.update(details)
    return done(opportunity(cycle, **given), Start())


def quoted(cycle: SaleType | str = LARGE, /, **details: Unpack[Details]) -> Sale:
    """Estimated at 10 000, with a quote of its own: Q1, of 900."""
    return done(started(cycle, **details), CreateQuote(number="Q1"), TWO_AT_500)


def linked() -> Sale:
    """The same with the quote kept elsewhere."""
    return done(started(), LinkQuote("Q1", 900))


def order(**given: Any) -> PlaceOrder:
    known: dict[str, Any] = {"number": "O1", "customer": CUSTOMER, "reason": "PRICE_W"}
    return PlaceOrder(**(known | given))


def ordered() -> Sale:
    return done(quoted(), order())


def document(kind: str, number: str, value: int | str) -> Document:
    return Document(DocumentKind(kind), number, Decimal(value))


def quote_of(sale: Sale) -> Quote:
    assert sale.quote is not None
    return sale.quote


def read_again(sale: Sale) -> Sale:
    return decode_sale(sale.id, 1, encode_sale(sale), lambda _: sale.type)


BOTH = pytest.mark.parametrize("make", [quoted, linked], ids=["its own quote", "a quote of elsewhere"])


# The link follows the quote (A.6.2, A.5).


def test_a_new_quote_is_linked_with_a_value_of_nothing() -> None:
    assert done(started(), CreateQuote(number="Q1")).document == document("quote", "Q1", 0)


def test_a_quote_without_a_number_is_numbered_by_the_sale() -> None:
    assert done(started(), CreateQuote()).document == document("quote", "OP1-1", 0)


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (AddQuoteLine("Lamp", quantity=1, list_price=50), 950),
        (EditQuoteLine("L-2", quantity=3), 1350),
        (EditQuoteLine("L-2", discount_percent=None), 1000),
        (RemoveQuoteLine("L-2"), 0),
        (EditAlternative(discount_percent=50), 450),
        (EditAlternative(total="899.50"), "899.50"),
    ],
    ids=repr,
)
def test_the_value_of_the_link_follows_the_lines(action: Action, value: int | str) -> None:
    assert done(quoted(), action).document == document("quote", "Q1", value)


def test_the_value_of_the_link_follows_new_prices() -> None:
    desk = Product(id="desk", name="Desk", list_price=500)
    prices = PriceList(id="P", name="P", currency="EUR", products=(desk,))
    sale = done(started(), CreateQuote(number="Q1"), AddQuoteLine("desk", price_list=prices, quantity=2))
    dearer = evolve(prices, products=(evolve(desk, list_price=600),))
    assert done(sale, UpdatePrices(price_lists=[dearer])).document == document("quote", "Q1", 1200)


AMOUNTS = st.decimals("0.001", 1000, places=3)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, st.integers(0, 100)), max_size=5))
def test_the_value_is_the_sum_of_line_amounts_net_of_discounts_without_vat(
    lines: list[tuple[Decimal, Decimal, int]],
) -> None:
    """Document value: sum of line amounts, after line discounts, excluding VAT, over full quantity; rounded once."""
    sale = done(
        started(),
        CreateQuote(),
        *(
            AddQuoteLine("Desk", quantity=quantity, list_price=price, discount_percent=discount, vat=21)
            for quantity, price, discount in lines
        ),
    )
    exact = sum((quantity * price * (100 - discount) / 100 for quantity, price, discount in lines), Decimal(0))
    assert sale.quote_value == exact
    assert sale.document is not None
    assert sale.document.value == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_copy_of_another_opportunitys_quote_is_linked_under_a_number_of_its_own() -> None:
    copied = done(started(), CopyQuote(quote_of(quoted()), number="Q2"))
    assert copied.document == document("quote", "Q2", 900)


def test_the_quote_leaves_the_estimated_value_alone() -> None:
    assert quoted().amount == 10_000
    assert done(quoted(), Revise(amount=8_000)).amount == 8_000


def test_a_quote_is_not_in_another_currency_than_the_sale() -> None:
    assert code(quoted(), Revise(currency="USD")) == "currency-frozen"


@pytest.mark.parametrize("typed", [None, document("order", "O1", 900), document("quote", "Q1", 950)], ids=str)
def test_the_document_of_a_sale_with_a_quote_of_its_own_is_not_typed(typed: Document | None) -> None:
    assert code(quoted(), Edit(document=typed)) == "document-from-quote"


def test_the_same_document_may_be_typed_again() -> None:
    assert done(quoted(), Edit(document=document("quote", "Q1", 900))) == quoted()


def test_deleting_the_quote_clears_the_link_and_leaves_the_status() -> None:
    sale = done(quoted(), DeleteQuote())
    assert (sale.quote, sale.document, sale.status, sale.amount) == (None, None, Status.OPEN, 10_000)


def test_changing_the_contact_within_the_company_leaves_the_quote() -> None:
    sale = done(quoted(), Link(person=Person("ben", "Ben", "acme")))
    assert (sale.person, sale.document) == ("ben", document("quote", "Q1", 900))


# Quotes that are kept elsewhere.


def test_a_quote_of_elsewhere_is_a_number_and_a_value() -> None:
    assert (linked().document, linked().quote_value) == (document("quote", "Q1", 900), 900)


def test_linking_the_same_quote_again_brings_its_value_up_to_date() -> None:
    assert done(linked(), LinkQuote("Q1", 950)).document == document("quote", "Q1", 950)


def test_another_quote_is_linked_when_told_to_replace() -> None:
    assert code(linked(), LinkQuote("Q2", 950)) == "quote-linked"
    assert done(linked(), LinkQuote("Q2", 950, replacing=True)).document == document("quote", "Q2", 950)


def test_an_order_of_the_same_number_is_another_document() -> None:
    sale = done(started(), Edit(document=document("order", "Q1", 900)))
    assert code(sale, LinkQuote("Q1", 900)) == "quote-linked"


def test_a_quote_of_its_own_is_not_replaced_by_one_of_elsewhere() -> None:
    assert code(quoted(), LinkQuote("Q2", 950, replacing=True)) == "has-quote"


def test_unlinking_leaves_the_quote_elsewhere_alone() -> None:
    sale = done(linked(), UnlinkQuote())
    assert (sale.document, sale.quote_value, sale.status) == (None, None, Status.OPEN)


def test_a_quote_of_its_own_is_deleted_rather_than_unlinked() -> None:
    assert code(quoted(), UnlinkQuote()) == "no-quote"


@pytest.mark.parametrize(
    "action",
    [LinkQuote("", 900), LinkQuote("Q\n1", 900), LinkQuote("Q1", "much"), LinkQuote("Q1", "900.001")],
    ids=repr,
)
def test_what_is_no_number_or_value_is_not_linked(action: LinkQuote) -> None:
    assert code(started(), action) == "invalid-value"


# A stage that asks for a quote (A.4.4).


@BOTH
def test_a_stage_that_requires_a_quote_is_entered_with_one(make: Make) -> None:
    assert done(make(), Skip("ex-large-3")).stage == "ex-large-3"


def test_a_quote_without_lines_is_a_quote() -> None:
    assert done(started(), CreateQuote(), Skip("ex-large-3")).stage == "ex-large-3"


@pytest.mark.parametrize("sale", [done(quoted(), DeleteQuote()), done(linked(), UnlinkQuote())], ids=["own", "linked"])
def test_without_the_quote_the_stage_is_closed_again(sale: Sale) -> None:
    assert code(sale, Skip("ex-large-3")) == "quote-required"


# Closing without an order (A.6.1).


@BOTH
def test_closing_neither_deletes_the_quote_nor_makes_an_order(make: Make) -> None:
    for closing in (Sell("PRICE_W"), Lose("PRICE_L")):
        closed = done(make(), closing)
        assert (closed.document, closed.quote) == (make().document, make().quote)


def test_the_quotes_value_counts_and_not_the_typed_one() -> None:
    assert done(quoted(), Sell("PRICE_W", value=1_500)).value == 900


def test_nothing_is_won_for_a_quote_that_comes_to_nothing() -> None:
    assert code(done(started(), CreateQuote()), Sell("PRICE_W", value=1_500)) == "not-positive"


@BOTH
def test_the_quote_of_one_that_was_won_can_be_ordered_later(make: Make) -> None:
    won = done(make(), Sell("PRICE_W"))
    sale = done(won, PlaceOrderOnly(number="O1", customer=CUSTOMER), on=JAN_12)
    assert (sale.status, sale.closed_on, sale.value) == (Status.SOLD, JAN_8, 900)
    assert sale.document == document("order", "O1", 900)


def test_the_order_of_one_that_was_won_for_less_sets_what_it_is_worth() -> None:
    won = done(started(), Sell("PRICE_W", value=500))
    assert code(won, PlaceOrderOnly(customer=CUSTOMER)) == "no-quote"
    before_the_quote = evolve(won, document=document("quote", "Q1", 900))
    assert done(before_the_quote, PlaceOrderOnly(number="O1", customer=CUSTOMER)).value == 900


def with_row(row: Row, **changes: Any) -> SaleType:
    """The large cycle of a process with one step more."""
    lifecycle = Lifecycle("more", (*business_central.LIFECYCLE.rows, row), Standing.NOT_STARTED)
    dialect = evolve(business_central.DIALECT, name="more", lifecycle=lifecycle, **changes)
    return evolve(business_central.catalog().type(LARGE), dialect=dialect)


@BOTH
def test_the_order_of_one_that_was_lost_is_not_linked_to_it(make: Make) -> None:
    ordering = PlaceOrderOnly(number="O1", customer=CUSTOMER)
    lost = done(make(), Lose("PRICE_L"))
    assert code(lost, ordering) == "no-such-step"
    allowing = with_row(Row(Standing.LOST, PlaceOrderOnly, Standing.LOST))
    sale = done(evolve(lost, type=allowing), ordering)
    assert (sale.status, sale.value, sale.document) == (Status.LOST, 0, None)


# The order that closes (A.6.3).


@BOTH
def test_an_order_closes_the_opportunity_as_won_for_the_quotes_value(make: Make) -> None:
    sale = done(make(), order(), on=JAN_12)
    assert (sale.status, sale.closed_on, sale.reason, sale.value) == (Status.SOLD, JAN_12, "PRICE_W", 900)
    assert (sale.amount, sale.probability, sale.document) == (10_000, 100, document("order", "O1", 900))


def test_the_quote_that_was_ordered_is_sold_with_what_was_said() -> None:
    quote = quote_of(done(quoted(), order(comment="By phone")))
    assert quote.standing is QuoteStanding.SOLD
    assert quote.order == Order(on=JAN_8, alternative=quote.favourite.id, number="O1", comment="By phone")


def test_an_order_without_a_number_has_that_of_its_quote() -> None:
    assert done(quoted(), order(number="")).document == document("order", "Q1", 900)


def test_the_order_is_in_the_history_with_its_value() -> None:
    entry = ordered().history[-1]
    assert (entry.action, entry.on, entry.state) == ("PlaceOrder", JAN_8, ordered().state)


@pytest.mark.parametrize(
    ("given", "cancelled"), [({}, True), ({"cancel_tasks": False}, False)], ids=["by default", "no"]
)
def test_open_tasks_are_cancelled_unless_told_otherwise(given: dict[str, Any], cancelled: bool) -> None:
    tasks = done(quoted(), order(**given)).activities
    assert {task.is_cancelled for task in tasks} == {cancelled}


@pytest.mark.parametrize(("wanted", "value"), [({}, 900), ({"alternative": "ALT-3"}, 1200)], ids=["favourite", "other"])
def test_where_there_are_alternatives_the_accepted_one_counts(wanted: dict[str, str], value: int) -> None:
    policy = evolve(business_central.DIALECT.quoting, alternatives=True)
    kind = with_row(Row(Standing.OPEN, AddAlternative, Standing.OPEN), quoting=policy)
    more = AddQuoteLine("Desk", alternative="ALT-3", quantity=2, list_price=600)
    sale = done(quoted(kind), AddAlternative("Large"), more, order(**wanted))
    assert (sale.value, sale.document) == (value, document("order", "O1", value))


@pytest.mark.parametrize(
    "make", [quoted, linked, lambda: done(quoted(), Sell("PRICE_W"))], ids=["own", "linked", "won"]
)
def test_an_order_needs_a_quote_that_comes_to_more_than_nothing(make: Make) -> None:
    sale = make()
    empty = evolve(sale, document=document("quote", "Q1", 0))
    action = PlaceOrderOnly(customer=CUSTOMER) if sale.is_closed else order()
    assert code(empty, action) == "not-positive"


def test_a_quote_without_lines_is_not_ordered() -> None:
    assert code(done(started(), CreateQuote()), order()) == "not-positive"


def test_without_a_quote_there_is_nothing_to_order() -> None:
    assert code(started(), order()) == "no-quote"


def test_an_order_is_placed_once() -> None:
    assert code(ordered(), order()) == "no-such-step"
    assert "no-such-quote-step" in codes(ordered(), PlaceOrderOnly(customer=CUSTOMER))
    assert code(done(linked(), order()), PlaceOrderOnly(customer=CUSTOMER)) == "no-quote"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "PRICE_L"}, "reason"),
        ({"reason": None}, "reason"),
        ({"closed_on": date(2024, 1, 7)}, "closed_on"),
        ({"closed_on": "soon"}, "closed_on"),
        ({"number": "O\n1"}, "number"),
        ({"comment": 5}, "comment"),
        ({"alternative": "ALT-9"}, "alternative"),
    ],
    ids=str,
)
@BOTH
def test_an_order_is_told_what_can_be_read(make: Make, given: dict[str, Any], field: str) -> None:
    assert {found.field for found in refusal(make(), order(**given), JAN_8).problems} == {field}


def test_an_order_does_not_close_before_the_last_change() -> None:
    moved = done(quoted(), Next(), on=JAN_12)
    assert code(moved, order(closed_on=JAN_9), JAN_12) == "before-last-change"


def test_the_only_close_code_is_filled_in() -> None:
    kind = business_central.catalog().type(LARGE)
    one = evolve(kind, sold_reasons=kind.sold_reasons[:1], lost_reasons=kind.lost_reasons[:1])
    sale = done(quoted(one), order(reason=None))
    assert (sale.reason, done(sale, CancelOrder()).reason) == ("BUSINESS_W", "BUSINESS_L")


def test_an_order_is_on_offer_with_what_it_needs() -> None:
    (offer,) = (each for each in available(quoted(), on=JAN_8) if each.action is PlaceOrder)
    assert (offer.is_open, set(offer.needs)) == (True, {"customer", "reason"})
    assert not is_on_offer(started(), PlaceOrder, JAN_8)


# Customers (A.6.3).


@BOTH
def test_an_order_of_no_customer_is_refused_until_told_to_make_one(make: Make) -> None:
    assert code(make(), order(customer=ACME)) == "customer-required"
    assert done(make(), order(customer=ACME, make_customer=True)).status is Status.SOLD


@pytest.mark.parametrize("makes", [False, True])
def test_the_customer_is_the_company_of_the_sale(makes: bool) -> None:
    assert code(quoted(), order(customer=OTHER, make_customer=makes)) == "not-its-company"


@pytest.mark.parametrize("makes", [False, True])
@pytest.mark.parametrize("nobody", [None, PlaceOrder().customer], ids=["none", "not given"])
def test_an_order_is_not_placed_by_nobody(makes: bool, nobody: Any) -> None:
    assert code(quoted(), order(customer=nobody, make_customer=makes)) == "customer-unknown"


@pytest.mark.parametrize("odd", ["acme", 5, Person("ann", "Ann", "acme")], ids=repr)
def test_a_customer_is_a_company(odd: Any) -> None:
    assert code(quoted(), order(customer=odd)) == "invalid-value"


@pytest.mark.parametrize("odd", [1, "yes", None], ids=repr)
def test_a_customer_is_made_only_where_that_is_said_plainly(odd: Any) -> None:
    assert code(quoted(), order(customer=ACME, make_customer=odd)) == "customer-required"


def test_a_person_alone_places_no_order_in_either_reading() -> None:
    kind = evolve(business_central.catalog().type(LARGE), dialect=business_central.QUOTES_FOR_PERSONS)
    sale = done(opportunity(kind, person=Person("kim", "Kim")), Start(), CreateQuote(), TWO_AT_500)
    assert code(sale, order(customer=None)) == "customer-unknown"


def test_where_orders_need_no_customer_none_is_asked_for() -> None:
    quoted = told(superoffice_sale(), CreateQuote(), AddQuoteLine("Desk", quantity=1, list_price=500))
    assert "customer" not in {found.field for found in refusal(quoted, PlaceOrder()).problems}


def test_any_process_can_ask_for_customers() -> None:
    kind = evolve(superoffice.new_business(), quoting=QuotePolicy(needs_customer=True))
    quoted = told(superoffice_sale(kind, company=ACME), CreateQuote(), AddQuoteLine("Desk", quantity=1, list_price=5))
    assert "customer-required" in codes(quoted, PlaceOrderOnly(customer=ACME), date(2025, 1, 7))


# Later events (A.6.4).


@pytest.mark.parametrize("make", [ordered, lambda: done(linked(), order())], ids=["its own quote", "of elsewhere"])
def test_the_invoice_takes_the_place_of_the_order_and_sets_the_value(make: Make) -> None:
    sale = done(make(), PostInvoice("I1", "880.50"), on=JAN_12)
    assert (sale.status, sale.closed_on, sale.value) == (Status.SOLD, JAN_8, Decimal("880.50"))
    assert (sale.document, sale.reason) == (document("invoice", "I1", "880.50"), "PRICE_W")
    assert sale.history[-1].action == "PostInvoice"


@pytest.mark.parametrize(
    "sale",
    [
        done(started(), Sell("PRICE_W", value=900)),
        done(quoted(), Sell("PRICE_W")),
        done(ordered(), PostInvoice("I1", 900)),
    ],
    ids=["nothing linked", "a quote", "an invoice"],
)
@pytest.mark.parametrize("action", [PostInvoice("I2", 900), CancelOrder()], ids=repr)
def test_only_an_order_is_invoiced_or_deleted(sale: Sale, action: Action) -> None:
    assert code(sale, action) == "no-order"


@pytest.mark.parametrize("sale", [quoted, lambda: done(quoted(), Lose("PRICE_L"))], ids=["in progress", "lost"])
@pytest.mark.parametrize("action", [PostInvoice("I1", 900), CancelOrder()], ids=repr)
def test_only_a_won_opportunity_has_its_order_invoiced_or_deleted(sale: Make, action: Action) -> None:
    assert code(sale(), action) == "no-such-step"


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (PostInvoice("", 900), "number"),
        (PostInvoice("I1", "much"), "value"),
        (PostInvoice("I1", "9.999"), "value"),
        (PostInvoice("", None), "number value"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # bad input
    ],
    ids=repr,
)
def test_an_invoice_has_a_number_and_a_value(action: PostInvoice, field: str) -> None:
    assert " ".join(found.field for found in refusal(ordered(), action, JAN_8).problems) == field


def test_deleting_the_order_makes_it_lost_on_the_day_with_the_link_cleared() -> None:
    sale = done(ordered(), CancelOrder("PRICE_L"), on=JAN_12)
    assert (sale.status, sale.closed_on, sale.reason, sale.document) == (Status.LOST, JAN_12, "PRICE_L", None)
    assert (sale.amount, sale.value, sale.completion, sale.chance) == (10_000, 0, 100, 0)
    assert [entry.action for entry in sale.history[-2:]] == ["PlaceOrder", "CancelOrder"]


def test_the_quote_of_an_order_that_was_deleted_is_lost_and_has_no_order() -> None:
    quote = quote_of(done(ordered(), CancelOrder()))
    assert (quote.standing, quote.order) == (QuoteStanding.LOST, None)


def test_deleting_the_order_needs_no_code() -> None:
    assert done(ordered(), CancelOrder()).reason is None


@pytest.mark.parametrize("reason", ["PRICE_W", "nonsense", 5])
def test_a_code_for_deleting_the_order_is_one_of_losing(reason: Any) -> None:
    assert code(ordered(), CancelOrder(reason)) == "unknown-reason"


def test_the_order_is_not_deleted_before_the_day_it_closed_on() -> None:
    ahead = done(quoted(), order(closed_on=JAN_12))
    assert code(ahead, CancelOrder(), JAN_9) == "before-last-change"
    assert done(ahead, CancelOrder(), on=JAN_12).status is Status.LOST


def test_nothing_leads_out_of_a_deleted_order() -> None:
    gone = done(ordered(), CancelOrder())
    for action in (CreateQuote(), LinkQuote("Q2", 1), order(), CancelOrder(), PostInvoice("I1", 1), Next()):
        assert code(gone, action) in ("no-such-step", "no-quote-now")


@pytest.mark.parametrize(
    "sale",
    [
        ordered(),
        done(linked(), order()),
        done(ordered(), PostInvoice("I1", "880.50")),
        done(ordered(), CancelOrder("PRICE_L")),
        done(quoted(), Sell("PRICE_W"), PlaceOrderOnly(number="O1", customer=CUSTOMER)),
    ],
    ids=["ordered", "linked", "invoiced", "deleted", "ordered later"],
)
def test_what_became_of_an_order_can_be_stored(sale: Sale) -> None:
    assert read_again(sale) == sale
