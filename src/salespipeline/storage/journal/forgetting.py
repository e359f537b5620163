"""Forgetting the older past of a journal, under the lock: looked at as a whole first, then written file by file.

The journal becomes a snapshot that says up to when the past was forgotten, then the archives are written
anew, oldest first, and those of which nothing is told any more go last. So whatever stops it, every file is
sound, the past of a record is what is still told or more of it, and doing it again forgets the rest.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from os import stat_result
from typing import NamedTuple

from salespipeline.errors import CorruptStore, StorageError
from salespipeline.storage.journal.archive import (
    Choice,
    Generation,
    archive_lines,
    archive_name,
    archives,
    check_archive,
)
from salespipeline.storage.journal.compacting import put, put_snapshot, remove, replaceable, sound_archive
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.line import CommitLine, instant_text
from salespipeline.storage.journal.parsing import instant_of, read_commit, read_snapshot
from salespipeline.storage.journal.reading import whole_lines
from salespipeline.storage.journal.system import System

__all__ = ["prune"]

Names = frozenset[tuple[str, str]]  # kinds and ids


class _Part(NamedTuple):
    """One file of the past: an archive, or the journal as the archive that it becomes.

    The generation begins after commit `seq`, with the records `named`; of those that newer files lead back
    to (`reached`), some were deleted in it for the last time (`deleted`, with the number of the commit).
    """

    gen: int
    path: str
    base: int
    end: int
    seq: int
    named: Names
    reached: Names
    deleted: dict[tuple[str, str], int]

    def is_deleted(self, name: tuple[str, str], number: int) -> bool:
        """Whether what a commit made of a record was deleted since."""
        return name not in self.reached or number <= self.deleted.get(name, 0)


class _Plan(NamedTuple):
    """What is done with a part: it tells of some changes, and of the records that `earlier` ones tell of."""

    part: _Part
    told: Names
    earlier: Names
    forgotten: int

    @property
    def is_kept(self) -> bool:
        """Whether there is anything to tell in it, or to be led to by it."""
        return bool(self.told or self.earlier)

    @property
    def changes(self) -> bool:
        """Whether the file cannot stay as it is."""
        return self.forgotten > 0 or not self.part.named <= self.earlier


class _Past:
    """The past of a journal, and which changes of it are still told after some instant."""

    def __init__(self, system: System, journal: JournalFile, instant: str) -> None:
        self._system = system
        self._journal = journal
        self._instant = instant

    def plans(self) -> list[_Plan]:
        """What is done with every file, the oldest first; nothing is changed yet."""
        parts = self._parts()
        oldest, revision = parts[0], self._journal.state.revision
        # Where the past was dropped, what it would say of records that did not change since is missing, not empty.
        earlier = Names(
            name for name in oldest.named & oldest.reached if oldest.seq and (revision(*name) or 0) <= oldest.seq
        )
        plans: list[_Plan] = []
        for part in parts:
            told, forgotten = self._told(part)
            plans.append(_Plan(part, told, earlier, forgotten))
            earlier |= told
        return plans

    def write(self, plan: _Plan, like: stat_result) -> None:
        """Put an archive in its place that tells what is still told."""
        part = plan.part

        def has_past(kind: str, id: str) -> bool:
            return (kind, id) in plan.earlier

        def is_told(kind: str, id: str, number: int, at: str) -> bool:
            return self._is_told(part, (kind, id), number, at)

        def is_deleted(kind: str, id: str, number: int, at: str) -> bool:
            return part.is_deleted((kind, id), number)

        chosen = Choice(has_past, is_told, is_deleted)
        with self._reading(part.path) as fd:
            lines = archive_lines(self._system, fd, part.path, chosen, self._journal.versions)
            put(self._system, archive_name(self._journal.path, part.gen), lines, like)

    def _parts(self) -> list[_Part]:
        """The files, the oldest first; raises `StorageError` where one is missing, damaged or out of its place."""
        journal = self._journal
        older = [(gen, path) for gen, path in archives(self._system, journal.path) if gen < journal.gen]
        living = Names(op[:2] for _, op in journal.state.snapshot())
        newer = self._part(journal.gen, journal.path, (journal.base, journal.end, journal.seq), living)
        parts = [newer]
        for gen, path in reversed(older):
            if gen != newer.gen - 1:
                reason = "it is missing, and what is older cannot be told apart from what was deleted"
                raise StorageError(
                    archive_name(journal.path, newer.gen - 1), f"{reason}; put it back, or compact without the past"
                )
            reached = (newer.named & newer.reached) - newer.deleted.keys()
            newer = self._part(gen, path, self._extent(path, Generation(journal.store, gen, newer.seq)), reached)
            parts.append(newer)
        return parts[::-1]

    def _extent(self, path: str, wanted: Generation) -> tuple[int, int, int]:
        """Where the commits of an archive begin and end, and the number before them."""
        with self._reading(path) as fd:
            loaded = sound_archive(self._system, fd, path, self._journal)
        try:
            check_archive(path, loaded, wanted)
        except CorruptStore as error:
            raise StorageError(path, f"{error.reason}; put the right one there, or compact without the past") from error
        return loaded.base, loaded.end, loaded.header.seq

    def _part(self, gen: int, path: str, extent: tuple[int, int, int], reached: Names) -> _Part:
        base, end, seq = extent
        with self._reading(path) as fd:
            snapshot = islice(whole_lines(self._system, fd, 0, base), 1, None)  # the header comes first
            named = Names(read_snapshot(line)[2][:2] for _, line in snapshot)
            part = _Part(gen, path, base, end, seq, named, reached, {})
            for _, commit in self._commits(fd, part):
                part.deleted.update({op[:2]: commit.number for op in commit.ops if op[3] is None})
        return part

    def _told(self, part: _Part) -> tuple[Names, int]:
        """The records that a part tells of, and how many of their and other revisions are forgotten."""
        told: set[tuple[str, str]] = set()
        forgotten = 0
        with self._reading(part.path) as fd:
            for at, commit in self._commits(fd, part):
                names = {op[:2] for op in commit.ops if self._is_told(part, op[:2], commit.number, at)}
                forgotten += len(commit.ops) - len(names)
                told |= names
        return Names(told), forgotten

    def _is_told(self, part: _Part, name: tuple[str, str], number: int, at: str) -> bool:
        if part.is_deleted(name, number):
            return False
        return at >= self._instant or self._journal.state.revision(*name) == number

    def _commits(self, fd: int, part: _Part) -> Iterator[tuple[str, CommitLine]]:
        for _, line in whole_lines(self._system, fd, part.base, part.end):
            yield instant_of(line), read_commit(line)

    @contextmanager
    def _reading(self, path: str) -> Generator[int]:
        if path == self._journal.path:
            yield self._journal.fd
            return
        fd = self._system.open_to_read(path)
        try:
            yield fd
        finally:
            self._system.close(fd)


def prune(system: System, journal: JournalFile, before: datetime) -> int:
    """Forget the past revisions of a settled journal that were recorded before an instant, and give their number.

    Raises `Postponed` where the journal cannot be replaced now, `StorageError` where an archive is damaged
    or missing; nothing is changed then.
    """
    like, instant = replaceable(system, journal), instant_text(before)
    past = _Past(system, journal, instant)
    *older, last = plans = past.plans()
    has_commits = journal.end > journal.base
    if has_commits and last.is_kept:
        past.write(last, like)
    if has_commits or journal.pruned is None or journal.pruned < instant:
        pruned = max(instant, journal.pruned or instant)
        put_snapshot(system, journal, like, gen=journal.gen + has_commits, pruned=pruned)
    for plan in older:
        if plan.is_kept and plan.changes:
            past.write(plan, like)
    kept = {plan.part.gen for plan in plans if plan.is_kept}
    remove(system, [name for gen, name in archives(system, journal.path) if gen not in kept])
    return sum(plan.forgotten for plan in plans)
