"""The caller's decimal context and thread never change a result: invariant 24."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import (
    ROUND_CEILING,
    ROUND_UP,
    Clamped,
    Context,
    Decimal,
    FloatOperation,
    Inexact,
    Rounded,
    Subnormal,
    localcontext,
)
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from tests.properties.walks import TODAY, WALKED, Change, changes, new_sale

from salespipeline.codec import decode_catalog, decode_sale, encode_action, encode_catalog, encode_sale
from salespipeline.model.actions import Lose, MoveTo, Reopen, Revise, Sell
from salespipeline.model.currency import Money
from salespipeline.model.line import Line
from salespipeline.model.numbers import rounded, total
from salespipeline.model.quote import Alternative, Quote
from salespipeline.presets import business_central, superoffice
from salespipeline.quoting import (
    AddAlternative,
    AddQuoteLine,
    Approve,
    CreateQuote,
    EditAlternative,
    EditQuoteLine,
    NewVersion,
    PlaceOrder,
    QuotePolicy,
    SendQuote,
    Subscription,
    Validate,
)
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.offers import available
from salespipeline.testing.priced import alternatives, lines

HOSTILE = (
    Context(prec=3, rounding=ROUND_UP, traps=[]),
    Context(prec=1, rounding=ROUND_CEILING, Emax=3, Emin=-3, traps=[]),
    Context(prec=28, traps=[Inexact, Rounded, Subnormal, Clamped, FloatOperation]),
    Context(prec=3, capitals=0, clamp=1, traps=[Inexact]),
)

Session = Callable[[], Any]


def under(context: Context, session: Session) -> Any:
    with localcontext(context):
        return session()


def in_a_thread(context: Context, session: Session) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(under, context, session).result()


def figures_and_codec() -> Any:
    """A life of a sale with every kind of arithmetic in it, as text."""
    type = business_central.cycles()[1]
    kinds = {type.id: type, "new-business": superoffice.new_business()}
    sale = new_sale(kinds["new-business"], amount="123456.78", cost="41152.27", chance="33")
    lives = [sale]
    for action in (
        Revise(margin="33.3333"),
        Revise(profit="0.01", hold="cost"),
        Revise(cost="12345678.91", margin="12.3456"),
        Revise(profit="77.77", margin="7.7777"),
        Revise(amount="999999999999999.99"),
        MoveTo("proposal"),
        Sell(value="1234567.89"),
        Reopen(),
        Lose(),
    ):
        sale = apply(sale, action, on=TODAY)
        lives.append(sale)
    again = [decode_sale(one.id, 1, encode_sale(one), kinds.__getitem__) for one in lives]
    return [
        [(one.figures, one.position, one.margin, one.weighted, one.value, one.profit) for one in again],
        [encode_sale(one) for one in lives],
        [str(problem) for problem in problems(sale, Sell(value="1.234"), on=TODAY)],
        [str(offer) for offer in available(sale, on=TODAY)],
        rounded(Decimal("123456.785"), 2),
        str(Money(Decimal("123456.78"), "EUR") + Money(Decimal("0.01"), "EUR")),
        total([Decimal("123456.78"), Decimal("0.0001")] * 50),
    ]


def quotes_and_lines() -> Any:
    """A life of a quote with every kind of arithmetic in it: each of the five typed, on lines and over them all."""
    policy = QuotePolicy(discount_on_total=True, max_discount="33.3333", min_earning="99.99")
    sale = new_sale(evolve(superoffice.new_business(), quoting=policy))
    lives = [sale]
    for action in (
        CreateQuote(),
        AddQuoteLine("Desk", quantity="3.3333", list_price="12345.6789", cost="1234.5678", minimum_price="11111.1111"),
        EditQuoteLine("L-2", earning_percent="33.3333", vat="21.05"),
        EditQuoteLine("L-2", discount_percent="7.7777", subscription=Subscription("12.25", "month")),
        AddQuoteLine("Chair", quantity=7, list_price="0.0001", cost="999999.9999", earning_amount="77.7777"),
        EditAlternative(discount_percent="0.0001"),
        EditAlternative(earning_percent="12.3456", system_discount="3.3"),
        AddAlternative("Large", copy_of="ALT-1", total="999999999.9999"),
        Validate(),
        Approve("fine"),
        SendQuote(follow_up=True),
        NewVersion(),
        Validate(),
        Approve("fine"),
        PlaceOrder("ALT-4"),
    ):
        sale = apply(sale, action, on=TODAY)
        lives.append(sale)
    again = [decode_sale(one.id, 1, encode_sale(one), lambda _: sale.type) for one in lives]
    return [
        [(one.figures, one.weighted, one.quote_value, one.quote and [*figures_of(one.quote)]) for one in again],
        [encode_sale(one) for one in lives],
        [str(offer) for one in lives[3::5] for offer in available(one, on=TODAY)],
    ]


def figures_of(quote: Quote) -> Iterator[Any]:
    """Every figure of every line and alternative, digit for digit."""
    for whole in (each for version in quote.versions for each in version.alternatives):
        yield priced(whole), exact(whole.gross, whole.whole_discount_percent, whole.vat_amount)
        for line in whole.lines:
            yield priced(line), exact(whole.discounted(line), whole.vat_of(line), line.unit_price), str(line)


def priced(of: Line | Alternative) -> list[Any]:
    pricing = of.pricing
    percents = pricing.discount_percent, pricing.earning_percent, pricing.earned_percent
    amounts = pricing.discount_amount, pricing.earning_amount, of.system_discount_amount
    return exact(pricing.subtotal, pricing.cost, pricing.total, pricing.typed, *percents, *amounts)


def exact(*values: Decimal | None) -> list[Any]:
    return [value and value.as_tuple() for value in values]


def the_catalog() -> Any:
    text = encode_catalog(business_central.catalog())
    again = decode_catalog(text, lambda _: business_central.DIALECT, {})
    return text, [(type.id, type.stages, type.duration) for type in again.types]


@pytest.mark.parametrize("context", HOSTILE, ids=str)
@pytest.mark.parametrize("session", [figures_and_codec, quotes_and_lines, the_catalog])
def test_a_session_gives_the_same_in_any_context(session: Session, context: Context) -> None:
    """Invariant 24: a whole session under a hostile context gives what it gives under the usual one."""
    assert under(context, session) == session()
    assert in_a_thread(context, session) == session()


@WALKED
@given(lines(), alternatives())
def test_a_price_is_the_same_in_any_context(line: Line, alternative: Alternative) -> None:
    """Invariant 24: no caller's context changes what a line or an alternative comes to."""

    def session() -> Any:
        lines = [evolve(each) for each in alternative.lines]  # worked out anew
        return priced(evolve(line)), priced(evolve(alternative, lines=lines))

    expected = session()
    assert [under(context, session) for context in HOSTILE] == [expected] * len(HOSTILE)


@WALKED
@given(changes())
def test_a_change_gives_the_same_in_any_context(change: Change) -> None:
    """Invariant 24: no caller's context changes what an action does, needs or is worth."""

    def session() -> Any:
        after = apply(change.before, change.action, on=change.on)
        offers = [str(offer) for offer in available(after, on=change.on)]
        text = encode_sale(after)
        again = decode_sale(after.id, 1, text, lambda _: after.type)
        figures = [figure and figure.as_tuple() for figure in (after.margin, after.weighted, after.value)]
        return after, again, text, offers, encode_action(change.action), figures

    expected = session()
    assert [under(context, session) for context in HOSTILE] == [expected] * len(HOSTILE)
