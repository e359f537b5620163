"""Clauses about what a storage refuses, with nothing stored of it."""

from datetime import datetime
from typing import Any

from salespipeline.errors import InvalidValue, NotFound, StorageClosed
from salespipeline.storage.base import Change, Commit
from salespipeline.testing.clause import (
    NOTHING,
    Clause,
    Store,
    clause,
    commit,
    delete,
    must_equal,
    must_raise,
    put,
)
from salespipeline.testing.clause import state_of as state

__all__ = ["CLAUSES"]

NO_TEXTS: tuple[Any, ...] = (0, True, 1.5, b"x", ["x"], {"x"}, {"x": "y"}, object())
REFUSED_BODIES = (
    "", "x", "{", "{}{}", "nul", "NaN", "[Infinity]", "1.5", "1e5", "01", "'a'", '{"a":1,"a":2}', "[1,]", "[1]\n",
    "[1,\n2]", "[1]\r", '"\n"', '"\u2028"', '"\u0085"', '"\ud800"', r'"\ud800"', "\ufeff1", "[" * 2_000 + "]" * 2_000,
)  # fmt: skip


@clause("P-D4")
def what_is_not_there_cannot_be_deleted(store: Store) -> None:
    """Deleting an absent record raises `NotFound`, and nothing of the commit is kept."""
    storage = store()
    with must_raise(NotFound, "deleting a record that is not there"):
        storage.commit(commit(put("a"), delete("b")))
    must_equal((storage.number, state(storage)), (0, NOTHING), "the store after it")


@clause("P-D4")
def what_is_no_json_on_one_line_is_refused(store: Store) -> None:
    """A body or an action that is something else raises `InvalidValue`, and nothing is stored."""
    storage = store()
    for text in REFUSED_BODIES:
        with must_raise(InvalidValue, f"the body {text[:20]!r}"):
            storage.commit(commit(put("a"), put("b", text)))
        with must_raise(InvalidValue, f"the action {text[:20]!r}"):
            storage.commit(Commit(changes=(put("a"),), at=commit().at, action=text))
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause("P-D4")
def what_is_no_text_is_refused(store: Store) -> None:
    """A number, bytes, a list or anything else in the place of text raises `InvalidValue`, and nothing is stored."""
    storage = store()
    for wrong in NO_TEXTS:
        at = commit().at
        changes = (
            put(wrong), put("b", kind=wrong), put("b", keys=((wrong, "x"),)), put("b", keys=(("x", wrong),)),
            put("b", wrong),
        )  # fmt: skip
        refused = [commit(put("a"), change) for change in changes]
        refused += [Commit(changes=(put("a"),), at=at, by=wrong), Commit(changes=(put("a"),), at=at, action=wrong)]
        refused += [commit(put("a"), command=wrong)]
        for given in refused:
            with must_raise(InvalidValue, f"{given!r}"):
                storage.commit(given)
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause("P-D4")
def half_a_surrogate_pair_is_refused(store: Store) -> None:
    """Text that has no UTF-8 raises `InvalidValue` wherever it stands, and nothing is stored."""
    storage, bad = store(), "a\ud800"
    changes = (
        put(bad), put("b", kind=bad), put("b", keys=((bad, "x"),)), put("b", keys=(("x", bad),)), put("b", f'"{bad}"')
    )  # fmt: skip
    refused = [commit(put("a"), change) for change in changes]
    refused += [Commit(changes=(put("a"),), at=commit().at, by=bad), commit(put("a"), command=bad)]
    for given in refused:
        with must_raise(InvalidValue, f"{given!r}"):
            storage.commit(given)
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause("P-D4")
def a_commit_without_sense_is_refused(store: Store) -> None:
    """No change, a record changed twice, a key given twice or a kind with a slash raises `InvalidValue`."""
    storage = store()
    refused = (
        commit(),
        commit(put("a"), put("a", "2")),
        commit(put("a", keys=(("x", "1"), ("x", "2")))),
        commit(Change(kind="a/b", id="c", body="1")),
        commit(Change(kind="", id="c", body="1")),
    )
    for given in refused:
        with must_raise(InvalidValue, f"{given!r}"):
            storage.commit(given)
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause("P-D4", "P-T3")
def a_time_without_offset_is_refused(store: Store) -> None:
    """An instant without its offset from UTC raises `InvalidValue`."""
    storage = store()
    with must_raise(InvalidValue, "a naive datetime"):
        storage.commit(commit(put("a"), at=datetime(2026, 11, 21)))  # noqa: DTZ001  # that it is naive is the point
    must_equal((storage.number, state(storage)), (0, NOTHING), "the store after it")


@clause()
def a_closed_handle_refuses_everything(store: Store) -> None:
    """After `close`, which may be called twice, every call raises `StorageClosed`."""
    storage = store()
    storage.commit(commit(put("a")))
    storage.close()
    storage.close()
    calls = (
        ("number", lambda: storage.number),
        ("read", lambda: storage.read("note", "a")),
        ("scan", lambda: list(storage.scan("note"))),
        ("past", lambda: list(storage.past("note", "a"))),
        ("commit", lambda: storage.commit(commit(put("b")))),
        ("refresh", storage.refresh),
    )
    for name, call in calls:
        with must_raise(StorageClosed, f"{name} after close"):
            call()
    must_equal(list(state(store())), ["a"], "the store, opened anew")


CLAUSES: tuple[Clause, ...] = (
    what_is_not_there_cannot_be_deleted,
    what_is_no_json_on_one_line_is_refused,
    what_is_no_text_is_refused,
    half_a_surrogate_pair_is_refused,
    a_commit_without_sense_is_refused,
    a_time_without_offset_is_refused,
    a_closed_handle_refuses_everything,
)
