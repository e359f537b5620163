"""What the lines of a journal add up to: the records of one commit's view, and where their past stands."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from salespipeline.storage.base import Record
from salespipeline.storage.journal.header import Header
from salespipeline.storage.journal.line import CommitLine, Op, Senseless
from salespipeline.storage.journal.parsing import keys_of
from salespipeline.storage.jsontext import quote

__all__ = ["BringUp", "State"]

Trail: TypeAlias = int | list[int]  # where the lines begin that changed a record; most records have one


# A record as it is kept: its revision, its keys as JSON text, its body, and its trail.
_Entry: TypeAlias = tuple[int, str, str, Trail]


BringUp: TypeAlias = Callable[[int, Op], Op]  # of a revision and a change, in a journal of an older version


class State:
    """The records after one commit, and the command ids known by then; `bring_up` makes them of the newest version."""

    __slots__ = ("_bring_up", "_deleted", "_records", "commands", "number")

    def __init__(self, header: Header, bring_up: BringUp | None = None) -> None:
        self._bring_up = bring_up
        self.number = header.seq
        self.commands = dict(header.cmds)
        self._records: dict[str, dict[str, _Entry]] = {}
        self._deleted: dict[tuple[str, str], Trail] = {}

    def add(self, revision: int, op: Op, offset: int) -> None:
        """Take a record from the snapshot; raises `Senseless`."""
        if revision > self.number or self.revision(op[0], op[1]) is not None:
            raise Senseless("a record of the snapshot is there twice, or newer than the snapshot")
        self._change(op, revision, offset)

    def apply(self, line: CommitLine, offset: int) -> None:
        """Move on by the next commit; raises `Senseless`, and is of no use any more then."""
        if len(line.ops) > 1 and len({op[:2] for op in line.ops}) != len(line.ops):
            raise Senseless("a commit changes a record twice")
        self.take(line.number, line.command, line.ops, offset)

    def take(self, number: int, command: str | None, ops: tuple[Op, ...], offset: int) -> None:
        """Move on by a commit that is known to fit."""
        for op in ops:
            self._change(op, number, offset)
        if command is not None:
            self.commands.setdefault(command, number)
        self.number = number

    def revision(self, kind: str, id: str) -> int | None:
        """The revision of a record, None where there is none."""
        entry = self._records.get(kind, {}).get(id)
        return None if entry is None else entry[0]

    def read(self, kind: str, id: str) -> Record | None:
        """The record, or None."""
        entry = self._records.get(kind, {}).get(id)
        return None if entry is None else _record(kind, id, entry)

    def scan(self, kind: str, where: Mapping[str, str]) -> Iterator[Record]:
        """The records of a kind as they are now, in the order of their ids, whose keys hold all of `where`."""
        entries = sorted(self._records.get(kind, {}).items())
        needles = [f"{quote(name)}:{quote(value)}" for name, value in where.items()]
        # Looking for the text leaves few to parse; it may find too many, never too few.
        found = (pair for pair in entries if all(needle in pair[1][1] for needle in needles))
        records = (_record(kind, id, entry) for id, entry in found)
        return (record for record in records if record.matches(where))

    def snapshot(self) -> list[tuple[int, Op]]:
        """Every record with its revision, in the order of a snapshot: by kind, slash and id."""
        found = [
            (f"{kind}/{id}", revision, (kind, id, keys, body))
            for kind, records in self._records.items()
            for id, (revision, keys, body, _) in records.items()
        ]
        return [(revision, op) for _, revision, op in sorted(found)]

    @property
    def has_deleted(self) -> bool:
        """Whether a record was deleted since the snapshot and did not come back."""
        return bool(self._deleted)

    def brought_up(self, revision: int, op: Op) -> Op:
        """A change as the newest version has it."""
        return op if self._bring_up is None else self._bring_up(revision, op)

    def trail(self, kind: str, id: str) -> list[int]:
        """The offsets of the lines that changed a record, oldest first."""
        entry = self._records.get(kind, {}).get(id)
        trail = self._deleted.get((kind, id), []) if entry is None else entry[3]
        return [trail] if isinstance(trail, int) else list(trail)

    def _change(self, op: Op, revision: int, offset: int) -> None:
        kind, id, keys, body = op if self._bring_up is None else self._bring_up(revision, op)
        records = self._records.get(kind)
        if records is None:
            records = self._records[kind] = {}
        before = records.get(id)
        if body is None:
            if before is None:
                raise Senseless("a commit deletes a record that is not there")
            del records[id]
            self._deleted[kind, id] = _longer(before[3], offset)
        elif before is not None:
            records[id] = (revision, keys, body, _longer(before[3], offset))
        elif self._deleted:
            records[id] = (revision, keys, body, _longer(self._deleted.pop((kind, id), []), offset))
        else:
            records[id] = (revision, keys, body, offset)


def _longer(trail: Trail, offset: int) -> Trail:
    if isinstance(trail, int):
        return [trail, offset]
    trail.append(offset)
    return trail


def _record(kind: str, id: str, entry: _Entry) -> Record:
    revision, keys, body, _ = entry
    return Record(kind=kind, id=id, revision=revision, keys=keys_of(keys), body=body)
