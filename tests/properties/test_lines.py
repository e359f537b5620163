"""Lines and alternatives: invariants 12 to 17, and 20 and 21 as far as they concern them.

What they should come to is told anew in fractions, by the formulas alone.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties import reckoning
from tests.properties.quoted import quote_of, quoted_sales
from tests.properties.reckoning import half_up, is_close, plain_alternative, plain_line
from tests.properties.walks import TODAY, WALKED, new_sale

from salespipeline.model.currency import Currency
from salespipeline.model.ids import LineId
from salespipeline.model.line import Line
from salespipeline.model.numbers import Number, total
from salespipeline.model.pricing import Master, Pricing
from salespipeline.model.quote import Alternative
from salespipeline.model.sale import Sale
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.quoting import (
    AddLine,
    AddQuoteLine,
    CopyQuote,
    CreateQuote,
    EditLine,
    EditQuoteLine,
    PriceList,
    Product,
    Subscription,
)
from salespipeline.rules.apply import apply, problems
from salespipeline.testing.priced import alternatives, lines, masters, price_lists, prices, quantities, quotes
from salespipeline.testing.strategies import sales
from salespipeline.testing.values import typed

TYPED = [master for master in Master if master is not Master.NONE]


def numbered(found: list[Line]) -> list[Line]:
    return [evolve(line, id=LineId(f"L-{number}")) for number, line in enumerate(found, 1)]


def several() -> st.SearchStrategy[list[Line]]:
    return st.lists(lines(), max_size=3).map(numbered)


def whole(*parts: Line, master: Master = Master.NONE, typed: Decimal | None = None, **given: Any) -> Alternative:
    return Alternative(id="ALT-1", name="Products", lines=parts, master=master, typed=typed, **given)  # type: ignore[arg-type]  # an id is text


class TestALine:
    @given(lines())
    def test_comes_to_what_the_formulas_say(self, line: Line) -> None:
        """Invariant 13: T is what the master figure makes of S and C, whichever of the five it is."""
        plain = plain_line(line)
        assert Fraction(line.subtotal) == reckoning.subtotal_of(plain)
        assert Fraction(line.total_cost) == reckoning.cost_of(plain)
        assert is_close(line.total, reckoning.line_total(plain))
        if line.master is not Master.EARNING_PERCENT:
            assert Fraction(line.total) == reckoning.line_total(plain)

    @given(lines(), masters())
    def test_hangs_together_after_any_change_of_the_master(
        self, line: Line, figure: tuple[Master, Decimal | None]
    ) -> None:
        """Invariant 13: T = S - D and T = C + E exactly, D = S x p / 100 and E = T x e / 100 as far as p and e go."""
        assert_together(evolve(line, master=figure[0], typed=figure[1]).pricing)

    @given(lines(), masters())
    def test_hangs_together_as_a_whole_of_lines_too(self, line: Line, figure: tuple[Master, Decimal | None]) -> None:
        """Invariant 13, of an alternative: the same five on what its lines come to."""
        assert_together(whole(line, master=figure[0], typed=figure[1]).pricing)

    @given(lines())
    def test_keeps_the_discount_of_the_system_beside_what_is_typed(self, line: Line) -> None:
        """The system's discount is always there, and holds while nothing is typed (SuperOffice, 5.6)."""
        amount = Fraction(line.subtotal) * Fraction(line.system_discount) / 100
        assert Fraction(line.system_discount_amount) == amount
        if line.master is Master.NONE:
            assert Fraction(line.discount_amount) == amount

    @given(lines())
    def test_is_below_its_minimum_by_the_discounted_price_of_a_unit(self, line: Line) -> None:
        """The minimum price is held against the discounted unit price (SuperOffice, 5.3)."""
        price, plain = line.unit_price, plain_line(line)
        if price is None or line.minimum_price is None or line.quantity < 0:
            assert not line.is_below_minimum
            return
        each = reckoning.line_total(plain) / (reckoning.fraction(line.quantity) * Fraction(plain["periods"] or 1))
        assert line.is_below_minimum == (each < Fraction(line.minimum_price))


