"""Ordering: from a quote to an order, the sale sold with it; and what becomes of the order."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from salespipeline.model.action import Action, Keep, Moment
from salespipeline.model.actions import Sell
from salespipeline.model.ids import AlternativeId, ItemId
from salespipeline.model.parts import Document, DocumentKind
from salespipeline.model.people import Company
from salespipeline.model.priced_fields import text_of
from salespipeline.model.problem import Problem
from salespipeline.model.quote import Order
from salespipeline.model.quote_actions import (
    CancelOrder,
    CopyQuote,
    CreateQuote,
    LinkQuote,
    PlaceOrder,
    PlaceOrderOnly,
    PostInvoice,
    UnlinkQuote,
    Validate,
)
from salespipeline.model.quote_life import QuoteStep
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.model.state import Lost, Sold
from salespipeline.model.text import note
from salespipeline.rules import closing
from salespipeline.rules.building import rebuilt
from salespipeline.rules.probability import LOST, closed
from salespipeline.rules.quote_drafting import known_alternative, numbered
from salespipeline.rules.quote_judging import validated
from salespipeline.rules.quote_lines import readable_lists
from salespipeline.rules.quote_parts import impossible, moved, with_active, with_quote
from salespipeline.rules.typed import fault, in_currency, is_a

Ordering = PlaceOrder | PlaceOrderOnly
_number = text_of("number", 127)


def _linked_quote(sale: Sale) -> Document | None:
    """The quote elsewhere that a sale refers to."""
    document = sale.document
    return document if document is not None and document.kind is DocumentKind.QUOTE else None


def document_of(sale: Sale, action: Action) -> tuple[DocumentKind, str] | None:
    """What an action links to a sale that refers to its documents: the kind and number; None where it links none."""
    linked = _linked_quote(sale)
    if isinstance(action, LinkQuote):
        return DocumentKind.QUOTE, action.number
    if isinstance(action, (CreateQuote, CopyQuote)):
        return DocumentKind.QUOTE, numbered(sale, action.number, 1)
    if isinstance(action, PostInvoice):
        return DocumentKind.INVOICE, action.number
    if isinstance(action, (PlaceOrder, PlaceOrderOnly)) and linked is not None and not isinstance(sale.state, Lost):
        return DocumentKind.ORDER, action.number or linked.number
    return None


def has_any_quote(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """There is a quote to order from: the sale's own, or one that it refers to."""
    if sale.quote is None and _linked_quote(sale) is None:
        yield Problem("no-quote", "quote")


def placeable(sale: Sale, action: Ordering, moment: Moment) -> Iterator[Problem]:
    """It is validated again and can be ordered as it then stands; the words can be read, a customer is there."""
    yield from fault(lambda: _number(action.number))
    yield from fault(lambda: note(action.comment, "comment", 2046))
    if sale.quote is not None:
        yield from known_alternative(sale, action.alternative)
        faults = [*readable_lists(sale, action, moment), *_unvalidated(sale)]
        yield from faults or impossible(validated(sale, action, moment), QuoteStep.ORDER)
    elif action.alternative is not None:
        yield Problem("unknown-alternative", "alternative", action.alternative)
    yield from _customer(sale, action)


def _unvalidated(sale: Sale) -> Iterator[Problem]:
    """Why the version cannot be ordered as it stands; a process without validating does that on ordering."""
    if sale.quote is not None and Validate in sale.type.dialect.lifecycle.actions:
        yield from impossible(sale.quote.active, QuoteStep.ORDER)


def _customer(sale: Sale, action: Ordering) -> Iterator[Problem]:
    """An order is placed by a customer, where the process asks for one, or makes one (Business Central, A.6.3)."""
    company = None if isinstance(action.customer, Keep) else action.customer
    if company is not None and not is_a(company, Company):
        reason = "give the Company itself, a customer"
        yield Problem("invalid-value", "customer", company, params={"reason": reason})
    elif company is not None and company.id != sale.company:
        yield Problem("not-its-company", "customer", company.id, [] if sale.company is None else [sale.company])
    elif sale.type.quote_policy.needs_customer:
        if company is None:
            yield Problem("customer-unknown", "customer")
        elif not company.is_customer and action.make_customer is not True:
            yield Problem("customer-required", "customer", company.id)


def _ordered(sale: Sale, action: Ordering, moment: Moment) -> dict[str, Any]:
    """What a sale's own quote changes by being sold: the alternative that was accepted is the favourite."""
    quote = sale.quote
    if quote is None:
        return {}
    version = validated(sale, action, moment)
    accepted = version.favourite if action.alternative is None else AlternativeId(action.alternative)
    sold = with_active(quote, moved(version, QuoteStep.ORDER, favourite=accepted))
    order = Order(on=moment.on, alternative=accepted, number=action.number, comment=action.comment)
    return {**with_quote(sale, sold), "quote": evolve(sold, order=order)}


