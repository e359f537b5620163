"""Product lines on a sale: its amount is their total, its cost their cost (Contact Manager, B.3 and B.4)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from salespipeline.model.action import Moment
from salespipeline.model.ids import LineId
from salespipeline.model.line import Line
from salespipeline.model.numbers import rounded, total
from salespipeline.model.problem import Problem
from salespipeline.model.quote_actions import AddLine, EditLine, RemoveLine
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.line_fields import changed_line, is_too_much, new_line
from salespipeline.rules.quote_parts import in_digits
from salespipeline.rules.typed import as_several


def with_lines(sale: Sale, lines: tuple[Line, ...]) -> dict[str, Any]:
    """The parts of a sale that other lines change."""
    amount, cost = total([line.total for line in lines]), total([line.total_cost for line in lines])
    return {"lines": lines, "figures": in_digits(sale, amount, cost)}


_OWN_ID = re.compile(r"L-([1-9][0-9]{0,9})", re.ASCII)


def _next_id(sale: Sale) -> LineId:
    """The id after the highest of its kind; lines that came from elsewhere may have others."""
    numbers = [int(own[1]) for line in sale.lines if (own := _OWN_ID.fullmatch(line.id))]
    return LineId(f"L-{max(numbers, default=0) + 1}")


def _judged(sale: Sale, lines: tuple[Line, ...], field: str, given: object) -> Iterator[Problem]:
    """Together, and rounded as the amount is, the lines come to no more than an amount can be."""
    sums = total([line.total for line in lines]), total([line.total_cost for line in lines])
    if is_too_much(*(rounded(each, sale.figures.digits) for each in sums)):
        yield Problem("too-much", field, given)


def addable(sale: Sale, action: AddLine, moment: Moment) -> Iterator[Problem]:
    """What is added can be read, from a price list that serves the sale."""
    made, found = new_line(action, _next_id(sale), sale.currency, moment.on, quantity=1)
    yield from found
    if made is not None:
        yield from _judged(sale, (*sale.lines, made), "quantity", made.quantity)


def add(sale: Sale, action: AddLine, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """One more line at the end."""
    made, _ = new_line(action, _next_id(sale), sale.currency, moment.on, quantity=1)
    return {} if made is None else with_lines(sale, (*sale.lines, made))


def _after(sale: Sale, action: EditLine) -> tuple[tuple[Line, ...], list[Problem]]:
    """The lines with one changed; the very same lines when nothing differs."""
    found = next((line for line in sale.lines if line.id == action.line), None)
    if found is None:
        return sale.lines, [_unknown(sale, action.line, "line")]
    made, faults = changed_line(found, action)
    if made is None or made == found:
        return sale.lines, faults
    return tuple(made if line is found else line for line in sale.lines), []


def _unknown(sale: Sale, id: object, field: str) -> Problem:
    return Problem("unknown-line", field, id, [line.id for line in sale.lines])


def editable(sale: Sale, action: EditLine, moment: Moment) -> Iterator[Problem]:
    """The sale has the line, and what is typed can be read."""
    lines, found = _after(sale, action)
    yield from found or _judged(sale, lines, "line", action.line)


def edit(sale: Sale, action: EditLine, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The line with what was typed; everything else follows."""
    lines, _ = _after(sale, action)
    return {} if lines is sale.lines else with_lines(sale, lines)


def removable(sale: Sale, action: RemoveLine, moment: Moment) -> Iterator[Problem]:
    """Each id is that of a line of the sale, there is at least one, and the rest can be an amount."""
    ids, known = _ids(action), [line.id for line in sale.lines]
    if not ids:
        yield Problem("required-of-list", "lines", accepted=known)
    unknown = [_unknown(sale, id, "lines") for id in ids if id not in known]
    yield from unknown or _judged(sale, _without(sale, action), "lines", action.lines)


def _ids(action: RemoveLine) -> tuple[object, ...]:
    several = as_several(action.lines)
    return (action.lines,) if several is None else several


def _without(sale: Sale, action: RemoveLine) -> tuple[Line, ...]:
    gone = _ids(action)
    return tuple(line for line in sale.lines if line.id not in gone)


def remove(sale: Sale, action: RemoveLine, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Without those lines; nothing is worth nothing."""
    return with_lines(sale, _without(sale, action))


def all_of(sale: Sale) -> Iterator[str]:
    """The ids of all lines."""
    return (line.id for line in sale.lines)
