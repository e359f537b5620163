"""Conversion between currencies: invariant 22, and that sums come out however they are taken."""

import decimal
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.insight.deals import many_sales

from salespipeline.insight import converted, forecast
from salespipeline.model.currency import Currency, Money
from salespipeline.model.rates import MissingRate, Rate, Rates, convert, convert_all, factor
from salespipeline.model.sale import Sale
from salespipeline.testing.strategies import amounts, days

TODAY = date(2025, 1, 7)
OF = {code: Currency.of(code) for code in ("EUR", "NOK", "GBP", "JPY", "KWD", "CLF")}
CODES = st.sampled_from(sorted(OF))


def numbers() -> st.SearchStrategy[Decimal]:
    """Rates and units from a millionth to a million, with 0 to 6 decimals."""
    return st.integers(0, 6).flatmap(lambda d: st.integers(1, 10**6).map(lambda units: Decimal(f"{units}E-{d}")))


@st.composite
def tables(draw: st.DrawFn) -> Rates:
    """A rate of every currency, against one of them."""
    base = draw(CODES)
    return Rates(base, [Rate(code, draw(numbers()), draw(numbers())) for code in OF if code != base])


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    currency = OF[draw(CODES)]
    return Money(draw(amounts(currency)), currency.code)


def reckoned(money: Money, to: Currency, rates: Rates) -> Decimal:
    """What the admin page says, worked out another way: 400 digits, then one rounding."""
    one, other = rates.rate(money.currency, TODAY), rates.rate(to.code, TODAY)
    with decimal.localcontext(decimal.Context(prec=400, rounding=decimal.ROUND_HALF_UP)):
        exact = money.amount * (one.rate * other.unit) / (one.unit * other.rate)
        return exact.quantize(Decimal(1).scaleb(-to.digits))


class TestInvariant22:
    @given(moneys(), tables() | st.builds(Rates, CODES))
    def test_to_itself_is_the_identity(self, money: Money, rates: Rates) -> None:
        """A -> A is the identity, whatever rates there are."""
        assert convert(money, money.currency, rates, on=TODAY) is money
        assert convert_all([money], money.currency, rates, on=TODAY).exact == money.amount

    @given(moneys(), tables())
    def test_to_the_base_and_back_is_exact_without_rounding(self, money: Money, rates: Rates) -> None:
        there = factor(money.currency, rates.base, rates, on=TODAY)
        back = factor(rates.base, money.currency, rates, on=TODAY)
        assert Fraction(money.amount) * there * back == money.amount

    @given(moneys(), tables())
    @example(Money(Decimal("0.01"), "NOK"), Rates("EUR", [Rate("NOK", "12.677", 100)]))
    def test_to_the_base_and_back_is_within_half_a_unit(self, money: Money, rates: Rates) -> None:
        """What rounding to the base can cost is half a unit of the base; going back is rounded once more."""
        there = convert(money, rates.base, rates, on=TODAY)
        back = convert(there, money.currency, rates, on=TODAY)
        in_base = factor(money.currency, rates.base, rates, on=TODAY)
        lost = Fraction(money.amount) * in_base - Fraction(there.amount)
        assert abs(lost) <= half_a_unit(rates.base)
        assert abs(Fraction(back.amount) - Fraction(money.amount)) <= abs(lost) / in_base + half_a_unit(money.currency)

    @given(moneys(), CODES, tables())
    def test_there_is_one_rounding(self, money: Money, code: str, rates: Rates) -> None:
        """A -> B is rounded once, half-up, from the exact value."""
        if code != money.currency:
            assert convert(money, code, rates, on=TODAY).amount == reckoned(money, OF[code], rates)

    @given(moneys(), CODES, tables())
    def test_the_sign_makes_no_difference(self, money: Money, code: str, rates: Rates) -> None:
        """Rounding is symmetric around zero."""
        if code != money.currency:
            turned = convert(Money(-money.amount, money.currency), code, rates, on=TODAY)
            assert turned.amount == -convert(money, code, rates, on=TODAY).amount

    @given(moneys(), CODES)
    def test_a_missing_rate_raises_and_leniently_is_marked(self, money: Money, code: str) -> None:
        none = Rates("XAF")
        if code == money.currency:
            return
        with pytest.raises(MissingRate):
            convert(money, code, none, on=TODAY)
        whole = convert_all([money], code, none, on=TODAY, lenient=True)
        assert (whole.exact, whole.unpriced) == (0, (money,))

    @given(moneys(), CODES, tables())
    def test_the_callers_context_makes_no_difference(self, money: Money, code: str, rates: Rates) -> None:
        """Invariant 24, for conversion."""
        expected = convert(money, code, rates, on=TODAY)
        with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP, traps=[decimal.Inexact])):
            assert convert(money, code, rates, on=TODAY) == expected


