"""What validating a quote finds, how bad it is, and when it has to be approved (SuperOffice, 5.3, 5.4, 5.13)."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest
from attrs import evolve
from tests.stories.offering import APR_3, DESK, LAMP, active, codes, line_of, prices, quoted
from tests.stories.telling import told

from salespipeline import Action, Sale
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    EditAlternative,
    EditQuoteLine,
    PlaceOrder,
    PriceList,
    QuoteCheck,
    QuotePolicy,
    QuoteStanding,
    SendQuote,
    Severity,
    Subscription,
    UpdatePrices,
    Validate,
)

SOUND = AddQuoteLine("Desk", quantity=1, list_price=100, cost=60, minimum_price=80)
FROM_LIST = AddQuoteLine("desk", price_list=prices())


class Flaw(NamedTuple):
    """A line that one check finds something in, with the price lists to hold it against, and where it is found."""

    line: AddQuoteLine
    lists: tuple[PriceList, ...] = ()
    places: tuple[str | None, ...] = ("L-2",)


FLAWS: dict[QuoteCheck, Flaw] = {
    QuoteCheck.NOT_IN_ASSORTMENT: Flaw(FROM_LIST, (prices(products=(LAMP,)),)),
    QuoteCheck.PRICE_LIST_OUT_OF_USE: Flaw(FROM_LIST, (prices(active=False),)),
    QuoteCheck.BELOW_MINIMUM_PRICE: Flaw(AddQuoteLine("Desk", quantity=1, list_price=100, minimum_price="100.01")),
    QuoteCheck.BELOW_COST: Flaw(AddQuoteLine("Desk", quantity=1, list_price=100, cost="100.01")),
    QuoteCheck.TOTAL_ZERO: Flaw(AddQuoteLine("Gift", quantity=1), places=("L-2", None)),
    QuoteCheck.TOTAL_NEGATIVE: Flaw(
        AddQuoteLine("Old desk", quantity=-1, list_price=70, cost=40, minimum_price=60), places=("L-2", None)
    ),
}
OUTCOMES: list[tuple[str, Severity, QuoteStanding]] = [
    ("ignores", Severity.OK, QuoteStanding.CALCULATED),
    ("", Severity.INFO, QuoteStanding.CALCULATED),
    ("warns_of", Severity.WARNING, QuoteStanding.NEEDS_APPROVAL),
    ("refuses", Severity.ERROR, QuoteStanding.NOT_CALCULATED),
]
POLICIES: dict[str, Callable[[QuoteCheck], QuotePolicy]] = {
    "ignores": lambda check: QuotePolicy(ignores={check}),
    "": lambda check: QuotePolicy(),
    "warns_of": lambda check: QuotePolicy(warns_of={check}),
    "refuses": lambda check: QuotePolicy(refuses={check}),
}


def flawed(check: QuoteCheck, said: str = "") -> Sale:
    """A quote that a check has something against, and what the policy says of that check."""
    flaw = FLAWS[check]
    return quoted(flaw.line, Validate(price_lists=flaw.lists), policy=POLICIES[said](check))


@pytest.mark.parametrize("check", QuoteCheck, ids=lambda check: check.value)
@pytest.mark.parametrize(("said", "severity", "standing"), OUTCOMES, ids=["ignored", "info", "warning", "error"])
def test_a_check_matters_as_the_policy_says(
    check: QuoteCheck, said: str, severity: Severity, standing: QuoteStanding
) -> None:
    version = active(flawed(check, said))
    found = [(each.code, each.severity, each.alternative, each.line) for each in version.findings]
    places = FLAWS[check].places if severity is not Severity.OK else ()
    assert found == [(check.value, severity, "ALT-1", place) for place in places]
    assert (version.severity, version.standing) == (severity, standing)


@pytest.mark.parametrize("check", QuoteCheck, ids=lambda check: check.value)
def test_without_a_word_of_it_every_check_is_for_information(check: QuoteCheck) -> None:
    assert active(flawed(check)).severity is Severity.INFO


def test_of_several_words_on_a_check_the_hardest_holds() -> None:
    check = QuoteCheck.BELOW_COST
    policies = [
        QuotePolicy(ignores={check}, warns_of={check}),
        QuotePolicy(ignores={check}, warns_of={check}, refuses={check}),
    ]
    assert [policy.severity(check) for policy in policies] == [Severity.WARNING, Severity.ERROR]


@pytest.mark.parametrize(
    ("said", "problem"),
    [("ignores", None), ("", None), ("warns_of", "quote-not-approved"), ("refuses", "quote-errors")],
)
@pytest.mark.parametrize("action", [SendQuote(), PlaceOrder()], ids=["send", "order"])
def test_a_warning_or_an_error_keeps_a_quote_from_going_out(said: str, problem: str | None, action: Action) -> None:
    sale = flawed(QuoteCheck.BELOW_COST, said)
    if problem is None:
        assert told(sale, action) is not sale
    else:
        assert codes(sale, action) == [problem]


def test_a_sound_line_has_nothing_against_it() -> None:
    version = active(quoted(SOUND, Validate()))
    assert (version.findings, version.severity, version.standing) == ((), Severity.OK, QuoteStanding.CALCULATED)


@pytest.mark.parametrize(
    "line",
    [
        evolve(SOUND, discount_percent=20),  # 80, its minimum
        AddQuoteLine("Desk", quantity=1, list_price=100, cost=100),  # its cost
    ],
)
def test_exactly_the_minimum_and_exactly_the_cost_are_enough(line: AddQuoteLine) -> None:
    assert active(quoted(line, Validate())).findings == ()


def test_the_minimum_is_held_against_the_price_of_a_unit_after_its_discount() -> None:
    line = AddQuoteLine("Desk", quantity=50, list_price=100, minimum_price=80, discount_amount=1_001)
    (found,) = active(quoted(line, Validate())).findings
    assert found.code == "below-minimum-price"


@pytest.mark.parametrize(("discount", "number"), [(20, 0), (21, 1)])
def test_the_minimum_of_a_subscription_is_that_of_one_period(discount: int, number: int) -> None:
    monthly = evolve(SOUND, subscription=Subscription(12, "month"), discount_percent=discount)
    assert len(active(quoted(monthly, Validate())).findings) == number


def test_the_worst_of_all_findings_is_that_of_the_version() -> None:
    policy = QuotePolicy(warns_of={QuoteCheck.BELOW_COST}, refuses={QuoteCheck.TOTAL_NEGATIVE})
    info = AddQuoteLine("Gift", quantity=1)
    warning = AddQuoteLine("Desk", quantity=1, list_price=4_000, cost=5_000)
    error = AddQuoteLine("Old desk", quantity=-1, list_price=1)
    steps: list[Action] = [SOUND, info, warning, error]
    found = [active(quoted(*steps[:number], Validate(), policy=policy)).severity for number in (1, 2, 3, 4)]
    assert found == [Severity.OK, Severity.INFO, Severity.WARNING, Severity.ERROR]


def test_everything_that_is_found_is_told_at_once() -> None:
    line = AddQuoteLine("desk", price_list=prices(), list_price=-1, minimum_price=100, quantity=2)
    lists = [prices(products=(), valid_to=date(2025, 1, 6))]
    found = {each.code for each in active(quoted(line, Validate(price_lists=lists))).findings}
    assert found == {check.value for check in QuoteCheck} - {"total-zero"}


def test_what_was_found_is_forgotten_before_it_is_judged_again() -> None:
    sale = told(flawed(QuoteCheck.BELOW_COST, "refuses"), EditQuoteLine("L-2", list_price=200))
    assert active(sale).findings == ()
    assert active(told(sale, Validate())).standing is QuoteStanding.CALCULATED


def test_judging_again_without_an_edit_is_the_very_same_sale() -> None:
    sale = flawed(QuoteCheck.BELOW_COST, "warns_of")
    assert told(sale, Validate()) is sale


def test_sending_judges_again_by_the_day_it_is_sent_on() -> None:
    policy = QuotePolicy(refuses={QuoteCheck.PRICE_LIST_OUT_OF_USE})
    spring = prices(valid_to=date(2025, 3, 31))
    sale = quoted(AddQuoteLine("desk", price_list=spring), Validate(price_lists=[spring]), policy=policy)
    assert active(sale).standing is QuoteStanding.CALCULATED
    assert codes(sale, SendQuote(price_lists=[spring]), on=APR_3) == ["quote-errors"]
    assert codes(sale, PlaceOrder(price_lists=[spring]), on=APR_3) == ["quote-errors"]
    assert active(told(sale, SendQuote(price_lists=[spring]), on=date(2025, 3, 31))).standing is QuoteStanding.SENT


def test_a_line_that_came_from_no_price_list_is_held_against_none() -> None:
    assert active(quoted(AddQuoteLine(DESK), Validate(price_lists=[prices(active=False)]))).findings == ()


# The two limits of a type (5.4): over and under are meant strictly.


@pytest.mark.parametrize(("discount", "asks"), [("9.99", False), ("10", False), ("10.01", True), ("100", True)])
def test_a_discount_over_the_limit_has_to_be_approved(discount: str, asks: bool) -> None:
    line = AddQuoteLine("Desk", quantity=1, list_price=100, discount_percent=discount)
    version = active(quoted(line, Validate(), policy=QuotePolicy(max_discount=10, ignores=set(QuoteCheck))))
    assert (version.standing is QuoteStanding.NEEDS_APPROVAL) is asks
    assert [each.code for each in version.findings] == ["discount-over-limit"] * asks


@pytest.mark.parametrize(("cost", "asks"), [("69.99", False), ("70", False), ("70.01", True), ("130", True)])
def test_an_earning_under_the_limit_has_to_be_approved(cost: str, asks: bool) -> None:
    line = AddQuoteLine("Desk", quantity=1, list_price=100, cost=cost)
    version = active(quoted(line, Validate(), policy=QuotePolicy(min_earning=30, ignores=set(QuoteCheck))))
    assert (version.standing is QuoteStanding.NEEDS_APPROVAL) is asks
    assert [each.code for each in version.findings] == ["earning-under-limit"] * asks


def test_all_discounts_count_together() -> None:
    discounts = (evolve(SOUND, discount_percent=5), EditAlternative(discount_percent=5))  # 9.75 % of 100
    limits = ("9.75", "9.74")
    found = [
        active(quoted(*discounts, Validate(), policy=QuotePolicy(max_discount=limit, discount_on_total=True)))
        for limit in limits
    ]
    assert [version.standing for version in found] == [QuoteStanding.CALCULATED, QuoteStanding.NEEDS_APPROVAL]


def test_one_line_over_the_limit_is_fine_where_the_whole_is_not() -> None:
    dear = AddQuoteLine("Desk", quantity=1, list_price=900)
    cheap = AddQuoteLine("Lamp", quantity=1, list_price=100, discount_percent=100)
    assert active(quoted(dear, cheap, Validate(), policy=QuotePolicy(max_discount=10))).severity is Severity.INFO


def test_any_alternative_over_a_limit_makes_the_whole_quote_ask() -> None:
    cheap = evolve(SOUND, alternative="ALT-3", discount_percent=15)
    sale = quoted(SOUND, AddAlternative("Cheap"), cheap, Validate(), policy=QuotePolicy(max_discount=10))
    (found,) = active(sale).findings
    assert (found.code, found.severity, found.alternative, found.line) == (
        "discount-over-limit",
        Severity.WARNING,
        "ALT-3",
        None,
    )
    assert active(sale).standing is QuoteStanding.NEEDS_APPROVAL


def test_both_limits_can_be_broken_at_once() -> None:
    policy = QuotePolicy(max_discount=10, min_earning=30)
    version = active(quoted(evolve(SOUND, discount_percent=20), Validate(), policy=policy))  # 80, of which 20 earned
    assert [each.code for each in version.findings] == ["discount-over-limit", "earning-under-limit"]


def test_without_limits_nobody_has_to_approve_anything() -> None:
    line = AddQuoteLine("Desk", quantity=1, list_price=100, cost=99, discount_percent=99)
    assert active(quoted(line, Validate())).standing is QuoteStanding.CALCULATED


def test_a_quote_without_lines_breaks_no_limit() -> None:
    policy = QuotePolicy(max_discount=0, min_earning=100)
    assert active(quoted(Validate(), policy=policy)).severity is Severity.INFO


def test_an_earning_typed_as_the_limit_itself_is_fine() -> None:
    line = AddQuoteLine("Desk", quantity=1, list_price=200, cost=70, earning_percent=30)
    assert active(quoted(line, Validate(), policy=QuotePolicy(min_earning=30))).standing is QuoteStanding.CALCULATED


def test_an_earning_typed_as_the_limit_is_fine_where_the_total_has_no_end() -> None:
    line = AddQuoteLine("Desk", quantity=1, list_price=200, cost=10, earning_percent=10)  # 11.11 and on and on
    assert active(quoted(line, Validate(), policy=QuotePolicy(min_earning=10))).standing is QuoteStanding.CALCULATED


# Prices anew (5.13).

DEARER = prices(products=(evolve(DESK, list_price=12_000, cost=6_000), LAMP))


def test_new_prices_come_to_every_line_of_every_alternative() -> None:
    sale = quoted(FROM_LIST, AddAlternative("Large"), evolve(FROM_LIST, alternative="ALT-3", quantity=5))
    sale = told(sale, UpdatePrices(price_lists=[DEARER]))
    assert [each.total for each in active(sale).alternatives] == [12_000, 60_000]
    assert (str(sale.amount), str(sale.cost)) == ("12000.00", "6000.00")


def test_new_prices_leave_the_quantity_and_what_was_typed() -> None:
    sale = quoted(evolve(FROM_LIST, quantity=3, discount_percent=10), UpdatePrices(price_lists=[DEARER]))
    line = line_of(sale)
    assert [line.quantity, line.subtotal, line.discount_percent, line.total] == [3, 36_000, 10, 32_400]


def test_a_line_whose_product_is_gone_or_that_has_none_keeps_its_price() -> None:
    sale = quoted(FROM_LIST, AddQuoteLine("Assembly", quantity=1, list_price=500))
    updated = told(sale, UpdatePrices(price_lists=[prices(products=(LAMP,))]))
    assert [line_of(updated, place).total for place in (0, 1)] == [10_000, 500]


def test_new_prices_are_judged_at_once() -> None:
    sale = quoted(FROM_LIST, Validate(), UpdatePrices(price_lists=[DEARER]))
    assert active(sale).standing is QuoteStanding.CALCULATED
