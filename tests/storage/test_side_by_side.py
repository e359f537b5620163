"""Writers and readers in processes of their own, on one journal: one order explains all that they did and saw."""

import json
from pathlib import Path

import pytest
from tests.storage.journals import AT, opened
from tests.storage.processes import Processes, processes

from salespipeline.storage.base import Change, Commit
from salespipeline.testing.one_order import Look, Write, order_faults

__all__ = ["processes"]

# The clock is the machine's own, which all of its processes share.
USER = """
import json, sys, time
from pathlib import Path
from salespipeline.errors import Conflict
from salespipeline.storage.base import Change, Commit, Expect
from tests.storage.journals import AT, opened
path, user, steps, is_writer, compacts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *map(int, sys.argv[4:])
storage = opened(path)
print("ready", flush=True)
for step in range(steps):
    called = time.monotonic_ns()
    number = storage.refresh()
    both = {record.id: record for record in storage.scan("pair")}
    values = [both["left"].body, both["right"].body]
    print(json.dumps(["look", user, called, time.monotonic_ns(), number, values]))
    if not is_writer:
        continue
    value, seen, called = json.dumps(f"{user}.{step}"), both["left"].revision, time.monotonic_ns()
    changes = tuple(Change(kind="pair", id=id, body=value) for id in ("left", "right"))
    expect = tuple(Expect("pair", id, seen) for id in ("left", "right"))
    try:
        number = storage.commit(Commit(changes=changes, expect=expect, at=AT))
    except Conflict:
        continue
    print(json.dumps(["write", user, called, time.monotonic_ns(), number, [value, value], seen]))
    if compacts and step % 20 == 0:
        storage.compact()
"""


def history(told: list[list[str]]) -> tuple[list[Write], list[Look]]:
    writes, looks = [Write(0, 0, 0, 1, ["0", "0"], 0)], list[Look]()
    for kind, *parts in [json.loads(line) for said in told for line in said[1:]]:
        if kind == "write":
            writes.append(Write(*parts))
        else:
            looks.append(Look(*parts))
    return writes, looks


@pytest.mark.parametrize("compacts", [0, 1])
def test_p_a1_p_a3_p_a4_p_c1_processes_have_one_order(compacts: int, tmp_path: Path, processes: Processes) -> None:
    storage = opened(tmp_path / "s")
    pair = tuple(Change(kind="pair", id=id, body="0") for id in ("left", "right"))
    storage.commit(Commit(changes=pair, at=AT))
    users = [processes.start(USER, tmp_path / "s", user, 60, int(user < 4), compacts) for user in range(1, 6)]
    writes, looks = history(processes.wait(*users))
    assert next(order_faults(writes, looks), None) is None
    assert (len(looks), storage.refresh()) == (300, len(writes))
    assert sorted(write.number for write in writes) == list(range(1, len(writes) + 1))
    assert len(writes) > 60  # a commit thwarts one of each other writer's at the most
