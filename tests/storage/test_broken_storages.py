"""Storages that break one promise each: the contract must catch every one of them."""

from collections.abc import Iterator, Mapping

import attrs
import pytest

from salespipeline.errors import Conflict
from salespipeline.storage.base import Commit, Record, Revision
from salespipeline.storage.memory import MemoryStorage
from salespipeline.testing.clause import MakeStorage
from salespipeline.testing.contract import CONTRACT, ContractBroken, NotDeclared


class Sound:
    """A storage that keeps the contract by asking one that does; the others here change one thing."""

    def __init__(self, inner: MemoryStorage) -> None:
        self.inner = inner
        self.capabilities = inner.capabilities

    @property
    def number(self) -> int:
        return self.inner.number

    def read(self, kind: str, id: str) -> Record | None:
        return self.inner.read(kind, id)

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        return self.inner.scan(kind, where)

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit)

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        return self.inner.past(kind, id)

    def refresh(self) -> int:
        return self.inner.refresh()

    def close(self) -> None:
        self.inner.close()


class Trusting(Sound):
    """It checks no expectation."""

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit._replace(expect=()))


class LookingAtItsView(Sound):
    """It checks expectations against what it last read."""

    def commit(self, commit: Commit) -> int:
        for expected in commit.expect:
            record = self.read(expected.kind, expected.id)
            found = None if record is None else record.revision
            if found != expected.revision:
                raise Conflict(expected.kind, expected.id, expected.revision, found)
        return self.inner.commit(commit._replace(expect=()))


class ExpectingWhatIsWritten(Sound):
    """It checks expectations on records that it writes, and no others."""

    def commit(self, commit: Commit) -> int:
        written = {(change.kind, change.id) for change in commit.changes}
        expect = tuple(each for each in commit.expect if (each.kind, each.id) in written)
        return self.inner.commit(commit._replace(expect=expect))


class OneByOne(Sound):
    """It writes the changes of a commit one after the other."""

    def commit(self, commit: Commit) -> int:
        for change in commit.changes[:-1]:
            self.inner.commit(commit._replace(changes=(change,), command=None))
        return self.inner.commit(commit._replace(changes=commit.changes[-1:]))


class Forgetful(Sound):
    """It knows no command ids."""

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit._replace(command=None))


class Restless(Sound):
    """Its view follows every commit of everybody."""

    def read(self, kind: str, id: str) -> Record | None:
        self.inner.refresh()
        return self.inner.read(kind, id)


class Peeking(Sound):
    """Its view moves when a commit is refused."""

    def commit(self, commit: Commit) -> int:
        try:
            return self.inner.commit(commit)
        except Conflict:
            self.inner.refresh()
            raise


class Unordered(Sound):
    """It scans in the order of lower-case ids."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        return iter(sorted(self.inner.scan(kind, where), key=lambda record: record.id.casefold()))


class Lazy(Sound):
    """It looks up the records of a scan when they are asked for."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        ids = [record.id for record in self.inner.scan(kind, where)]
        return (record for id in ids if (record := self.inner.read(kind, id)))


class TooNarrow(Sound):
    """It gives only records that have no other key than those asked for."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        return (each for each in self.inner.scan(kind, where) if not where or len(each.keys) == len(where))


class Tidy(Sound):
    """It takes spaces off the bodies."""

    def commit(self, commit: Commit) -> int:
        changes = [attrs.evolve(each, body=each.body and each.body.strip()) for each in commit.changes]
        return self.inner.commit(commit._replace(changes=tuple(changes)))


class Rounding(Sound):
    """It keeps whole seconds."""

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit._replace(at=commit.at.replace(microsecond=0)))


class WithoutDeletions(Sound):
    """Its past leaves out that a record was deleted."""

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        return tuple(each for each in self.inner.past(kind, id) if each.body is not None)


class NeverClosed(Sound):
    """It can be used after it was closed."""

    def close(self) -> None:
        pass


BROKEN = (
    Trusting, LookingAtItsView, ExpectingWhatIsWritten, OneByOne, Forgetful, Restless, Peeking, Unordered, Lazy,
    TooNarrow, Tidy, Rounding, WithoutDeletions, NeverClosed,
)  # fmt: skip


def making(storage: type[Sound]) -> MakeStorage:
    first = MemoryStorage()
    return lambda: storage(first.another())


def broken_clauses(storage: type[Sound]) -> list[str]:
    """The names of the clauses that the storage breaks."""
    broken: list[str] = []
    for clause in CONTRACT:
        try:
            clause(making(storage))
        except ContractBroken as error:
            broken.append(error.clause)
        except NotDeclared:
            continue
    return broken


@pytest.mark.parametrize("storage", BROKEN)
def test_a_broken_storage_is_caught(storage: type[Sound]) -> None:
    assert broken_clauses(storage) != []


def test_a_sound_storage_passes() -> None:
    assert broken_clauses(Sound) == []


def test_a_broken_clause_says_what_was_seen() -> None:
    clause = next(clause for clause in CONTRACT if clause.__name__ == "a_command_is_carried_out_once")
    with pytest.raises(ContractBroken, match=r"a_command_is_carried_out_once: .* it should be 2"):
        clause(making(Forgetful))
