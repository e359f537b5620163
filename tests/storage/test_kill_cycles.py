"""Several writers at once are killed at any instant: what was acknowledged is there, and commits have no gaps."""

import os
from pathlib import Path

import pytest
from tests.counts import Counted
from tests.storage.killing import Outcome
from tests.storage.processes import Processes, processes

__all__ = ["processes"]

KILLING = "from tests.storage.killing import main; main()"
CYCLES = 60


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_p_d1_what_was_acknowledged_survives_the_kill(tmp_path: Path, processes: Processes, counted: Counted) -> None:
    killed(tmp_path, processes, counted, 1)


def killed(folder: Path, processes: Processes, counted: Counted, seed: int) -> None:
    """Kill writers in every cycle; what is not as it should be then ends the program that kills them."""
    (lines,) = processes.wait(processes.start(KILLING, folder, CYCLES, seed))
    done = [Outcome(*map(int, line.split())) for line in lines]
    counted("kill cycles", len(done), CYCLES)
    counted("kill cycles: commits acknowledged", sum(each.acknowledged for each in done), 40)
    assert any(each.compactions for each in done)
