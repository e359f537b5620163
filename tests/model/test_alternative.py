"""What an alternative comes to, worked out by hand from the formulas of the SuperOffice reference (5.7)."""

from decimal import Decimal

import pytest
from attrs import evolve
from tests.model.priced import WAYS, alternative, line, same

from salespipeline.errors import InvalidValue
from salespipeline.quoting import Master


@pytest.mark.parametrize(("master", "typed"), WAYS)
def test_an_alternative_has_the_same_five(master: Master, typed: str | None) -> None:
    whole = alternative(line(), master=master, typed=typed, system=10 if master is Master.NONE else 0)
    assert same(whole, "S 200 D 20 p 10 T 180 C 90 E 90 e 50")


def test_an_alternative_sums_up_what_the_lines_come_to_after_their_discounts() -> None:
    whole = alternative(line(Master.DISCOUNT_PERCENT, "10"), line(Master.TOTAL, "120"))
    assert same(whole, "S 300 D 0 p 0 T 300 C 180 E 120 e 40")
    assert whole.gross == 400


def test_its_discount_comes_on_top_of_those_of_the_lines() -> None:
    lines = (line(Master.DISCOUNT_PERCENT, "10"), line(Master.TOTAL, "120"))
    whole = alternative(*lines, master=Master.DISCOUNT_PERCENT, typed="10")
    assert same(whole, "S 300 D 30 p 10 T 270 C 180 E 90 e 33.33")
    assert whole.whole_discount_percent == Decimal("32.5")  # 130 of 400


def test_a_fixed_total_stays_when_a_line_comes() -> None:
    whole = alternative(line(), master=Master.TOTAL, typed="150")
    assert same(evolve(whole, lines=(line(), line())), "S 400 D 250 p 62.5 T 150 C 180 E -30 e -20")


def test_an_alternative_without_lines_comes_to_nothing() -> None:
    empty = alternative()
    assert [empty.subtotal, empty.total, empty.vat_amount] == [0, 0, 0]
    assert (empty.discount_percent, empty.earning_percent, empty.whole_discount_percent) == (None, None, None)


def test_vat_is_counted_after_the_discount_on_the_total() -> None:
    lines = (line(vat=25), line(Master.TOTAL, "600", vat="12.5"))
    whole = alternative(*lines, master=Master.DISCOUNT_PERCENT, typed="10")
    assert [whole.discounted(each) for each in lines] == [180, 540]
    assert [whole.vat_of(each) for each in lines] == [45, Decimal("67.5")]
    assert (whole.vat_amount, whole.total) == (Decimal("112.5"), Decimal(720))


def test_a_typed_discount_amount_is_shared_out_by_what_the_lines_come_to() -> None:
    lines = (line(Master.TOTAL, "600", vat=25), line(vat=25))
    whole = alternative(*lines, master=Master.DISCOUNT_AMOUNT, typed="80")
    assert [whole.discounted(each) for each in lines] == [540, 180]
    assert whole.vat_amount == 180


def test_a_line_below_zero_has_no_vat() -> None:
    lines = (line(Master.TOTAL, "1000", vat=25), line(quantity=-10, vat=25))
    whole = alternative(*lines, master=Master.DISCOUNT_PERCENT, typed="10")
    assert (whole.subtotal, whole.total, whole.vat_amount) == (Decimal(800), Decimal(720), Decimal(225))


def test_without_vat_there_is_none() -> None:
    assert alternative(line(), line(vat=0)).vat_amount == 0


def test_an_earning_of_all_cannot_be_had_of_an_alternative_that_costs() -> None:
    with pytest.raises(InvalidValue, match="less than 100"):
        alternative(line(), master=Master.EARNING_PERCENT, typed="100")


def test_the_system_discount_of_an_alternative_holds_until_something_is_typed() -> None:
    followed = alternative(line(), system=10)
    typed = evolve(followed, master=Master.TOTAL, typed=Decimal(150))
    assert [each.total for each in (followed, typed, evolve(typed, system_discount=50))] == [180, 150, 150]


def test_the_order_of_the_lines_changes_nothing() -> None:
    lines = (line(cost="0.001"), line(Master.TOTAL, "0.0001"), line(quantity="-3.7"))
    assert same(alternative(*lines), "S 126.0001 D 0 p 0 T 126.0001 C 56.71 E 69.2901 e 54.99")
    assert same(alternative(*lines[::-1]), "S 126.0001 D 0 p 0 T 126.0001 C 56.71 E 69.2901 e 54.99")
