"""The steps that bring a new sale to where a row says it stands."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from attrs import evolve

from salespipeline.model.action import Action
from salespipeline.model.actions import Complete, Lose, MoveTo, Next, Previous, Sell, StageMove, Stall, Start
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing, Status


class Step(NamedTuple):
    """An action, and the field that has its day."""

    action: Action
    day: str


def steps(type: SaleType, values: Mapping[str, Any]) -> tuple[Step, ...]:
    """What is done to a sale after it was registered: into its stage first, then aside or closed."""
    moves = list(_moves(type, values.get("stage")))
    if moves and "chance" in values:
        moves[-1] = evolve(moves[-1], chance=values["chance"])
    return (*(Step(move, "staged_on") for move in moves), *_closing(values))


def _moves(type: SaleType, stage: str | None) -> Iterator[StageMove]:
    """The way from where a new sale begins to a stage: in one move, where the process has such a move."""
    lifecycle = type.dialect.lifecycle
    is_new = lifecycle.initial is Standing.NOT_STARTED
    first = None if is_new or type.first_stage is None else type.first_stage.id
    if stage is None or stage == first:
        return
    order = [str(known.id) for known in type.stages if not known.retired]
    if lifecycle.row(lifecycle.initial, MoveTo) or stage not in order:
        yield MoveTo(stage)
        return
    if is_new:
        yield Start()
    distance = order.index(stage) - (order.index(first) if first else 0)
    for _ in range(abs(distance)):
        yield Next() if distance > 0 else Previous()


def _closing(values: Mapping[str, Any]) -> Iterator[Step]:
    reason = values.get("reason")
    match values.get("status"):
        case Status.STALLED:
            yield Step(Stall(values.get("reopen_on"), reason), "stalled_on")
        case Status.SOLD:
            yield Step(Sell(reason, value=values.get("sold_for")), "closed_on")
        case Status.LOST:
            yield Step(Lose(reason), "closed_on")
        case _:
            return
    if values.get("completed"):
        yield Step(Complete(), "closed_on")
