"""The life of a quote after the draft: approval, sending, new versions, and losing it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import evolve

from salespipeline.errors import InvalidValue
from salespipeline.model.action import Moment, day
from salespipeline.model.actions import Lose
from salespipeline.model.activity import Activity, ActivityKind, Agenda, activity_id
from salespipeline.model.ids import UserId, user_id
from salespipeline.model.priced_fields import text_of
from salespipeline.model.problem import Problem
from salespipeline.model.quote import Approval, Quote, QuoteVersion
from salespipeline.model.quote_actions import (
    ActivateVersion,
    Approve,
    CancelRequest,
    Disapprove,
    LoseQuote,
    NewVersion,
    RequestApproval,
    SendQuote,
)
from salespipeline.model.quote_life import QuoteStanding, QuoteStep
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.model.text import note
from salespipeline.rules.closing import lose as lose_sale
from salespipeline.rules.guidance import Written
from salespipeline.rules.quote_drafting import numbered, quote_of
from salespipeline.rules.quote_judging import validated
from salespipeline.rules.quote_lines import readable_lists
from salespipeline.rules.quote_parts import impossible, moved, with_active, with_quote
from salespipeline.rules.quote_parts import target as target_of
from salespipeline.rules.typed import fault, is_a

_number = text_of("number", 64)


# Approval.


def _text(value: object) -> str:
    return note(value, "text", 2047)


def _may_approve(sale: Sale, who: object, field: str) -> Iterator[Problem]:
    """Who approves is among those that the type names; where it names none, anybody may."""
    approvers = sale.type.quote_policy.approvers
    if approvers and who not in approvers:
        yield Problem("not-approver", field, who, sorted(approvers))


def requestable(sale: Sale, action: RequestApproval, moment: Moment) -> Iterator[Problem]:
    """Somebody who may approve is asked, in words that can be read."""
    faults = list(fault(lambda: user_id(action.approver)))
    yield from faults or _may_approve(sale, action.approver, "approver")
    yield from fault(lambda: _text(action.comment))


def request(sale: Sale, action: RequestApproval, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Asked, with a task for who is to approve."""
    quote = quote_of(sale)
    asked = Approval(asked_on=moment.on, asked_by=moment.by, approver=UserId(action.approver), comment=action.comment)
    task = _activity(sale, moment, ActivityKind.TASK, f"Approve quote {quote.number}", action.comment, moment.on)
    planned = evolve(task, owner=UserId(action.approver))
    version = evolve(quote.active, approval=evolve(asked, activity=planned.id))
    return {**with_quote(sale, with_active(quote, version)), "agenda": _with(sale, planned)}


