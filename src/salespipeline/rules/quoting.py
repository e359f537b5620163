"""The rows of the rule book that are about quotes, product lines and orders.

Kept apart from the book, so that a process without quotes loads none of this.
"""

from salespipeline.model.actions import ChangeType, Jump, Lose, MoveTo, Next, Previous, Revise, Sell, Skip, Start
from salespipeline.model.quote_actions import (
    ActivateVersion,
    AddAlternative,
    AddLine,
    AddQuoteLine,
    Approve,
    CancelOrder,
    CancelRequest,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    Disapprove,
    EditAlternative,
    EditLine,
    EditQuoteLine,
    LinkQuote,
    LoseQuote,
    NewVersion,
    OrderAlternatives,
    PlaceOrder,
    PlaceOrderOnly,
    PostInvoice,
    RemoveAlternative,
    RemoveLine,
    RemoveQuoteLine,
    RequestApproval,
    SendQuote,
    UnlinkQuote,
    UpdatePrices,
    Validate,
)
from salespipeline.model.quote_life import QuoteStep
from salespipeline.model.rule import Rule
from salespipeline.rules import ordering, quote_drafting, quote_judging, quote_lines, quote_running, sale_lines
from salespipeline.rules.quote_parts import (
    amount_is_free,
    currency_is_free,
    for_step,
    has_draft,
    has_quote,
    keeps_what_it_has,
    without_quote,
)

_LINES = (
    Rule(AddLine, sale_lines.add, (sale_lines.addable,)),
    Rule(EditLine, sale_lines.edit, (sale_lines.editable,), choices=sale_lines.all_of),
    Rule(RemoveLine, sale_lines.remove, (sale_lines.removable,), choices=sale_lines.all_of),
)
_VALIDATING = for_step(QuoteStep.CLEAN, QuoteStep.WARN, QuoteStep.FAIL)
_BEGINNING = (without_quote, quote_drafting.with_company)
_DRAFTING = (
    Rule(
        CreateQuote,
        quote_drafting.create,
        (quote_drafting.creatable,),
        conditions=(without_quote, quote_drafting.with_company),
    ),
    Rule(
        CopyQuote,
        quote_drafting.copy,
        (quote_drafting.copyable,),
        conditions=(without_quote, quote_drafting.with_company),
    ),
    Rule(DeleteQuote, quote_drafting.delete, conditions=(has_quote,)),
    Rule(
        AddAlternative,
        quote_drafting.add_alternative,
        (quote_drafting.alternative_addable,),
        conditions=(has_draft, quote_drafting.takes_several),
    ),
    Rule(
        EditAlternative,
        quote_drafting.edit_alternative,
        (quote_drafting.alternative_editable,),
        conditions=(has_draft,),
    ),
    Rule(
        RemoveAlternative,
        quote_drafting.remove_alternative,
        (quote_drafting.alternative_removable,),
        conditions=(has_draft,),
        choices=quote_drafting.to_remove,
    ),
    Rule(OrderAlternatives, quote_drafting.order, (quote_drafting.orderable,), conditions=(has_draft,)),
    Rule(
        ChooseFavourite,
        quote_drafting.choose,
        (quote_drafting.choosable,),
        conditions=(has_draft,),
        choices=quote_drafting.all_alternatives,
    ),
    Rule(AddQuoteLine, quote_lines.add, (quote_lines.addable,), conditions=(has_draft,)),
    Rule(
        EditQuoteLine,
        quote_lines.edit,
        (quote_lines.editable,),
        conditions=(has_draft,),
        choices=quote_lines.all_lines,
    ),
    Rule(
        RemoveQuoteLine,
        quote_lines.remove,
        (quote_lines.removable,),
        conditions=(has_draft,),
        choices=quote_lines.all_lines,
    ),
    Rule(UpdatePrices, quote_judging.update, (quote_lines.updatable,), conditions=(has_draft,)),
    Rule(Validate, quote_judging.validate, (quote_lines.readable_lists,), conditions=(_VALIDATING,)),
)
_RUNNING = (
    Rule(
        RequestApproval,
        quote_running.request,
        (quote_running.requestable,),
        conditions=(for_step(QuoteStep.APPROVE),),
    ),
    Rule(CancelRequest, quote_running.cancel, conditions=(for_step(QuoteStep.APPROVE), quote_running.is_asked)),
    Rule(Approve, quote_running.approve, (quote_running.decidable,), conditions=(for_step(QuoteStep.APPROVE),)),
    Rule(Disapprove, quote_running.disapprove, (quote_running.decidable,), conditions=(for_step(QuoteStep.REJECT),)),
    Rule(SendQuote, quote_running.send, (quote_running.sendable,), conditions=(for_step(QuoteStep.SEND),)),
    Rule(NewVersion, quote_running.renew, (quote_running.renewable,), conditions=(for_step(QuoteStep.RENEW),)),
    Rule(
        ActivateVersion,
        quote_running.activate,
        (quote_running.activatable,),
        conditions=(has_quote, quote_running.can_be_archived),
        choices=quote_running.archived_ranks,
    ),
    Rule(LoseQuote, quote_running.lose, conditions=(for_step(QuoteStep.LOSE),)),
    Rule(Lose, quote_running.lose_with_quote),
)
_ORDERING = (
    Rule(
        PlaceOrder,
        ordering.place,
        (ordering.placeable, ordering.closable),
        conditions=(ordering.has_any_quote,),
    ),
    Rule(PlaceOrderOnly, ordering.place_only, (ordering.placeable,), conditions=(ordering.has_any_quote,)),
    Rule(CancelOrder, ordering.cancel, (ordering.cancellable,), conditions=(ordering.has_order,)),
    Rule(PostInvoice, ordering.invoice, (ordering.invoiceable,), conditions=(ordering.has_order,)),
    Rule(LinkQuote, ordering.link, (ordering.linkable,), conditions=(ordering.without_own_quote,)),
    Rule(UnlinkQuote, ordering.unlink, conditions=(ordering.refers_to_quote,)),
)
_GUARDING = (
    *(Rule(action, checks=(amount_is_free,)) for action in (Start, Next, Previous, Skip, Jump, MoveTo, Sell)),
    Rule(Revise, checks=(amount_is_free, currency_is_free)),
    Rule(ChangeType, checks=(keeps_what_it_has,)),
)
QUOTING: tuple[Rule, ...] = (*_LINES, *_DRAFTING, *_RUNNING, *_ORDERING, *_GUARDING)
