"""Storages that break one promise each: the contract must catch every one of them."""

from collections.abc import Iterator, Mapping

import attrs
import pytest

from salespipeline.errors import Conflict
from salespipeline.storage.base import Change, Commit, Record, Revision
from salespipeline.storage.memory import MemoryStorage
from salespipeline.testing.clause import MakeStorage
from salespipeline.testing.contract import CONTRACT, ContractBroken, NotDeclared
from salespipeline.testing.report import contract_report


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


class Skipping(Sound):
    """Its numbers go up by two."""

    @property
    def number(self) -> int:
        return self.inner.number * 2

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit) * 2


class Shouting(Sound):
    """Ids are the same to it in capitals."""

    def read(self, kind: str, id: str) -> Record | None:
        found = self.inner.read(kind, id)
        return found or next((each for each in self.inner.scan(kind) if each.id.lower() == id.lower()), None)


class OneDrawer(Sound):
    """It keeps all kinds together."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        everything = [*self.inner.scan(kind, where), *self.inner.scan("memo", where)]
        return iter(sorted({(each.kind, each.id): each for each in everything}.values(), key=lambda each: each.id))


class Clairvoyant(Sound):
    """Its past goes on beyond its view."""

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        return self.inner.another().past(kind, id)


class Upbeat(Sound):
    """It says that it keeps the past, and keeps the last of it."""

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        return self.inner.past(kind, id)[-1:]


class Eager(Sound):
    """It remembers the command of a commit that was refused."""

    def __init__(self, inner: MemoryStorage) -> None:
        super().__init__(inner)
        self.known: dict[str, int] = {}

    def commit(self, commit: Commit) -> int:
        if commit.command in self.known:
            return self.known[commit.command]
        if commit.command is not None:
            self.known[commit.command] = self.inner.number
        return self.inner.commit(commit)


class Merging(Sound):
    """A save keeps the keys that the record had before."""

    def commit(self, commit: Commit) -> int:
        changes: list[Change] = []
        for each in commit.changes:
            before = self.inner.read(each.kind, each.id)
            kept = dict(before.keys) if before and each.body is not None else {}
            changes.append(attrs.evolve(each, keys=tuple((kept | dict(each.keys)).items())))
        return self.inner.commit(commit._replace(changes=tuple(changes)))


class Anonymous(Sound):
    """It does not keep who and what."""

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit._replace(by="", action="null"))


BROKEN = (
    Skipping, Shouting, OneDrawer, Clairvoyant, Upbeat, Eager, Merging, Anonymous,
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


def test_there_are_twenty_at_least() -> None:
    assert len(set(BROKEN)) >= 20


def test_the_report_says_what_is_kept_and_what_is_not() -> None:
    sound, forgetful = contract_report(lambda: making(Sound)), contract_report(lambda: making(Forgetful))
    assert (sound.is_kept, forgetful.is_kept) == (True, False)
    assert str(sound).startswith(f"{len(CONTRACT)} promises: {len(sound.kept)} kept, ")
    assert "BROKEN        a command is carried out once: " in str(forgetful)


def test_a_sound_storage_passes() -> None:
    assert broken_clauses(Sound) == []


def test_a_broken_clause_says_what_was_seen() -> None:
    clause = next(clause for clause in CONTRACT if clause.__name__ == "a_command_is_carried_out_once")
    with pytest.raises(ContractBroken, match=r"a_command_is_carried_out_once: .* it should be 2"):
        clause(making(Forgetful))
