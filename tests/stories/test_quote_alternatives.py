"""Several things offered in one quote, as a SuperOffice user goes about it (5.7, 5.8)."""

from decimal import Decimal

import pytest
from tests.stories.offering import WARNING, active, favourite, line_of, names, quote_of, quoted
from tests.stories.telling import told

from salespipeline import Action, Sale
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    ChooseFavourite,
    EditAlternative,
    EditQuoteLine,
    Master,
    NewVersion,
    OrderAlternatives,
    QuotePolicy,
    QuoteStanding,
    RemoveAlternative,
    SendQuote,
    Validate,
)

DESKS = AddQuoteLine("Desk", quantity=10, list_price=20, cost=9)
ON_TOTAL = QuotePolicy(discount_on_total=True)


def with_three(*actions: Action) -> Sale:
    """Products with desks for 200, then Small (ALT-3) for 50 and Large (ALT-4) for 900."""
    small = AddQuoteLine("Desk", alternative="ALT-3", quantity=5, list_price=10)
    large = AddQuoteLine("Desk", alternative="ALT-4", quantity=9, list_price=100)
    return quoted(DESKS, AddAlternative("Small"), AddAlternative("Large"), small, large, *actions)


def stars(sale: Sale) -> list[str]:
    """The name of the favourite and what the sale is worth."""
    return [favourite(sale).name, str(sale.amount)]


def test_the_first_alternative_is_the_favourite_and_the_others_are_not() -> None:
    assert stars(with_three()) == ["Products", "200.00"]


def test_an_alternative_comes_empty_at_the_end() -> None:
    sale = quoted(DESKS, AddAlternative("Small", description="for two rooms"))
    added = active(sale).alternatives[-1]
    assert (names(sale), added.lines, added.description) == (["Products", "Small"], (), "for two rooms")


def test_an_alternative_can_be_a_copy_with_lines_of_its_own() -> None:
    sale = quoted(DESKS, AddAlternative("Large", copy_of="ALT-1"))
    original, copy = active(sale).alternatives
    assert (copy.name, copy.total, copy.lines[0].name) == ("Large", 200, "Desk")
    assert copy.lines[0].id != original.lines[0].id
    larger = told(sale, EditQuoteLine(copy.lines[0].id, quantity=100))
    assert [each.total for each in active(larger).alternatives] == [200, 2_000]


def test_a_line_added_to_a_copy_is_no_line_that_was_copied() -> None:
    sale = quoted(DESKS, DESKS, AddAlternative("Large", copy_of="ALT-1"))
    copy = active(sale).alternatives[1].id
    sale = told(sale, AddQuoteLine("Lamp", alternative=copy, quantity=1), AddAlternative("Other"))
    ids = [str(line.id) for each in active(sale).alternatives for line in each.lines]
    ids += [str(each.id) for each in active(sale).alternatives]
    assert len(set(ids)) == len(ids) == 8


def test_a_copy_brings_the_discount_on_the_total() -> None:
    sale = quoted(DESKS, EditAlternative(discount_percent=10), AddAlternative("B", copy_of="ALT-1"), policy=ON_TOTAL)
    copy = active(sale).alternatives[1]
    assert (copy.total, copy.master, copy.typed) == (180, Master.DISCOUNT_PERCENT, 10)


def test_a_copy_can_be_priced_otherwise_at_once() -> None:
    sale = quoted(DESKS, AddAlternative("B", copy_of="ALT-1", total=150), policy=ON_TOTAL)
    assert [each.total for each in active(sale).alternatives] == [200, 150]


def test_an_alternative_is_renamed_and_described() -> None:
    sale = told(with_three(), EditAlternative("ALT-3", name="Tiny", description="one room\nonly"))
    assert names(sale) == ["Products", "Tiny", "Large"]
    assert active(sale).alternative("ALT-3").description == "one room\nonly"


def test_a_name_has_up_to_59_characters() -> None:
    assert names(quoted(AddAlternative("x" * 59)))[1] == "x" * 59


def test_a_description_has_up_to_2047_characters() -> None:
    assert active(quoted(AddAlternative("B", description="x" * 2047))).alternatives[1].description == "x" * 2047


def test_the_tabs_are_put_in_another_order_and_the_star_stays() -> None:
    sale = told(with_three(), OrderAlternatives(["ALT-4", "ALT-1", "ALT-3"]))
    assert names(sale) == ["Large", "Products", "Small"]
    assert stars(sale) == ["Products", "200.00"]


def test_tabs_that_are_not_named_follow_as_they_were() -> None:
    assert names(told(with_three(), OrderAlternatives(["ALT-4"]))) == ["Large", "Products", "Small"]


def test_the_star_moves_and_the_amount_with_it() -> None:
    assert stars(told(with_three(), ChooseFavourite("ALT-4"))) == ["Large", "900.00"]


def test_choosing_the_favourite_again_is_the_very_same_sale() -> None:
    sale = told(with_three(), Validate())
    assert told(sale, ChooseFavourite("ALT-1")) is sale


def test_without_the_favourite_the_first_that_is_left_has_the_star() -> None:
    assert stars(told(with_three(), RemoveAlternative("ALT-1"))) == ["Small", "50.00"]


def test_the_first_that_is_left_is_the_first_of_the_tabs() -> None:
    order = OrderAlternatives(["ALT-4", "ALT-1", "ALT-3"])
    assert stars(told(with_three(), order, RemoveAlternative("ALT-1"))) == ["Large", "900.00"]


def test_without_another_alternative_the_star_stays() -> None:
    sale = told(with_three(), RemoveAlternative("ALT-3"))
    assert (names(sale), stars(sale)) == (["Products", "Large"], ["Products", "200.00"])


