"""Product lines on a record, the Contact Manager way: its amount is their total, its cost their cost (B.3, B.4)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.stories.telling import JAN_7, bcm_sale, is_on_offer, opportunity, problem, refusal, superoffice_sale, told

from salespipeline import Action, Lose, MoveTo, Revise, Sale, Sell, Start, available
from salespipeline.codec import decode_sale, encode_sale
from salespipeline.quoting import AddLine, EditLine, Line, Master, PriceList, Product, RemoveLine, Subscription

CHAIR = Product(
    id="chair",
    name="Chair",
    code="C-1",
    description="Oak",
    list_price=15,
    cost=10,
    unit="piece",
    vat=21,
    taxable=False,
    quantity=4,
)
PRICES = PriceList(id="items", name="Items", currency="EUR", products=(CHAIR,))
DESKS = AddLine("Desk", quantity=2, list_price=100, cost=60, discount_percent=10)
LAMP = AddLine("Lamp", list_price=50)


def lined(*actions: Action) -> Sale:
    """Two desks at 100 less 10 %, and one lamp at 50, at 40 %; then these actions."""
    return told(bcm_sale(), DESKS, LAMP, *actions)


def codes(sale: Sale, action: Action) -> list[str]:
    return [found.code for found in refusal(sale, action).problems]


def line(sale: Sale, place: int = 0) -> Line:
    return sale.lines[place]


# What the lines come to.


def test_the_amount_is_the_total_and_the_cost_that_of_the_lines() -> None:
    sale = lined()
    assert (sale.amount, sale.cost, sale.profit, sale.value) == (230, 120, 110, 92)


def test_a_typed_amount_stands_until_the_first_line() -> None:
    assert bcm_sale(amount=1_000).value == 400
    assert told(bcm_sale(amount=1_000), LAMP).value == 20


def test_without_lines_after_all_nothing_is_expected_until_an_amount_is_typed() -> None:
    emptied = lined(RemoveLine(["L-1", "L-2"]))
    assert (emptied.amount, emptied.cost, emptied.value) == (0, 0, 0)
    assert told(emptied, Revise(amount=500)).value == 200


@pytest.mark.parametrize(
    ("action", "amount"),
    [
        (EditLine("L-1", quantity=3), 320),
        (EditLine("L-1", list_price=200), 410),
        (EditLine("L-1", discount_percent=20), 210),
        (EditLine("L-1", discount_percent=None), 250),
        (EditLine("L-1", discount_amount=50), 200),
        (EditLine("L-1", total=150), 200),
        (EditLine("L-1", earning_percent=25), 210),
        (EditLine("L-1", earning_amount=30), 200),
        (EditLine("L-2", quantity=-1), 130),
        (EditLine("L-2", quantity=0), 180),
        (RemoveLine("L-1"), 50),
        (RemoveLine(["L-2", "L-1"]), 0),
        (RemoveLine(("L-2", "L-2")), 180),
        (AddLine(CHAIR), 290),
        (AddLine("Support", quantity=1, list_price=10, subscription=Subscription(12, "month")), 350),
    ],
    ids=repr,
)
def test_every_change_of_a_line_changes_the_amount(action: Action, amount: int) -> None:
    assert lined(action).amount == amount


PRICE = st.decimals("-99.999", "999.999", places=3)


@given(st.lists(st.tuples(st.decimals(0, 99, places=2), PRICE, PRICE), min_size=1, max_size=6))
def test_amount_and_cost_are_exact_sums_rounded_once(lines: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    """Line total before discount = quantity x unit price; money in the currency's minor unit, half-up."""
    sale = told(bcm_sale(), *(AddLine("Desk", quantity=q, list_price=p, cost=c) for q, p, c in lines))
    cent = Decimal("0.01")
    assert sale.amount == sum((q * p for q, p, _ in lines), Decimal(0)).quantize(cent, ROUND_HALF_UP)
    assert sale.cost == sum((q * c for q, _, c in lines), Decimal(0)).quantize(cent, ROUND_HALF_UP)


def test_the_lines_keep_more_digits_than_money_has() -> None:
    sale = told(bcm_sale(), *[AddLine("Screw", list_price="0.005")] * 3)
    assert ([each.total for each in sale.lines], sale.amount) == ([Decimal("0.005")] * 3, Decimal("0.02"))


