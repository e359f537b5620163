"""Storages that break one promise each: the contract must catch every one of them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError, current_thread, main_thread
from typing import Any

import attrs
import pytest

from salespipeline.errors import Conflict, NewerFormat
from salespipeline.storage.base import Capabilities, Change, Commit, Record, Revision
from salespipeline.storage.memory import MemoryStorage
from salespipeline.testing.contract import CONTRACT, Clause, ContractBroken, NotDeclared, promises_of
from salespipeline.testing.report import ContractReport, contract_report


class Sound:
    """A storage that keeps the contract by asking one that does; the others here change one thing.

    `common` is what all handles of a store share.
    """

    def __init__(self, inner: MemoryStorage, common: dict[str, Any]) -> None:
        self.inner = inner
        self.common = common
        self.capabilities = inner.capabilities
        self.check_format()

    def check_format(self) -> None:
        if "newer" in self.common:
            raise NewerFormat("memory", "it takes a later version")

    @property
    def number(self) -> int:
        return self.inner.number

    def read(self, kind: str, id: str) -> Record | None:
        return self.inner.read(kind, id)

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        return self.inner.scan(kind, where)

    def commit(self, commit: Commit) -> int:
        return self.inner.commit(commit)

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        return self.inner.past(kind, id)

    def refresh(self) -> int:
        return self.inner.refresh()

    def compact(self) -> None:
        self.inner.number  # noqa: B018  # it has nothing to leave out, and refuses when it is closed

    @property
    def pruned_before(self) -> datetime | None:
        return self.inner.pruned_before

    def prune_history(self, *, before: datetime) -> int:
        return self.inner.prune_history(before=before)

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


class Following(Sound):
    """A scan of it shows what others commit."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        self.inner.refresh()
        return self.inner.scan(kind, where)


class Stubborn(Sound):
    """It takes a record that was deleted for one that is there."""

    def commit(self, commit: Commit) -> int:
        for expected in commit.expect:
            if expected.revision is None and self.inner.past(expected.kind, expected.id):
                raise Conflict(expected.kind, expected.id, None, 0)
        return self.inner.commit(commit)


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

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        return [each for each in self.inner.past(kind, id) if each.body is not None]


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

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        return self.inner.another().past(kind, id)


class Upbeat(Sound):
    """It says that it keeps the past, and keeps the last of it."""

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        return [*self.inner.past(kind, id)][-1:]


class Eager(Sound):
    """It remembers the command of a commit that was refused."""

    def __init__(self, inner: MemoryStorage, common: dict[str, Any]) -> None:
        super().__init__(inner, common)
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


class Lenient(Sound):
    """It takes anything for the name of a user."""

    def commit(self, commit: Commit) -> int:
        by: Any = commit.by
        return self.inner.commit(commit if type(by) is str else commit._replace(by=f"{by}"))


class Narrow(Sound):
    """Its column for bodies takes 64 KiB."""

    def read(self, kind: str, id: str) -> Record | None:
        record = self.inner.read(kind, id)
        return record and attrs.evolve(record, body=record.body[: (1 << 16) - 1])


class StaleIndex(Sound):
    """It finds records by the keys that they had first."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        first = {each.id: next(iter(self.inner.past(kind, each.id))).keys for each in self.inner.scan(kind)}
        wanted = set((where or {}).items())
        return (each for each in self.inner.scan(kind) if wanted <= set(first[each.id]))


class Capped(Sound):
    """It gives ten thousand records at most."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        return (record for _, record in zip(range(10_000), self.inner.scan(kind, where), strict=False))