def is_asked(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """Approval was asked for, and nobody has decided yet."""
    quote = sale.quote
    approval = quote.active.approval if quote else None
    if quote is not None and (approval is None or approval.approved is not None):
        yield Problem("no-request", "quote", quote.number)


def cancel(sale: Sale, action: CancelRequest, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """As if nobody had been asked; the approver's task is called off."""
    quote = quote_of(sale)
    changed = with_quote(sale, with_active(quote, evolve(quote.active, approval=None)))
    return {**changed, "agenda": _ended(sale, cancelled_on=moment.on)}


def _ended(sale: Sale, **changes: Any) -> Agenda:
    """The activities with the approver's task at an end, where it is still planned."""
    approval = quote_of(sale).active.approval
    task = sale.agenda.get(approval.activity) if approval is not None else None
    return sale.agenda.with_changed([evolve(task, **changes)] if task is not None and task.is_planned else [])


def decidable(sale: Sale, action: Approve | Disapprove, moment: Moment) -> Iterator[Problem]:
    """Who decides may; what is said can be read."""
    yield from fault(lambda: _text(action.text))
    if action.by is not None:
        faults = list(fault(lambda: user_id(action.by or "")))
        yield from faults or _may_approve(sale, action.by, "by")
    else:
        yield from _may_approve(sale, moment.by, "by")


def approve(sale: Sale, action: Approve, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Approved: it can be sent."""
    return _decided(sale, action, moment, QuoteStep.APPROVE)


def disapprove(sale: Sale, action: Disapprove, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Not approved: it has to be edited."""
    return _decided(sale, action, moment, QuoteStep.REJECT)


def _decided(sale: Sale, action: Approve | Disapprove, moment: Moment, step: QuoteStep) -> Mapping[str, Any]:
    quote = quote_of(sale)
    asked = quote.active.approval or Approval(asked_on=moment.on, asked_by=moment.by)
    decided = evolve(
        asked,
        approved=step is QuoteStep.APPROVE,
        decided_on=moment.on,
        decided_by=moment.by if action.by is None else UserId(action.by),
        registered_by=moment.by,
        text=action.text,
    )
    changed = with_quote(sale, with_active(quote, moved(quote.active, step, approval=decided)))
    return {**changed, "agenda": _ended(sale, done_on=moment.on)}


# Sending.


def sendable(sale: Sale, action: SendQuote, moment: Moment) -> Iterator[Problem]:
    """It is validated again, and can be sent as it then stands; its last day does not lie behind."""
    faults = list(readable_lists(sale, action, moment))
    yield from faults
    if not faults:
        yield from impossible(validated(sale, action, moment), QuoteStep.SEND)
    yield from fault(lambda: _text(action.text))
    yield from _last_day_faults(action, moment)
    if type(action.follow_up) is not bool:
        yield from fault(lambda: day(action.follow_up, "follow_up"))
    if not is_a(action.favourite_only, bool):
        yield Problem("invalid-value", "favourite_only", action.favourite_only, params={"reason": "give True or False"})


def _last_day_faults(action: SendQuote, moment: Moment) -> Iterator[Problem]:
    if action.valid_until is None:
        return
    try:
        last = day(action.valid_until, "valid_until")
    except InvalidValue as error:
        yield Problem.of(error)
        return
    if last < moment.on:
        yield Problem("valid-until-passed", "valid_until", last, params={"today": moment.on})


def _days_on(start: date, days: int) -> date:
    return date.fromordinal(min(start.toordinal() + days, date.max.toordinal()))


def last_day(sale: Sale, on: date) -> date:
    """The last day of a quote that is sent on a day, unless another is given."""
    return _days_on(on, sale.type.quote_policy.valid_days)


def follow_up_day(sale: Sale, valid_until: date) -> date:
    """The day to follow up a quote that is valid until another, unless one is given."""
    return date.fromordinal(max(1, valid_until.toordinal() - sale.type.quote_policy.follow_up_days))


def send(sale: Sale, action: SendQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Sent: it does not change any more. The document is among the activities, and the follow-up that is asked for."""
    quote = quote_of(sale)
    until = action.valid_until or last_day(sale, moment.on)
    version = moved(
        validated(sale, action, moment),
        QuoteStep.SEND,
        sent_on=moment.on,
        valid_until=until,
        favourite_only=action.favourite_only,
    )
    document_text, call_text = (action.text, "") if action.follow_up is False else ("", action.text)
    sent = _activity(sale, moment, ActivityKind.DOCUMENT, f"Quote {version.number}", document_text, moment.on)
    made = [evolve(sent, reference=version.number[:99])]
    if action.follow_up is not False:
        on = follow_up_day(sale, until) if action.follow_up is True else action.follow_up
        planned = _activity(sale, moment, ActivityKind.FOLLOW_UP, f"Follow up quote {version.number}", call_text, on)
        made.append(evolve(planned, id=activity_id(sale.agenda.made + 2)))
    return {**with_quote(sale, with_active(quote, version)), "agenda": _with(sale, *made)}


def _activity(sale: Sale, moment: Moment, kind: ActivityKind, title: str, text: str, due: date) -> Activity:
    return Activity(
        id=activity_id(sale.agenda.made + 1),
        kind=kind,
        title=title[:219],
        text=text,
        due=due,
        done_on=None if kind.is_follow_up else moment.on,
        owner=sale.owner,
        **Written(sale, moment.on, moment.by, len(sale.history)).values(),
    )


def _with(sale: Sale, *activities: Activity) -> Agenda:
    return sale.agenda.with_new(activities)


# Versions.


def renewable(sale: Sale, action: NewVersion, moment: Moment) -> Iterator[Problem]:
    """The number can be read."""
    yield from fault(lambda: _number(action.number))


def renew(sale: Sale, action: NewVersion, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A copy of what was sent is the active version; all others are archived."""
    quote = quote_of(sale)
    archived = (*quote.versions[:-1], _archived(quote.active, QuoteStep.RENEW))
    return _renewed(sale, evolve(quote, versions=archived), quote.active, action.number, moment)


def _archived(version: QuoteVersion, step: QuoteStep) -> QuoteVersion:
    if version.standing is QuoteStanding.ARCHIVED:
        return version
    return moved(version, step, archived_from=version.standing)


def _renewed(sale: Sale, quote: Quote, source: QuoteVersion, number: str, moment: Moment) -> Mapping[str, Any]:
    rank = quote.active.rank + 1
    copy = QuoteVersion(
        rank=rank,
        number=numbered(sale, number, rank),
        made=moment,
        alternatives=source.alternatives,
        favourite=source.favourite,
    )
    return with_quote(sale, evolve(quote, versions=(*quote.versions, copy)))


def can_be_archived(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """The active version can give way to another."""
    quote = sale.quote
    if quote is not None:
        yield from impossible(quote.active, QuoteStep.ARCHIVE)


def archived_ranks(sale: Sale) -> Iterator[str]:
    """The ranks of the archived versions."""
    versions = sale.quote.versions if sale.quote else ()
    return (str(each.rank) for each in versions if each.standing is QuoteStanding.ARCHIVED)


def activatable(sale: Sale, action: ActivateVersion, moment: Moment) -> Iterator[Problem]:
    """The rank is that of an archived version; the number can be read."""
    yield from fault(lambda: _number(action.number))
    known = list(archived_ranks(sale))
    if type(action.rank) is bool or str(action.rank) not in known:
        yield Problem("unknown-version", "rank", action.rank, known)


def activate(sale: Sale, action: ActivateVersion, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A copy of an archived version is the active one; all others are archived."""
    quote = quote_of(sale)
    archived = (*quote.versions[:-1], _archived(quote.active, QuoteStep.ARCHIVE))
    return _renewed(sale, evolve(quote, versions=archived), quote.version(int(action.rank)), action.number, moment)


# Losing it.


def lose(sale: Sale, action: LoseQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Declined; the sale can have a new version."""
    return with_quote(sale, _lost(quote_of(sale)))


def _lost(quote: Quote) -> Quote:
    return with_active(quote, moved(quote.active, QuoteStep.LOSE))


def lose_with_quote(sale: Sale, action: Lose, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A lost sale, and its quote with it where the type has it so."""
    changed = dict(lose_sale(sale, action, moment, target))
    quote = sale.quote
    if quote is not None and sale.type.quote_policy.lost_with_sale and target_of(quote.active, QuoteStep.LOSE):
        changed["quote"] = _lost(quote)
    return changed
