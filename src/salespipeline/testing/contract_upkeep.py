"""Clauses about a store over time: what stays known, and what compacting, pruning and newer formats may change."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol, runtime_checkable

from salespipeline.errors import NewerFormat, PastNotKept
from salespipeline.storage.base import PruningStorage, Record, Storage
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
from salespipeline.testing.clause import state_of as state

__all__ = ["CLAUSES", "Compacting"]


@runtime_checkable
class Compacting(Protocol):
    """A storage that can be made smaller, by which nothing changes that can be read."""

    def compact(self) -> object:
        """Leave out what was overwritten since, or move it elsewhere."""
        ...


@clause("P-A9")
def a_thousand_commands_stay_known(store: Store) -> None:
    """The last thousand command ids give their numbers and write nothing, also after reopening."""
    storage = store()
    for number in range(1, 1_001):
        storage.commit(commit(put(f"{number:04}", str(number)), command=f"command {number}"))
    storage.close()
    reopened = store()
    for number in (1, 2, 500, 999, 1_000):
        seen = reopened.commit(commit(put("0001", '"again"'), command=f"command {number}"))
        must_equal(seen, number, "the number of a repeated command")
    due = {f"{number:04}": (number, str(number)) for number in range(1, 1_001)}
    must(state(reopened) == due, "a thousand commits of one record each are not all there, each once")


@clause("P-A2", "P-A6", "P-A9", "P-V3")
def compacting_changes_nothing_that_can_be_read(store: Store) -> None:
    """No number, record, view, known command or past of what is there, for whoever compacts and for others."""
    one, two = store(), store()
    if not (isinstance(one, Compacting) and isinstance(two, Compacting)):
        raise NotDeclared("this storage has no `compact`")
    keys = (("status", "open"),)
    one.commit(commit(put("a", "1", keys=keys), put("b"), put("c", " [ 3 ] ", kind="unheard-of"), command="first"))
    two.refresh()
    for change in (put("a", "2"), delete("b"), put("a", " { } ", keys=keys), put("\x00/..", "5")):
        one.commit(commit(change))
    due = [_all_of(one), _all_of(two)]
    for handle in (one, two):
        handle.compact()
        must_equal([_all_of(one), _all_of(two)], due, "what the handles see")
    two.refresh()
    must_equal([_all_of(two), _all_of(store())], [due[0], due[0]], "what is seen afterwards")
    must_equal(two.commit(commit(put("a"), command="first")), 1, "the number of a command from before")
    must_equal([two.commit(commit(put("b"))), store().commit(commit(put("d")))], [6, 7], "the next numbers")


@clause("P-A2", "P-A6", "P-A9")
def pruning_forgets_the_older_past_alone(store: Store) -> None:
    """What is there stays; of the past goes what is older, and all of what was deleted.

    An earlier view stays too, or is refused until it is refreshed: it does not change.
    """
    one, two = store(), store()
    if not isinstance(one, PruningStorage):
        raise NotDeclared("this storage has no `prune_history`")
    one.commit(commit(put("a", "0"), put("b", "0"), put("old", "0"), command="first"))
    for minute in (1, 2, 3, 4):
        one.commit(commit(put("a", str(minute)), put("b", str(minute)), minute=minute))
        two.refresh()
    one.commit(commit(delete("b"), minute=5))
    before = commit().at + timedelta(minutes=3)
    due, behind, past = _records(one), _records(two), {id: list(one.past("note", id)) for id in ("a", "b", "old")}
    must_equal((one.pruned_before, one.prune_history(before=before)), (None, 9), "what was forgotten")
    must_equal([_records(one), _records(store())], [due, due], "what is there")
    must(_records_or_none(two) in (behind, None), f"an earlier view was {behind!r}, and is another")
    left = {"a": past["a"][3:], "b": [], "old": past["old"]}
    two.refresh()
    for handle in (one, two, store()):
        must_equal({id: list(handle.past("note", id)) for id in left}, left, "the past")
        must(isinstance(handle, PruningStorage) and handle.pruned_before == before, "it does not say that it forgot")
    must_equal([one.commit(commit(put("a"), command="first")), two.commit(commit(put("b")))], [1, 7], "the numbers")


@clause("P-V2")
def a_newer_format_is_refused(store: Store) -> None:
    """A store that only a later version can read raises `NewerFormat` when it is opened, again and again."""
    storage = store()
    storage.commit(commit(put("a")))
    storage.close()
    store.make_newer()
    for _ in range(2):
        with must_raise(NewerFormat, "opening a store of a later version"):
            store()


def _all_of(storage: Storage) -> tuple[object, ...]:
    """All that can be read of what is there."""
    past = list(storage.past("note", "a")) if storage.capabilities.keeps_past else None
    return (*_records(storage), past)


def _records_or_none(storage: Storage) -> tuple[int, Mapping[str, list[Record]]] | None:
    try:
        return _records(storage)
    except PastNotKept:
        return None


def _records(storage: Storage) -> tuple[int, Mapping[str, list[Record]]]:
    return storage.number, {kind: list(storage.scan(kind)) for kind in ("note", "unheard-of")}


CLAUSES: tuple[Clause, ...] = (
    a_thousand_commands_stay_known,
    compacting_changes_nothing_that_can_be_read,
    pruning_forgets_the_older_past_alone,
    a_newer_format_is_refused,
)