def test_the_lines_stay_through_stages_and_closing() -> None:
    sale = lined()
    assert told(sale, MoveTo("proposal")).lines == sale.lines
    assert [told(sale, closing).lines for closing in (Sell(), Lose())] == [sale.lines] * 2
    assert [told(sale, closing).value for closing in (Sell(), Lose())] == [230, 0]


# What a line says.


def test_a_line_is_copied_from_its_product() -> None:
    copied = line(told(bcm_sale(), AddLine("chair", price_list=PRICES)))
    assert (copied.name, copied.code, copied.description, copied.unit) == ("Chair", "C-1", "Oak", "piece")
    assert (copied.list_price, copied.cost, copied.vat, copied.taxable, copied.quantity) == (15, 10, 21, False, 4)
    assert (copied.product, copied.price_list) == ("chair", "items")


def test_a_line_says_something_else_than_its_product_where_that_is_typed() -> None:
    typed = AddLine("chair", price_list=PRICES, quantity=1, list_price=14, description="Oiled", taxable=True)
    changed = line(told(bcm_sale(), typed))
    assert (changed.quantity, changed.list_price, changed.description, changed.taxable) == (1, 14, "Oiled", True)
    assert (changed.name, changed.cost, PRICES.product("chair").list_price) == ("Chair", 10, 15)


def test_a_line_needs_no_product_and_no_price() -> None:
    gift = line(told(bcm_sale(), AddLine("Gift")))
    assert (gift.name, gift.quantity, gift.total, gift.product) == ("Gift", 1, 0, None)


def test_what_was_typed_last_stays_as_it_was_typed() -> None:
    changed = line(lined(EditLine("L-1", quantity=3, list_price=120, cost=1)))
    assert (changed.master, changed.typed, changed.total) == (Master.DISCOUNT_PERCENT, 10, 324)


def test_a_line_can_be_called_something_else() -> None:
    assert line(lined(EditLine("L-1", name="Standing desk"))).name == "Standing desk"


def test_lines_are_numbered_on_from_the_highest_there_is() -> None:
    sale = lined(RemoveLine("L-1"), LAMP)
    assert [each.id for each in sale.lines] == ["L-2", "L-3"]


@pytest.mark.parametrize("foreign", ["x", "L-", "L-x", "L-\u0663", "L-0", "L-" + "9" * 5000])
def test_a_line_with_a_foreign_id_is_a_line_like_others(foreign: Any) -> None:
    sale = evolve(lined(), lines=(evolve(line(lined()), id=foreign), line(lined(), 1)))
    sale = told(sale, EditLine(foreign, quantity=1), LAMP)
    assert [each.id for each in sale.lines] == [foreign, "L-2", "L-3"]


