"""Numbers and money: invariants 19, 20, 21 and 23."""

import operator
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.properties.walks import TODAY, WALKED, new_sale

from salespipeline.codec.converter import decimal_of, decimal_text
from salespipeline.errors import CurrencyMismatch, InvalidValue
from salespipeline.model.actions import Lose, Next, Revise, Sell
from salespipeline.model.currency import Currency, Money
from salespipeline.model.numbers import number, percent, plain, rounded, scaled, total
from salespipeline.model.sale import Sale
from salespipeline.presets import superoffice
from salespipeline.rules.apply import apply, problems
from salespipeline.testing.strategies import amounts, currencies, percents, sales


@pytest.mark.parametrize("digits", [0, 2, 3, 4])
class TestAmountText:
    """Invariant 19, for every number of decimals there is."""

    @given(data=st.data())
    def test_comes_back_as_it_was(self, digits: int, data: st.DataObject) -> None:
        """The text of an amount gives the same amount, with the same decimals."""
        amount = data.draw(amounts(Currency("XBT", digits), least=-(10**15) + 1, most=10**15 - 1))
        again = decimal_of(decimal_text(amount))
        assert (again, again.as_tuple()) == (amount, amount.as_tuple())

    @given(data=st.data())
    @example(None)
    def test_is_plain(self, digits: int, data: st.DataObject | None) -> None:
        """The text of an amount has no E, no + and no -0."""
        currency = Currency("XBT", digits)
        amount = data.draw(amounts(currency)) if data else Decimal("-0")
        text = decimal_text(currency.amount(amount))
        assert not {"E", "e", "+"} & set(text)
        assert text.lstrip("-0.") or not text.startswith("-")

    @pytest.mark.parametrize("spelling", ["1E+3", "1000", "1000.0", "0.1E4", 1000])
    def test_has_one_spelling(self, digits: int, spelling: Any) -> None:
        amount = Currency("XBT", digits).amount(Decimal(spelling))
        assert decimal_text(amount) == "1000" + ("." + "0" * digits if digits else "")


def negative_zeros(sale: Sale) -> list[Decimal]:
    figures = (sale.amount, sale.cost, sale.profit, sale.margin, sale.weighted, sale.value)
    return [figure for figure in figures if figure is not None and not figure and figure.is_signed()]


@WALKED
@given(sales())
def test_no_figure_of_a_sale_is_a_negative_zero(sale: Sale) -> None:
    """Invariant 19: never "-0", in derived figures either."""
    assert negative_zeros(sale) == []


@pytest.mark.parametrize("action", [Revise(margin=0), Next(), Lose(), Sell()])
def test_no_figure_of_a_credit_is_a_negative_zero(action: Any) -> None:
    """Invariant 19: never "-0"; a credit without profit, a lost credit."""
    credit = new_sale(superoffice.new_business(), amount="-5", cost="-5")
    assert negative_zeros(apply(credit, action, on=TODAY)) == []


class TestRefusals:
    """Invariant 20: more decimals than the currency has are refused, never rounded; so is all that is no number."""

    @given(currencies(), st.data(), st.integers(1, 9))
    def test_more_decimals_than_the_currency_has(self, currency: Currency, data: st.DataObject, extra: int) -> None:
        """More decimals than the currency has are refused, never silently rounded."""
        amount = f"{data.draw(amounts(currency)):f}"
        with pytest.raises(InvalidValue):
            currency.amount(Decimal(f"{amount}{'' if '.' in amount else '.'}{extra}"))

    @given(currencies(), st.data(), st.integers(1, 6))
    def test_but_noughts_at_the_end_are_no_decimals(self, currency: Currency, data: st.DataObject, more: int) -> None:
        amount = data.draw(amounts(currency))
        text = f"{amount:f}" + ("" if currency.digits else ".") + "0" * more
        assert currency.amount(Decimal(text)).as_tuple() == amount.as_tuple()

    @given(st.floats())
    def test_floats(self, value: float) -> None:
        """A float is refused everywhere in money, whatever its value."""
        with pytest.raises(InvalidValue, match="float is not exact"):
            number(value, "amount")

    @pytest.mark.parametrize("value", [True, False, None, 1j, b"12", [1], object()])
    def test_what_is_no_number(self, value: object) -> None:
        """bool is an int to Python: types are checked exactly."""
        with pytest.raises(InvalidValue):
            number(value, "amount")

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "1_000",
                " 12\n",
                "12\n",
                " 12",
                "\u0661\u0662",
                "\uff11\uff12",
                "1e2",
                "NaN",
                "sNaN",
                "Infinity",
                "-inf",
            ),
            *("", "-", ".5", "5.", "+1", "1,5", "--1", "0x10", "1.00000", "1" * 16, "1e1000000", "\u00b2"),
        ],
    )
    def test_texts_that_decimal_would_take(self, text: str) -> None:
        """Only ASCII digits with at most 15 places before and 4 after the point pass."""
        with pytest.raises(InvalidValue):
            number(text, "amount")

    @pytest.mark.parametrize(
        "text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e15", "1e1000000", "1e-1000000", "1E+999999999"]
    )
    def test_decimals_that_are_no_amounts(self, text: str) -> None:
        """NaN cannot be compared, and a huge exponent takes minutes to expand: both are refused at the border."""
        with pytest.raises(InvalidValue):
            number(Decimal(text), "amount")

    @pytest.mark.parametrize("value", [10**15, -(10**15), pytest.param(10**5000, id="very")])
    def test_integers_that_are_too_large(self, value: int) -> None:
        with pytest.raises(InvalidValue):
            number(value, "amount")

    @given(st.decimals(allow_nan=True, allow_infinity=True))
    @example(Decimal("99." + "9" * 50))
    @example(Decimal("1E-60"))
    def test_any_decimal_is_a_percentage_or_refused(self, value: Decimal) -> None:
        """Whatever Decimal holds, it is read or refused; no signal of decimal arithmetic comes out."""
        try:
            assert 0 <= percent(value) <= 100
        except InvalidValue as error:
            assert str(error)

    @given(st.sampled_from(("amount", "cost", "profit", "margin")), st.decimals(allow_nan=True), st.decimals())
    @example("margin", Decimal("99." + "9" * 45), Decimal("99999999999999"))
    def test_any_decimal_is_an_answer_to_a_form(self, name: str, value: Decimal, cost: Decimal) -> None:
        """What somebody types is a problem or is none: `problems` never raises for a value."""
        sale = new_sale(superoffice.new_business(), amount="123456.78", cost="41152.27")
        forms: list[dict[str, Any]] = [{name: value}, {name: value, "hold": "cost"}, {"cost": cost, name: value}]
        for typed in forms:
            found = problems(sale, Revise(**typed), on=TODAY)
            assert all(str(problem) for problem in found)

    @pytest.mark.parametrize(
        "value",
        [pytest.param(10**5000, id="very"), "9" * 5000, 1.5, Decimal("NaN"), Decimal("sNaN"), "\ud800", b"1"],
    )
    def test_the_reason_can_be_shown(self, value: Any) -> None:
        found = problems(new_sale(superoffice.new_business()), Revise(amount=value), on=TODAY)
        assert len("".join(map(str, found))) < 500