def assert_together(found: Pricing) -> None:
    amounts = [Fraction(each) for each in (found.subtotal, found.cost, found.total)]
    assert Fraction(found.total) == amounts[0] - Fraction(found.discount_amount)
    assert Fraction(found.total) == amounts[1] + Fraction(found.earning_amount)
    if found.discount_percent is not None and (found.subtotal or found.master is Master.DISCOUNT_PERCENT):
        assert is_close(found.discount_amount, amounts[0] * Fraction(found.discount_percent) / 100, amounts)
    if found.earning_percent is not None and found.total:
        assert is_close(found.earning_amount, amounts[2] * Fraction(found.earning_percent) / 100, amounts)
    earned = reckoning.percent(amounts[2] - amounts[1], amounts[2])
    if earned is None or found.earned_percent is None:
        assert earned is found.earned_percent is None
    else:
        assert is_close(found.earned_percent, earned)
    if found.master not in (Master.NONE, Master.EARNING_PERCENT):
        assert getattr(found, found.master.field) == found.typed


# Invariants 14 and 15: by real actions, on the lines of a quote and on those of a sale.


def on_a_quote(line: Line) -> Sale:
    sale = new_sale(superoffice.new_business())
    first = AddQuoteLine(line.name, quantity=line.quantity, list_price=line.list_price, cost=line.cost)
    return apply(apply(sale, CreateQuote(), on=TODAY), first, on=TODAY)


def on_a_sale(line: Line) -> Sale:
    action = AddLine(line.name, quantity=line.quantity, list_price=line.list_price, cost=line.cost)
    return apply(new_sale(contact_manager.opportunity()), action, on=TODAY)


def edited(sale: Sale, **given: Any) -> Sale:
    return apply(sale, EditLine("L-1", **given) if sale.lines else EditQuoteLine("L-2", **given), on=TODAY)


def line_of(sale: Sale) -> Line:
    return sale.lines[0] if sale.lines else quote_of(sale).favourite.lines[0]


PLACES = pytest.mark.parametrize("placed", [on_a_quote, on_a_sale], ids=["quote", "sale"])


def read_back(master: Master) -> Any:
    return pytest.param(master, id=master.field)


class TestEditing:
    @PLACES
    @given(line=lines(), figure=masters(), changes=st.data())
    @WALKED
    def test_anything_else_leaves_the_master_and_its_value(
        self, placed: Any, line: Line, figure: tuple[Master, Decimal | None], changes: st.DataObject
    ) -> None:
        """Invariant 14: changing quantity, price or cost never changes the master figure or its value."""
        master, value = figure
        sale = placed(line)
        sale = edited(sale, **{master.field: value}) if value is not None else sale
        before = line_of(sale)
        fields: dict[str, st.SearchStrategy[Any]] = {
            "quantity": typed(quantities()),
            "list_price": typed(prices()),
            "cost": typed(prices()),
            "subscription": st.sampled_from((None, Subscription(12, "month"))),
        }
        after = line_of(edited(sale, **changes.draw(st.fixed_dictionaries({}, optional=fields))))
        assert (before.master, after.master) == (master, master)
        assert str(after.typed) == str(before.typed) == str(value)

    @PLACES
    @pytest.mark.parametrize("master", [read_back(master) for master in TYPED])
    @given(line=lines(), value=typed(prices(99)))
    @WALKED
    def test_what_is_typed_is_read_as_it_was_typed(
        self, placed: Any, master: Master, line: Line, value: Number
    ) -> None:
        """Invariant 15: typing a value and reading it returns the same text."""
        after = line_of(edited(placed(line), **{master.field: value}))
        assert after.master is master
        assert str(getattr(after, master.field)) == str(value)

    @PLACES
    @given(line=lines(), figures=st.lists(masters(), max_size=5))
    @WALKED
    def test_what_was_typed_last_holds(
        self, placed: Any, line: Line, figures: list[tuple[Master, Decimal | None]]
    ) -> None:
        """The master is the figure that was typed last among the five; None takes it back (SuperOffice, 5.6)."""
        sale = placed(line)
        for master, value in figures:
            field = Master.TOTAL.field if value is None else master.field  # None takes back what was typed, wherever
            sale = edited(sale, **{field: value})
            found = line_of(sale)
            assert (found.master, found.typed) == (master, value)
            assert is_close(found.total, reckoning.line_total(plain_line(found)))
            assert is_close(sale.amount, Fraction(half_up(Fraction(found.total), 2)))


