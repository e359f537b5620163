"""Hypothesis strategies for what is asked about product lines, quotes and orders, with values that fit."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from salespipeline.model.action import Action, Moment
from salespipeline.model.people import Company
from salespipeline.model.quote import Severity
from salespipeline.model.quote_actions import (
    ActivateVersion,
    AddQuoteLine,
    Approve,
    CancelOrder,
    CreateQuote,
    Disapprove,
    EditAlternative,
    EditQuoteLine,
    LinkQuote,
    NewVersion,
    PlaceOrder,
    PlaceOrderOnly,
    PostInvoice,
    RequestApproval,
    SendQuote,
    Validate,
)
from salespipeline.model.quote_life import QUOTE_LIFECYCLE, QuoteStanding, QuoteStep
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Status
from salespipeline.rules.apply import cell_of
from salespipeline.rules.closing import reasons_of
from salespipeline.rules.quote_running import archived_ranks
from salespipeline.testing.drafting import DRAFTING, NUMBERS, lists_now, named
from salespipeline.testing.guides import Choices, Maker
from salespipeline.testing.values import amounts, one_of, pauses, some_of, titles, typed


def stands(sale: Sale, action: type[Action]) -> bool:
    """Whether what an action asks for, whatever it is given, holds on a sale."""
    cell, moment = cell_of(sale, action), Moment(sale.changed_on)
    return cell is not None and not any(True for each in cell.conditions for _ in each(sale, moment))


def decided(sale: Sale) -> bool:
    """Whether a quote or product lines decide what the sale is worth, so that no amount can be typed."""
    return bool(sale.lines) or (sale.quote is not None and sale.quote.sets_amount)


# Where a quote stands, what leads it on; without these, few would ever be sent.
_LEADING: dict[QuoteStanding, tuple[type[Action], ...]] = {
    QuoteStanding.NOT_CALCULATED: (AddQuoteLine, Validate),
    QuoteStanding.CALCULATED: (SendQuote, SendQuote, PlaceOrder, PlaceOrderOnly),
    QuoteStanding.NEEDS_APPROVAL: (RequestApproval, Approve, Approve, Disapprove),
    QuoteStanding.APPROVED: (SendQuote,),
    QuoteStanding.REJECTED: (EditQuoteLine, EditAlternative),
    QuoteStanding.SENT: (NewVersion, NewVersion, PlaceOrder, PlaceOrderOnly),
    QuoteStanding.LOST: (NewVersion,),
}


def leading(sale: Sale, actions: Sequence[type[Action]]) -> list[type[Action]]:
    """Of some actions, those that lead the sale's quote on, or begin one."""
    on: tuple[type[Action], ...] = _LEADING.get(sale.quote.standing, ()) if sale.quote else (CreateQuote,)
    return [action for action in on if action in actions]


def _validate(draw: DrawFn, sale: Sale, on: date) -> Action:
    return Validate(**lists_now(draw, sale))


def _approver(draw: DrawFn, sale: Sale) -> str:
    return one_of(draw, sorted(sale.type.quote_policy.approvers) or ["anna", "bob"])


def _request(draw: DrawFn, sale: Sale, on: date) -> Action:
    return RequestApproval(_approver(draw, sale), comment=one_of(draw, ("", "They\nwait")))


def _deciding(action: type[Approve | Disapprove]) -> Callable[[DrawFn, Sale, date], Action]:
    def make(draw: DrawFn, sale: Sale, on: date) -> Action:
        open_to_all = not sale.type.quote_policy.approvers
        by = None if open_to_all and draw(st.booleans()) else _approver(draw, sale)
        return action(one_of(draw, ("", "by phone")), by=by)

    return make


def _send(draw: DrawFn, sale: Sale, on: date) -> Action:
    given = some_of(
        draw,
        {
            "valid_until": pauses().map(lambda pause: on + pause),
            "favourite_only": st.booleans(),
            "follow_up": st.booleans() | pauses().map(lambda pause: on + pause),
            "text": titles(),
        },
    )
    return SendQuote(**given)


def _renew(draw: DrawFn, sale: Sale, on: date) -> Action:
    return NewVersion(number=one_of(draw, NUMBERS))


def _activate(draw: DrawFn, sale: Sale, on: date) -> Action:
    ranks = [int(rank) for rank in archived_ranks(sale)]
    return ActivateVersion(one_of(draw, ranks), number=one_of(draw, NUMBERS))


# Orders, and quotes that are kept elsewhere.


def orderable(sale: Sale) -> Iterator[str]:
    """What can be ordered from: the sale's own quote where it can be sold, or one that it refers to."""
    quote = sale.quote
    if quote is None:
        return iter(("linked",))
    sellable = QUOTE_LIFECYCLE.row(quote.standing, QuoteStep.ORDER) and quote.active.severity is not Severity.ERROR
    policy = sale.type.quote_policy
    return iter((quote.number,) if sellable and not (policy.needs_customer and sale.company is None) else ())


def _ordering(action: type[PlaceOrder | PlaceOrderOnly]) -> Callable[[DrawFn, Sale, date], Action]:
    def make(draw: DrawFn, sale: Sale, on: date) -> Action:
        given: dict[str, Any] = some_of(
            draw,
            {"number": st.sampled_from(NUMBERS), "comment": titles(), "alternative": st.sampled_from(_offered(sale))},
        )
        if sale.company is not None:
            given["customer"] = Company(sale.company, "The customer", is_customer=True)
        if action is PlaceOrder:
            in_use = [item.id for item in reasons_of(sale.type, Status.SOLD) if not item.retired]
            required = "reason" in sale.type.dialect.needed(PlaceOrder)
            given["reason"] = one_of(draw, in_use if required else (None, *in_use))
        return action(**given)

    return make


def _offered(sale: Sale) -> tuple[str | None, ...]:
    return (None, *named(sale))


def _cancel_order(draw: DrawFn, sale: Sale, on: date) -> Action:
    in_use = [item.id for item in reasons_of(sale.type, Status.LOST) if not item.retired]
    return CancelOrder(one_of(draw, (None, *in_use)))


def _document(action: type[LinkQuote | PostInvoice], **more: Any) -> Callable[[DrawFn, Sale, date], Action]:
    def make(draw: DrawFn, sale: Sale, on: date) -> Action:
        value = typed(amounts(sale.currency, least=1, most=10**6))
        return action(one_of(draw, ("1001", "1002")), draw(value), **more)

    return make


def _without_own(sale: Sale) -> Iterator[str]:
    return iter(() if sale.quote is not None else ("elsewhere",))


MAKERS: dict[type[Action], tuple[Maker, Choices | None]] = {
    **DRAFTING,
    Validate: (_validate, None),
    RequestApproval: (_request, None),
    Approve: (_deciding(Approve), None),
    Disapprove: (_deciding(Disapprove), None),
    SendQuote: (_send, None),
    NewVersion: (_renew, None),
    ActivateVersion: (_activate, archived_ranks),
    PlaceOrder: (_ordering(PlaceOrder), orderable),
    PlaceOrderOnly: (_ordering(PlaceOrderOnly), orderable),
    CancelOrder: (_cancel_order, None),
    LinkQuote: (_document(LinkQuote, replacing=True), _without_own),
    PostInvoice: (_document(PostInvoice), None),
}