class TestMoney:
    @given(amounts("EUR"), amounts("USD"))
    def test_two_currencies_do_not_add_up(self, euros: Decimal, dollars: Decimal) -> None:
        """Invariant 21: adding different currencies raises, also zero of another."""
        for left, right in ((Money(euros, "EUR"), Money(dollars, "USD")), (Money(dollars, "USD"), Money(euros, "EUR"))):
            for sum_of in (operator.add, operator.sub):
                with pytest.raises(CurrencyMismatch):
                    sum_of(left, right)

    @given(st.lists(amounts()), st.lists(amounts()))
    def test_the_total_of_all_is_the_sum_of_totals(self, some: list[Decimal], others: list[Decimal]) -> None:
        """Invariant 21: total(a + b) = total(a) + total(b), whatever the order."""
        assert total(some + others) == total(some) + total(others)
        assert total(others + some) == total(some + others)

    @given(amounts(), amounts())
    def test_minus_undoes_plus(self, left: Decimal, right: Decimal) -> None:
        """Invariant 21: sums in one currency are exact."""
        assert Money(left, "EUR") + Money(right, "EUR") - Money(right, "EUR") == Money(left, "EUR")


def decimal(units: int, places: int) -> Decimal:
    return Decimal(f"{units}E-{places}")


VALUES = st.builds(decimal, st.integers(-(10**12), 10**12), st.integers(0, 9))


class TestRounding:
    @given(VALUES, st.integers(0, 4), st.booleans())
    def test_is_symmetric_around_zero(self, value: Decimal, digits: int, half_even: bool) -> None:
        """Invariant 23: rounding -x gives minus what rounding x gives."""
        assert rounded(-value, digits, half_even=half_even) == -rounded(value, digits, half_even=half_even)

    @given(VALUES, st.integers(0, 4))
    def test_the_two_rules_differ_on_ties_only(self, value: Decimal, digits: int) -> None:
        """Invariant 23: half-up and half-even differ on exact ties, and there by one unit at most."""
        up, even = rounded(value, digits), rounded(value, digits, half_even=True)
        tie = (Fraction(value) * 10**digits) % 1 == Fraction(1, 2)
        assert up == even or (tie and abs(up - even) == Decimal(f"1E-{digits}"))

    @given(st.integers(-(10**6), 10**6), st.integers(0, 4))
    def test_ties_go_away_from_zero(self, units: int, digits: int) -> None:
        """Invariant 23: half-up is half away from zero; half-even goes to the even neighbour."""
        tie = Decimal(f"{2 * units + 1}E-{digits}") / 2
        assert abs(rounded(tie, digits)) > abs(tie)
        assert rounded(tie, digits, half_even=True) == tie.quantize(Decimal(f"1E-{digits}"), ROUND_HALF_EVEN)

    @given(VALUES, st.integers(0, 4))
    def test_is_within_half_a_unit(self, value: Decimal, digits: int) -> None:
        assert abs(Fraction(rounded(value, digits)) - Fraction(value)) <= Fraction(1, 2 * 10**digits)

    def test_happens_once_from_the_exact_value(self) -> None:
        """2.4449 is 2.4; by way of 2.445 and 2.45 it would be 2.5."""
        assert rounded(Decimal("2.4449"), 1) == Decimal("2.4")

    @given(VALUES, st.integers(0, 4))
    def test_scaling_gives_the_same_number_or_nothing(self, value: Decimal, digits: int) -> None:
        """Invariant 20: a spelling with fewer decimals is the same number, or there is none."""
        found = scaled(value, digits)
        assert found == value if found is not None else rounded(value, digits) != value

    @given(percents(4), st.integers(0, 6))
    def test_a_percentage_has_one_spelling(self, value: Decimal, noughts: int) -> None:
        """Equal numbers have equal texts."""
        spelled = value.quantize(Decimal(f"1E-{4 + noughts}"))
        assert str(plain(spelled)) == str(value)
