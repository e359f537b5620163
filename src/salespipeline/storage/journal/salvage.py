"""Saving what a damaged journal still says into a new one; the damaged file is only read.

Every line can be checked by itself, so those behind a damaged one are not lost with it. What the
commits between them changed is not known: the report names each place, and the records are for a
person to look at.
"""

import os
from collections.abc import Callable, Iterator
from stat import S_ISREG
from typing import NamedTuple

from salespipeline.errors import CorruptStore, ForeignFile, NewerFormat, StorageError
from salespipeline.storage.journal.creating import put_in_place, resolved
from salespipeline.storage.journal.header import READER, WRITER, Header, check_store_id, header_text, read_header
from salespipeline.storage.journal.hint import HintFile
from salespipeline.storage.journal.line import CommitLine, Op, Senseless, checksum, linked, snapshot_text
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.parsing import read_author, read_commit, read_snapshot, split_at_link
from salespipeline.storage.journal.reading import load
from salespipeline.storage.journal.system import SYSTEM, System

__all__ = ["Salvaged", "Skipped", "salvage"]

_BOM = b"\xef\xbb\xbf"


class Skipped(NamedTuple):
    """Bytes that could not be saved, or (where `size` is 0) a place where something is missing, and why."""

    offset: int
    size: int
    reason: str


class Salvaged(NamedTuple):
    """What was saved: so many records, up to commit `number`.

    Up to the byte `sound` the file is as it was written. Commits with their past are kept from
    `first` on; what was before that is kept as records, without who changed them and when.
    """

    records: int
    number: int
    first: int
    sound: int
    skipped: tuple[Skipped, ...]


class _Found(NamedTuple):
    offset: int
    mark: str
    line: bytes
    commit: CommitLine


class _Damaged:
    """What the intact lines of a damaged file say, whatever lies between them."""

    __slots__ = ("commits", "header", "notes", "number", "records", "start")

    def __init__(self) -> None:
        self.header: Header | None = None
        self.records: dict[tuple[str, str], tuple[int, Op]] = {}  # of the snapshot, then as of commit `number`
        self.commits: list[_Found] = []
        self.number = 0
        self.start = 0  # the first of the commits that can be kept as commits
        self.notes: list[Skipped] = []


def salvage(
    path: str | os.PathLike[str],
    into: str | os.PathLike[str],
    *,
    new_id: Callable[[], str] | None = None,
    mode: int = 0o600,
    system: System = SYSTEM,
) -> Salvaged:
    """Save what the journal at `path` still says into a new one at `into`, and report what could not be saved.

    The damaged file is only read, and `into` must not be there yet. The new journal is a store of
    its own, with an id by `new_id`. Where commits are missing, the records they changed are as the
    last intact commit left them. Line ends and a mark that an editor put in are no damage here.

    Raises `ForeignFile` where not one line is intact, `NewerFormat`, and `StorageError`.
    """
    source, target = resolved(path), resolved(into)
    try:
        found, report = _read_damaged(system, source)
        lines = _saved_lines(found, (new_id or system.token)())
        _write(system, target, lines, report, mode)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(error.filename or source, error.strerror or str(error)) from error
    return report


def _write(system: System, path: str, lines: Iterator[bytes], report: Salvaged, mode: int) -> None:
    """Write the new journal, whole or not at all, and read it back before it has its name."""

    def read_back(fd: int) -> None:
        loaded = load(system, fd, path)
        records = len(loaded.state.snapshot())
        if (loaded.end, loaded.state.number, records) != (system.fstat(fd).st_size, report.number, report.records):
            raise StorageError(path, "what was saved does not read as it should; nothing was kept of it")

    lock = WriterLock(system, f"{path}.lock", timeout=30, mode=mode)
    lock.acquire()
    try:
        if system.stat_or_none(path) is not None:
            raise StorageError(path, "it is there already, and is not written over; give the path of a new file")
        put_in_place(system, path, lines, mode, finish=read_back)
    finally:
        lock.release()
        lock.close()


def _read_damaged(system: System, path: str) -> tuple[_Damaged, Salvaged]:
    """Read all that is intact, and what the new journal will hold; raises for what is no journal at all."""
    if not S_ISREG(system.stat(path).st_mode):
        raise ForeignFile(path, "it is no regular file; give the path of the file itself, not of a link to it")
    fd = system.open_to_read(path)
    try:
        sound, data = _sound(system, fd, path), _bytes(system, fd)
    finally:
        system.close(fd)
    found = _Damaged()
    for offset, raw in _pieces(data):
        _take(found, path, offset, raw)
    if found.header is None and not found.records and not found.commits:
        raise ForeignFile(path, "not one line in it is an intact line of a journal; nothing was saved")
    _put_in_order(found)
    last = found.commits[-1].commit.number if found.commits else found.number
    hint = HintFile(system, f"{path}.head", 0).read()
    if hint is not None and found.header is not None and hint.store == found.header.store and hint.number > last:
        found.notes.append(Skipped(len(data), 0, f"{_commits(last + 1, hint.number)} acknowledged, and not in it"))
    kept = _alive(found)
    return found, Salvaged(len(kept), last, found.number + 1, sound, tuple(sorted(found.notes)))


