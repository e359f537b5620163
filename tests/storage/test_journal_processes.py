"""Several writers on one journal: other processes, killed ones, forked ones, and one that does not let go."""

import os
import signal
import time
from pathlib import Path

import pytest
from tests.storage.journals import opened, saving, seen
from tests.storage.processes import Processes, processes

from salespipeline.errors import LockTimeout, StorageClosed
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.system import System
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.testing.forked import run_forked

__all__ = ["processes"]

COUNTER = """
import sys
from salespipeline.errors import Conflict
from tests.storage.journals import opened, saving
from pathlib import Path
storage, done = opened(Path(sys.argv[1])), 0
while done < int(sys.argv[2]):
    storage.refresh()
    record = storage.read("sale", "count")
    try:
        storage.commit(saving("count", str(int(record.body) + 1), expect=record.revision))
    except Conflict:
        continue
    done += 1
"""
WRITER = """
import itertools, sys
from salespipeline.storage.json_journal import JsonStorage
from tests.storage.journals import saving
storage = JsonStorage(sys.argv[1], lock_timeout=10)
for number in itertools.count(storage.number + 1):
    storage.commit(saving(f"S-{number:06}"))
    print(number, flush=True)
"""
HOLDER = """
import sys, time
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.system import System
WriterLock(System(), sys.argv[1], timeout=1, mode=0o600).acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_p_a8_two_processes_lose_no_update(tmp_path: Path, processes: Processes) -> None:
    storage = opened(tmp_path / "s")
    storage.commit(saving("count", "0"))
    processes.wait(*[processes.start(COUNTER, tmp_path / "s", 30) for _ in range(2)])
    assert storage.refresh() == 61
    assert seen(tmp_path / "s")[1] == [("count", 61, "60")]


def test_p_d1_what_was_acknowledged_survives_the_kill(tmp_path: Path, processes: Processes) -> None:
    for cycle in range(1, 4):
        process = processes.start(WRITER, tmp_path / "s")
        acknowledged = int(processes.first_line(process))
        time.sleep(0.004 * cycle)
        acknowledged = max([acknowledged, *(int(line) for line in processes.kill(process)[:-1])])
        number, records = seen(tmp_path / "s")
        assert acknowledged <= number <= acknowledged + 1
        assert [id for id, *_ in records] == [f"S-{each:06}" for each in range(1, number + 1)]


def test_p_c3_a_lock_timeout_names_the_holder(tmp_path: Path, processes: Processes) -> None:
    storage = opened(tmp_path / "s", lock_timeout=0.05)
    process = processes.start(HOLDER, tmp_path / "s.lock")
    assert processes.first_line(process) == "held"
    with pytest.raises(LockTimeout, match=f"process {process.pid} has been writing"):
        storage.commit(saving("S-1"))
    processes.kill(process)
    assert storage.commit(saving("S-1")) == 1


def test_p_c2_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    one, two = opened(tmp_path / "s"), opened(tmp_path / "s", lock_timeout=0)
    one.commit(saving("S-1"))
    lock = WriterLock(System(), str(tmp_path / "s.lock"), timeout=0, mode=0o600)
    lock.acquire()
    assert (two.refresh(), two.read("sale", "S-1") is not None) == (1, True)
    lock.release()


def test_a_lock_that_was_removed_is_not_relied_on(tmp_path: Path) -> None:
    storage = opened(tmp_path / "s", lock_timeout=0.01)
    storage.commit(saving("S-1"))
    (tmp_path / "s.lock").unlink()
    other = WriterLock(System(), str(tmp_path / "s.lock"), timeout=0, mode=0o600)
    other.acquire()
    with pytest.raises(LockTimeout):
        storage.commit(saving("S-2"))
    other.release()
    assert storage.commit(saving("S-2")) == 2


def test_the_lock_is_freed_when_a_commit_is_refused(tmp_path: Path) -> None:
    one, two = opened(tmp_path / "s"), opened(tmp_path / "s", lock_timeout=0)
    one.commit(saving("S-1"))
    with pytest.raises(RuntimeError, match="it exists"):
        one.commit(saving("S-1", expect=None))
    assert two.commit(saving("S-2")) == 2


class Elsewhere(System):
    """A system that says that this is another process."""

    is_elsewhere = False

    def __init__(self) -> None:
        self.getpid = lambda: 1 if self.is_elsewhere else os.getpid()


def test_p_c4_a_handle_of_another_process_refuses(tmp_path: Path) -> None:
    system = Elsewhere()
    storage = opened(tmp_path / "s", system)
    system.is_elsewhere = True
    with pytest.raises(StorageClosed, match="another process"):
        storage.refresh()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_p_c4_a_forked_handle_refuses(tmp_path: Path) -> None:
    storage = opened(tmp_path / "s")
    storage.commit(saving("S-1"))
    child = os.fork()
    if not child:
        os._exit(refusals(storage))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert storage.commit(saving("S-2")) == 2


def refusals(storage: JsonStorage) -> int:
    refused = 0
    for call in (lambda: storage.read("sale", "S-1"), storage.refresh, lambda: storage.commit(saving("S-9"))):
        try:
            call()
        except StorageClosed:
            refused += 1
    storage.close()
    return refused


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_p_c3_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = WriterLock(System(), str(tmp_path / "lock"), timeout=0, mode=0o600)
    lock.acquire()
    child = os.fork()
    if not child:
        time.sleep(60)
        os._exit(0)
    lock.close()  # as the end of this process would
    WriterLock(System(), str(tmp_path / "lock"), timeout=1, mode=0o600).acquire()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list what is open")
def test_a_storage_that_was_dropped_gives_its_files_back(tmp_path: Path) -> None:
    opened(tmp_path / "store").commit(saving("S-1"))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        opened(tmp_path / "store").refresh()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_process_is_heard_however_many_files_are_open() -> None:
    import resource  # not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= most < 2_000:
        pytest.skip("no process may open so many files here")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (2_000, most))
    crowd = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    try:
        run_forked([lambda: None] * 2)
    finally:
        for each in crowd:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
