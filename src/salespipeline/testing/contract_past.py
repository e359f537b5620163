"""Clauses about the past: every revision of a record, with who, when, and by which action."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from salespipeline.errors import PastNotKept
from salespipeline.storage.base import Storage
from salespipeline.testing.clause import (
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

__all__ = ["CLAUSES", "keeping_the_past"]


@clause("P-T4")
def the_past_is_kept(store: Store) -> None:
    """Every revision, oldest first, with who, when and by which action; nothing of a record never seen."""
    storage = keeping_the_past(store())
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
        given: Any = handle.past("note", "a")
        if hasattr(given, "clear"):
            given.clear()  # it is the caller's
        must_equal([was.body for was in handle.past("note", "a")], ["1", "3"], "the past, asked for again")


@clause()
def a_deleted_records_past_ends_without_body(store: Store) -> None:
    """And goes on when a record is made under the same id."""
    storage = keeping_the_past(store())
    storage.commit(commit(put("a", "1"), put("b", "1")))
    storage.commit(commit(delete("a")))
    must_equal([was.body for was in storage.past("note", "a")], ["1", None], "the past of the deleted record")
    storage.commit(commit(put("a", "3")))
    must_equal([was.body for was in store().past("note", "a")], ["1", None, "3"], "the past of the new record")


@clause("P-A2")
def the_past_ends_with_the_view(store: Store) -> None:
    """Revisions that others made since are not shown before `refresh`."""
    one = keeping_the_past(store())
    one.commit(commit(put("a", "1")))
    two = store()
    one.commit(commit(put("a", "2")))
    must_equal([was.body for was in two.past("note", "a")], ["1"], "the past before refresh")
    two.refresh()
    must_equal([was.body for was in two.past("note", "a")], ["1", "2"], "the past after refresh")


@clause()
def a_storage_without_the_past_says_so(store: Store) -> None:
    """One that does not declare it raises `PastNotKept` instead of giving half of it."""
    storage = store()
    if storage.capabilities.keeps_past:
        raise NotDeclared("this storage keeps the past")
    storage.commit(commit(put("a")))
    with must_raise(PastNotKept, "past"):
        list(storage.past("note", "a"))


@clause("P-T3")
def instants_are_kept_to_the_microsecond(store: Store) -> None:
    """Whatever their offset from UTC, and also when the clock goes back."""
    storage = keeping_the_past(store())
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


def keeping_the_past(storage: Storage) -> Storage:
    """The storage, where it declares that it keeps the past."""
    if not storage.capabilities.keeps_past:
        raise NotDeclared("this storage does not keep the past")
    return storage


CLAUSES: tuple[Clause, ...] = (
    the_past_is_kept,
    a_deleted_records_past_ends_without_body,
    the_past_ends_with_the_view,
    a_storage_without_the_past_says_so,
    instants_are_kept_to_the_microsecond,
)
