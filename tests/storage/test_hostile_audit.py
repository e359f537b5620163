"""Reading whatever comes in opens nothing else, runs nothing, imports nothing, and asks no network."""

from pathlib import Path

from tests.counts import Counted
from tests.storage.processes import Processes, processes

__all__ = ["processes"]

AUDITED = "from tests.storage.hostile.audited import main; main()"


def test_p_s1_loading_executes_nothing_and_opens_nothing_else(
    tmp_path: Path, processes: Processes, counted: Counted
) -> None:
    (lines,) = processes.wait(processes.start(AUDITED, tmp_path))
    *asked, tried = lines
    assert asked == []
    assert not Path("executed").exists()
    counted("hostile inputs under audit", int(tried), 700)