class TestOfNothing:
    @given(lines(), masters(), st.sampled_from(("quantity", "list_price")))
    def test_there_is_no_discount_in_percent(
        self, line: Line, figure: tuple[Master, Decimal | None], name: str
    ) -> None:
        """Invariant 16: S = 0 has no p, unless it was typed; nothing raises."""
        nothing: dict[str, Any] = {name: 0}
        found = evolve(line, master=figure[0], typed=figure[1], **nothing)
        assert found.subtotal == 0
        assert found.discount_percent == (found.typed if found.master is Master.DISCOUNT_PERCENT else None)
        assert_together(found.pricing)

    @given(lines(), st.sampled_from(TYPED))
    def test_there_is_no_earning_in_percent(self, line: Line, master: Master) -> None:
        """Invariant 16: T = 0 has no e, unless it was typed; nothing raises."""
        nothing = {
            Master.TOTAL: Decimal(0),
            Master.DISCOUNT_PERCENT: Decimal(100),
            Master.DISCOUNT_AMOUNT: line.subtotal,
            Master.EARNING_AMOUNT: line.total_cost.copy_negate(),
            Master.EARNING_PERCENT: Decimal("12.5"),
        }
        cost = 0 if master is Master.EARNING_PERCENT else line.cost
        found = evolve(line, master=master, typed=nothing[master], cost=cost)
        assert found.total == 0
        assert found.earning_percent == (found.typed if master is Master.EARNING_PERCENT else None)
        assert_together(found.pricing)

    def test_an_alternative_has_neither(self) -> None:
        """Invariant 16, of an alternative without lines: no percentages, no VAT, no exception."""
        empty = whole()
        assert (empty.discount_percent, empty.earning_percent, empty.whole_discount_percent) == (None, None, None)
        assert (empty.total, empty.vat_amount) == (0, 0)


