"""What programs do to a store when the power is cut: one scenario is one or more runs, each with its moments."""

import errno
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple

from tests.storage.cuts import FOLDER, PATH, Due, Moment, Way
from tests.storage.disks import Disk, Killed
from tests.storage.worlds import Cuts, World, store_of, world_of

from salespipeline.errors import CommitUncertain, StorageError

Runs = Iterator[list[Moment]]


class Scenario(NamedTuple):
    """Runs, the ways in which what waits may arrive there, and how many distinct disks that gives at least."""

    name: str
    runs: Callable[[], Runs]
    ways: tuple[Way, ...]
    floor: int
    path: str = PATH


def creating() -> Runs:
    """A new store in a new folder in a new folder: the first commit is as durable as any."""
    world = World({}, Due())
    storage = world.open(NEW)
    world.commit_all(storage, 0, 1)
    yield world.moments


def committing() -> Runs:
    for history, places in (((), (0, 1)), ((0, 1), (2, 3)), ((0,), (4, 5)), ((4,), (7, 0))):
        world = world_of(*history)
        world.commit_all(world.open(), *places)
        yield world.moments


def in_turns() -> Runs:
    """Two handles; one compacts under the other."""
    world = world_of(0, 1)
    one, two = world.open(), world.open()
    world.commit(one, 3)
    world.compact(two)
    world.commit(one, 4)
    world.compact(one, keep_past=False)
    world.commit(two, 5)
    yield world.moments


def compacting() -> Runs:
    """Twice; the second time a deleted record is taken out of the first archive."""
    world = world_of(0, 1, 2)
    storage = world.open()
    world.compact(storage)
    world.commit(storage, 3)
    world.compact(storage)
    world.commit(storage, 5)
    yield world.moments


def forgetting() -> Runs:
    world = world_of(0, 1)
    storage = world.open()
    world.compact(storage)
    world.commit(storage, 5)
    world.compact(storage, keep_past=False)
    world.commit(storage, 4)
    yield world.moments


def torn() -> Runs:
    """A torn line is put right, and the next commit follows."""
    files = store_of(0, 1)
    data = files[PATH]
    start = data[:-1].rindex(b"\n") + 1
    whole = data[start:-1]
    for end in (whole, whole[:-1], whole[:-40], whole[:90], b"{", whole[:50] + bytes(40), bytes(7), bytes(30) + b"x\n"):
        due = Due(frozenset({(0, 1)})) if end == whole else Due(frozenset({(0,)}), torn=end)
        world = World({PATH: data[:start] + end}, due)
        world.commit(world.open(), 4)
        yield world.moments


def cut_again() -> Runs:
    """The power fails, and fails again while the store is put right and written on."""
    world = world_of(0)
    storage = world.open()
    world.commit(storage, 1)
    world.compact(storage)
    cuts = Cuts()
    cuts.add(world.moments, Way(step=37))
    for state in cuts:
        world = World(*state)
        world.commit(world.open(), 5)
        yield world.moments


def killed_peer() -> Runs:
    """A writer is killed at every call, also in the middle of a write; another builds on what it left to the kernel."""
    for call in count(1):
        for in_the_middle in (False, True):
            world = world_of(0)
            world.disk.dies_at, world.disk.halves, world.disk.fails_after = call, in_the_middle, in_the_middle
            try:
                storage = world.open()
                world.commit(storage, 1)
                world.compact(storage)
                world.commit(storage, 5)
            except Killed:
                world.restart()
            else:
                return
            world.commit(world.open(), 4)
            yield world.moments


def failed_sync() -> Runs:
    """One sync fails, and what waited there is seen, but never written; who made it goes on where that is possible."""

    def prepare(disk: Disk, call: int) -> None:
        disk.loses_at = call

    yield from _failing(prepare, lambda disk: disk.syncs)


def stuck_disk() -> Runs:
    """The same, and nothing else can be written either until the store is opened anew."""

    def prepare(disk: Disk, call: int) -> None:
        disk.loses_at, disk.sticks = call, True

    yield from _failing(prepare, lambda disk: disk.syncs)


def full_disk() -> Runs:
    """One call finds no room, a write after half of its bytes or after all; who made it goes on."""

    def prepare(disk: Disk, call: int) -> None:
        disk.fails_at, disk.halves = (call + 1) // 2, call % 2 == 0
        disk.error, disk.fails_after = errno.ENOSPC, True

    yield from _failing(prepare, lambda disk: 2 * disk.calls)


def _failing(prepare: Callable[[Disk, int], None], calls: Callable[[Disk], int]) -> Runs:
    for call in count(1):
        world, storage = world_of(0), None
        disk = world.disk
        prepare(disk, call)
        try:
            storage = world.open()
            world.commit(storage, 1)
            world.compact(storage)
            world.commit(storage, 5)
        except CommitUncertain:
            storage = None
        except StorageError:
            disk.fails_at = 0
        if calls(disk) < call:
            return
        if storage is None:
            world.restart()
            storage = world.open()
        world.commit_all(storage, 4, 2)
        yield world.moments


def hasty() -> Runs:
    """Without waiting for the disk, what arrives in its order is an earlier commit."""
    world = world_of(0)
    storage = world.open(is_durable=False)
    for place in (1, 2, 3, 4):
        world.commit_hastily(storage, place)
    yield world.moments


def hasty_out_of_order() -> Runs:
    """Without waiting for the disk, what arrives out of its order is refused, or an earlier commit: never a mixture."""
    world = world_of(0, may_refuse=True)
    storage = world.open(is_durable=False)
    for place in (1, 2, 3):
        world.commit_hastily(storage, place)
    yield world.moments


NEW = f"{FOLDER}/new/newer/s"
BYTES = Way(step=1)
PAGES = (Way(page=16), Way(page=64), Way(page=512))
CREATING = Scenario("creating", creating, (BYTES, *PAGES), 4_000, NEW)
WORKING = (
    Scenario("committing", committing, (BYTES, *PAGES), 9_000),
    Scenario("in turns", in_turns, (Way(step=3), *PAGES), 6_400),
    Scenario("compacting", compacting, (Way(step=13), *PAGES), 5_200),
    Scenario("forgetting", forgetting, (Way(step=3), *PAGES), 5_000),
)
RECOVERING = (
    Scenario("torn", torn, (BYTES, *PAGES), 5_000),
    Scenario("cut again", cut_again, (Way(step=9), Way(page=64)), 3_600),
)
KILLED_PEER = Scenario("killed peer", killed_peer, (Way(step=9), Way(page=64)), 5_000)
FAILED_SYNC = Scenario("failed sync", failed_sync, (Way(step=41), Way(page=512)), 1_100)
STUCK_DISK = Scenario("stuck disk", stuck_disk, (Way(step=41), Way(page=512)), 1_400)
FULL_DISK = Scenario("full disk", full_disk, (Way(page=512),), 600)
HASTY = Scenario("hasty", hasty, (BYTES,), 3_400)
OUT_OF_ORDER = Scenario("hasty, out of order", hasty_out_of_order, PAGES, 700)
SCENARIOS = (*WORKING, *RECOVERING, CREATING, KILLED_PEER, FAILED_SYNC, STUCK_DISK, FULL_DISK, HASTY, OUT_OF_ORDER)


def cuts_of(scenario: Scenario) -> Cuts:
    """Every disk that a power cut may leave in a scenario."""
    cuts = Cuts()
    for moments in scenario.runs():
        for way in scenario.ways:
            cuts.add(moments, way)
    return cuts
