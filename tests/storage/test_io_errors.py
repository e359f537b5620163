"""Whatever call of a journal fails, and however: acknowledged commits stay, refused ones are gone, others can go on."""

import errno
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.counts import Counted
from tests.storage.worlds import World, check_disk, opened_on, world_of

from salespipeline.errors import CommitUncertain, StorageError
from salespipeline.storage.json_journal import JsonStorage


class Fault(NamedTuple):
    """How a call fails; `part`: half of the bytes are written first; `says_so`: or that is what the call gives back."""

    error: int
    after: bool = False
    part: bool = False
    says_so: bool = False


FAULTS = {
    "error": Fault(errno.EIO),
    "error afterwards": Fault(errno.EIO, after=True),
    "full": Fault(errno.ENOSPC),
    "full in the middle": Fault(errno.ENOSPC, after=True, part=True),
    "quota": Fault(errno.EDQUOT, after=True),
    "short": Fault(0, part=True, says_so=True),
    "interrupted": Fault(errno.EINTR),
    "no permission": Fault(errno.EACCES),
    "locked": Fault(errno.EAGAIN),
}


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("name", FAULTS)
def test_p_d4_an_error_at_any_call_breaks_no_promise(name: str, for_ever: bool, counted: Counted) -> None:
    """What was refused once is carried out when it is tried again; but for the commits of which nobody can know."""
    outcomes: Counter[str] = Counter()
    call, is_over = 0, False
    while not is_over:
        call += 1
        world = failing_at(call, FAULTS[name], for_ever=for_ever)
        outcomes[carried_out(world, tries=1 if for_ever else 2)] += 1
        is_over = world.disk.calls < call
        check_disk(world.disk.restarted(), world.disk.due)
    counted("errors at system calls", call, 110)
    if for_ever:
        assert outcomes["whole"] < call - 30 or name == "short"
    else:
        assert outcomes["CommitUncertain"] <= 2  # the syncs of two commits
        assert not outcomes["StorageError"] or name == "no permission"  # which leaves a store that can only be read


@pytest.mark.parametrize("name", ["error", "full", "no permission"])
def test_p_c3_an_error_at_any_call_leaves_no_lock(name: str) -> None:
    call, is_over = 0, False
    while not is_over:
        call += 1
        world = failing_at(call, FAULTS[name], for_ever=True)
        carried_out(world, tries=1)
        is_over = world.disk.calls < call
        world.disk.fails_at = 0
        opened_on(world.disk).close()


def failing_at(call: int, fault: Fault, *, for_ever: bool) -> World:
    world = world_of(0)
    disk = world.disk
    disk.moments = None
    disk.fails_at, disk.fails_for_ever, disk.error = call, for_ever, fault.error
    disk.fails_after, disk.halves, disk.fails_silently = fault.after, fault.part, fault.says_so
    return world


def carried_out(world: World, *, tries: int) -> str:
    """How far it came in so many tries for each step: whole, or the error that ended it."""
    handles: list[JsonStorage] = []
    steps: tuple[Callable[[], None], ...] = (
        lambda: handles.append(world.open()),
        lambda: world.commit(handles[-1], 1),
        lambda: world.compact(handles[-1]),
        lambda: world.commit(handles[-1], 3),
        lambda: world.compact(handles[-1], keep_past=False),
    )
    for step in steps:
        for left in reversed(range(tries)):
            try:
                step()
                break
            except StorageError as error:
                if not left or isinstance(error, CommitUncertain):
                    return type(error).__name__
    return "whole"