class TestAnAlternative:
    @given(several(), st.data())
    def test_earns_what_its_lines_earn(self, found: list[Line], data: st.DataObject) -> None:
        """Invariant 12: profit computed from lines = sum of line profits, exactly, in any line order."""
        shuffled = whole(*data.draw(st.permutations(found)))
        assert Fraction(shuffled.earning_amount) == sum(Fraction(line.earning_amount) for line in found)
        assert shuffled.pricing == whole(*found).pricing

    @given(alternatives())
    def test_comes_to_what_the_formulas_say(self, alternative: Alternative) -> None:
        """Invariant 17: total = sum of the lines' totals - its own discount, whichever figure it was typed as."""
        plain = plain_alternative(alternative)
        sums = [Fraction(alternative.gross), Fraction(alternative.subtotal), Fraction(alternative.total_cost)]
        assert Fraction(alternative.subtotal) == sum(Fraction(line.total) for line in alternative.lines)
        assert Fraction(alternative.total) == Fraction(alternative.subtotal) - Fraction(alternative.discount_amount)
        assert is_close(alternative.subtotal, reckoning.alternative_subtotal(plain), among_lines(alternative))
        assert is_close(alternative.total, reckoning.alternative_total(plain), [*sums, *among_lines(alternative)])
        assert Fraction(alternative.gross) == reckoning.gross_of(plain)

    @given(several(), st.sampled_from((Master.DISCOUNT_PERCENT, Master.NONE)))
    def test_has_its_exact_ends(self, found: list[Line], master: Master) -> None:
        """Invariant 17: a discount of 0 % leaves the subtotal, one of 100 % leaves nothing, exactly."""
        for percent, expected in ((Decimal(0), total([line.total for line in found])), (Decimal(100), Decimal(0))):
            typed = percent if master is Master.DISCOUNT_PERCENT else None
            alternative = whole(*found, master=master, typed=typed, system_discount=percent)
            assert alternative.total == expected

    @given(alternatives())
    def test_is_held_against_the_limit_by_all_its_discounts(self, alternative: Alternative) -> None:
        """The base of the limit is all discounts together: (sum of Q x L - total) / sum of Q x L (SuperOffice, 5.4)."""
        gross, found = Fraction(alternative.gross), alternative.whole_discount_percent
        expected = reckoning.percent(gross - Fraction(alternative.total), gross)
        if found is None or expected is None:
            assert found is expected is None
        else:
            assert is_close(found, expected)

    @given(alternatives())
    def test_has_the_vat_of_its_lines_after_all_discounts(self, alternative: Alternative) -> None:
        """VAT = sum of T (1 - p/100) x VAT% / 100, lines with a negative number skipped (SuperOffice, 5.7)."""
        if alternative.subtotal:
            share = abs(Fraction(alternative.total) / Fraction(alternative.subtotal))
            among = [each * (share + 1) for each in among_lines(alternative)]
            assert is_close(alternative.vat_amount, reckoning.vat_of(plain_alternative(alternative)), among)

    @given(alternatives())
    def test_shares_out_its_discount_by_what_the_lines_come_to(self, alternative: Alternative) -> None:
        """What the lines come to after its discount adds up to its total, as far as 50 digits go."""
        if alternative.subtotal:
            shares = [Fraction(alternative.discounted(line)) for line in alternative.lines]
            assert abs(sum(shares) - Fraction(alternative.total)) <= max(map(abs, shares)) * reckoning.CLOSE

    @given(several(), several())
    def test_adds_up(self, one: list[Line], other: list[Line]) -> None:
        """Invariant 21: total(a + b) = total(a) + total(b)."""
        both = whole(*numbered([*one, *other]))
        assert Fraction(both.total) == Fraction(whole(*one).total) + Fraction(whole(*other).total)


def among_lines(alternative: Alternative) -> list[Fraction]:
    return [Fraction(each) for line in alternative.lines for each in (line.subtotal, line.total, line.total_cost)]


class TestTheSale:
    @WALKED
    @given(quoted_sales(sets_amount=True))
    def test_is_worth_what_the_favourite_comes_to(self, sale: Sale) -> None:
        """Amount and cost are the favourite's total and cost, rounded once, half-up (SuperOffice, 5.9)."""
        best, digits = quote_of(sale).favourite, sale.figures.digits
        assert sale.amount == half_up(Fraction(best.total), digits)
        assert sale.cost == half_up(Fraction(best.total_cost), digits)
        assert -int(sale.amount.as_tuple().exponent) == digits

    @WALKED
    @given(quoted_sales(sets_amount=False))
    def test_keeps_its_amount_where_the_quote_does_not_set_it(self, sale: Sale) -> None:
        assert (sale.amount, sale.cost) == (0, 0)

    @WALKED
    @given(sales(contact_manager.opportunity(), max_steps=12))
    def test_is_worth_what_its_lines_come_to(self, sale: Sale) -> None:
        """Invariant 12, of a sale: amount and cost are those of its lines, each rounded once (B.3, B.4)."""
        if sale.lines:
            digits = sale.figures.digits
            assert sale.amount == half_up(sum((Fraction(line.total) for line in sale.lines), Fraction(0)), digits)
            assert sale.cost == half_up(sum((Fraction(line.total_cost) for line in sale.lines), Fraction(0)), digits)

    @pytest.mark.parametrize(
        ("code", "price", "amount"),
        [("EUR", "2.345", "2.35"), ("EUR", "-2.345", "-2.35"), ("JPY", "0.5", "1"), ("KWD", "1.0005", "1.001")],
    )
    def test_is_rounded_half_up_once(self, code: str, price: str, amount: str) -> None:
        """Three lines of a third of a half are rounded as one, in the digits of the currency."""
        sale = evolve(new_sale(superoffice.new_business()), figures=figures_of(code))
        sale = apply(sale, CreateQuote(), on=TODAY)
        for part in ("1", "1", "-1"):
            sale = apply(sale, AddQuoteLine("Desk", quantity=part, list_price=price), on=TODAY)
        assert str(sale.amount) == amount


