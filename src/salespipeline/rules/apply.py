"""The only door: what is wrong with an action, what an action makes of a sale, and what can be asked.

The table comes first, then every check, then the new value, then the history entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from salespipeline.errors import BrokenRule, InvalidValue
from salespipeline.model.action import KEEP, Action, Moment
from salespipeline.model.dialect import Dialect
from salespipeline.model.history import HistoryEntry
from salespipeline.model.item import item_named
from salespipeline.model.lifecycle import Row
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.rule import Change, Check, Condition, Rule
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing
from salespipeline.model.state import Open, State
from salespipeline.rules.book import rules_for
from salespipeline.rules.building import parts_of
from salespipeline.rules.closing import lone_reason, reason_required, reasons_of
from salespipeline.rules.dates import since_last_change
from salespipeline.rules.moving import logged_name
from salespipeline.rules.typed import is_a

# The parts that a forecast could see: a change of one of them is a fact for the history.
_SEEN = frozenset({"type", "state", "position", "figures", "terms", "parties"})

# The parts whose own methods give the same object when nothing changes: they need not be compared again.
_TOLD_APART = frozenset({"agenda", "lines", "quote"})


class Cell(NamedTuple):
    """One cell of a lifecycle, made ready: where it leads, what it changes, what must hold, what is checked."""

    target: Standing
    change: Change
    conditions: tuple[Condition, ...]
    checks: tuple[Check, ...]
    needed: tuple[str, ...]
    locked: tuple[tuple[str, object], ...]


def apply(sale: Sale, action: Action, *, on: date, by: str | None = None) -> Sale:
    """The sale after an action, with one more history entry where a forecast could see the change.

    `on` is the business day, not before the sale's last change; `by` the user. An action that changes
    nothing gives the very same sale. Raises `Refused` with every problem, and nothing has changed then.
    """
    return carried_out(sale, action, Moment(on, by))


def carried_out(sale: Sale, action: Action, moment: Moment, guards: Iterable[Check] = ()) -> Sale:
    """`apply` with the moment made, and with guards whose problems join those of the rules."""
    cell = cell_of(sale, type(action))
    found = tuple(_judged(sale, action, moment, cell, guards))
    if cell is None or found:
        raise Refused(sale.id, type(action).__name__, sale.standing.value, found)
    changes = cell.change(sale, action, moment, cell.target)
    return _built(sale, action, moment, changes, cell.target)


def problems(sale: Sale, action: Action, *, on: date, by: str | None = None) -> tuple[Problem, ...]:
    """Every reason why `apply` would refuse; empty when it would not."""
    return judged(sale, action, Moment(on, by))


def judged(sale: Sale, action: Action, moment: Moment, guards: Iterable[Check] = ()) -> tuple[Problem, ...]:
    """`problems` with the moment made, and with guards whose problems join those of the rules."""
    return tuple(_judged(sale, action, moment, cell_of(sale, type(action)), guards))


def cell_of(sale: Sale, action: type[Action]) -> Cell | None:
    """The cell of the sale's lifecycle for an action, or None where there is no such step."""
    return _cells(sale.type.dialect, sale.type.rules).get((sale.state.standing, action))


@lru_cache(maxsize=256)
def _cells(dialect: Dialect, extra: tuple[Rule, ...]) -> dict[tuple[Standing, type[Action]], Cell]:
    """The whole lifecycle of a dialect with its rules and needs put together, once."""
    return {(row.source, row.action): _cell(dialect, extra, row) for row in dialect.lifecycle.rows}


def _cell(dialect: Dialect, extra: tuple[Rule, ...], row: Row) -> Cell:
    rules = rules_for(row.action, dialect, extra)
    changes = [rule.change for rule in rules if rule.change is not None]
    if not changes:
        raise BrokenRule(row.action.__name__, "the lifecycle has a row for it, but no rule says what it changes")
    conditions = tuple(condition for rule in rules for condition in rule.conditions)
    checks = tuple(check for rule in rules for check in rule.checks)
    untouched = {parameter.name: parameter.default for parameter in row.action.parameters()}
    fields = dialect.locked(row.source) if row.action.of_sale else ()
    locked = tuple((name, untouched[name]) for name in fields if name in untouched)
    return Cell(row.target, changes[-1], conditions, checks, dialect.needed(row.action), locked)


def _judged(
    sale: Sale, action: Action, moment: Moment, cell: Cell | None, guards: Iterable[Check]
) -> Iterator[Problem]:
    for guard in guards:
        yield from guard(sale, action, moment)
    if cell is None:
        if not is_a(action, Action):
            raise InvalidValue("action", action, "give an action, such as Next()")
        yield not_possible(sale, type(action))
        return
    yield from since_last_change(sale, moment)
    for name in cell.needed:
        if getattr(action, name) in (None, KEEP, "") and not _is_filled_in(sale, name, cell.target):
            yield _needed(sale, name, cell.target)
    for name, untouched in cell.locked:
        if getattr(action, name) != untouched:
            yield Problem("locked", name, getattr(action, name), params={"standing": sale.standing.value})
    unmet = [problem for condition in cell.conditions for problem in condition(sale, moment)]
    if unmet:
        yield from unmet
        return
    for check in cell.checks:
        yield from check(sale, action, moment)


def not_possible(sale: Sale, action: type[Action]) -> Problem:
    """The problem of a step that the table does not have, with the steps it has."""
    possible = [row.action.__name__ for row in sale.type.dialect.lifecycle.leaving(sale.standing)]
    listed = ", ".join(possible) or "none"
    return Problem(
        action.impossible,
        given=action.__name__,
        accepted=possible,
        params={"action": action.__name__, "standing": sale.standing.value, "actions": listed},
    )


def _is_filled_in(sale: Sale, name: str, target: Standing) -> bool:
    return name == "reason" and lone_reason(sale.type, target.status) is not None


def _needed(sale: Sale, name: str, target: Standing) -> Problem:
    if name != "reason":
        return Problem("required", name)
    return reason_required(sale.type, target.status)


def _built(sale: Sale, action: Action, moment: Moment, changes: Mapping[str, Any], target: Standing) -> Sale:
    differing: dict[str, Any] = {}
    for name, part in changes.items():
        present = getattr(sale, name)
        if part is not present and (name in _TOLD_APART or part != present):
            differing[name] = part
    state = differing.get("state", sale.state)
    if state.standing is not target:
        raise BrokenRule(type(action).__name__, f"it leads to {state.standing.value!r}, its row to {target.value!r}")
    if not differing:
        return sale
    parts = parts_of(sale)  # the sale is built once, entry and all
    parts.update(differing)
    if not _SEEN.isdisjoint(differing):
        name = logged_name(sale, action, parts["position"].stage)
        parts["history"] = (*sale.history, entry_of(parts, name, moment))
    return Sale(**parts)


def entry_of(parts: Mapping[str, Any], action: str, moment: Moment) -> HistoryEntry:
    """The history entry of a change, from the parts as they are after it, with what things were called."""
    type, state, position = parts["type"], parts["state"], parts["position"]
    stage = type.stage(position.stage) if position.stage is not None else None
    return HistoryEntry(
        on=moment.on,
        by=moment.by,
        action=action,
        type=type.id,
        state=state,
        position=position,
        figures=parts["figures"],
        terms=parts["terms"],
        parties=parts["parties"],
        stage_name=stage.name if stage is not None else None,
        reason_name=_reason_name(type, state),
    )


def _reason_name(type: SaleType, state: State) -> str | None:
    if isinstance(state, Open) or state.reason is None:
        return None
    item = item_named(reasons_of(type, state.standing.status), state.reason)
    return item.name if item else None