# What is refused.


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (AddLine(""), ["invalid-value"]),
        (AddLine("Desk", quantity="many"), ["invalid-value"]),
        (AddLine("Desk", list_price=1.5), ["invalid-value"]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # bad input
        (AddLine("Desk", total=5, discount_percent=5), ["two-masters"]),
        (AddLine("Desk", list_price=5, cost=1, earning_percent=100), ["earning-too-high"]),
        (AddLine("Desk", quantity="1E+9", list_price=1_000_000), ["invalid-value"]),
        (AddLine("Desk", quantity=1_000_000_000, list_price=1_000_000), ["too-much"]),
        (AddLine("lamp", price_list=PRICES), ["unknown-product"]),
        (AddLine("chair", price_list=evolve(PRICES, currency="USD")), ["price-list-currency"]),
        (AddLine("chair", price_list=evolve(PRICES, valid_to=date(2025, 1, 6))), ["price-list-out-of-use"]),
        (EditLine("L-9", quantity=1), ["unknown-line"]),
        (EditLine("L-1", quantity=None), ["invalid-value"]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # bad input
        (EditLine("L-1", total=5, earning_amount=5), ["two-masters"]),
        (RemoveLine("L-9"), ["unknown-line"]),
        (RemoveLine(["L-1", "L-9", "L-8"]), ["unknown-line"] * 2),
        (RemoveLine([]), ["required-of-list"]),
        (RemoveLine(None), ["unknown-line"]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # bad input
    ],
    ids=repr,
)
def test_what_cannot_be_a_line_is_refused(action: Action, expected: list[str]) -> None:
    sale = lined()
    assert codes(sale, action) == expected
    assert sale == lined()


def test_lines_that_are_too_much_together_are_refused() -> None:
    most = AddLine("Mine", list_price="999999999999999.99")
    rich = told(bcm_sale(), most)
    assert rich.amount == Decimal("999999999999999.99")
    assert codes(rich, LAMP) == ["too-much"]
    two = told(bcm_sale(), AddLine("Mine", list_price=1), AddLine("Mine", list_price="999999999999998"))
    assert codes(two, EditLine("L-1", list_price="999999999999999")) == ["too-much"]


def test_what_is_too_much_once_it_is_rounded_is_refused() -> None:
    assert codes(bcm_sale(), AddLine("Mine", list_price="999999999999999.999")) == ["too-much"]


def test_taking_away_what_made_up_for_too_much_is_refused() -> None:
    big = "999999999999999"
    sale = told(
        bcm_sale(),
        AddLine("Mine", list_price=big),
        AddLine("Credit", list_price=f"-{big}"),
        AddLine("Mine", list_price=big),
    )
    assert codes(sale, RemoveLine("L-2")) == ["too-much"]


@pytest.mark.parametrize(
    "action",
    [
        Revise(amount=1),
        Revise(cost=1),
        Revise(profit=1),
        Revise(margin=1),
        MoveTo("proposal", amount=1),
        Sell(value=1),
    ],
    ids=repr,
)
def test_while_there_are_lines_they_alone_say_the_amount(action: Action) -> None:
    assert problem(lined(), action).code == "amount-from-source"
    assert "product lines" in str(problem(lined(), action))


def test_while_there_are_lines_the_currency_stays() -> None:
    assert problem(lined(), Revise(currency="USD")).code == "currency-frozen"
    assert told(lined(RemoveLine(["L-1", "L-2"])), Revise(currency="USD")).currency == "USD"


@pytest.mark.parametrize("closing", [Sell(), Lose()], ids=["won", "lost"])
@pytest.mark.parametrize("action", [LAMP, EditLine("L-1", quantity=1), RemoveLine("L-1")], ids=repr)
def test_a_closed_record_has_its_lines_for_good(closing: Action, action: Action) -> None:
    assert problem(told(lined(), closing), action).code == "no-such-step"


@pytest.mark.parametrize("sale", [superoffice_sale(), told(opportunity(), Start())], ids=["SuperOffice", "cycle"])
def test_processes_with_quotes_have_no_lines_of_their_own(sale: Sale) -> None:
    assert problem(sale, LAMP).code == "no-such-step"


# What is on offer, and what is written.


def test_a_record_offers_to_add_lines_and_to_change_those_it_has() -> None:
    offers = {offer.action: offer for offer in available(lined(), on=JAN_7)}
    assert [offers[action].choices for action in (EditLine, RemoveLine)] == [("L-1", "L-2")] * 2
    assert (offers[AddLine].is_open, offers[AddLine].needs) == (True, ("what",))
    assert not is_on_offer(bcm_sale(), EditLine, JAN_7)


@pytest.mark.parametrize(
    "action",
    [
        EditLine("L-1"),
        EditLine("L-1", quantity="2.00"),
        EditLine("L-1", discount_percent=10),
        EditLine("L-2", name="Lamp"),
    ],
    ids=repr,
)
def test_a_change_that_changes_nothing_is_none(action: Action) -> None:
    sale = lined()
    assert told(sale, action) is sale


def test_a_change_of_the_amount_is_in_the_history() -> None:
    assert [(entry.action, entry.figures.amount) for entry in lined().history[1:]] == [
        ("AddLine", 180),
        ("AddLine", 230),
    ]
    described = lined(EditLine("L-1", description="Oak"))
    assert (line(described).description, len(described.history)) == ("Oak", len(lined().history))


def test_lines_can_be_stored() -> None:
    sale = lined(AddLine("chair", price_list=PRICES), EditLine("L-2", subscription=Subscription(12, "month")))
    assert decode_sale(sale.id, 1, encode_sale(sale), lambda _: sale.type) == sale
