"""A dialect checks itself when it is made."""

import pytest
from attrs import evolve, frozen

from salespipeline.errors import BrokenTable
from salespipeline.model.action import Action
from salespipeline.model.actions import Lose, Next, Register, Sell, Stall
from salespipeline.model.dialect import Dialect
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.moves import FREE, IN_PLACE, NEXT, PREVIOUS, SKIP
from salespipeline.model.rule import Rule
from salespipeline.model.standing import Standing
from salespipeline.presets import superoffice

OPEN = Standing.OPEN
LIFECYCLE = Lifecycle("short", (Row(OPEN, Next, OPEN), Row(OPEN, Sell, Standing.SOLD), Row(OPEN, Lose, Standing.LOST)))


@frozen
class Praise(Action):
    pass


def test_a_move_offered_twice_is_a_fault() -> None:
    with pytest.raises(BrokenTable, match="move Next is offered twice"):
        Dialect(name="mine", lifecycle=LIFECYCLE, moves=(NEXT, NEXT))


def test_a_row_of_a_move_that_is_not_offered_is_a_fault() -> None:
    with pytest.raises(BrokenTable, match="Next, which is not among the moves"):
        Dialect(name="mine", lifecycle=LIFECYCLE, moves=())


def test_a_move_without_a_row_is_a_fault() -> None:
    with pytest.raises(BrokenTable, match="move Skip has no row"):
        Dialect(name="mine", lifecycle=LIFECYCLE, moves=(NEXT, SKIP))


def test_a_need_of_no_parameter_is_a_fault() -> None:
    with pytest.raises(BrokenTable, match="Sell has no parameter 'colour'"):
        evolve(superoffice.DIALECT, needs=((Sell, ("colour",)),))


def test_a_lock_of_no_field_is_a_fault() -> None:
    """A lock with a typing error would lock nothing."""
    with pytest.raises(BrokenTable, match="chanse"):
        evolve(superoffice.DIALECT, locks=((Standing.SOLD, ("chanse",)),))


def test_a_rule_without_a_row_is_a_fault() -> None:
    with pytest.raises(BrokenTable, match="Praise"):
        evolve(superoffice.DIALECT, rules=(Rule(Praise),))


def test_a_rule_of_registering_needs_no_row() -> None:
    assert evolve(superoffice.DIALECT, rules=(Rule(Register),)).rules


def test_all_faults_come_at_once() -> None:
    with pytest.raises(BrokenTable) as caught:
        Dialect(name="mine", lifecycle=LIFECYCLE, moves=(SKIP,), needs=((Sell, ("colour",)),), rules=(Rule(Praise),))
    assert len(caught.value.faults) == 4
    assert "'mine'" in str(caught.value)


class TestAnswers:
    VARIANT = evolve(superoffice.DIALECT, name="strict", needs=((Sell, ("reason",)), (Stall, ("reopen_on",))))

    def test_needed(self) -> None:
        assert self.VARIANT.needed(Sell) == ("reason",)
        assert self.VARIANT.needed(Lose) == ()

    def test_needed_of_a_subclass(self) -> None:
        class BulkSell(Sell):
            pass

        assert self.VARIANT.needed(BulkSell) == ("reason",)

    def test_locked(self) -> None:
        assert self.VARIANT.locked(Standing.SOLD) == ("chance",)
        assert self.VARIANT.locked(OPEN) == ()

    def test_move(self) -> None:
        assert self.VARIANT.move("MoveTo") is FREE
        assert self.VARIANT.move("Skip") is None

    def test_is_its_own_equal_only(self) -> None:
        assert evolve(superoffice.DIALECT) != superoffice.DIALECT
        assert {superoffice.DIALECT: 1}[superoffice.DIALECT] == 1

    def test_moves_are_kept_in_order(self) -> None:
        assert superoffice.DIALECT.moves == (NEXT, PREVIOUS, FREE, IN_PLACE)
