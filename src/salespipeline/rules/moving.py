"""Moving through the stages, and revising in place."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from attrs import evolve

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Action, Moment, day
from salespipeline.model.actions import Revise, StageMove, Start
from salespipeline.model.figures import Position
from salespipeline.model.moves import Move, Stages
from salespipeline.model.numbers import ZERO, percent
from salespipeline.model.parts import Terms
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing
from salespipeline.model.state import Lost, Sold
from salespipeline.rules import dates, figures
from salespipeline.rules.guidance import Written, called_off, on_entering
from salespipeline.rules.probability import entered, with_chance
from salespipeline.rules.state import state_in
from salespipeline.rules.typed import chance_faults, given


def reach(sale: Sale, action: type[StageMove]) -> Stages:
    """The stages that a move can end in from here, the nearest first; retired ones cannot be entered."""
    return _reached(sale.type, sale.position.stage, action.move.name)


@lru_cache(maxsize=4096)
def _reached(type: SaleType, stage: str | None, name: str) -> Stages:
    """The reach is a fact of the type: worked out once for each stage and move."""
    move = type.dialect.move(name)
    behind, current, ahead = type.around(stage)
    return move.reach(_in_use(behind), current, _in_use(ahead)) if move else ()


def _in_use(stages: Stages) -> Stages:
    return tuple(stage for stage in stages if not stage.retired)


def aim(sale: Sale, action: StageMove) -> Stage | None:
    """The stage that the move ends in, or None when it cannot be reached."""
    reached = reach(sale, type(action))
    if action.stage is None and not action.must_name:
        return reached[0] if reached else None
    return next((stage for stage in reached if stage.id == action.stage), None)


def within_reach(sale: Sale, action: StageMove, moment: Moment) -> Iterator[Problem]:
    """A move ends in a stage of its reach; any other is named, with those that would do."""
    if aim(sale, action) is not None:
        return
    reached = [stage.id for stage in reach(sale, type(action))]
    params = {"present": sale.stage_name or "the start", "move": type(action).__name__, "type": sale.type.id}
    named = sale.type.stage(action.stage)
    if action.stage is None and not action.must_name:
        others = ", ".join(repr(stage.id) for stage in _in_use(sale.type.stages) if stage.id != sale.stage)
        yield Problem("no-stage-to-reach", params={**params, "stages": others or "none"})
    elif named is None:
        yield Problem("unknown-stage", "stage", action.stage, reached, params)
    elif named.retired:
        yield Problem("retired-stage", "stage", action.stage, reached, params)
    else:
        yield Problem("out-of-reach", "stage", action.stage, reached, params)


def readable(sale: Sale, action: StageMove | Revise, moment: Moment) -> Iterator[Problem]:
    """What a move or revision sets is a chance, figures that agree, and days."""
    if _is_bare(action):
        return
    yield from chance_faults(sale, action)
    try:
        base = figures.in_other_currency(sale.figures, given(action, "currency"))
    except InvalidValue as error:
        yield Problem.of(error)
        return
    yield from figures.revised(base, action)[1]
    yield from dates.expected_close(sale, action, moment)
    closed_on = given(action, "closed_on")
    if closed_on is not KEEP:
        if sale.is_closed:
            yield from dates.closing_day(sale, closed_on)
        else:
            yield Problem("only-while", "closed_on", closed_on, params={"standing": "sold or lost"})


def move(sale: Sale, action: StageMove, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Entering a stage sets its chance unless one is typed; the present stage changes nothing by itself.

    What is planned is called off first where that is asked for, then what a guide plans there comes.
    """
    stage = aim(sale, action)
    changed: dict[str, Any] = {"state": state_in(target, sale)}
    if action.cancel_tasks is True:
        changed["agenda"] = called_off(sale, moment.on)
    if stage is not None and stage.id == sale.stage:
        changed["position"] = _revised_position(sale, action)
    else:
        changed["position"] = _entered(sale, action, stage)
        written = Written(sale, moment.on, moment.by, len(sale.history) + 1)
        changed |= on_entering(sale.type, stage, written, changed.get("agenda"))
    if not _is_bare(action):
        changed |= _revised(sale, action)
    expected = close_expected_on(sale, action, moment)
    if expected != changed.get("terms", sale.terms).expected_close:
        changed["terms"] = evolve(sale.terms, expected_close=expected)
    return changed


def close_expected_on(sale: Sale, action: Action, moment: Moment) -> date:
    """The expected close that a move or revision leads to: as typed, else as before.

    Where the dialect takes it from the stages, entering one counts its day formula from the day of the
    change, unless another day is typed (Business Central, A.4.2 and A.4.5). A process that begins after the
    day it was to close by closes, for all that is known, on the day it begins.
    """
    typed = given(action, "expected_close")
    present = sale.expected_close if typed is KEEP else day(typed, "expected_close")
    if not sale.type.dialect.stage_sets_close or not isinstance(action, StageMove):
        return present
    if typed is KEEP or present == moment.on:
        stage, guide = aim(sale, action), sale.type.guide
        content = guide.stage(stage.id) if guide and stage is not None and stage.id != sale.stage else None
        if content is not None and content.starts is not None:
            return content.starts.after(moment.on)
    return max(present, moment.on) if isinstance(action, Start) and typed is KEEP else present


def _is_bare(action: StageMove | Revise) -> bool:
    """Whether a move sets nothing on the way, as most do."""
    if isinstance(action, Revise):
        return False
    return action.chance is KEEP and action.amount is KEEP and action.expected_close is KEEP


def _entered(sale: Sale, action: StageMove, stage: Stage | None) -> Position:
    dialect = sale.type.dialect
    if action.chance is KEEP:
        return entered(sale.type, stage, None if dialect.stage_sets_chance else sale.chance)
    row = dialect.move(action.move.name)
    stage_wins = row is not None and not row.typed_chance and stage is not None and stage.chance != ZERO
    return entered(sale.type, stage, None if stage_wins else percent(action.chance, "chance"))


def revise(sale: Sale, action: Revise, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A revision keeps the stage and changes what was typed."""
    changed: dict[str, Any] = {"position": _revised_position(sale, action), **_revised(sale, action)}
    if isinstance(sale.state, (Sold, Lost)) and isinstance(action.closed_on, date):
        changed["state"] = evolve(sale.state, closed_on=action.closed_on)
    return changed


def _revised_position(sale: Sale, action: StageMove | Revise) -> Position:
    typed = given(action, "chance")
    return sale.position if typed is KEEP else with_chance(sale, percent(typed, "chance"))


def _revised(sale: Sale, action: StageMove | Revise) -> dict[str, Any]:
    terms: Terms = sale.terms
    if action.expected_close is not KEEP:
        terms = evolve(terms, expected_close=day(action.expected_close, "expected_close"))
    base = figures.in_other_currency(sale.figures, given(action, "currency"))
    return {"figures": figures.revised(base, action)[0], "terms": terms}


def logged_name(sale: Sale, action: Action, stage: str | None) -> str:
    """The name a change to a stage is logged under: a skip to the neighbour is a next (A.4.1)."""
    move: Move | None = getattr(action, "move", None)
    row = sale.type.dialect.move(move.name) if move else None
    if row is None or not row.adjacent:
        return type(action).__name__
    behind, _, ahead = sale.type.around(sale.stage)
    neighbours = {stage.id for stage in (*_in_use(behind)[-1:], *_in_use(ahead)[:1])}
    return row.adjacent if stage in neighbours else type(action).__name__