def _saved_lines(found: _Damaged, store: str) -> Iterator[bytes]:
    """The lines of the new journal, of another store: the hint and the handles of the old one are not for it."""
    check_store_id(store)
    records = sorted(found.records.values(), key=lambda record: f"{record[1][0]}/{record[1][1]}")
    known = dict(found.header.cmds) if found.header is not None else {}
    for each in found.commits[: found.start]:
        if each.commit.command is not None:
            known.setdefault(each.commit.command, each.commit.number)
    header = Header(READER, WRITER, store, 1, found.number, len(records), known)
    texts = [snapshot_text(revision, op) for revision, op in records]
    return linked(header_text(header), [*texts, *(split_at_link(each.line) for each in found.commits[found.start :])])


def _sound(system: System, fd: int, path: str) -> int:
    """Up to where the file is as it was written; raises `NewerFormat`, as nobody here can know what is intact."""
    try:
        return load(system, fd, path).end
    except NewerFormat:
        raise
    except CorruptStore as error:
        return error.offset
    except ForeignFile:
        return 0


def _bytes(system: System, fd: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := system.pread(fd, 1 << 24, size):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines with their offsets, whole or not."""
    offset = 0
    for raw in data.split(b"\n"):
        if raw:
            yield offset, raw
        offset += len(raw) + 1


def _take(found: _Damaged, path: str, offset: int, raw: bytes) -> None:
    """Take one line, or note why not; a line break or a mark that an editor added does no harm here."""
    line = raw.removeprefix(_BOM).removesuffix(b"\r")
    mark = checksum(line)
    try:
        if mark is None:
            raise Senseless("it does not fit its checksum, or is no line of a journal")
        if line.startswith(b'{"format":'):
            _take_header(found, path, line)
        elif line.startswith(b'{"key":'):
            revision, _, op = read_snapshot(line)
            before = found.records.get(op[:2])
            if before is None or before[0] < revision:
                found.records[op[:2]] = revision, op
        else:
            found.commits.append(_Found(offset, mark, line, _commit(line)))
    except (Senseless, StorageError) as error:
        reason = error.reason if isinstance(error, StorageError) else str(error)
        found.notes.append(Skipped(offset, len(raw), reason))


def _take_header(found: _Damaged, path: str, line: bytes) -> None:
    header = read_header(line, path)
    if found.header is not None:
        raise Senseless("it is a second header")
    found.header = header


def _commit(line: bytes) -> CommitLine:
    commit = read_commit(line)
    read_author(line)
    if len({op[:2] for op in commit.ops}) != len(commit.ops):
        raise Senseless("a commit changes a record twice")
    return commit


def _put_in_order(found: _Damaged) -> None:
    """Sort the commits, and find from which on nothing is missing; what was before becomes a snapshot."""
    revisions = [revision for revision, _ in found.records.values()]
    found.number = max([0 if found.header is None else found.header.seq, *revisions])
    if found.header is not None and len(revisions) < found.header.records:
        lost = found.header.records - len(revisions)
        found.notes.append(Skipped(0, 0, f"{lost} of the {found.header.records} records of the snapshot are missing"))
    found.commits = _without_repeats(found)
    there, start, last = set(found.records), 0, found.number
    for place, each in enumerate(found.commits):
        number = each.commit.number
        if number > last + 1:
            found.notes.append(Skipped(each.offset, 0, f"{_commits(last + 1, number - 1)} missing before it"))
            start = place
        if any(op[3] is None and op[:2] not in there for op in each.commit.ops):
            start = place + 1  # it deletes what was lost: as a commit it would make no sense
        last = number
        _note_changes(there, each.commit)
    for each in found.commits[:start]:
        _apply(found.records, each.commit)
    if start < len(found.commits):
        found.number = found.commits[start].commit.number - 1
    elif found.commits:
        found.number = last
    found.start = start


def _without_repeats(found: _Damaged) -> list[_Found]:
    """The commits in the order of their numbers, each number once."""
    kept: list[_Found] = []
    last, mark = found.number, ""
    for each in sorted(found.commits, key=lambda each: (each.commit.number, each.offset)):
        number = each.commit.number
        if number <= last:
            reason = f"commit {number} stands elsewhere too, or is part of the snapshot: this one was left out"
            found.notes.append(Skipped(each.offset, len(each.line) + 1, reason))
            continue
        if number == last + 1 and mark and each.commit.link != mark:
            reason = f"commit {number} was not written behind commit {last} as it is here; one of them may be foreign"
            found.notes.append(Skipped(each.offset, 0, reason))
        kept.append(each)
        last, mark = number, each.mark
    return kept


def _note_changes(there: set[tuple[str, str]], commit: CommitLine) -> None:
    for op in commit.ops:
        if op[3] is None:
            there.discard(op[:2])
        else:
            there.add(op[:2])


def _apply(records: dict[tuple[str, str], tuple[int, Op]], commit: CommitLine) -> None:
    for op in commit.ops:
        if op[3] is None:
            records.pop(op[:2], None)
        else:
            records[op[:2]] = commit.number, op


def _alive(found: _Damaged) -> set[tuple[str, str]]:
    """The records that the new journal adds up to."""
    there = set(found.records)
    for each in found.commits[found.start :]:
        _note_changes(there, each.commit)
    return there


def _commits(first: int, last: int) -> str:
    return f"commit {first} is" if first == last else f"commits {first} to {last} are"