class Paging(Sound):
    """It scans by pages, each as the view has them when it is asked for."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        size = 1_000
        page = [record for _, record in zip(range(size), self.inner.scan(kind, where), strict=False)]
        return self.paged(kind, where, page, size)

    def paged(self, kind: str, where: Mapping[str, str] | None, page: list[Record], size: int) -> Iterator[Record]:
        while page:
            yield from page
            later = (each for each in self.inner.scan(kind, where) if each.id > page[-1].id)
            page = [record for _, record in zip(range(size), later, strict=False)]


class Sharing(Sound):
    """It gives away its own list of the past."""

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        known: dict[object, list[Revision]] = self.common.setdefault("past", {})
        moment = (kind, id, self.inner.number, self.pruned_before)
        return known.setdefault(moment, list(self.inner.past(kind, id)))


class ShortOfMemory(Sound):
    """It knows the commands of five hundred commits."""

    def commit(self, commit: Commit) -> int:
        if type(commit.command) is not str:
            return self.inner.commit(commit)
        known: dict[str, tuple[int, str]] = self.common.setdefault("commands", {})
        number, alias = known.get(commit.command, (0, commit.command))
        if number and self.inner.another().number - number >= 500:
            alias = f"{alias} again"
        number = self.inner.commit(commit._replace(command=alias))
        known[commit.command] = (number, alias)
        return number


class Belated(Sound):
    """The first refresh of another thread after a commit does not show it yet."""

    missed = 0

    def refresh(self) -> int:
        newest = self.inner.another().number
        if current_thread() is not main_thread() and self.missed < newest != self.inner.number:
            self.missed = newest
            return self.inner.number
        return self.inner.refresh()


class Pretending(Sound):
    """It says that several processes can share it, and each has a store of its own."""

    def __init__(self, inner: MemoryStorage, common: dict[str, Any]) -> None:
        super().__init__(inner, common)
        self.capabilities = self.capabilities._replace(multi_process=True)


class Boasting(Sound):
    """It says that it is durable, and is gone with its process."""

    def __init__(self, inner: MemoryStorage, common: dict[str, Any]) -> None:
        super().__init__(inner, common)
        self.capabilities = self.capabilities._replace(durable=True)


class WithoutPast(Sound):
    """It says that it keeps no past, and gives half of it."""

    def __init__(self, inner: MemoryStorage, common: dict[str, Any]) -> None:
        super().__init__(inner, common)
        self.capabilities = Capabilities(keeps_past=False, durable=False, multi_process=False)


class Squeezing(Sound):
    """Compacting it moves the view."""

    def compact(self) -> None:
        self.inner.refresh()


class TooThorough(Sound):
    """Compacting it makes it forget the commands."""

    def compact(self) -> None:
        self.common["generation"] = self.common.get("generation", 0) + 1

    def commit(self, commit: Commit) -> int:
        if type(commit.command) is not str:
            return self.inner.commit(commit)
        return self.inner.commit(commit._replace(command=f"{commit.command} {self.common.get('generation', 0)}"))


class Thorough(Sound):
    """Pruning it leaves of the past what stands now."""

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        return [*self.inner.past(kind, id)][-1 if self.pruned_before else 0 :]


class Hoarding(Sound):
    """Pruning it is a matter of words."""

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        known: dict[object, tuple[Revision, ...]] = self.common.setdefault("past", {})
        if not self.pruned_before:
            known[kind, id] = self.inner.past(kind, id)
        return known.get((kind, id), ())


class Uprooted(Sound):
    """Pruning it takes records along that were not touched since."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        pruned = self.pruned_before
        at = {each.id: [was.at for was in self.inner.past(kind, each.id)] for each in self.inner.scan(kind)}
        return (each for each in self.inner.scan(kind, where) if not pruned or max(at[each.id]) >= pruned)


