"""What every change of a quote or of product lines ends in, and the conditions that they begin with."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from attrs import evolve

from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.actions import ChangeType
from salespipeline.model.figures import Figures
from salespipeline.model.numbers import rounded
from salespipeline.model.parts import Document, DocumentKind
from salespipeline.model.problem import Problem
from salespipeline.model.quote import Quote, QuoteVersion, Severity
from salespipeline.model.quote_actions import AddLine, CreateQuote
from salespipeline.model.quote_life import QUOTE_LIFECYCLE, QuoteStanding, QuoteStep
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.typed import given, is_a


def with_quote(sale: Sale, quote: Quote) -> dict[str, Any]:
    """The parts of a sale that a new quote changes: amount and cost follow it, and so does a link to it.

    Amounts are rounded once to the currency's digits, half-up.
    """
    best = quote.favourite
    changed: dict[str, Any] = {"quote": quote}
    if quote.sets_amount:
        changed["figures"] = in_digits(sale, best.total, best.total_cost)
    if sale.type.dialect.quote_sets_value and quote.order is None:
        value = rounded(best.total, sale.figures.digits)
        changed["document"] = Document(DocumentKind.QUOTE, quote.number, value)
    return changed


def in_digits(sale: Sale, amount: Decimal, cost: Decimal) -> Figures:
    """The figures of an exact amount and cost, rounded to the digits of the sale's currency."""
    figures = sale.figures
    return Figures(figures.currency, rounded(amount, figures.digits), rounded(cost, figures.digits))


def with_active(quote: Quote, version: QuoteVersion, made: int | None = None) -> Quote:
    """The quote with another active version in the place of its own."""
    return evolve(quote, versions=(*quote.versions[:-1], version), made=quote.made if made is None else made)


def target(version: QuoteVersion, step: QuoteStep) -> QuoteStanding | None:
    """Where a step leads a version, by the table; None where it is not possible."""
    row = QUOTE_LIFECYCLE.row(version.standing, step)
    return row.target if row else None


def moved(version: QuoteVersion, step: QuoteStep, **changes: Any) -> QuoteVersion:
    """The version after a step that is possible."""
    return evolve(version, standing=target(version, step) or version.standing, **changes)


_WAYS = {
    (QuoteStanding.NOT_CALCULATED, QuoteStep.SEND): "quote-not-validated",
    (QuoteStanding.NOT_CALCULATED, QuoteStep.ORDER): "quote-not-validated",
    (QuoteStanding.NEEDS_APPROVAL, QuoteStep.SEND): "quote-not-approved",
    (QuoteStanding.NEEDS_APPROVAL, QuoteStep.ORDER): "quote-not-approved",
    (QuoteStanding.SENT, QuoteStep.SEND): "quote-sent-already",
}


def impossible(version: QuoteVersion, step: QuoteStep) -> Iterator[Problem]:
    """Why a version cannot take a step: it has errors, or the table has no row, with those that it has."""
    if step in (QuoteStep.SEND, QuoteStep.ORDER) and version.severity is Severity.ERROR:
        codes = dict.fromkeys(each.code for each in version.findings if each.severity is Severity.ERROR)
        yield Problem("quote-errors", "quote", version.number, params={"findings": ", ".join(codes)})
    elif target(version, step) is None:
        steps = ", ".join(row.step.value for row in QUOTE_LIFECYCLE.leaving(version.standing)) or "none"
        yield Problem(
            _WAYS.get((version.standing, step), "no-such-quote-step"),
            "quote",
            version.number,
            params={"step": step.value, "standing": version.standing.value, "steps": steps},
        )


# Conditions: what must hold whatever an action is given.


def without_quote(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """A sale has one quote at most, its own or one that it refers to."""
    if sale.quote is not None:
        yield Problem("has-quote", "quote", sale.quote.number)
    elif sale.document is not None and sale.document.kind is DocumentKind.QUOTE and sale.type.dialect.quote_sets_value:
        yield Problem("has-quote", "quote", sale.document.number)


def has_quote(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """There is a quote."""
    if sale.quote is None:
        yield Problem("no-quote", "quote")


def has_draft(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """There is a quote, and its active version can be edited."""
    quote = sale.quote
    if quote is None:
        yield Problem("no-quote", "quote")
    elif target(quote.active, QuoteStep.EDIT) is None:
        params = {"standing": quote.standing.value}
        if target(quote.active, QuoteStep.RENEW) is None:
            yield Problem("quote-locked", "quote", quote.number, params=params)
        else:
            yield Problem("quote-not-editable", "quote", quote.number, params=params)


def for_step(*steps: QuoteStep) -> Callable[[Sale, Moment], Iterator[Problem]]:
    """A condition: there is a quote, and its active version can take one of some steps."""

    def check(sale: Sale, moment: Moment) -> Iterator[Problem]:
        quote = sale.quote
        if quote is None:
            yield Problem("no-quote", "quote")
        elif all(target(quote.active, step) is None for step in steps):
            yield from impossible(quote.active, steps[0])

    return check


# What a quote or product lines decide cannot be typed.


def amount_is_free(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
    """While a quote or product lines decide the amount, neither it nor what hangs on it is typed."""
    source = _source(sale)
    for name in ("amount", "cost", "profit", "margin", "value") if source else ():
        value = given(action, name)
        if value is not KEEP and value is not None:
            yield Problem("amount-from-source", name, value, params={"source": source})


def _source(sale: Sale) -> str:
    if sale.lines:
        return "product lines"
    return "quote" if sale.quote is not None and sale.quote.sets_amount else ""


def currency_is_free(sale: Sale, action: Any, moment: Moment) -> Iterator[Problem]:
    """The currency is frozen while there is a quote, or a line."""
    is_other = action.currency is not KEEP and str(action.currency) != sale.currency
    if is_other and (sale.quote is not None or sale.lines):
        yield Problem("currency-frozen", "currency", str(action.currency), [sale.currency])


def keeps_what_it_has(sale: Sale, action: ChangeType, moment: Moment) -> Iterator[Problem]:
    """A sale with a quote or with product lines stays in a process that has them."""
    if not is_a(action.type, SaleType):
        return  # the rule book says so already
    offered = action.type.dialect.lifecycle.actions
    for there, needed, what in ((sale.quote, CreateQuote, "a quote"), (sale.lines, AddLine, "product lines")):
        if there and needed not in offered:
            yield Problem("type-without", "type", action.type.id, params={"what": what})
    several = sale.quote is not None and len(sale.quote.active.alternatives) > 1
    if several and not action.type.quote_policy.alternatives:
        yield Problem("one-alternative", "type", action.type.id)
