"""Clauses about commits: numbers, expectations, command ids, views, the past, and writers side by side."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

from salespipeline.errors import Conflict, InvalidValue, NotFound, PastNotKept
from salespipeline.storage.base import Commit, Expect, Storage
from salespipeline.testing.clause import (
    NOTHING,
    Clause,
    NotDeclared,
    Store,
    clause,
    commit,
    delete,
    must,
    must_equal,
    must_raise,
    put,
)
from salespipeline.testing.clause import state_of as state

__all__ = ["CLAUSES"]


@clause
def commit_numbers_have_no_gaps(store: Store) -> None:
    """Commits get 1, 2, 3, whoever makes them, also after a refused one and after reopening (P-A4)."""
    one, two = store(), store()
    numbers = [one.commit(commit(put("a"))), two.commit(commit(put("b")))]
    with must_raise(Conflict, "an expectation that does not hold"):
        one.commit(commit(put("a"), expect=(("a", None),)))
    with must_raise(InvalidValue, "a body that is not JSON"):
        one.commit(commit(put("a", "x")))
    numbers += [one.commit(commit(put("c"), put("d")))]
    one.close()
    numbers += [store().commit(commit(delete("a")))]
    must_equal(numbers, [1, 2, 3, 4], "the numbers")


@clause
def the_revision_is_the_commits_number(store: Store) -> None:
    """All records of one commit share its number; records that it does not name keep theirs."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(put("b"), put("c")))
    due = {"a": (1, '"x"'), "b": (2, '"x"'), "c": (2, '"x"')}
    must_equal(state(storage), due, "the store")


@clause
def a_revision_is_never_used_again(store: Store) -> None:
    """Also a record that was deleted and made anew gets a revision that it never had (P-A6)."""
    storage = store()
    seen = [storage.commit(commit(put("a")))]
    storage.commit(commit(delete("a")))
    storage.close()
    storage = store()
    seen.append(storage.commit(commit(put("a"))))
    record = storage.read("note", "a")
    must(record is not None and record.revision == seen[1] > seen[0], f"the revisions are {seen}, then {record!r}")


@clause
def a_batch_is_all_or_nothing(store: Store) -> None:
    """A commit whose last element is refused leaves nothing of the others (P-A1, P-D4)."""
    storage = store()
    storage.commit(commit(put("a", "1")))
    refused: tuple[tuple[type[Exception], Commit], ...] = (
        (InvalidValue, commit(put("a", "2"), put("b"), put("c", "no JSON"))),
        (NotFound, commit(put("a", "2"), put("b"), delete("c"))),
        (Conflict, commit(put("a", "2"), put("b"), expect=(("a", 1), ("b", 7)))),
    )
    for error, given in refused:
        with must_raise(error, f"{given!r}"):
            storage.commit(given)
        must_equal((storage.number, state(storage)), (1, {"a": (1, "1")}), "the handle's view")
        must_equal(state(store()), {"a": (1, "1")}, "the store, opened anew")


@clause
def an_expectation_that_holds_lets_the_commit_pass(store: Store) -> None:
    """The present revision, or None for a record that is not there, also after it was deleted."""
    storage = store()
    storage.commit(commit(put("a"), expect=(("a", None),)))
    storage.commit(commit(put("a"), expect=(("a", 1),)))
    storage.commit(commit(delete("a"), expect=(("a", 2),)))
    must_equal(storage.commit(commit(put("a"), expect=(("a", None),))), 4, "the number")


@clause
def an_expectation_that_fails_is_a_conflict(store: Store) -> None:
    """`Conflict` names the record, the revision that was expected and the one that was found (P-A5)."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(put("a"), delete("b")))
    for id, expected, found in (("a", 1, 2), ("a", None, 2), ("a", 3, 2), ("b", 1, None), ("c", 1, None)):
        try:
            storage.commit(commit(put("a", '"y"'), expect=((id, expected),)))
        except Conflict as conflict:
            seen = (conflict.kind, conflict.id, conflict.expected, conflict.found)
            must_equal(seen, ("note", id, expected, found), "the conflict")
        else:
            must(False, f"{id!r} at {expected} was expected, {found} is there, and the commit passed")
    must_equal(state(storage), {"a": (2, '"x"')}, "the store after it")


@clause
def records_that_are_not_written_can_be_expected(store: Store) -> None:
    """What a commit only read is checked as well: no write skew (P-A7)."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(put("c"), expect=(("a", 1), ("d", None))))
    storage.commit(commit(put("a")))
    with must_raise(Conflict, "a record that was read and changed since"):
        storage.commit(commit(put("c"), expect=(("a", 1),)))
    given = Commit(changes=(put("c"),), expect=(Expect(kind="memo", id="a", revision=3),), at=commit().at)
    with must_raise(Conflict, "a record of another kind"):
        storage.commit(given)