class Rewriting(Sound):
    """Pruning it changes what earlier views show."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        is_behind = self.pruned_before and self.number < self.inner.another().number
        return (each for each in self.inner.scan(kind, where) if not is_behind or each.id != "b")


class Unaware(Sound):
    """It does not look at the format."""

    def check_format(self) -> None:
        pass


class Welcoming(Sound):
    """It has a record of its own in every new store."""

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        found = list(self.inner.scan(kind, where))
        return iter(found or [Record(kind=kind, id="welcome", revision=0, body="1")])


class Undead(Sound):
    """It still reads what was deleted."""

    def read(self, kind: str, id: str) -> Record | None:
        past = [each for each in self.inner.past(kind, id) if each.body is not None]
        return Record(kind=kind, id=id, revision=past[-1].number, body=past[-1].body or "") if past else None


class Unlabelled(Sound):
    """What is opened later has no keys."""

    def __init__(self, inner: MemoryStorage, common: dict[str, Any]) -> None:
        super().__init__(inner, common)
        self.is_first = common.setdefault("first", self) is self

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        found = self.inner.scan(kind, where)
        return found if self.is_first else (attrs.evolve(each, keys=()) for each in found)


class Trimming(Sound):
    """It takes spaces off the names of keys."""

    def read(self, kind: str, id: str) -> Record | None:
        record = self.inner.read(kind, id)
        return record and attrs.evolve(record, keys=[(name.strip(), value) for name, value in record.keys])


class Local(Sound):
    """It takes a time without offset for one in UTC."""

    def commit(self, commit: Commit) -> int:
        at = commit.at if commit.at.tzinfo else commit.at.replace(tzinfo=UTC)
        return self.inner.commit(commit._replace(at=at))


class Racing(Sound):
    """It looks at the expectations first and writes then, and another thread comes between."""

    def commit(self, commit: Commit) -> int:
        other = self.inner.another()
        for expected in commit.expect:
            record = other.read(expected.kind, expected.id)
            found = None if record is None else record.revision
            if found != expected.revision:
                raise Conflict(expected.kind, expected.id, expected.revision, found)
        if current_thread() is not main_thread():
            with suppress(BrokenBarrierError):
                self.common.setdefault("between", Barrier(2)).wait(3)
        return self.inner.commit(commit._replace(expect=()))


# Whom only the clause catches that is there for it: it has no other reason to be there.
EXACTLY: tuple[tuple[type[Sound], str], ...] = (
    (Local, "a_time_without_offset_is_refused"),
    (Lenient, "what_is_no_text_is_refused"),
    (Narrow, "bodies_come_back_character_for_character"),
    (StaleIndex, "where_is_a_hint"),
    (Capped, "twenty_thousand_records_are_no_trouble"),
    (Paging, "a_scan_stays_with_its_view"),
    (Sharing, "the_past_is_kept"),
    (ShortOfMemory, "a_thousand_commands_stay_known"),
    (Belated, "one_order_explains_what_threads_see"),
    (Pretending, "processes_lose_no_update"),
    (Boasting, "what_was_acknowledged_survives_a_kill"),
    (WithoutPast, "a_storage_without_the_past_says_so"),
    (Squeezing, "compacting_changes_nothing_that_can_be_read"),
    (TooThorough, "compacting_changes_nothing_that_can_be_read"),
    (Thorough, "pruning_forgets_the_older_past_alone"),
    (Hoarding, "pruning_forgets_the_older_past_alone"),
    (Rewriting, "pruning_forgets_the_older_past_alone"),
    (Uprooted, "pruning_forgets_the_older_past_alone"),
    (Unaware, "a_newer_format_is_refused"),
)
# The others, and clauses that catch them.
BROKEN: tuple[tuple[type[Sound], str], ...] = (
    (Skipping, "what_was_saved_is_read commit_numbers_have_no_gaps a_revision_is_never_used_again"),
    (Shouting, "an_absent_record_is_none"),
    (OneDrawer, "kinds_are_apart"),
    (Clairvoyant, "the_past_ends_with_the_view"),
    (Upbeat, "the_past_is_kept"),
    (Eager, "a_refused_command_is_not_known"),
    (Merging, "a_save_replaces_the_whole_record a_commit_without_sense_is_refused"),
    (Anonymous, "the_past_is_kept half_a_surrogate_pair_is_refused"),
    (Trusting, "an_expectation_that_fails_is_a_conflict"),
    (LookingAtItsView, "expectations_are_checked_against_the_newest_state a_known_command_comes_before_a_conflict"),
    (ExpectingWhatIsWritten, "records_that_are_not_written_can_be_expected"),
    (OneByOne, "a_batch_is_all_or_nothing what_is_not_there_cannot_be_deleted the_revision_is_the_commits_number"),
    (Forgetful, "a_command_is_carried_out_once"),
    (Restless, "a_refused_commit_does_not_move_the_view"),
    (Following, "a_view_moves_only_when_it_is_told_to"),
    (Peeking, "a_refused_commit_does_not_move_the_view any_calls_agree_with_a_model"),
    (Unordered, "any_text_is_an_id a_scan_is_in_the_order_of_ids"),
    (Lazy, "a_scan_stays_with_its_view"),
    (TooNarrow, "where_is_a_hint"),
    (Tidy, "bodies_come_back_character_for_character what_is_no_json_on_one_line_is_refused"),
    (Rounding, "instants_are_kept_to_the_microsecond"),
    (WithoutDeletions, "a_deleted_records_past_ends_without_body"),
    (NeverClosed, "a_closed_handle_refuses_everything"),
    (Stubborn, "an_expectation_that_holds_lets_the_commit_pass"),
    (Welcoming, "a_new_store_is_empty"),
    (Undead, "a_deleted_record_is_gone"),
    (Unlabelled, "everything_is_there_after_reopening"),
    (Trimming, "any_text_is_a_key_and_a_value"),
    (Racing, "threads_lose_no_update one_order_explains_what_threads_see"),
)


BY_NAME = {clause.__name__: clause for clause in CONTRACT}


class Making:
    """Opens handles on one new store, which it can make one of a later version."""

    def __init__(self, storage: type[Sound]) -> None:
        self.storage = storage
        self.first = MemoryStorage()
        self.common: dict[str, Any] = {}

    def __call__(self) -> Sound:
        return self.storage(self.first.another(), self.common)

    def make_newer(self) -> None:
        self.common["newer"] = True


def is_broken(clause: Clause, storage: type[Sound]) -> bool:
    try:
        clause(Making(storage))
    except ContractBroken as error:
        return error.clause == clause.__name__
    except NotDeclared:
        return False
    return False


def broken_clauses(storage: type[Sound]) -> list[str]:
    """The names of the clauses that the storage breaks."""
    return [clause.__name__ for clause in CONTRACT if is_broken(clause, storage)]


@pytest.mark.parametrize(("storage", "clauses"), BROKEN)
def test_a_broken_storage_is_caught(storage: type[Sound], clauses: str) -> None:
    assert [name for name in clauses.split() if not is_broken(BY_NAME[name], storage)] == []


@pytest.mark.parametrize(("storage", "clause"), EXACTLY)
def test_a_broken_storage_is_caught_by_one_clause(storage: type[Sound], clause: str) -> None:
    assert broken_clauses(storage) == [clause]


def test_every_clause_catches_somebody() -> None:
    caught = {name for _, clauses in (*EXACTLY, *BROKEN) for name in clauses.split()}
    assert caught == set(BY_NAME)


def test_there_are_forty_at_least() -> None:
    assert len({storage for storage, _ in (*EXACTLY, *BROKEN)}) >= 40


def test_the_report_says_what_is_kept_and_what_is_not() -> None:
    sound, forgetful = contract_report(lambda: Making(Sound)), contract_report(lambda: Making(Forgetful))
    assert (sound.is_kept, forgetful.is_kept) == (True, False)
    head, promises, *lines = str(sound).splitlines()
    assert head == f"{len(CONTRACT)} clauses: {len(CONTRACT) - 3} kept, 3 not declared, 0 broken"
    assert promises == "18 promises: 16 kept"
    assert "  P-A9  a command is carried out once: 7 kept" in lines
    assert "  P-D1  what was acknowledged is there after the process is killed: 1 not declared" in lines
    assert "BROKEN        a command is carried out once: " in str(forgetful)
    assert "  P-A9  a command is carried out once: 1 kept, 6 BROKEN" in str(forgetful).splitlines()


def test_the_report_counts_by_promise() -> None:
    counts = {each.promise: each for each in ContractReport(tuple(BY_NAME), (), ()).promises}
    assert (counts["P-A5"].kept, counts["P-A5"].is_kept) == (5, True)
    assert sum(each.kept for each in counts.values()) == sum(len(promises_of(clause)) for clause in CONTRACT)


def test_a_sound_storage_passes() -> None:
    assert broken_clauses(Sound) == []


def test_a_broken_clause_says_what_was_seen() -> None:
    clause = next(clause for clause in CONTRACT if clause.__name__ == "a_command_is_carried_out_once")
    with pytest.raises(ContractBroken, match=r"a_command_is_carried_out_once: .* it should be 2"):
        clause(Making(Forgetful))
