"""Four writers and two readers at once: no sum is seen that never was, no reader goes back, no writer is left out."""

import json
from pathlib import Path

from tests.counts import Counted
from tests.storage.processes import Processes, processes
from tests.storage.transfers import SUM, set_up

from salespipeline.storage.json_journal import JsonStorage

__all__ = ["processes"]

WRITER = "from tests.storage.transfers import writer; writer()"
READER = "from tests.storage.transfers import reader; reader()"


def test_p_a1_transfers_are_seen_wholly_or_not_at_all(tmp_path: Path, processes: Processes, counted: Counted) -> None:
    transfers, looks = carried_out(tmp_path / "s", 10, processes)
    counted("transfers by four writers", transfers, 100)
    counted("sums by two readers", looks, 100)


def carried_out(path: Path, seconds: float, processes: Processes) -> tuple[int, int]:
    """How many transfers were made in the time, and how often they were added up meanwhile."""
    set_up(path)
    writers = [processes.start(WRITER, path, seconds, f"writer-{number}") for number in range(4)]
    readers = [processes.start(READER, path, seconds, f"reader-{number}") for number in range(2)]
    done = [int(line.split()[0]) for (line,) in processes.wait(*writers)]
    seen: list[tuple[int, list[str]]] = [json.loads(line) for (line,) in processes.wait(*readers)]
    assert [fault for _, faults in seen for fault in faults] == []
    assert min(done) * 20 >= sum(done), f"a writer had less than a twentieth of the commits: {done}"
    storage = JsonStorage(path)
    assert sum(int(record.body) for record in storage.scan("account")) == SUM
    assert storage.number == sum(done) + 1
    storage.close()
    return sum(done), sum(looks for looks, _ in seen)
