"""What Business Central checks before an opportunity moves, is updated, quoted, closed, or gets another contact.

Rules: sections A.4.3, A.4.4, A.6 and A.10 of the Business Central reference; where the product and its
documents differ, the product's code (X3 to X7).
"""

from collections.abc import Iterator
from datetime import date

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.actions import Edit, Jump, Link, Lose, Next, Previous, Register, Revise, Sell, Skip, Start
from salespipeline.model.numbers import ZERO, number
from salespipeline.model.parts import Document, DocumentKind
from salespipeline.model.problem import Problem
from salespipeline.model.quote_actions import CopyQuote, CreateQuote, PlaceOrder, PlaceOrderOnly
from salespipeline.model.rule import Rule
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.linking import linked
from salespipeline.rules.moving import aim, close_expected_on
from salespipeline.rules.typed import given


def has_quote(sale: Sale) -> bool:
    """Whether the sale refers to a quote; an order or an invoice is none any more."""
    return sale.document is not None and sale.document.kind is DocumentKind.QUOTE


def quote_on_entry(sale: Sale, action: Next | Skip, moment: Moment) -> Iterator[Problem]:
    """A stage that requires a quote is entered by next or skip with one; stages passed over do not ask (X4)."""
    stage = aim(sale, action)
    if stage is not None and stage.quote_required and not has_quote(sale):
        yield Problem("quote-required", "stage", stage.id)


def quote_on_leaving(sale: Sale, action: Next | Skip, moment: Moment) -> Iterator[Problem]:
    """The reading of the documents: a stage that requires a quote is left forwards with one (X4)."""
    stage = sale.type.stage(sale.stage)
    if stage is not None and stage.quote_required and not has_quote(sale):
        yield Problem("quote-required", "stage", stage.id)


def _above_zero(sale: Sale, action: Action, name: str, present: object) -> Iterator[Problem]:
    typed = given(action, name)
    value = present if typed is KEEP else typed
    try:
        if number(value, name) <= ZERO:
            yield Problem("not-positive", name, value)
    except InvalidValue:
        return  # the rule book says so already


def worth_something(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
    """Estimated value and chances are above zero, typed or not (A.4.3)."""
    if sale.standing is Standing.NOT_STARTED:
        return  # being registered: no entry is written yet
    yield from _above_zero(sale, action, "amount", sale.amount)
    stage = aim(sale, action) if isinstance(action, (Next, Previous, Skip, Jump)) else None
    present = sale.chance if stage is None or stage.id == sale.stage else stage.chance
    yield from _above_zero(sale, action, "chance", present)


def started_with_something(sale: Sale, action: Start, moment: Moment) -> Iterator[Problem]:
    """The first stage is activated with nothing typed, or with values above zero (A.3)."""
    for name in ("amount", "chance"):
        if given(action, name) is not KEEP:
            yield from _above_zero(sale, action, name, None)


def closing_ahead(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
    """The estimated closing date, typed or not, does not lie before the change; the same day passes (X7)."""
    if sale.standing is Standing.NOT_STARTED or given(action, "expected_close") is not KEEP:
        return  # being registered, or judged as typed
    expected = close_expected_on(sale, action, moment)
    if expected < moment.on:
        yield Problem("close-before-today", "expected_close", expected, params={"today": moment.on})


def sold_for_something(sale: Sale, action: Sell, moment: Moment) -> Iterator[Problem]:
    """What an opportunity was won for is above zero: its quote's value, or else the one that is typed (X6)."""
    if has_quote(sale):
        yield from ordered_for_something(sale, action, moment)
    elif action.value is None:
        yield Problem("required", "value")
    else:
        yield from _above_zero(sale, action, "value", None)


def ordered_for_something(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
    """What an order is made of comes to more than nothing: an opportunity that it closes is won for that (A.6.3)."""
    document = sale.document
    if document is not None and document.kind is DocumentKind.QUOTE and document.value <= ZERO:
        yield Problem("not-positive", "document", document.value)


def quote_with_contact(sale: Sale, action: CreateQuote | CopyQuote, moment: Moment) -> Iterator[Problem]:
    """A quote is made for a contact; whether a person alone is one, the policy says (A.6.2, X2)."""
    if (sale.company, sale.person) == (None, None) and not sale.type.quote_policy.needs_company:
        yield Problem("quote-needs-contact", "company")


def same_contact_company(sale: Sale, action: Link, moment: Moment) -> Iterator[Problem]:
    """The contact is never taken away and, once the process has begun, stays within its company (A.1.1)."""
    try:
        after = linked(sale, action)
    except (AttributeError, InvalidValue):
        return  # the rule book says so already
    before = sale.parties
    had_contact = (before.company, before.person) != (None, None)
    if had_contact and (after.company, after.person) == (None, None):
        yield Problem("contact-required", "company")
    elif had_contact and sale.standing is not Standing.NOT_STARTED and after.company != before.company:
        accepted = [] if before.company is None else [before.company]
        yield Problem("company-fixed", "company", after.company, accepted)


def closed_after_last_change(sale: Sale, action: Sell | Lose | PlaceOrder, moment: Moment) -> Iterator[Problem]:
    """An opportunity closes on or after its last change; the product lets entries stand for negative days (E.10)."""
    if type(action.closed_on) is date and action.closed_on < sale.changed_on:
        yield Problem("before-last-change", "closed_on", action.closed_on, params={"last": sale.changed_on})


def no_invoice_by_hand(sale: Sale, action: Edit, moment: Moment) -> Iterator[Problem]:
    """A quote or an order can be put on an opportunity by hand, a posted invoice comes from posting (A.1.1)."""
    if not sale.history:
        return  # being registered, as it came from elsewhere
    if isinstance(action.document, Document) and action.document.kind is DocumentKind.INVOICE:
        yield Problem("invoice-by-hand", "document", action.document.number)


def document_follows_quote(sale: Sale, action: Edit, moment: Moment) -> Iterator[Problem]:
    """While a sale has a quote of its own, the document that it refers to is that one (A.6.2)."""
    if sale.is_closed:
        return  # locked
    if sale.quote is not None and action.document not in (KEEP, sale.document):
        number = action.document.number if isinstance(action.document, Document) else action.document
        yield Problem("document-from-quote", "document", number, params={"quote": sale.quote.number})


def complete(sale: Sale, action: Register, moment: Moment) -> Iterator[Problem]:
    """What the creation wizard asks for, and the card does not: a contact and a salesperson (A.3)."""
    if (sale.company, sale.person) == (None, None):
        yield Problem("required", "company")
    if sale.owner is None:
        yield Problem("required", "owner")


RULES: tuple[Rule, ...] = (
    Rule(Start, checks=(started_with_something,)),
    Rule(Next, checks=(quote_on_entry, worth_something, closing_ahead)),
    Rule(Skip, checks=(quote_on_entry, worth_something, closing_ahead)),
    Rule(Previous, checks=(worth_something, closing_ahead)),
    Rule(Jump, checks=(worth_something, closing_ahead)),
    Rule(Revise, checks=(worth_something, closing_ahead)),
    Rule(Sell, checks=(sold_for_something, closed_after_last_change)),
    Rule(Lose, checks=(closed_after_last_change,)),
    Rule(Edit, checks=(no_invoice_by_hand, document_follows_quote)),
    Rule(CreateQuote, checks=(quote_with_contact,)),
    Rule(CopyQuote, checks=(quote_with_contact,)),
    Rule(PlaceOrder, checks=(ordered_for_something, closed_after_last_change)),
    Rule(PlaceOrderOnly, checks=(ordered_for_something,)),
    Rule(Link, checks=(same_contact_company,)),
)
