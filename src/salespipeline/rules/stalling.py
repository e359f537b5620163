"""Putting a sale aside and taking it up again."""

from collections.abc import Iterator, Mapping
from typing import Any

from salespipeline.model.action import Moment
from salespipeline.model.actions import Resume, Stall
from salespipeline.model.ids import ItemId
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing, Status
from salespipeline.model.state import Stalled
from salespipeline.rules.closing import reason_faults
from salespipeline.rules.dates import day_fault
from salespipeline.rules.state import state_in


def stallable(sale: Sale, action: Stall, moment: Moment) -> Iterator[Problem]:
    """Stalling takes a stalled reason and a day that can be read."""
    yield from reason_faults(sale, Status.STALLED, action.reason)
    fault = day_fault(action.reopen_on, "reopen_on") if action.reopen_on is not None else None
    if fault:
        yield fault


def stall(sale: Sale, action: Stall, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Stalled until the given day, or the sale date; stage and probability stay (SuperOffice, 2.1)."""
    reason = None if action.reason is None else ItemId(action.reason)
    return {"state": Stalled(action.reopen_on or sale.sale_date, reason)}


def resume(sale: Sale, action: Resume, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Open again, exactly as before; the re-open date goes."""
    return {"state": state_in(target, sale)}
