"""Bugs that a journal could have, each planted by replacing one function, and where a power cut shows it."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from tests.storage import scenarios
from tests.storage.cuts import PATH, Way
from tests.storage.disks import Disk
from tests.storage.scenarios import NEW, Runs

from salespipeline.storage.base import Commit
from salespipeline.storage.journal import compacting, creating, opening, reading, recovery
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.header import Header, header_text
from salespipeline.storage.journal.hint import Hint, HintFile
from salespipeline.storage.journal.recovery import Recovery
from salespipeline.storage.journal.system import System, write_whole
from salespipeline.storage.json_journal import JsonStorage

Plant = Callable[[pytest.MonkeyPatch], None]


class Bug(NamedTuple):
    """A way of planting a bug, and the scenario in which it breaks a promise."""

    name: str
    plant: Plant
    runs: Callable[[], Runs]
    ways: tuple[Way, ...] = (Way(page=64), Way(step=11))
    path: str = PATH


def name_of(disk: Disk, fd: int) -> str:
    return next(name for name, number in disk.names.items() if number == disk.fds[fd])


def does_nothing(*_: object, **__: object) -> None:
    """In place of what the bug leaves out."""


class Unsynced:
    """A system that leaves out some syncs, and does all else as another one does."""

    def __init__(self, system: System, *, file: bool, folder: bool) -> None:
        self._system, self._leaves = system, {"sync": file, "sync_directory": folder}

    def __getattr__(self, name: str) -> Any:
        if self._leaves.get(name):
            return does_nothing
        return getattr(self._system, name)


def without_sync_of(part: str) -> Plant:
    """A file with this in its name is not synced."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        sync = Disk.sync

        def sync_some(disk: Disk, fd: int) -> None:
            if part not in name_of(disk, fd):
                sync(disk, fd)

        patch.setattr(Disk, "sync", sync_some)

    return plant


def acknowledges_before_the_sync(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Disk, "sync_data", does_nothing)


def never_syncs_the_folder(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Disk, "sync_directory", does_nothing)


def opens_without_sync(patch: pytest.MonkeyPatch) -> None:
    _settle_without(patch, file=True, folder=False)


def opens_without_sync_of_the_folder(patch: pytest.MonkeyPatch) -> None:
    _settle_without(patch, file=False, folder=True)


def _settle_without(patch: pytest.MonkeyPatch, *, file: bool, folder: bool) -> None:
    settle = recovery.settle

    def settle_carelessly(system: System, journal: JournalFile, hint: Hint | None, mode: int) -> Recovery | None:
        careless: Any = Unsynced(system, file=file, folder=folder)
        return settle(careless, journal, hint, mode)

    patch.setattr(opening, "settle", settle_carelessly)


def hints_before_the_sync(patch: pytest.MonkeyPatch) -> None:
    append = JournalFile.append

    def append_hinting(journal: JournalFile, commit: Commit, *, is_durable: bool, limit: int) -> int:
        system = journal._system  # pyright: ignore[reportPrivateUsage]  # a bug in the journal's own code
        HintFile(system, f"{PATH}.head", 0o600).write(journal.store, journal.gen, journal.number + 1)
        return append(journal, commit, is_durable=is_durable, limit=limit)

    patch.setattr(JournalFile, "append", append_hinting)


def hints_at_what_may_be_lost(patch: pytest.MonkeyPatch) -> None:
    commit = JsonStorage.commit

    def commit_hinting(storage: JsonStorage, given: Commit) -> int:
        number = commit(storage, given)
        storage._hint.write("test", 1, number)  # pyright: ignore[reportPrivateUsage]  # the same
        return number

    patch.setattr(JsonStorage, "commit", commit_hinting)


def cuts_before_it_keeps(patch: pytest.MonkeyPatch) -> None:
    cut = recovery._cut  # pyright: ignore[reportPrivateUsage]  # the function that the bug is in

    def cut_first(system: System, journal: JournalFile, tail: bytes, mode: int) -> Recovery:
        system.truncate(journal.fd, journal.end)
        system.sync(journal.fd)
        return cut(system, journal, tail, mode)

    patch.setattr(recovery, "_cut", cut_first)


def keeps_under_a_name_that_is_not_synced(patch: pytest.MonkeyPatch) -> None:
    cut = recovery._cut  # pyright: ignore[reportPrivateUsage]  # the function that the bug is in

    def cut_carelessly(system: System, journal: JournalFile, tail: bytes, mode: int) -> Recovery:
        careless: Any = Unsynced(system, file=False, folder=True)
        return cut(careless, journal, tail, mode)

    patch.setattr(recovery, "_cut", cut_carelessly)


def tries_a_failed_sync_again(patch: pytest.MonkeyPatch) -> None:
    sync = Disk.sync_data

    def sync_twice(disk: Disk, fd: int) -> None:
        try:
            sync(disk, fd)
        except OSError:
            sync(disk, fd)

    patch.setattr(Disk, "sync_data", sync_twice)


