"""What may be typed as the number of a sale: a guard for the desk, which knows the others."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.actions import Edit, Register
from salespipeline.model.numbering import Numbering
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale

Others = Callable[[Sale, str], str | None]


def numbered_by(numbering: Numbering, others: Others) -> Check:
    """A guard: a number that is typed, or left empty, fits the switches (SuperOffice, 1.6).

    `others` gives the id of another sale with a number, or without one for an empty text; None if there is none.
    """

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        typed = _typed(action)
        if not isinstance(typed, str):
            return  # nothing is typed, or the rules say what is wrong with it
        if isinstance(action, Edit) and typed == sale.number:
            return
        if numbering.is_fixed and (typed or isinstance(action, Edit)):
            yield Problem("number-fixed", "number", typed)
        elif typed and numbering.is_unique:
            other = others(sale, typed)
            if other is not None:
                yield number_fault(numbering, typed, other)
        elif not typed and numbering.one_blank:
            yield from _blank(sale, numbering, isinstance(action, Register), others)

    return check


def number_fault(numbering: Numbering, number: str, other: str) -> Problem:
    """The problem of a number that another sale has, or of a second sale without one."""
    if number:
        return Problem("number-taken", "number", number, params={"other": other})
    if numbering.is_fixed:
        return Problem("number-from-outside", "number", params={"other": other})
    return Problem("number-required", "number", params={"other": other})


def _typed(action: Action) -> object:
    """The number that is given; a new sale without one is given none."""
    if isinstance(action, Register):
        details: Mapping[str, Any] = dict(action.details)
        return details.get("number", "")
    return action.number if isinstance(action, Edit) else KEEP


def _blank(sale: Sale, numbering: Numbering, is_new: bool, others: Others) -> Iterator[Problem]:
    if is_new and numbering.allocates:
        return  # it gets the next one
    other = others(sale, "")
    if other is not None:
        yield number_fault(numbering, "", other)
