"""The reach of every move, against the reach table of Business Central (A.4.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.model.moves import FREE, IN_PLACE, JUMP, MOVES, NEXT, PREVIOUS, SKIP, START, Move
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.presets import business_central, superoffice

CYCLES: dict[str, SaleType] = {cycle.id: cycle for cycle in business_central.cycles()}

SKIPS = {
    "ex-large": {1: "234", 2: "34"},
    "ex-small": {1: "23"},
    "first-large": {4: "567", 5: "67"},
    "first-small": {2: "34"},
    "existing": {1: "23"},
    "new": {2: "34"},
}


def reached(move: Move, cycle: SaleType, stage: int | None) -> str:
    """The numbers of the stages that a move reaches, the nearest first."""
    behind, current, ahead = cycle.around(None if stage is None else f"{cycle.id}-{stage}")
    return "".join(found.id[-1] for found in move.reach(behind, current, ahead))


@pytest.mark.parametrize("name", SKIPS)
def test_skip_reaches_what_business_central_lists(name: str) -> None:
    cycle = CYCLES[name]
    found = {place: reached(SKIP, cycle, place) for place in range(1, len(cycle.stages) + 1)}
    assert {place: stages for place, stages in found.items() if stages} == SKIPS[name]


@pytest.mark.parametrize("name", SKIPS)
def test_jump_reaches_every_earlier_stage_from_the_third_on(name: str) -> None:
    cycle = CYCLES[name]
    found = [reached(JUMP, cycle, place) for place in range(1, len(cycle.stages) + 1)]
    assert found == ["", "", "21", "321", "4321", "54321", "654321"][: len(cycle.stages)]


@pytest.mark.parametrize(("move", "expected"), [(NEXT, ["2", "3", "4", "5", ""]), (PREVIOUS, ["", "1", "2", "3", "4"])])
def test_a_step_reaches_the_neighbour(move: Move, expected: list[str]) -> None:
    assert [reached(move, CYCLES["ex-large"], place) for place in range(1, 6)] == expected


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_before_the_start_only_start_and_the_free_move_reach_anything(move: Move) -> None:
    assert reached(move, CYCLES["ex-small"], None) == {START: "1", FREE: "1234"}.get(move, "")


def test_start_is_of_the_beginning_only() -> None:
    assert reached(START, CYCLES["ex-small"], 1) == ""


def test_the_free_move_reaches_everything() -> None:
    assert reached(FREE, CYCLES["ex-small"], 3) == "1234"


def test_a_revision_stays() -> None:
    assert reached(IN_PLACE, CYCLES["ex-small"], 3) == "3"


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_without_stages_there_is_nothing_to_reach(move: Move) -> None:
    assert move.reach((), None, ()) == ()


STAGES = st.lists(st.builds(Stage, st.sampled_from("abcdef"), st.just("x"), allow_skip=st.booleans())).map(tuple)


@given(STAGES, STAGES)
def test_skip_goes_forward_and_ends_at_the_first_that_may_not_be_skipped(
    behind: tuple[Stage, ...], ahead: tuple[Stage, ...]
) -> None:
    found = SKIP.reach(behind, Stage("here", "Here"), ahead)
    assert found == ahead[: len(found)]
    assert len(found) != 1
    assert all(stage.allow_skip for stage in found[:-1])
    assert not found or len(found) == len(ahead) or not found[-1].allow_skip


def test_every_move_has_its_own_name_and_reason() -> None:
    assert len({move.name for move in MOVES}) == len(MOVES)
    assert all(move.because for move in MOVES)


def test_only_skip_and_jump_prefer_the_stages_chance() -> None:
    assert {move for move in MOVES if not move.typed_chance} == {SKIP, JUMP}


def test_around_a_stage_of_nobody_everything_is_ahead() -> None:
    type = superoffice.new_business()
    assert type.around("nowhere") == ((), None, type.stages)
