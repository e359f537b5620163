"""Whatever call of a journal fails, and however: acknowledged commits stay, refused ones are gone, others can go on."""

import errno
from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.counts import Counted
from tests.storage.worlds import World, check_disk, opened_on, world_of

from salespipeline.errors import CommitUncertain, LockTimeout, StorageError
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

# Of the carried out steps with one error, two are uncertain: the syncs of the two commits. A store that could be
# opened but not for writing is one that can only be read. (And see the lock that stays taken.)
ALLOWED = {"no permission": 12, "error": 4, "full": 4, "interrupted": 4, "locked": 4}


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("name", FAULTS)
def test_p_d4_an_error_at_any_call_breaks_no_promise(name: str, for_ever: bool, counted: Counted) -> None:
    """Nor does it end a handle, but where the outcome of a commit is not known."""
    call, failed, is_over = 0, 0, False
    while not is_over:
        call += 1
        world = failing_at(call, FAULTS[name], for_ever=for_ever)
        failed += not carried_out(world, tries=1 if for_ever else 2)
        is_over = world.disk.calls < call
        check_disk(world.disk.restarted(), world.disk.due)
    counted("errors at system calls", call, 110)
    if not for_ever:
        assert failed <= ALLOWED.get(name, 2)
    elif name != "short":
        assert failed > 30


@pytest.mark.xfail(strict=True, raises=LockTimeout, reason="a lock stays taken when what follows taking it fails")
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


def carried_out(world: World, *, tries: int) -> bool:
    """Whether everything was done in so many tries; a handle that does not know what became of a commit ends."""
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
            except CommitUncertain:
                return False
            except StorageError:
                if not left:
                    return False
    return True
