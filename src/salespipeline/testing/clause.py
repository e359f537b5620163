"""What a clause of the storage contract is made of: the storage it opens, and how it says that it was broken."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TypeAlias

from salespipeline.storage.base import Change, Commit, Expect, Keys, Record, Storage

__all__ = [
    "NOTHING",
    "Clause",
    "ContractBroken",
    "MakeStorage",
    "NotDeclared",
    "Store",
    "clause",
    "commit",
    "delete",
    "must",
    "must_equal",
    "must_raise",
    "promises_of",
    "put",
    "state_of",
]

MakeStorage: TypeAlias = Callable[[], Storage]
Clause: TypeAlias = Callable[[MakeStorage], None]

NOTHING: dict[str, tuple[int, str]] = {}  # what `state_of` gives of a store without records
AT = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)


class ContractBroken(AssertionError):
    """A storage does not keep a promise: `clause` names the promise, `detail` says what was seen."""

    def __init__(self, clause: str, detail: str) -> None:
        super().__init__(clause, detail)
        self.clause = clause
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.clause}: {self.detail}"


class NotDeclared(Exception):
    """A clause does not apply, as the storage does not declare what it is about; show it as skipped."""


class _Broken(Exception):
    """What `must` raises inside of a clause, which adds its name."""


class Store:
    """The storage under test; each call opens the same store anew, and all are closed when the clause ends."""

    def __init__(self, make_storage: MakeStorage) -> None:
        self._make_storage = make_storage
        self._opened: list[Storage] = []

    def __call__(self) -> Storage:
        """Open the store once more."""
        storage = self._make_storage()
        self._opened.append(storage)
        return storage

    def make_newer(self) -> None:
        """Let the store look as one that only a later version can read, where `make_storage` knows how to."""
        make_newer: Callable[[], None] | None = getattr(self._make_storage, "make_newer", None)
        if make_newer is None:
            raise NotDeclared("what opens the store has no `make_newer`, which would make it one of a later version")
        make_newer()

    def close(self) -> None:
        """Close all that was opened."""
        for storage in self._opened:
            storage.close()


def clause(*promises: str) -> Callable[[Callable[[Store], None]], Clause]:
    """Make a clause of a function over a store; `promises` are the ids of those that it is about."""

    def made(check: Callable[[Store], None]) -> Clause:
        @wraps(check)
        def kept(make_storage: MakeStorage) -> None:
            store = Store(make_storage)
            try:
                check(store)
            except _Broken as broken:
                raise ContractBroken(check.__name__, str(broken)) from broken
            except NotDeclared:
                raise
            except Exception as error:
                raise ContractBroken(check.__name__, f"the storage raises {error!r}") from error
            finally:
                store.close()

        kept.__dict__["promises"] = promises
        return kept

    return made


def promises_of(clause: Clause) -> tuple[str, ...]:
    """The ids of the promises that a clause is about, such as P-A4; empty for what goes without saying."""
    promises: tuple[str, ...] = getattr(clause, "promises", ())
    return promises


def must(condition: bool, detail: str) -> None:
    """Break the clause unless the condition holds; unlike `assert` also under `python -O`."""
    if not condition:
        raise _Broken(detail)


def must_equal(seen: object, due: object, what: str) -> None:
    """Break the clause unless both are equal."""
    must(seen == due, f"{what} is {seen!r}, it should be {due!r}")


@contextmanager
def must_raise(error: type[Exception], what: str) -> Generator[None]:
    """Break the clause unless the error is raised."""
    try:
        yield
    except error:
        return
    except Exception as other:
        raise _Broken(f"{what} raises {other!r}, it should raise {error.__name__}") from other
    raise _Broken(f"{what} raises nothing, it should raise {error.__name__}")


def put(id: str, body: str = '"x"', *, kind: str = "note", keys: Keys = ()) -> Change:
    """A change that writes a record."""
    return Change(kind=kind, id=id, keys=keys, body=body)


def delete(id: str, *, kind: str = "note") -> Change:
    """A change that deletes a record."""
    return Change(kind=kind, id=id, body=None)


def commit(
    *changes: Change,
    expect: tuple[tuple[str, int | None], ...] = (),
    command: str | None = None,
    minute: int = 0,
    at: datetime = AT,
) -> Commit:
    """A commit of notes, with expectations as pairs of id and revision."""
    return Commit(
        changes=changes,
        expect=tuple(Expect(kind="note", id=id, revision=revision) for id, revision in expect),
        at=at + timedelta(minutes=minute),
        by="anna",
        action='{"do":"Edit"}',
        command=command,
    )


def state_of(storage: Storage, kind: str = "note") -> dict[str, tuple[int, str]]:
    """What a handle's view holds of a kind: by id, revision and body."""
    records: list[Record] = list(storage.scan(kind))
    return {record.id: (record.revision, record.body) for record in records}
