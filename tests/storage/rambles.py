"""Programs made up at random, with every kind of step and fault, for power cuts to fall into."""

from random import Random

from tests.storage.cuts import Way
from tests.storage.disks import Disk, Killed
from tests.storage.worlds import COMMITS, DELETES, Cuts, World, world_of

from salespipeline.errors import CommitUncertain, StorageError
from salespipeline.storage.json_journal import JsonStorage

_PAGES = (8, 16, 32, 64, 128, 512, 4096)
_STEPS = 7  # in a program


def rambling(seed: int, least: int) -> Cuts:
    """At least so many distinct disks that power cuts leave of programs made up from a seed."""
    chance, cuts = Random(seed), Cuts()
    while cuts.distinct < least:
        world = rambled(chance)
        cuts.add(world.moments[-40:], Way(step=chance.randint(3, 40)))
        cuts.add(world.moments[-40:], Way(page=chance.choice(_PAGES)))
    return cuts


def rambled(chance: Random) -> World:
    """A world where a program ran; a part of it may have been killed, or have met a disk that fails."""
    world = world_of(*chance.choice([(), (0,), (0, 1), (4, 7), (0, 1, 2)]))
    handles: list[JsonStorage] = []
    for _ in range(_STEPS):
        _prepare(world.disk, chance)
        try:
            if not handles or chance.random() < 0.3:
                handles.append(world.open())
            _step(world, chance.choice(handles), chance)
        except (Killed, CommitUncertain):
            world.restart()
            handles.clear()
        except StorageError:
            if chance.random() < 0.5:
                world.restart()
                handles.clear()
        _repair(world.disk)
    return world


def _step(world: World, storage: JsonStorage, chance: Random) -> None:
    match chance.choice(["commit"] * 4 + ["compact", "forget", "refresh"]):
        case "commit":
            there = {place for history in world.disk.due.histories for place in history}
            possible = [place for place in range(len(COMMITS)) if place not in there and place != DELETES]
            world.commit(storage, chance.choice(possible or [0]))
        case "compact":
            world.compact(storage)
        case "forget":
            world.compact(storage, keep_past=False)
        case _:
            storage.refresh()


def _prepare(disk: Disk, chance: Random) -> None:
    """Let one of the next calls fail, lose what waits, or be the last of its process; or let all be well."""
    call = chance.randint(1, 40)
    match chance.choice(["well"] * 4 + ["fail", "lose", "die", "short"]):
        case "fail":
            disk.fails_at, disk.halves = disk.calls + call, chance.random() < 0.5
            disk.fails_after = disk.halves or chance.random() < 0.5
        case "lose":
            disk.loses_at, disk.sticks = disk.syncs + chance.randint(1, 4), chance.random() < 0.5
        case "die":
            disk.dies_at, disk.halves = disk.calls + call, chance.random() < 0.5
            disk.fails_after = disk.halves
        case "short":
            disk.fails_at, disk.halves, disk.fails_silently = disk.calls + call, True, True
        case _:
            pass


def _repair(disk: Disk) -> None:
    disk.fails_at = disk.loses_at = disk.dies_at = 0
    disk.fails_after = disk.fails_for_ever = disk.fails_silently = disk.halves = disk.sticks = False