def test_an_id_of_an_alternative_is_not_given_twice() -> None:
    sale = told(with_three(), RemoveAlternative("ALT-4"), AddAlternative("Other"))
    assert len({"ALT-1", "ALT-3", "ALT-4", active(sale).alternatives[-1].id}) == 4


def test_a_new_version_begins_with_the_favourite_that_was_sent() -> None:
    assert stars(told(with_three(), ChooseFavourite("ALT-4"), Validate(), SendQuote(), NewVersion())) == [
        "Large",
        "900.00",
    ]


def test_each_version_has_a_favourite_of_its_own() -> None:
    sale = told(with_three(), Validate(), SendQuote(), NewVersion(), ChooseFavourite("ALT-4"))
    assert [each.alternative().name for each in quote_of(sale).versions] == ["Products", "Large"]


@pytest.mark.parametrize(
    "edit",
    [
        AddAlternative("Other"),
        EditAlternative("ALT-3", name="Tiny"),
        RemoveAlternative("ALT-3"),
        OrderAlternatives(["ALT-4"]),
        ChooseFavourite("ALT-3"),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_every_edit_has_to_be_validated_again(edit: Action) -> None:
    sale = told(with_three(), Validate())
    assert active(sale).standing is QuoteStanding.CALCULATED
    edited = active(told(sale, edit))
    assert (edited.standing, edited.findings) == (QuoteStanding.NOT_CALCULATED, ())


def test_writing_what_is_written_is_the_very_same_sale() -> None:
    sale = told(with_three(), Validate())
    for edit in (EditAlternative("ALT-3", name="Small"), EditQuoteLine("L-2", quantity=10)):
        assert told(sale, edit) is sale


# The discount on the total (5.7).


@pytest.mark.parametrize(
    ("edit", "total", "discount", "percent"),
    [
        (EditAlternative(discount_percent=10), 180, 20, 10),
        (EditAlternative(discount_amount=20), 180, 20, 10),
        (EditAlternative(total=180), 180, 20, 10),
        (EditAlternative(earning_amount=90), 180, 20, 10),
        (EditAlternative(earning_percent=50), 180, 20, 10),
        (EditAlternative(system_discount=10), 180, 20, 10),
        (EditAlternative(earning_percent=55), 200, 0, 0),
    ],
)
def test_an_alternative_is_priced_by_any_of_the_five(
    edit: EditAlternative, total: int, discount: int, percent: int
) -> None:
    whole = favourite(quoted(DESKS, edit, policy=ON_TOTAL))
    assert [whole.total, whole.discount_amount, whole.discount_percent] == [total, discount, percent]


def test_it_comes_on_top_of_the_discounts_of_the_lines() -> None:
    lines = (EditQuoteLine("L-2", discount_percent=10), EditAlternative(discount_percent=10))
    whole = favourite(quoted(DESKS, *lines, policy=ON_TOTAL))
    assert [whole.gross, whole.subtotal, whole.total] == [200, 180, 162]
    assert whole.whole_discount_percent == 19


def test_it_keeps_its_percent_when_a_line_changes() -> None:
    edits = (EditAlternative(discount_percent=10), EditQuoteLine("L-2", quantity=20))
    assert favourite(quoted(DESKS, *edits, policy=ON_TOTAL)).total == 360


def test_a_fixed_total_stays_when_a_line_changes() -> None:
    edits = (EditAlternative(total=180), EditQuoteLine("L-2", quantity=20))
    sale = quoted(DESKS, *edits, policy=ON_TOTAL)
    assert [favourite(sale).total, favourite(sale).discount_percent, sale.amount] == [180, 55, 180]


def test_what_was_typed_can_be_taken_back() -> None:
    edits = (EditAlternative(discount_percent=10), EditAlternative(discount_percent=None))
    whole = favourite(quoted(DESKS, *edits, policy=ON_TOTAL))
    assert (whole.total, whole.master) == (200, Master.NONE)


def test_vat_is_of_what_is_left_after_all_discounts() -> None:
    first = AddQuoteLine("Desk", quantity=2, list_price=3_200, discount_percent="4.3", vat=25)
    second = AddQuoteLine("Lamp", quantity=4, list_price=2_000, vat=25)
    food = AddQuoteLine("Lunch", quantity=4, list_price=4_000, vat=12)
    back = AddQuoteLine("Old desk", quantity=-1, list_price=100, vat=25)
    whole = favourite(quoted(first, second, food, EditAlternative(discount_percent=2), policy=ON_TOTAL))
    assert [whole.vat_of(line) for line in whole.lines] == [Decimal("1500.576"), 1_960, Decimal("1881.6")]
    assert (whole.vat_amount, whole.total) == (Decimal("5342.176"), Decimal("29522.304"))
    with_return = quoted(first, second, food, back, EditAlternative(discount_percent=2), policy=ON_TOTAL)
    assert favourite(with_return).vat_amount == Decimal("5342.176")


def test_vat_is_in_no_price() -> None:
    sale = quoted(AddQuoteLine("Desk", quantity=1, list_price=1_000, vat=25))
    assert [line_of(sale).total, favourite(sale).total, favourite(sale).vat_amount, sale.amount] == [
        1_000,
        1_000,
        250,
        1_000,
    ]


def test_an_alternative_that_is_not_the_favourite_is_judged_too() -> None:
    cheap = AddQuoteLine("Desk", alternative="ALT-3", quantity=1, list_price=5, cost=9)
    sale = quoted(DESKS, AddAlternative("Cheap"), cheap, Validate(), policy=WARNING)
    assert active(sale).standing is QuoteStanding.NEEDS_APPROVAL
