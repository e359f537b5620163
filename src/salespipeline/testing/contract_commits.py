"""Clauses about commits: numbers, expectations, command ids, views, and the past."""

from salespipeline.errors import Conflict, InvalidValue, NotFound
from salespipeline.storage.base import Commit, Expect
from salespipeline.testing.clause import (
    NOTHING,
    Clause,
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


@clause("P-A4")
def commit_numbers_have_no_gaps(store: Store) -> None:
    """Commits get 1, 2, 3, whoever makes them, also after a refused one and after reopening."""
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


@clause()
def the_revision_is_the_commits_number(store: Store) -> None:
    """All records of one commit share its number; records that it does not name keep theirs."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(put("b"), put("c")))
    due = {"a": (1, '"x"'), "b": (2, '"x"'), "c": (2, '"x"')}
    must_equal(state(storage), due, "the store")


@clause("P-A6")
def a_revision_is_never_used_again(store: Store) -> None:
    """Also a record that was deleted and made anew gets a revision that it never had."""
    storage = store()
    seen = [storage.commit(commit(put("a")))]
    storage.commit(commit(delete("a")))
    storage.close()
    storage = store()
    seen.append(storage.commit(commit(put("a"))))
    record = storage.read("note", "a")
    must(record is not None and record.revision == seen[1] > seen[0], f"the revisions are {seen}, then {record!r}")


@clause("P-A1", "P-D4")
def a_batch_is_all_or_nothing(store: Store) -> None:
    """A commit whose last element is refused leaves nothing of the others."""
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


@clause("P-A5")
def an_expectation_that_holds_lets_the_commit_pass(store: Store) -> None:
    """The present revision, or None for a record that is not there, also after it was deleted."""
    storage = store()
    storage.commit(commit(put("a"), expect=(("a", None),)))
    storage.commit(commit(put("a"), expect=(("a", 1),)))
    storage.commit(commit(delete("a"), expect=(("a", 2),)))
    must_equal(storage.commit(commit(put("a"), expect=(("a", None),))), 4, "the number")


@clause("P-A5")
def an_expectation_that_fails_is_a_conflict(store: Store) -> None:
    """`Conflict` names the record, the revision that was expected and the one that was found."""
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


@clause("P-A7")
def records_that_are_not_written_can_be_expected(store: Store) -> None:
    """What a commit only read is checked as well: no write skew."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(put("c"), expect=(("a", 1), ("d", None))))
    storage.commit(commit(put("a")))
    with must_raise(Conflict, "a record that was read and changed since"):
        storage.commit(commit(put("c"), expect=(("a", 1),)))
    given = Commit(changes=(put("c"),), expect=(Expect(kind="memo", id="a", revision=3),), at=commit().at)
    with must_raise(Conflict, "a record of another kind"):
        storage.commit(given)


@clause("P-A5")
def expectations_are_checked_against_the_newest_state(store: Store) -> None:
    """Not against the view of the handle, which may be older."""
    one, two = store(), store()
    one.commit(commit(put("a", "1")))
    with must_raise(Conflict, "a stale expectation"):
        two.commit(commit(put("a", "2"), expect=(("a", None),)))
    must_equal(two.commit(commit(put("a", "2"), expect=(("a", 1),))), 2, "the number")


@clause("P-A9")
def a_command_is_carried_out_once(store: Store) -> None:
    """A command id given again gives its number and writes nothing, to any handle, after reopening."""
    one = store()
    one.commit(commit(put("a", "1")))
    must_equal(one.commit(commit(put("a", "2"), command="é/1")), 2, "the number")
    one.commit(commit(put("a", "3"), command="é/2"))
    for storage in (one, store()):
        must_equal(storage.commit(commit(put("a", "2"), command="é/1")), 2, "the number of the repeated command")
    must_equal(state(store()), {"a": (3, "3")}, "the store")


@clause("P-A9")
def a_known_command_comes_before_a_conflict(store: Store) -> None:
    """Repeating a commit whose expectation no longer holds gives its number: it is done."""
    one, two = store(), store()
    given = commit(put("a"), expect=(("a", None),), command="make a")
    must_equal((one.commit(given), two.commit(given), one.commit(given)), (1, 1, 1), "the numbers")
    must_equal(two.number, 1, "the view of the handle that repeated it")


@clause("P-A9", "P-D4")
def a_refused_command_is_not_known(store: Store) -> None:
    """A command id whose commit was refused can be used by the next attempt."""
    storage = store()
    with must_raise(Conflict, "an expectation that does not hold"):
        storage.commit(commit(put("a"), expect=(("a", 1),), command="make a"))
    must_equal(storage.commit(commit(put("a"), command="make a")), 1, "the number of the next attempt")


@clause("P-A2")
def a_view_moves_only_when_it_is_told_to(store: Store) -> None:
    """What others commit is seen after `refresh` or an own commit, and not before."""
    one, two = store(), store()
    one.commit(commit(put("a", "1")))
    must_equal((two.number, state(two)), (0, NOTHING), "a view before refresh")
    must_equal((two.refresh(), two.number, state(two)), (1, 1, {"a": (1, "1")}), "a view after refresh")
    one.commit(commit(put("a", "2")))
    must_equal(state(two), {"a": (1, "1")}, "a view before an own commit")
    two.commit(commit(put("b", "3")))
    must_equal(state(two), {"a": (2, "2"), "b": (3, "3")}, "a view after an own commit")


@clause("P-A2")
def a_refused_commit_does_not_move_the_view(store: Store) -> None:
    """A conflict shows nothing of what others did; `refresh` does."""
    one, two = store(), store()
    one.commit(commit(put("a", "1")))
    for _ in range(2):
        with must_raise(Conflict, "a stale expectation"):
            two.commit(commit(put("a", "2"), expect=(("a", None),)))
        must_equal((two.number, two.read("note", "a")), (0, None), "the view after a conflict")
    two.refresh()
    must_equal(state(two), {"a": (1, "1")}, "the view after refresh")


@clause("P-A2")
def a_scan_stays_with_its_view(store: Store) -> None:
    """A scan that is under way is not disturbed by commits of its own handle, nor by those that it refreshes to."""
    storage, other = store(), store()
    storage.commit(commit(put("a", "1"), put("b", "1"), put("c", "1"), *(put(f"d{n:04}") for n in range(2_500))))
    scan = storage.scan("note")
    seen = [next(scan)]
    storage.commit(commit(put("b", "2"), delete("c"), put("d", "2")))
    seen += [next(scan) for _ in range(3)]
    other.commit(commit(delete("d2000"), put("d1999.5"), put("d2001", '"y"'), delete("d0000")))
    storage.refresh()
    seen += scan
    due = [(id, 1, "1") for id in "abc"] + [(f"d{n:04}", 1, '"x"') for n in range(2_500)]
    found = [(record.id, record.revision, record.body) for record in seen]
    must_equal(found[:4], due[:4], "what a scan gives first")
    must(found == due, f"a scan of {len(due)} records shows what was committed after it began")


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
)
