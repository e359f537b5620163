"""Closing, reopening and ticking off."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from salespipeline.model.action import KEEP, Keep, Moment
from salespipeline.model.actions import Complete, Lose, Reopen, Sell, Uncomplete
from salespipeline.model.activity import Agenda
from salespipeline.model.figures import Figures, Position
from salespipeline.model.ids import ItemId, identifier
from salespipeline.model.item import Item, item_named
from salespipeline.model.parts import DocumentKind, Origin
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing, Status
from salespipeline.model.state import Lost, Sold
from salespipeline.rules import dates
from salespipeline.rules.guidance import Written, called_off, on_entering
from salespipeline.rules.probability import LOST, SOLD, closed, entered
from salespipeline.rules.stages import stage_faults
from salespipeline.rules.state import state_in
from salespipeline.rules.typed import fault, in_currency


def reasons_of(type: SaleType, status: Status) -> tuple[Item, ...]:
    """The list that a status takes its reasons from; reasons of different kinds never mix."""
    if status is Status.SOLD:
        return type.sold_reasons
    if status is Status.LOST:
        return type.lost_reasons
    return type.stalled_reasons if status is Status.STALLED else ()


def lone_reason(type: SaleType, status: Status) -> ItemId | None:
    """The reason to take when none is given: the only one in use, where the process says so."""
    in_use = [item.id for item in reasons_of(type, status) if not item.retired]
    return in_use[0] if type.dialect.lone_reason and len(in_use) == 1 else None


def reason_required(type: SaleType, status: Status) -> Problem:
    """The problem of a reason that the process asks for, with those that would do."""
    accepted = [item.id for item in reasons_of(type, status) if not item.retired]
    return Problem("required-of-list", "reason", accepted=accepted)


def reason_faults(sale: Sale, status: Status, given: object, present: str | None = None) -> Iterator[Problem]:
    """A reason is an entry of its own list that is in use; the one in force may stay when it is retired."""
    if given is None or given == present:
        return
    reasons = reasons_of(sale.type, status)
    accepted = [item.id for item in reasons if not item.retired]
    entry = item_named(reasons, given) if isinstance(given, str) else None
    if entry is None:
        yield Problem("unknown-reason", "reason", given, accepted, {"kind": status.value})
    elif entry.retired:
        yield Problem("retired-reason", "reason", given, accepted)


def sellable(sale: Sale, action: Sell, moment: Moment) -> Iterator[Problem]:
    """Selling takes a sold reason, a day and a value that can be read."""
    yield from _closing_faults(sale, action, Status.SOLD)
    if action.value is not None:
        yield from fault(lambda: in_currency(sale.figures, action.value, "value"))


def losable(sale: Sale, action: Lose, moment: Moment) -> Iterator[Problem]:
    """Losing takes a lost reason and a day that can be read."""
    yield from _closing_faults(sale, action, Status.LOST)


def _closing_faults(sale: Sale, action: Sell | Lose, status: Status) -> Iterator[Problem]:
    yield from reason_faults(sale, status, action.reason)
    if action.competitor is not KEEP and action.competitor is not None:
        yield from fault(lambda: identifier(action.competitor, "competitor"))
    if action.closed_on is not None:
        yield from dates.closing_day(sale, action.closed_on)


def sell(sale: Sale, action: Sell, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Sold: 100 %, stage kept. The value becomes the amount, or is kept aside, as the dialect has it."""
    figures, value = sale.figures, None
    if action.value is not None:
        typed = in_currency(figures, action.value, "value")
        if sale.type.dialect.value_aside:
            value = typed
        else:
            figures = Figures(figures.currency, typed, figures.cost)
    if sale.type.dialect.quote_sets_value and sale.document is not None and sale.document.kind is DocumentKind.QUOTE:
        value = sale.document.value  # whatever was typed (Business Central, A.6.1)
    state = Sold(action.closed_on or moment.on, _reason(sale, action, Status.SOLD), value, target.is_completed)
    return {
        "state": state,
        "figures": figures,
        "position": closed(sale.position, SOLD),
        "origin": _against(sale, action.competitor),
        **_called_off(sale, action, moment),
    }


def lose(sale: Sale, action: Lose, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Lost: 0 %, nothing left to do, stage kept."""
    return {
        "state": Lost(action.closed_on or moment.on, _reason(sale, action, Status.LOST), target.is_completed),
        "position": closed(sale.position, LOST),
        "origin": _against(sale, action.competitor),
        **_called_off(sale, action, moment),
    }


def _called_off(sale: Sale, action: Sell | Lose, moment: Moment) -> dict[str, Agenda]:
    """What is still planned is called off where that is asked for, or the process does so (Business Central, A.4.6)."""
    asked = sale.type.dialect.closing_cancels if isinstance(action.cancel_tasks, Keep) else action.cancel_tasks
    return {"agenda": called_off(sale, moment.on)} if asked is True else {}


def _reason(sale: Sale, action: Sell | Lose, status: Status) -> ItemId | None:
    return lone_reason(sale.type, status) if action.reason is None else ItemId(action.reason)


def _against(sale: Sale, competitor: str | Keep | None) -> Origin:
    if competitor is KEEP:
        return sale.origin
    return evolve(sale.origin, competitor=None if competitor is None else ItemId(str(competitor)))


def reopenable(sale: Sale, action: Reopen, moment: Moment) -> Iterator[Problem]:
    """A sale reopens in the stage it closed in, or in another stage of its type that is in use."""
    if action.stage is None or action.stage == sale.stage:
        return
    yield from stage_faults(sale.type, action.stage)


def reopen(sale: Sale, action: Reopen, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Reopened: the stage's probability again, without closing day and reason."""
    stage = sale.type.stage(action.stage or sale.stage)
    position = entered(sale.type, stage) if stage else _before_closing(sale)
    changed: dict[str, Any] = {"state": state_in(target, sale), "position": position}
    if position.stage != sale.stage:
        changed |= on_entering(sale.type, stage, Written(sale, moment.on, moment.by, len(sale.history) + 1))
    return changed


def _before_closing(sale: Sale) -> Position:
    """A sale without a stage, or out of one that is gone, takes up the chance it had before it was closed."""
    past = (entry for entry in reversed(sale.history) if not entry.state.standing.is_closed)
    entry = next(past, None)
    return entered(sale.type, None, entry.position.chance if entry else None)


def tick(sale: Sale, action: Complete | Uncomplete, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Completed or not: nothing else changes."""
    return {"state": state_in(target, sale)}
