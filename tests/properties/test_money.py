"""Amount, cost, profit and percent: invariants 1 to 11."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.properties.walks import TODAY

from salespipeline.model.actions import Revise
from salespipeline.model.currency import Currency
from salespipeline.model.figures import Figures
from salespipeline.model.numbers import rounded
from salespipeline.model.sale import Sale
from salespipeline.presets import superoffice
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.figures import revised
from salespipeline.rules.registering import register
from salespipeline.testing.strategies import amounts, currencies, percents

NAMES = ("amount", "cost", "profit", "margin")
TYPE = superoffice.new_business()


def sale_of(currency: Currency, amount: Decimal, cost: Decimal) -> Sale:
    return register(TYPE, id="S-1", title="Desks", on=TODAY, currency=currency, amount=amount, cost=cost)


def euros(amount: Decimal, cost: Decimal) -> Sale:
    return sale_of(Currency.of("EUR"), amount, cost)


def revise(sale: Sale, **given: Any) -> Sale:
    return apply(sale, Revise(**given), on=TODAY)


@st.composite
def priced(draw: st.DrawFn) -> Sale:
    """Sales in every number of decimals."""
    currency = draw(currencies())
    return sale_of(currency, draw(amounts(currency)), draw(amounts(currency)))


@st.composite
def revisions(draw: st.DrawFn) -> tuple[Currency, list[dict[str, Any]]]:
    """A currency, and figures typed one after the other, holding one of the others or what is usual."""
    currency = draw(currencies())
    typed: list[dict[str, Any]] = []
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=6)):
        others = [None, *(other for other in NAMES if other != name)]
        value = draw(percents(4) if name == "margin" else amounts(currency))
        typed.append({name: value, "hold": draw(st.sampled_from(others))})
    return currency, typed


class TestEveryEdit:
    @given(revisions())
    def test_amount_is_cost_plus_profit(self, session: tuple[Currency, list[dict[str, Any]]]) -> None:
        """Invariant 1: amount = cost + profit, exactly, after any edits of amount, cost, profit and percent."""
        currency, typed = session
        sale = sale_of(currency, Decimal(0), Decimal(0))
        for given_figures in typed:
            action = Revise(**given_figures)
            sale = sale if problems(sale, action, on=TODAY) else apply(sale, action, on=TODAY)
            assert sale.amount == sale.cost + sale.profit

    @given(priced(), amounts("JPY"), percents(4), st.permutations(NAMES))
    def test_two_figures_give_both(self, sale: Sale, value: Decimal, margin: Decimal, names: list[str]) -> None:
        """Invariant 1: of two figures typed together, both are then as typed (a percent within half a unit)."""
        typed: dict[str, Any] = {name: margin if name == "margin" else value for name in names[:2]}
        if problems(sale, Revise(**typed), on=TODAY):  # a percent of nothing, or of everything
            return
        after = revise(sale, **typed)
        assert all(getattr(after, name) == typed[name] for name in typed if name != "margin")
        assert after.amount == after.cost + after.profit


class TestWhatIsHeld:
    @given(priced(), st.data())
    def test_setting_the_cost_holds_the_amount(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 2: setting the cost holds the amount."""
        cost = data.draw(amounts(Currency(sale.currency, sale.figures.digits)))
        after = revise(sale, cost=cost)
        assert (after.amount, after.cost) == (sale.amount, cost)

    @given(priced(), st.data())
    def test_setting_the_profit_holds_the_amount(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 2: setting the profit holds the amount."""
        profit = data.draw(amounts(Currency(sale.currency, sale.figures.digits)))
        after = revise(sale, profit=profit)
        assert (after.amount, after.profit) == (sale.amount, profit)

    @given(priced(), percents(4))
    def test_setting_the_percent_holds_the_amount(self, sale: Sale, margin: Decimal) -> None:
        """Invariant 2: setting the percent holds the amount."""
        assert revise(sale, margin=margin).amount == sale.amount

    @given(priced(), st.data())
    def test_setting_the_amount_holds_the_cost(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 2: setting the amount holds the cost."""
        amount = data.draw(amounts(Currency(sale.currency, sale.figures.digits)))
        after = revise(sale, amount=amount)
        assert (after.amount, after.cost) == (amount, sale.cost)

    @given(priced(), st.sampled_from(("amount", "cost", "profit")), st.data())
    def test_the_held_one_is_held(self, sale: Sale, name: str, data: st.DataObject) -> None:
        """Invariant 2: "hold the other" is an option of every edit."""
        value = data.draw(amounts(Currency(sale.currency, sale.figures.digits)))
        held = data.draw(st.sampled_from(sorted({"amount", "cost", "profit"} - {name})))
        after = revise(sale, hold=held, **{name: value})
        assert getattr(after, held) == getattr(sale, held)
        assert getattr(after, name) == value

    @given(priced(), amounts("JPY"))
    def test_the_percent_is_held_within_half_a_unit(self, sale: Sale, amount: Decimal) -> None:
        """Invariant 2: holding the percent, a new amount has the percent it had, within half a minor unit."""
        action = Revise(amount=amount, hold="margin")
        if problems(sale, action, on=TODAY):  # a percent of nothing, or a cost of 16 digits
            return
        after = apply(sale, action, on=TODAY)
        assert abs(after.profit - amount * sale.profit / sale.amount) <= half_a_unit(sale)


def half_a_unit(sale: Sale) -> Decimal:
    return Decimal(f"0.500001E-{sale.figures.digits}")  # a hair more, for the division in a test


class TestThePresentValue:
    @pytest.mark.parametrize("name", NAMES)
    @given(priced())
    @example(euros(Decimal("123456.78"), Decimal("41152.27")))
    @example(euros(Decimal("300000.00"), Decimal("299999.00")))
    def test_changes_nothing(self, name: str, sale: Sale) -> None:
        """Invariant 3: setting a field to its present value changes nothing, history included."""
        present = getattr(sale, name)
        if present is not None:
            assert revise(sale, **{name: present}) is sale


class TestPercent:
    @given(priced(), percents(4))
    def test_twice_is_once(self, sale: Sale, margin: Decimal) -> None:
        """Invariant 4: setting a percent twice equals setting it once."""
        once = revise(sale, margin=margin)
        assert revise(once, margin=margin) is once

    @given(priced(), percents(4))
    def test_profit_is_within_half_a_unit(self, sale: Sale, margin: Decimal) -> None:
        """Invariant 4: |profit - amount x percent / 100| is at most half a minor unit."""
        after = revise(sale, margin=margin)
        assert abs(after.profit - sale.amount * margin / 100) <= Decimal(f"0.5E-{sale.figures.digits}")

    @given(priced(), st.data())
    @example(euros(Decimal("123456.78"), Decimal("41152.27")), None)
    def test_the_exact_percent_is_the_identity(self, sale: Sale, data: st.DataObject | None) -> None:
        """Invariant 5: setting the exact percent again gives the same profit, unless the amount is zero."""
        if sale.margin is not None:
            other = revise(sale, cost=sale.amount)
            assert revise(other, margin=sale.margin).figures == sale.figures

    @pytest.mark.parametrize("places", [0, 1, 2, 4, 6])
    @given(data=st.data())
    def test_a_rounded_percent_is_enough_for_small_amounts(self, places: int, data: st.DataObject) -> None:
        """Invariant 6: a percent of k decimals gives the profit back while |amount| < 10^(k+2) minor units."""
        most = 10 ** (places + 2) - 1
        amount, profit = data.draw(st.integers(1, most)), data.draw(st.integers(-most, most))
        sign = data.draw(st.sampled_from((1, -1)))
        assert profit_after_rounding(amount * sign, profit, places) == profit

    @pytest.mark.parametrize("places", [0, 1, 2, 4, 6])
    def test_and_for_no_larger_ones(self, places: int) -> None:
        """Invariant 6: the bound is tight; a minor unit above it, a rounded percent loses a profit."""
        amount, profit = 10 ** (places + 2) + 1, 5 * 10 ** (places + 1)
        assert profit_after_rounding(amount, profit, places) != profit

    @given(amounts(), percents(4))
    def test_of_nothing_there_is_none(self, cost: Decimal, margin: Decimal) -> None:
        """Invariant 7: with amount 0 the percent is undefined, nothing raises, and profit = -cost."""
        sale = euros(Decimal(0), cost)
        assert sale.margin is None
        assert sale.profit == -cost
        assert revise(sale, margin=margin).profit == 0

    @given(amounts())
    def test_without_cost_it_is_a_hundred(self, amount: Decimal) -> None:
        """Invariant 8: with cost 0 and an amount, the percent is 100, exactly."""
        assert euros(amount or Decimal(1), Decimal(0)).margin == 100

    @given(amounts(), amounts(), amounts())
    def test_it_grows_with_the_profit(self, amount: Decimal, cost: Decimal, other: Decimal) -> None:
        """Invariant 9: for one amount above zero, more profit is a higher percent."""
        amount = abs(amount) or Decimal("1.00")
        lower, higher = margin_of(amount, max(cost, other)), margin_of(amount, min(cost, other))
        assert lower <= higher
        assert (lower == higher) == (cost == other)

    @given(amounts(least=-(10**6), most=10**6), amounts(least=-(10**6), most=10**6), st.integers(1, 10**6))
    def test_scaling_leaves_it(self, amount: Decimal, cost: Decimal, factor: int) -> None:
        """Invariant 10: amount and cost times the same factor have the same percent."""
        assert margin_or_none(amount * factor, cost * factor) == margin_or_none(amount, cost)

    @given(amounts(), amounts())
    def test_swapping_the_sign_leaves_it(self, amount: Decimal, cost: Decimal) -> None:
        """Invariant 11: with the signs of amount and cost swapped, the percent stays and the profit is negated."""
        sale, swapped = euros(amount, cost), euros(-amount, -cost)
        assert swapped.margin == sale.margin
        assert swapped.profit == -sale.profit


def profit_after_rounding(amount: int, profit: int, places: int) -> Decimal:
    """The profit, in minor units, that comes back from its percent rounded to some places."""
    figures = Figures("XXX", Decimal(amount), Decimal(amount - profit))
    margin = figures.margin
    assert margin is not None
    return revised(figures, Revise(margin=rounded(margin, places)))[0].profit


def margin_of(amount: Decimal, cost: Decimal) -> Decimal:
    margin = margin_or_none(amount, cost)
    assert margin is not None
    return margin


def margin_or_none(amount: Decimal, cost: Decimal) -> Decimal | None:
    return Figures("EUR", amount, cost).margin