def half_a_unit(code: str) -> Fraction:
    return Fraction(1, 2 * 10 ** OF[code].digits)


class TestSums:
    @given(st.lists(moneys(), max_size=6), CODES, tables())
    def test_the_order_makes_no_difference(self, several: list[Money], code: str, rates: Rates) -> None:
        shuffled = sorted(several, key=lambda money: (money.currency, -money.amount))
        whole = convert_all(several, code, rates, on=TODAY)
        assert convert_all(shuffled, code, rates, on=TODAY) == whole
        assert convert_all(reversed(several), code, rates, on=TODAY) == whole

    @given(st.lists(moneys(), max_size=6), st.integers(0, 6), CODES, tables())
    def test_the_parts_add_up_to_the_whole(self, several: list[Money], cut: int, code: str, rates: Rates) -> None:
        first, rest = (convert_all(part, code, rates, on=TODAY).exact for part in (several[:cut], several[cut:]))
        assert first + rest == convert_all(several, code, rates, on=TODAY).exact

    @given(many_sales(), st.sampled_from(("owner", "stage", "month", "status")), tables(), st.booleans())
    def test_a_forecast_in_one_currency_is_the_sum_of_its_cells(
        self, sales: list[Sale], by: str, rates: Rates, lenient: bool
    ) -> None:
        """Invariant 38, in one currency: split by anything, the cells add up to the whole, and nothing is lost."""
        known = Rates(rates.base, [rate for rate in rates.rates if not (lenient and rate.currency == "JPY")])
        whole = converted(forecast(sales, by=()), "GBP", known, on=TODAY, lenient=lenient).total
        split = converted(forecast(sales, by=by), "GBP", known, on=TODAY, lenient=lenient)
        for figure in ("open_amount", "weighted", "sold", "expected", "lost"):
            assert sum(cell.exact(figure) for cell in split) == split.total.exact(figure) == whole.exact(figure)
        counted = whole.open_count + whole.sold_count + whole.lost_count + whole.unpriced_count
        assert counted == sum(len(cell.sales) for cell in forecast(sales, by=()))
        assert split.total.unpriced_count == whole.unpriced_count == sum(cell.unpriced_count for cell in split)


class TestDays:
    @given(st.lists(st.tuples(days(), numbers()), unique_by=lambda pair: pair[0], max_size=6), days())
    def test_the_newest_that_is_not_after_the_day_counts(self, dated: list[tuple[date, Decimal]], on: date) -> None:
        rates = Rates("EUR", [Rate("NOK", rate, since=since) for since, rate in dated])
        before = [pair for pair in dated if pair[0] <= on]
        if before:
            assert rates.rate("NOK", on).rate == max(before)[1]
        else:
            with pytest.raises(MissingRate):
                rates.rate("NOK", on)

    @given(
        st.lists(st.tuples(days(), numbers()), unique_by=lambda pair: pair[0], max_size=6), days(), st.integers(0, 400)
    )
    def test_what_is_left_out_of_a_history_is_not_needed(
        self, dated: list[tuple[date, Decimal]], first: date, later: int
    ) -> None:
        rates = Rates("EUR", [Rate("NOK", rate, since=since) for since, rate in dated])
        day = first + timedelta(later)
        if any(since <= day for since, _ in dated):
            assert rates.from_day(first).rate("NOK", day) == rates.rate("NOK", day)