def figures_of(code: str) -> Any:
    from salespipeline.model.figures import Figures

    nothing = Currency.of(code).amount(0)
    return Figures(code, nothing, nothing)


# Invariants 20 and 21: what is refused.

NEVER: tuple[Any, ...] = ("1.00001", "1e3", "NaN", " 1", "1,5", 1.5, True, Decimal("NaN"), Decimal("1E+15"), 10**15)
PRICED = ("quantity", "list_price", "cost", "minimum_price", "system_discount", *(master.field for master in TYPED))


class TestRefusals:
    @PLACES
    @pytest.mark.parametrize("name", PRICED)
    @pytest.mark.parametrize("value", NEVER, ids=repr)
    def test_of_what_is_no_exact_number(self, placed: Any, name: str, value: Any) -> None:
        """Invariant 20: what has more decimals than are taken, or is not exact, is refused, never rounded silently."""
        sale = placed(Line(id=LineId("L-1"), name="Desk", quantity=1, list_price=10))
        action = EditLine("L-1", **{name: value}) if sale.lines else EditQuoteLine("L-2", **{name: value})
        assert [problem.field for problem in problems(sale, action, on=TODAY)] == [name]

    @given(quotes("USD"))
    @WALKED
    def test_of_a_quote_in_another_currency(self, quote: Any) -> None:
        """Invariant 21: another currency is refused."""
        found = problems(new_sale(superoffice.new_business()), CopyQuote(quote), on=TODAY)
        assert "quote-currency" in [problem.code for problem in found]

    @given(price_lists("USD"))
    @WALKED
    def test_of_prices_in_another_currency(self, prices: PriceList) -> None:
        """Invariant 21: a price list in another currency serves no line."""
        sale = apply(new_sale(superoffice.new_business()), CreateQuote(), on=TODAY)
        listed = evolve(prices, products=[Product(id="desk", name="Desk")], active=True, valid_from=None, valid_to=None)
        found = problems(sale, AddQuoteLine("desk", price_list=listed), on=TODAY)
        assert [problem.code for problem in found] == ["price-list-currency"]

    def test_of_more_decimals_than_a_linked_quote_can_have(self) -> None:
        """Invariant 20: the value of a document is in the sale's currency, with its decimals."""
        from salespipeline.model.actions import Start
        from salespipeline.quoting import LinkQuote, PostInvoice

        started = apply(new_sale(business_central.cycles()[0]), Start(), on=TODAY)
        assert [problem.field for problem in problems(started, LinkQuote("1", "1.005"), on=TODAY)] == ["value"]
        assert PostInvoice("1", "1.005").value == "1.005"


class TestTheStrategies:
    def test_come_by_what_is_claimed(self) -> None:
        """Over as many lines as a property sees there is each master, nothing, what comes back, and a subscription."""
        seen: set[str] = set()

        @settings(max_examples=150)
        @given(lines())
        def look(line: Line) -> None:
            seen.add(line.master.field)
            seen.update(name for name in ("subscription", "price_list", "minimum_price") if getattr(line, name))
            seen.update(["nothing"] if not line.subtotal else ["back"] if line.quantity < 0 else [])

        look()
        assert seen >= {"subscription", "minimum_price", "nothing", "back", *(master.field for master in Master)}