def leaves_what_failed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(JournalFile, "_roll_back", does_nothing)


def doubts_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery, "dispel_doubt", does_nothing)


def compacts_in_place(patch: pytest.MonkeyPatch) -> None:
    def write_over(system: System, path: str, lines: Any, *_: Any, **__: Any) -> None:
        fd = system.open_beside(path, 0o600)
        data = b"".join(lines)
        system.truncate(fd, 0)
        write_whole(system, fd, data)
        system.sync(fd)
        system.sync_directory(os.path.dirname(path))
        system.close(fd)

    patch.setattr(compacting, "put_in_place", write_over)


def takes_zeros_for_damage(patch: pytest.MonkeyPatch) -> None:
    is_torn = recovery._is_torn  # pyright: ignore[reportPrivateUsage]  # the function that the bug is in

    def is_torn_without_zeros(tail: bytes, where: str, offset: int) -> bool:
        return is_torn(tail.replace(b"\0", b"?"), where, offset)

    patch.setattr(recovery, "_is_torn", is_torn_without_zeros)


def trusts_every_checksum(patch: pytest.MonkeyPatch) -> None:
    def checksum(line: bytes) -> str | None:
        return line[-10:-2].decode("latin-1") if line else None

    for module in (reading, recovery):
        patch.setattr(module, "checksum", checksum)


def makes_folders_without_sync(patch: pytest.MonkeyPatch) -> None:
    make = creating.make_directories

    def make_carelessly(system: System, directory: str) -> None:
        careless: Any = Unsynced(system, file=False, folder=True)
        make(careless, directory)

    patch.setattr(opening, "make_directories", make_carelessly)


def sweeps_the_past_away(patch: pytest.MonkeyPatch) -> None:
    sweep = creating.sweep

    def sweep_all(system: System, path: str) -> None:
        sweep(system, path)
        compacting.forget(system, path)

    patch.setattr(opening, "sweep", sweep_all)


def forgets_commands(patch: pytest.MonkeyPatch) -> None:
    def text_without(header: Header) -> str:
        return header_text(header._replace(cmds={}))

    patch.setattr(compacting, "header_text", text_without)
    patch.setattr(compacting, "_read_back", does_nothing)


def writes_to_a_replaced_file(patch: pytest.MonkeyPatch) -> None:
    catch_up = JournalFile.catch_up

    def catch_up_blindly(journal: JournalFile) -> bool | None:
        system: Any = journal._system  # pyright: ignore[reportPrivateUsage]  # a bug in the journal's own code
        found = system.stat(journal.path)
        journal.identity = (found.st_dev, found.st_ino)
        return catch_up(journal) or True

    patch.setattr(JournalFile, "catch_up", catch_up_blindly)


SECTORS = Way(page=512)
BUGS = (
    Bug("acknowledges before the sync", acknowledges_before_the_sync, scenarios.committing),
    Bug("never syncs the folder", never_syncs_the_folder, scenarios.compacting),
    Bug("makes folders without sync", makes_folders_without_sync, scenarios.creating, path=NEW),
    Bug("renames before the sync", without_sync_of(".new-"), scenarios.compacting, (SECTORS,)),
    Bug("past is not durable", without_sync_of(".past-1.new-"), scenarios.compacting, (SECTORS,)),
    Bug("opens without sync", opens_without_sync, scenarios.killed_peer, (Way(page=64),)),
    Bug("opens without sync of the folder", opens_without_sync_of_the_folder, scenarios.killed_peer, (SECTORS,)),
    Bug(
        "does not know of a folder that was not synced",
        opens_without_sync_of_the_folder,
        scenarios.failed_sync,
        (SECTORS,),
    ),
    Bug("hints before the sync", hints_before_the_sync, scenarios.committing),
    Bug("hints at what may be lost", hints_at_what_may_be_lost, scenarios.hasty),
    Bug("cuts before it keeps", cuts_before_it_keeps, scenarios.torn),
    Bug("keeps without sync", without_sync_of(".torn-"), scenarios.torn),
    Bug("keeps under a name that is not synced", keeps_under_a_name_that_is_not_synced, scenarios.torn),
    Bug("tries a failed sync again", tries_a_failed_sync_again, scenarios.failed_sync),
    Bug("leaves what failed", leaves_what_failed, scenarios.full_disk, (SECTORS,)),
    Bug("doubts nothing", doubts_nothing, scenarios.stuck_disk, (SECTORS,)),
    Bug("compacts in place", compacts_in_place, scenarios.compacting),
    Bug("takes zeros for damage", takes_zeros_for_damage, scenarios.committing),
    Bug("trusts every checksum", trusts_every_checksum, scenarios.committing),
    Bug("sweeps the past away", sweeps_the_past_away, scenarios.compacting),
    Bug("forgets commands", forgets_commands, scenarios.compacting),
    Bug("writes to a replaced file", writes_to_a_replaced_file, scenarios.in_turns),
)