@clause
def expectations_are_checked_against_the_newest_state(store: Store) -> None:
    """Not against the view of the handle, which may be older (P-A5)."""
    one, two = store(), store()
    one.commit(commit(put("a", "1")))
    with must_raise(Conflict, "a stale expectation"):
        two.commit(commit(put("a", "2"), expect=(("a", None),)))
    must_equal(two.commit(commit(put("a", "2"), expect=(("a", 1),))), 2, "the number")


@clause
def a_command_is_carried_out_once(store: Store) -> None:
    """A command id given again gives its number and writes nothing, to any handle, after reopening (P-A9)."""
    one = store()
    one.commit(commit(put("a", "1")))
    must_equal(one.commit(commit(put("a", "2"), command="é/1")), 2, "the number")
    one.commit(commit(put("a", "3"), command="é/2"))
    for storage in (one, store()):
        must_equal(storage.commit(commit(put("a", "2"), command="é/1")), 2, "the number of the repeated command")
    must_equal(state(store()), {"a": (3, "3")}, "the store")


@clause
def a_known_command_comes_before_a_conflict(store: Store) -> None:
    """Repeating a commit whose expectation no longer holds gives its number: it is done (P-A9)."""
    one, two = store(), store()
    given = commit(put("a"), expect=(("a", None),), command="make a")
    must_equal((one.commit(given), two.commit(given), one.commit(given)), (1, 1, 1), "the numbers")
    must_equal(two.number, 1, "the view of the handle that repeated it")


@clause
def a_refused_command_is_not_known(store: Store) -> None:
    """A command id whose commit was refused can be used by the next attempt."""
    storage = store()
    with must_raise(Conflict, "an expectation that does not hold"):
        storage.commit(commit(put("a"), expect=(("a", 1),), command="make a"))
    must_equal(storage.commit(commit(put("a"), command="make a")), 1, "the number of the next attempt")


@clause
def a_view_moves_only_when_it_is_told_to(store: Store) -> None:
    """What others commit is seen after `refresh` or an own commit, and not before (P-A2)."""
    one, two = store(), store()
    one.commit(commit(put("a", "1")))
    must_equal((two.number, state(two)), (0, NOTHING), "a view before refresh")
    must_equal((two.refresh(), two.number, state(two)), (1, 1, {"a": (1, "1")}), "a view after refresh")
    one.commit(commit(put("a", "2")))
    must_equal(state(two), {"a": (1, "1")}, "a view before an own commit")
    two.commit(commit(put("b", "3")))
    must_equal(state(two), {"a": (2, "2"), "b": (3, "3")}, "a view after an own commit")


@clause
def a_refused_commit_does_not_move_the_view(store: Store) -> None:
    """A conflict shows nothing of what others did; `refresh` does (P-A2)."""
    one, two = store(), store()
    one.commit(commit(put("a", "1")))
    for _ in range(2):
        with must_raise(Conflict, "a stale expectation"):
            two.commit(commit(put("a", "2"), expect=(("a", None),)))
        must_equal((two.number, two.read("note", "a")), (0, None), "the view after a conflict")
    two.refresh()
    must_equal(state(two), {"a": (1, "1")}, "the view after refresh")


@clause
def a_scan_stays_with_its_view(store: Store) -> None:
    """A scan that is under way is not disturbed by commits of its own handle."""
    storage = store()
    storage.commit(commit(put("a", "1"), put("b", "1"), put("c", "1")))
    scan = storage.scan("note")
    first = next(scan)
    storage.commit(commit(put("b", "2"), delete("c"), put("d", "2")))
    seen = [(record.id, record.revision, record.body) for record in (first, *scan)]
    must_equal(seen, [("a", 1, "1"), ("b", 1, "1"), ("c", 1, "1")], "the scan")


@clause
def the_past_is_kept(store: Store) -> None:
    """Every revision, oldest first, with who, when and by which action; nothing of a record never seen."""
    storage = _keeping_the_past(store())
    storage.commit(commit(put("a", "1", keys=(("k", "é"),)), put("b", "1")))
    storage.commit(commit(put("b", " [2] "), minute=1))
    storage.commit(commit(put("a", "3"), minute=2))
    at = commit().at
    for handle in (storage, store()):
        past = list(handle.past("note", "a"))
        must_equal(
            [(was.number, was.keys, was.body) for was in past], [(1, (("k", "é"),), "1"), (3, (), "3")], "the past"
        )
        must_equal([was.at for was in past], [at, at + timedelta(minutes=2)], "the instants")
        must_equal({(was.by, was.action) for was in past}, {("anna", '{"do":"Edit"}')}, "the authors")
        must_equal([was.body for was in handle.past("note", "b")], ["1", " [2] "], "the past of another record")
        must_equal(list(handle.past("note", "c")), [], "the past of a record that never was")


