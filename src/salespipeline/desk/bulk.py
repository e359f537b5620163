"""One action on several sales: on all, or on none."""

from collections.abc import Sequence

from salespipeline.model.action import Action, Moment
from salespipeline.model.problem import BulkRefused, Refused
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.rules.apply import carried_out


def carried_out_on_all(
    sales: Sequence[Sale], actions: Sequence[Action], moment: Moment, guards: tuple[Check, ...]
) -> list[Sale]:
    """The sales after an action, as it is meant for each; `BulkRefused` has the refusals of several."""
    afters: list[Sale] = []
    refusals: list[Refused] = []
    for sale, action in zip(sales, actions, strict=True):
        try:
            afters.append(carried_out(sale, action, moment, guards))
        except Refused as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0] if len(sales) == 1 else BulkRefused(refusals, len(sales))
    return afters
