"""A quote from the first line to the order, as a SuperOffice user goes through it (5.1, 5.5, 5.6, 5.9, 5.13)."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from tests.stories.offering import (
    APR_3,
    DESK,
    active,
    favourite,
    line_of,
    prices,
    quote_of,
    quoted,
    two_decimals,
    unquoted,
)
from tests.stories.telling import told

from salespipeline import Action, Lose, MoveTo, Reopen, Revise, Stall, Status
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    EditAlternative,
    EditQuoteLine,
    LoseQuote,
    Master,
    NewVersion,
    PlaceOrder,
    Product,
    QuotePolicy,
    QuoteStanding,
    RemoveQuoteLine,
    SendQuote,
    Subscription,
    Validate,
)

DESKS = AddQuoteLine("Desk", quantity=42, list_price=10_000, cost=5_000)


def test_from_the_first_line_to_the_order() -> None:
    sale = quoted(DESKS, EditQuoteLine("L-2", discount_percent=5), AddAlternative("Small"))
    sale = told(sale, AddQuoteLine("Desk", alternative="ALT-3", quantity=20, list_price=10_000, cost=5_000))
    sale = told(sale, Validate(), SendQuote(follow_up=True), on=APR_3)
    assert (str(sale.amount), active(sale).label(APR_3)) == ("399000.00", "sent")
    sale = told(sale, PlaceOrder("ALT-3", number="PO-7", comment="as on the phone"), on=date(2025, 4, 10))
    assert (sale.status, sale.sale_date, sale.probability) == (Status.SOLD, date(2025, 4, 10), 100)
    assert (str(sale.amount), str(sale.profit), quote_of(sale).standing) == (
        "200000.00",
        "100000.00",
        QuoteStanding.SOLD,
    )


def test_who_was_refused_and_haggled_with_sends_a_second_version() -> None:
    sale = told(quoted(DESKS, Validate(), SendQuote()), NewVersion(number="10047"), on=APR_3)
    sale = told(sale, EditQuoteLine("L-2", total=400_000), Validate(), SendQuote(), on=APR_3)
    assert (str(sale.amount), quote_of(sale).number) == ("400000.00", "10047")
    assert [each.alternative().total for each in quote_of(sale).versions] == [420_000, 400_000]


# Beginning (5.1).


def test_a_quote_begins_as_a_draft_with_one_empty_alternative() -> None:
    version = active(quoted())
    assert (version.rank, version.number, version.standing) == (1, "10046", QuoteStanding.NOT_CALCULATED)
    assert [(each.name, each.lines) for each in version.alternatives] == [("Products", ())]
    assert version.favourite == version.alternatives[0].id


def test_a_stalled_sale_can_have_a_quote_too() -> None:
    sale = told(unquoted(), Stall(), CreateQuote(), DESKS)
    assert (sale.status, sale.amount) == (Status.STALLED, 420_000)


def test_a_sale_that_opened_again_can_have_a_quote() -> None:
    assert quote_of(told(unquoted(), Lose(), Reopen(), CreateQuote())).active.rank == 1


def test_versions_without_a_number_have_one_of_their_own_each() -> None:
    sale = told(unquoted(), CreateQuote(), Validate(), SendQuote(), NewVersion())
    numbers = [each.number for each in quote_of(sale).versions]
    assert len(set(numbers)) == 2
    assert all(numbers)


def test_the_quote_is_in_the_currency_of_the_sale() -> None:
    assert quote_of(quoted(currency="JPY")).currency == "JPY"


def test_only_the_active_version_of_another_sales_quote_is_copied() -> None:
    source = quoted(DESKS, AddAlternative("Small"), Validate(), SendQuote(), NewVersion(number="10047"))
    source = told(source, EditQuoteLine("L-2", quantity=2))
    sale = told(unquoted(id="S-2"), CopyQuote(quote_of(source), number="20001"))
    (version,) = quote_of(sale).versions
    assert (version.rank, version.number, version.standing) == (1, "20001", QuoteStanding.NOT_CALCULATED)
    assert (version.alternatives, version.favourite) == (active(source).alternatives, active(source).favourite)
    assert (str(sale.amount), str(sale.cost)) == ("20000.00", "10000.00")


def test_nothing_of_what_became_of_the_other_quote_is_copied() -> None:
    source = told(quoted(DESKS, Validate(), SendQuote()), NewVersion(), LoseQuote())
    version = active(told(unquoted(id="S-2"), CopyQuote(quote_of(source))))
    assert (version.standing, version.sent_on, version.valid_until, version.approval, version.findings) == (
        QuoteStanding.NOT_CALCULATED,
        None,
        None,
        None,
        (),
    )


def test_a_copy_goes_its_own_way() -> None:
    source = quoted(DESKS)
    copy = told(unquoted(id="S-2"), CopyQuote(quote_of(source)), EditQuoteLine("L-2", quantity=1))
    assert [line_of(sale).quantity for sale in (source, copy)] == [42, 1]


def test_a_line_added_to_a_copy_has_an_id_of_its_own() -> None:
    source = quoted(DESKS, AddAlternative("Small"))
    copy = told(unquoted(id="S-2"), CopyQuote(quote_of(source)), AddQuoteLine("Lamp", quantity=1))
    ids = [line.id for each in active(copy).alternatives for line in each.lines]
    assert len(set(ids)) == len(ids) == 2


def test_a_deleted_quote_is_gone_and_leaves_the_sale_its_amount() -> None:
    sale = told(quoted(DESKS, Validate(), SendQuote(), NewVersion()), DeleteQuote())
    assert (sale.quote, sale.quote_value, sale.amount) == (None, None, 420_000)
    assert told(sale, Revise(amount=1)).amount == 1


def test_after_deleting_it_another_quote_can_be_made() -> None:
    assert quote_of(told(quoted(DESKS), DeleteQuote(), CreateQuote(number="10050"))).number == "10050"


# Lines (5.5).


def test_a_line_copies_what_its_product_says() -> None:
    desk = Product(
        id="desk",
        name="Desk",
        code="D-120",
        description="oak",
        list_price=10_000,
        cost=5_000,
        minimum_price=8_000,
        unit="piece",
        quantity=2,
        vat=25,
        subscription=Subscription(12, "month"),
    )
    line = line_of(quoted(AddQuoteLine(desk)))
    assert (line.name, line.code, line.description, line.unit) == ("Desk", "D-120", "oak", "piece")
    assert [line.list_price, line.cost, line.minimum_price, line.quantity, line.vat] == [10_000, 5_000, 8_000, 2, 25]
    assert (line.subscription, line.product, line.total) == (Subscription(12, "month"), "desk", 240_000)


def test_what_is_typed_comes_before_what_the_product_says() -> None:
    line = line_of(quoted(AddQuoteLine("desk", price_list=prices(), quantity=3, list_price=9_000, vat="12.5")))
    assert (line.name, line.product, line.price_list) == ("Desk", "desk", "P-25")
    assert [line.quantity, line.list_price, line.cost, line.vat] == [3, 9_000, 5_000, Decimal("12.5")]


def test_texts_are_edited_for_this_quote_alone() -> None:
    edit = EditQuoteLine("L-2", name="Desk, used", code="U-1", description="scratched", unit="box")
    line = line_of(quoted(AddQuoteLine(DESK), edit))
    assert (line.name, line.code, line.description, line.unit) == ("Desk, used", "U-1", "scratched", "box")
    assert (line.product, DESK.name) == ("desk", "Desk")


def test_a_line_needs_no_product() -> None:
    assert line_of(quoted(AddQuoteLine("Assembly", quantity="1.5", list_price=800))).total == 1_200


def test_a_return_takes_from_the_total() -> None:
    sale = quoted(DESKS, AddQuoteLine("Old desk", quantity=-2, list_price=500))
    assert [line_of(sale, 1).total, favourite(sale).total] == [-1_000, 419_000]


def test_a_subscription_is_priced_for_all_its_months() -> None:
    support = AddQuoteLine(
        "Support", quantity=2, list_price=100, cost=40, subscription=Subscription(12, "month"), discount_percent=25
    )
    line = line_of(quoted(support))
    assert [line.subtotal, line.discount_amount, line.total] == [2_400, 600, 1_800]
    assert [line.total_cost, line.earning_amount] == [960, 840]
    assert two_decimals(line.earning_percent) == "46.67"


@pytest.mark.parametrize(
    ("edit", "total", "master"),
    [
        (EditQuoteLine("L-2", discount_percent=10), 180, Master.DISCOUNT_PERCENT),
        (EditQuoteLine("L-2", discount_amount=30), 170, Master.DISCOUNT_AMOUNT),
        (EditQuoteLine("L-2", total=150), 150, Master.TOTAL),
        (EditQuoteLine("L-2", earning_amount=60), 150, Master.EARNING_AMOUNT),
        (EditQuoteLine("L-2", earning_percent=40), 150, Master.EARNING_PERCENT),
        (EditQuoteLine("L-2", total=None), 190, Master.NONE),
    ],
)
def test_the_last_of_the_five_that_was_typed_is_the_master(edit: EditQuoteLine, total: int, master: Master) -> None:
    line = AddQuoteLine("Desk", quantity=10, list_price=20, cost=9, system_discount=5, discount_amount=1)
    edited = line_of(quoted(line, edit))
    assert (edited.total, edited.master) == (total, master)


def test_a_line_taken_out_is_counted_no_more_and_its_id_is_not_given_again() -> None:
    sale = told(quoted(DESKS, AddQuoteLine("Lamp", quantity=1, list_price=2_000)), RemoveQuoteLine("L-2"))
    sale = told(sale, AddQuoteLine("Chair", quantity=1, list_price=500))
    assert [(line.id, line.name) for line in favourite(sale).lines] == [("L-3", "Lamp"), ("L-4", "Chair")]
    assert sale.amount == 2_500


# What the sale is worth (5.9).


def test_amount_and_cost_follow_every_edit_of_the_favourite() -> None:
    steps: list[Action] = [DESKS, EditQuoteLine("L-2", discount_percent=5), EditQuoteLine("L-2", quantity=10)]
    worth = [quoted(*steps[:number]) for number in range(4)]
    assert [(str(sale.amount), str(sale.cost)) for sale in worth] == [
        ("0.00", "0.00"),
        ("420000.00", "210000.00"),
        ("399000.00", "210000.00"),
        ("95000.00", "50000.00"),
    ]


def test_profit_and_its_percent_are_the_earnings_of_the_favourite() -> None:
    sale = quoted(DESKS, EditQuoteLine("L-2", discount_percent=5))
    assert (str(sale.profit), sale.margin) == ("189000.00", favourite(sale).earning_percent)


def test_another_favourite_is_another_amount() -> None:
    small = AddQuoteLine("Desk", alternative="ALT-3", quantity=20, list_price=10_000, cost=5_000)
    sale = quoted(DESKS, AddAlternative("Small"), small)
    chosen = told(sale, ChooseFavourite("ALT-3"))
    assert [(each.amount, each.cost) for each in (sale, chosen)] == [(420_000, 210_000), (200_000, 100_000)]


def test_an_edit_of_another_alternative_leaves_the_amount() -> None:
    sale = quoted(DESKS, AddAlternative("Small"), AddQuoteLine("Lamp", alternative="ALT-3", quantity=1, list_price=9))
    assert sale.amount == 420_000


def test_the_discount_on_the_total_and_no_vat_is_in_the_amount() -> None:
    taxed = evolve(DESKS, vat=25)
    sale = quoted(taxed, EditAlternative(discount_amount=20_000), policy=QuotePolicy(discount_on_total=True))
    assert (sale.amount, favourite(sale).vat_amount) == (400_000, 100_000)


def test_the_amount_is_rounded_once_from_unrounded_lines() -> None:
    third = AddQuoteLine("Part", quantity=1, list_price="0.67", discount_percent=50)
    sale = quoted(third, third, third)  # 0.335 each
    assert (favourite(sale).total, str(sale.amount)) == (Decimal("1.005"), "1.01")


def test_an_amount_without_decimals_is_rounded_half_up() -> None:
    lines = [AddQuoteLine("Part", quantity=1, list_price=worth) for worth in (6_125, 8_000, 16_000)]
    policy = QuotePolicy(discount_on_total=True)
    sale = quoted(*lines, EditAlternative(discount_percent=2), policy=policy, currency="JPY")
    assert (favourite(sale).total, str(sale.amount)) == (Decimal("29522.50"), "29523")


def test_the_weighted_amount_follows_the_quote() -> None:
    sale = told(quoted(DESKS), MoveTo("first-meeting"))
    assert told(sale, EditQuoteLine("L-2", quantity=43, list_price=10_000)).weighted == 86_000


def test_every_change_of_the_amount_is_in_the_history() -> None:
    sale = quoted(DESKS, Validate(), EditQuoteLine("L-2", quantity=1))
    told_of = [(entry.action, entry.figures.amount) for entry in sale.history[1:]]
    assert told_of == [("AddQuoteLine", 420_000), ("EditQuoteLine", 10_000)]


def test_where_the_quote_does_not_set_the_amount_it_is_typed() -> None:
    sale = quoted(DESKS, Revise(amount=5_000), policy=QuotePolicy(sets_amount=False))
    assert [sale.amount, sale.quote_value] == [5_000, 420_000]


def test_what_follows_from_nothing_but_the_amount_can_still_be_revised() -> None:
    assert told(quoted(DESKS), Revise(chance=75)).probability == 75