@clause
def a_deleted_records_past_ends_without_body(store: Store) -> None:
    """And goes on when a record is made under the same id."""
    storage = _keeping_the_past(store())
    storage.commit(commit(put("a", "1"), put("b", "1")))
    storage.commit(commit(delete("a")))
    must_equal([was.body for was in storage.past("note", "a")], ["1", None], "the past of the deleted record")
    storage.commit(commit(put("a", "3")))
    must_equal([was.body for was in store().past("note", "a")], ["1", None, "3"], "the past of the new record")


@clause
def the_past_ends_with_the_view(store: Store) -> None:
    """Revisions that others made since are not shown before `refresh`."""
    one = _keeping_the_past(store())
    one.commit(commit(put("a", "1")))
    two = store()
    one.commit(commit(put("a", "2")))
    must_equal([was.body for was in two.past("note", "a")], ["1"], "the past before refresh")
    two.refresh()
    must_equal([was.body for was in two.past("note", "a")], ["1", "2"], "the past after refresh")


@clause
def a_storage_without_the_past_says_so(store: Store) -> None:
    """One that does not declare it raises `PastNotKept` instead of giving half of it."""
    storage = store()
    if storage.capabilities.keeps_past:
        raise NotDeclared("this storage keeps the past")
    storage.commit(commit(put("a")))
    with must_raise(PastNotKept, "past"):
        list(storage.past("note", "a"))


@clause
def instants_are_kept_to_the_microsecond(store: Store) -> None:
    """Whatever their offset from UTC, and also when the clock goes back (P-T3)."""
    storage = _keeping_the_past(store())
    given = [
        datetime(2026, 11, 21, 16, 40, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 21, 16, 40, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1, 1, 1, 0, 0, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    for at in given:
        storage.commit(commit(put("a"), at=at))
    for handle in (storage, store()):
        past = list(handle.past("note", "a"))
        must_equal([was.at for was in past], given, "the instants")
        must(all(was.at.utcoffset() == timedelta(0) for was in past), f"not all of {past!r} are in UTC")


@clause
def threads_lose_no_update(store: Store) -> None:
    """Threads that count up together, on one handle and on several, reach the sum of their steps (P-A8, P-C4)."""
    shared = store()
    shared.commit(commit(put("count", "0")))
    for handles in ([shared] * 4, [store() for _ in range(4)]):
        shared.commit(commit(put("count", "0")))
        _run_together([_counter(handle, 15) for handle in handles])
        shared.refresh()
        record = shared.read("note", "count")
        must(record is not None and record.body == "60", f"4 threads counted to 15 each, together to {record!r}")


def _counter(storage: Storage, steps: int) -> Callable[[], None]:
    def count() -> None:
        done = 0
        while done < steps:
            storage.refresh()
            record = storage.read("note", "count")
            must(record is not None, "the record vanished")
            if record is not None and _counted_up(storage, record.revision, int(record.body)):
                done += 1

    return count


def _counted_up(storage: Storage, revision: int, value: int) -> bool:
    try:
        storage.commit(commit(put("count", str(value + 1)), expect=(("count", revision),)))
    except Conflict:
        return False
    return True


def _run_together(actions: list[Callable[[], None]]) -> None:
    failures: list[Exception] = []

    def run(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=run, args=(action,), daemon=True) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    must(not any(thread.is_alive() for thread in threads), "after a minute the threads are not done")
    must(not failures, f"threads failed: {failures!r}")


def _keeping_the_past(storage: Storage) -> Storage:
    if not storage.capabilities.keeps_past:
        raise NotDeclared("this storage does not keep the past")
    return storage


CLAUSES: tuple[Clause, ...] = (
    commit_numbers_have_no_gaps,
    the_revision_is_the_commits_number,
    a_revision_is_never_used_again,
    a_batch_is_all_or_nothing,
    an_expectation_that_holds_lets_the_commit_pass,
    an_expectation_that_fails_is_a_conflict,
    records_that_are_not_written_can_be_expected,
    expectations_are_checked_against_the_newest_state,
    a_command_is_carried_out_once,
    a_known_command_comes_before_a_conflict,
    a_refused_command_is_not_known,
    a_view_moves_only_when_it_is_told_to,
    a_refused_commit_does_not_move_the_view,
    a_scan_stays_with_its_view,
    the_past_is_kept,
    a_deleted_records_past_ends_without_body,
    the_past_ends_with_the_view,
    a_storage_without_the_past_says_so,
    instants_are_kept_to_the_microsecond,
    threads_lose_no_update,
)
