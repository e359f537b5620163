"""The moves through the stages of a type, as a table.

Each row has the pure function that says which stages the move may end in, from the stages behind the
present one, the present one, and those ahead. The nearest stage comes first: it is what the move does
when no stage is named. The reach of Skip and Jump is Business Central's (A.4.1).
"""

from collections.abc import Callable

from attrs import frozen

from salespipeline.model.stage import Stage

Stages = tuple[Stage, ...]
Reach = Callable[[Stages, Stage | None, Stages], Stages]


@frozen(eq=False)
class Move:
    """One way to go through the stages.

    `adjacent` is the name that a step to the neighbour is logged under; with `typed_chance` False the
    chance of the stage wins over a typed one, unless it is zero (Business Central, A.4.5).
    """

    name: str
    reach: Reach
    because: str
    adjacent: str = ""
    typed_chance: bool = True


def _first(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    return ahead[:1] if current is None else ()


def _next(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    return ahead[:1] if current is not None else ()


def _previous(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    return behind[-1:]


def _skip_one(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    if current is None or not ahead or not ahead[0].allow_skip:
        return ()
    reached: list[Stage] = []
    for stage in ahead:
        reached.append(stage)
        if not stage.allow_skip:
            break
    return tuple(reached)


def _skip(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    reached = _skip_one(behind, current, ahead)
    return reached if len(reached) >= 2 else ()


def _jump_one(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    return behind[::-1]


def _jump(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    return behind[::-1] if len(behind) >= 2 else ()


def _anywhere(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    here = () if current is None else (current,)
    return behind + here + ahead


def _in_place(behind: Stages, current: Stage | None, ahead: Stages) -> Stages:
    return () if current is None else (current,)


START = Move("Start", _first, "a process that was not started begins in its first stage")
NEXT = Move("Next", _next, "one stage forward")
PREVIOUS = Move("Previous", _previous, "one stage back")
SKIP = Move(
    "Skip",
    _skip,
    "forward over stages that may be skipped, when at least two can be reached",
    adjacent="Next",
    typed_chance=False,
)
JUMP = Move(
    "Jump",
    _jump,
    "back to any earlier stage, when there are at least two",
    adjacent="Previous",
    typed_chance=False,
)
# The documents' reading of the same two: one stage is enough to choose from (X3).
SKIP_ONE = Move("Skip", _skip_one, "forward over stages that may be skipped", adjacent="Next", typed_chance=False)
JUMP_ONE = Move("Jump", _jump_one, "back to any earlier stage", adjacent="Previous", typed_chance=False)
FREE = Move("MoveTo", _anywhere, "to any stage of the type, in any direction")
IN_PLACE = Move("Revise", _in_place, "chance and value change, the stage stays")

MOVES = (START, NEXT, PREVIOUS, SKIP, JUMP, FREE, IN_PLACE)