def _document(sale: Sale, action: Ordering) -> dict[str, Any]:
    """The link of a sale that refers to its documents: from the quote to the order, with its value."""
    linked = _linked_quote(sale)
    if linked is None:
        return {}
    return {"document": Document(DocumentKind.ORDER, action.number or linked.number, linked.value)}


def place_only(sale: Sale, action: PlaceOrderOnly, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The quote is sold and locked, the sale stays where it is; a closed one follows its order (A.6.3).

    One that was won before is worth what the order comes to, one that was lost is not linked to it.
    """
    ordered = _ordered(sale, action, moment)
    changed = {**ordered, **_document(rebuilt(sale, ordered), action)}
    if isinstance(sale.state, Lost):
        return changed | {"document": None}
    document = changed.get("document")
    if isinstance(sale.state, Sold) and document is not None:
        return changed | {"state": evolve(sale.state, value=document.value)}
    return changed


def place(sale: Sale, action: PlaceOrder, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The quote is sold, and the sale with it, for what the accepted alternative comes to."""
    ordered = _ordered(sale, action, moment)
    quoted = rebuilt(sale, ordered)
    selling = Sell(action.reason, closed_on=action.closed_on, cancel_tasks=action.cancel_tasks)
    return {**ordered, **closing.sell(quoted, selling, moment, target), **_document(quoted, action)}


def closable(sale: Sale, action: PlaceOrder, moment: Moment) -> Iterator[Problem]:
    """What selling asks for is asked for here."""
    yield from closing.sellable(sale, Sell(action.reason, closed_on=action.closed_on), moment)


# After the order.


def has_order(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """The sale was ordered: it refers to an order, or its own quote was; what was invoiced is no order any more."""
    if sale.document is not None:
        is_ordered = sale.document.kind is DocumentKind.ORDER
    else:
        is_ordered = sale.quote is not None and sale.quote.order is not None
    if not is_ordered:
        yield Problem("no-order", "quote")


def cancellable(sale: Sale, action: CancelOrder, moment: Moment) -> Iterator[Problem]:
    """A reason, if given, is one of losing; the order is not deleted before the sale was closed by it."""
    yield from closing.reason_faults(sale, Standing.LOST.status, action.reason)
    closed_on = sale.closed_on
    if closed_on is not None and moment.on < closed_on:
        yield Problem("before-last-change", "on", moment.on, params={"last": closed_on})


def cancel(sale: Sale, action: CancelOrder, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Lost on the day; the link is cleared, and the quote that was ordered is lost (Business Central, A.6.4)."""
    reason = closing.lone_reason(sale.type, target.status) if action.reason is None else ItemId(action.reason)
    changed: dict[str, Any] = {
        "state": Lost(moment.on, reason, target.is_completed),
        "position": closed(sale.position, LOST),
        "document": None,
    }
    quote = sale.quote
    if quote is not None and not tuple(impossible(quote.active, QuoteStep.CANCEL_ORDER)):
        lost = with_active(quote, moved(quote.active, QuoteStep.CANCEL_ORDER))
        changed["quote"] = evolve(lost, order=None)
    return changed


def invoiceable(sale: Sale, action: PostInvoice, moment: Moment) -> Iterator[Problem]:
    """Number and value can be read."""
    yield from fault(lambda: text_of("number", 127, required=True)(action.number))
    yield from fault(lambda: in_currency(sale.figures, action.value, "value"))


def invoice(sale: Sale, action: PostInvoice, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The sale refers to the invoice, and was sold for its value."""
    value = in_currency(sale.figures, action.value, "value")
    document = Document(DocumentKind.INVOICE, action.number, value)
    if not isinstance(sale.state, Sold):  # no table has it so
        return {"document": document}
    return {"document": document, "state": evolve(sale.state, value=value)}


# Quotes that are kept elsewhere.


def without_own_quote(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """A sale with a quote of its own refers to no other."""
    if sale.quote is not None:
        yield Problem("has-quote", "quote", sale.quote.number)


def linkable(sale: Sale, action: LinkQuote, moment: Moment) -> Iterator[Problem]:
    """Number and value can be read; a quote that is linked already moves only when told to."""
    yield from fault(lambda: text_of("number", 127, required=True)(action.number))
    yield from fault(lambda: in_currency(sale.figures, action.value, "value"))
    if sale.document is not None and action.replacing is not True:
        present = sale.document.kind, sale.document.number
        if present != (DocumentKind.QUOTE, action.number):
            yield Problem("quote-linked", "replacing", sale.document.number)


def link(sale: Sale, action: LinkQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The sale refers to that quote, and to no other.

    It concerns this sale alone: a quote that another sale refers to is unlinked there first.
    """
    value = in_currency(sale.figures, action.value, "value")
    return {"document": Document(DocumentKind.QUOTE, action.number, value)}


def refers_to_quote(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """The sale refers to a quote that is not its own."""
    if sale.quote is not None or _linked_quote(sale) is None:
        yield Problem("no-quote", "quote")


def unlink(sale: Sale, action: UnlinkQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """No link any more."""
    return {"document": None}
