"""How one commit is written: under the lock of the store's row, checked against the newest state."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, Executable, Insert, Select, Update, delete, insert, select, update

from salespipeline.errors import InvalidValue, StorageError
from salespipeline.storage.base import Change, Commit
from salespipeline.storage.database.opening import Head, head_of
from salespipeline.storage.database.tables import LONGEST, Tables, among, cut, given, names_given, size_of
from salespipeline.storage.incoming import check_state, in_utc
from salespipeline.storage.jsontext import quote_pairs

__all__ = ["Written", "check_lengths", "check_same", "instant_text", "locked_head", "write"]

Names = tuple[str, str]  # a kind and an id

_MANY = 10_000  # names in one statement: no message is too long


class Statements(NamedTuple):
    """What a commit sends: made once, since making a statement takes longer than carrying it out."""

    is_sqlite: bool
    done: Select[Any]
    present: Executable
    removals: tuple[Delete, ...]
    revision: Insert
    record: Insert
    key: Insert
    commit: Insert
    head: Update


@lru_cache
def _statements(tables: Tables, *, is_sqlite: bool) -> Statements:
    """The statements of a commit on the tables of a store."""
    store, commits, records, keys = tables.store, tables.commits, tables.records, tables.keys
    kind, is_named = given("of_kind"), partial(among, name="ids", is_sqlite=is_sqlite)
    return Statements(
        is_sqlite=is_sqlite,
        done=select(commits.c.number).where(commits.c.command == given("asked")),
        present=select(records.c.id, records.c.number).where(records.c.kind == kind, is_named(records.c.id)),
        removals=tuple(delete(table).where(table.c.kind == kind, is_named(table.c.id)) for table in (keys, records)),
        revision=insert(tables.revisions),
        record=insert(records),
        key=insert(keys),
        commit=insert(commits),
        head=update(store).values(head=given("newest")),
    )


@lru_cache
def _lock(tables: Tables) -> Select[Any]:
    return select(tables.store).with_for_update()


class Written(NamedTuple):
    """The number of the commit, and of the newest, which is another where the commit was made before."""

    number: int
    newest: int


def check_lengths(commit: Commit) -> None:
    """Raise `InvalidValue` for names that no index takes."""
    if commit.command is not None and size_of(commit.command) > LONGEST:
        raise InvalidValue("command", commit.command, f"a database takes up to {LONGEST:,} bytes")
    for change in commit.changes:
        if size_of(change.kind) + size_of(change.id) > LONGEST:
            raise InvalidValue("id", change.id, f"a database takes up to {LONGEST:,} bytes of kind and id")


def check_same(found: Head, store: str, view: int, where: str) -> None:
    """Raise `StorageError` where the tables are not what this handle opened."""
    if found.store != store or found.number < view:
        reason = f"it was at commit {view} of store {store!r} and went back, or was exchanged. Open it again"
        raise StorageError(where, reason)


def write(connection: Connection, tables: Tables, commit: Commit, *, store: str, view: int, where: str) -> Written:
    """Carry out a commit in a transaction that has begun; the lock it takes is held until its end."""
    head = locked_head(connection, tables, store, view, where)
    sent = _statements(tables, is_sqlite=connection.dialect.name == "sqlite")
    if commit.command is not None:
        known = connection.execute(sent.done, {"asked": commit.command}).scalar_one_or_none()
        if known is not None:
            return Written(known, head.number)
    present = _present(connection, sent, commit)
    check_state(commit, lambda kind, id: present.get((kind, id)))
    number = head.number + 1
    _write_changes(connection, sent, commit, number, present)
    at = instant_text(commit.at)
    values = {"number": number, "at": at, "by": commit.by, "action": str(commit.action), "command": commit.command}
    connection.execute(sent.commit, [values])
    connection.execute(sent.head, {"newest": number})
    return Written(number, number)


def instant_text(at: datetime) -> str:
    """An instant as commits have it; these texts are in the order of time."""
    return in_utc(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def locked_head(connection: Connection, tables: Tables, store: str, view: int, where: str) -> Head:
    """The head of the store, which nobody else changes before the transaction ends."""
    row = connection.execute(_lock(tables)).one_or_none()
    if row is None:
        raise StorageError(where, "its row in the table of the store is gone")
    head = head_of(row, where)
    check_same(head, store, view, where)
    if not head.is_writable:
        raise StorageError(where, "it can only be read: a newer version made it")
    return head


def _present(connection: Connection, sent: Statements, commit: Commit) -> dict[Names, int]:
    """The revisions of the records that a commit names, of those that are there."""
    named = {(expected.kind, expected.id) for expected in commit.expect}
    named |= {(change.kind, change.id) for change in commit.changes}
    found: dict[Names, int] = {}
    for kind, ids in _in_parts(named):
        rows = connection.execute(sent.present, _asked(sent, kind, ids))
        found.update({(kind, row.id): row.number for row in rows})
    return found


def _write_changes(
    connection: Connection, sent: Statements, commit: Commit, number: int, present: dict[Names, int]
) -> None:
    written = [(change.kind, change.id) for change in commit.changes if (change.kind, change.id) in present]
    for kind, ids in _in_parts(written):
        for removal in sent.removals:
            connection.execute(removal, _asked(sent, kind, ids))
    revisions = [_row(change, number) for change in commit.changes]
    records = [row for row in revisions if row["body"] is not None]
    keys = [row for change in commit.changes for row in _key_rows(change)]
    for statement, rows in ((sent.revision, revisions), (sent.record, records), (sent.key, keys)):
        if rows:
            connection.execute(statement, rows)


def _asked(sent: Statements, kind: str, ids: list[str]) -> dict[str, str | list[str]]:
    return {"of_kind": kind, "ids": names_given(ids, is_sqlite=sent.is_sqlite)}


def _row(change: Change, number: int) -> dict[str, str | int | None]:
    body = None if change.body is None else str(change.body)
    keys = "{}" if body is None else str(quote_pairs(change.keys))
    return {"kind": change.kind, "id": change.id, "number": number, "keys": keys, "body": body}


def _key_rows(change: Change) -> list[dict[str, str | int | None]]:
    """The rows by which a record is found; keys that begin alike share one, as `where` is a hint."""
    if change.body is None:
        return []
    pairs = {(cut(name), cut(value)) for name, value in change.keys}
    return [{"kind": change.kind, "name": name, "value": value, "id": change.id} for name, value in sorted(pairs)]


def _in_parts(named: Iterable[Names]) -> Iterator[tuple[str, list[str]]]:
    """The ids of each kind, a limited number at a time, in an order that does not depend on chance."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, id in sorted(named):
        by_kind[kind].append(id)
    for kind, ids in by_kind.items():
        for start in range(0, len(ids), _MANY):
            yield kind, ids[start : start + _MANY]
