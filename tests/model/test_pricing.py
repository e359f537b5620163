"""The five figures that hang together, worked out by hand from the formulas of the SuperOffice reference (5.6)."""

from typing import Any

import pytest
from attrs import evolve
from tests.model.priced import ALL_MASTERS, TYPED_MASTERS, figures, line, plain, priced_at_180, same

from salespipeline.errors import InvalidValue
from salespipeline.quoting import Master, Subscription

# What the same 10 at 20 come to, in the order of the ways, after a change that none of the five is.
KEPT: list[tuple[str, Any, list[str]]] = [
    (
        "quantity",
        5,
        [
            "S 100 D 10 p 10 T 90 C 45 E 45 e 50",
            "S 100 D 10 p 10 T 90 C 45 E 45 e 50",
            "S 100 D 20 p 20 T 80 C 45 E 35 e 43.75",
            "S 100 D -80 p -80 T 180 C 45 E 135 e 75",
            "S 100 D -35 p -35 T 135 C 45 E 90 e 66.67",
            "S 100 D 10 p 10 T 90 C 45 E 45 e 50",
        ],
    ),
    (
        "list_price",
        25,
        [
            "S 250 D 25 p 10 T 225 C 90 E 135 e 60",
            "S 250 D 25 p 10 T 225 C 90 E 135 e 60",
            "S 250 D 20 p 8 T 230 C 90 E 140 e 60.87",
            "S 250 D 70 p 28 T 180 C 90 E 90 e 50",
            "S 250 D 70 p 28 T 180 C 90 E 90 e 50",
            "S 250 D 70 p 28 T 180 C 90 E 90 e 50",
        ],
    ),
    (
        "cost",
        12,
        [
            "S 200 D 20 p 10 T 180 C 120 E 60 e 33.33",
            "S 200 D 20 p 10 T 180 C 120 E 60 e 33.33",
            "S 200 D 20 p 10 T 180 C 120 E 60 e 33.33",
            "S 200 D 20 p 10 T 180 C 120 E 60 e 33.33",
            "S 200 D -10 p -5 T 210 C 120 E 90 e 42.86",
            "S 200 D -40 p -20 T 240 C 120 E 120 e 50",
        ],
    ),
    (
        "subscription",
        Subscription(12, "month"),
        [
            "S 2400 D 240 p 10 T 2160 C 1080 E 1080 e 50",
            "S 2400 D 240 p 10 T 2160 C 1080 E 1080 e 50",
            "S 2400 D 20 p 0.83 T 2380 C 1080 E 1300 e 54.62",
            "S 2400 D 2220 p 92.5 T 180 C 1080 E -900 e -500",
            "S 2400 D 1230 p 51.25 T 1170 C 1080 E 90 e 7.69",
            "S 2400 D 240 p 10 T 2160 C 1080 E 1080 e 50",
        ],
    ),
]
CHANGES = [
    (name, value, master, expected)
    for name, value, all_expected in KEPT
    for master, expected in zip(ALL_MASTERS, all_expected, strict=True)
]


@pytest.mark.parametrize("master", ALL_MASTERS)
def test_each_of_the_five_leads_to_the_other_four(master: Master) -> None:
    assert same(priced_at_180(master), "S 200 D 20 p 10.00 T 180 C 90 E 90 e 50.00")


@pytest.mark.parametrize(
    ("name", "value", "master", "expected"), CHANGES, ids=lambda each: getattr(each, "value", None) or str(each)[:12]
)
def test_another_quantity_price_or_cost_keeps_the_master(name: str, value: Any, master: Master, expected: str) -> None:
    before = priced_at_180(master)
    changed = evolve(before, **{name: value})
    assert same(changed, expected)
    assert (changed.master, changed.typed) == (before.master, before.typed)


def test_a_new_system_discount_changes_the_figures_only_while_nothing_is_typed() -> None:
    changed = [evolve(priced_at_180(master), system_discount=25) for master in ALL_MASTERS]
    assert [each.total for each in changed] == [150, 180, 180, 180, 180, 180]
    assert [each.system_discount_amount for each in changed] == [50] * 6


def test_a_percent_that_does_not_come_out_is_given_to_fifty_digits() -> None:
    ten = line(Master.DISCOUNT_PERCENT, "10", list_price=13, cost=10)  # 17 of 117
    assert str(ten.earning_percent) == "14." + "529914" * 7 + "529915"


def test_amounts_are_exact_to_the_last_digit() -> None:
    odd = line(Master.DISCOUNT_PERCENT, "3.3", quantity="1.5", list_price="9.99", cost="4.44")
    assert same(odd, "S 14.985 D 0.494505 p 3.30 T 14.490495 C 6.66 E 7.830495 e 54.04")


@pytest.mark.parametrize("master", TYPED_MASTERS)
def test_what_was_typed_reads_as_it_was_typed(master: Master) -> None:
    typed = line(master, "12.500")
    assert str(getattr(typed, master.field)) == "12.500"


@pytest.mark.parametrize("master", TYPED_MASTERS)
def test_typing_a_figure_that_is_read_changes_no_other(master: Master) -> None:
    before = priced_at_180(Master.DISCOUNT_PERCENT)
    after = evolve(before, master=master, typed=getattr(before, master.field))
    assert plain(figures(after)) == plain(figures(before))


# Zero guards, and what goes below zero.


def test_of_nothing_there_is_no_discount_and_no_earning_in_percent() -> None:
    nothing = line(quantity=0)
    assert [nothing.total, nothing.discount_amount, nothing.earning_amount] == [0, 0, 0]
    assert (nothing.discount_percent, nothing.earning_percent) == (None, None)


@pytest.mark.parametrize(
    ("master", "typed", "expected"),
    [
        (Master.TOTAL, "50", "S 0 D -50 p T 50 C 90 E -40 e -80"),
        (Master.DISCOUNT_AMOUNT, "-50", "S 0 D -50 p T 50 C 90 E -40 e -80"),
        (Master.EARNING_AMOUNT, "-40", "S 0 D -50 p T 50 C 90 E -40 e -80"),
        (Master.EARNING_PERCENT, "10", "S 0 D -100 p T 100 C 90 E 10 e 10"),
    ],
)
def test_a_price_of_zero_has_no_discount_in_percent(master: Master, typed: str, expected: str) -> None:
    free = line(master, typed, list_price=0)
    assert same(free, expected)
    assert free.discount_percent is None


@pytest.mark.parametrize(
    ("master", "typed"),
    [
        (Master.TOTAL, "0"),
        (Master.DISCOUNT_PERCENT, "100"),
        (Master.DISCOUNT_AMOUNT, "200"),
        (Master.EARNING_AMOUNT, "-90"),
    ],
)
def test_a_total_of_zero_has_no_earning_in_percent(master: Master, typed: str) -> None:
    given_away = line(master, typed)
    assert same(given_away, "S 200 D 200 p 100 T 0 C 90 E -90 e")
    assert given_away.earning_percent is None


def test_a_discount_may_be_a_surcharge() -> None:
    assert same(line(Master.DISCOUNT_PERCENT, "-10"), "S 200 D -20 p -10 T 220 C 90 E 130 e 59.09")


def test_a_discount_may_be_more_than_all() -> None:
    assert same(line(Master.DISCOUNT_PERCENT, "110"), "S 200 D 220 p 110 T -20 C 90 E -110 e 550")


def test_what_is_sold_below_cost_earns_less_than_nothing() -> None:
    assert same(line(Master.TOTAL, "60"), "S 200 D 140 p 70 T 60 C 90 E -30 e -50")


def test_what_comes_back_turns_every_amount_and_no_percent() -> None:
    back = line(Master.DISCOUNT_PERCENT, "10", quantity=-10)
    assert same(back, "S -200 D -20 p 10 T -180 C -90 E -90 e 50")


def test_without_cost_everything_is_earned() -> None:
    assert same(line(cost=0), "S 200 D 0 p 0 T 200 C 0 E 200 e 100")


@pytest.mark.parametrize("percent", ["100", "100.01", "250"])
def test_what_costs_cannot_earn_all_of_its_price(percent: str) -> None:
    with pytest.raises(InvalidValue, match="less than 100") as caught:
        line(Master.EARNING_PERCENT, percent)
    assert caught.value.field == "earning_percent"


def test_what_costs_can_earn_nearly_all_of_its_price() -> None:
    assert same(line(Master.EARNING_PERCENT, "99"), "S 200 D -8800 p -4400 T 9000 C 90 E 8910 e 99")


def test_what_costs_nothing_can_earn_all_of_its_price() -> None:
    assert same(line(Master.EARNING_PERCENT, "100", cost=0), "S 200 D 0 p 0 T 200 C 0 E 200 e 100")


def test_what_costs_nothing_has_to_be_given_away_to_earn_less_than_all() -> None:
    given_away = line(Master.EARNING_PERCENT, "20", cost=0)
    assert [given_away.total, given_away.discount_amount, given_away.discount_percent] == [0, 200, 100]


def test_a_loss_can_be_typed_as_an_earning() -> None:
    assert same(line(Master.EARNING_PERCENT, "-50"), "S 200 D 140 p 70 T 60 C 90 E -30 e -50")


def test_a_figure_without_its_master_is_no_line() -> None:
    with pytest.raises(InvalidValue, match="typed"):
        line(Master.NONE, "10")
