"""The statements that read a store as the commit of one number left it.

Each is one statement, so that it sees one instant of the database. Records that were not written
since that commit are read where the newest state is, the others among the revisions.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Label, RowMapping, Select, func, select, union_all

from salespipeline.errors import InvalidValue, PastNotKept, StorageError
from salespipeline.storage.base import Keys, Record, Revision
from salespipeline.storage.database.tables import Tables, cut
from salespipeline.storage.jsontext import JsonText, loads

__all__ = [
    "MARK", "Pruned", "check_view", "instant_of", "is_text", "mark", "mark_of", "page", "past", "record", "revision_of",
    "seen",
]  # fmt: skip

MARK = {"kind": "", "id": "pruned", "number": 0}  # the row that says what was forgotten; no record has such a kind


class Pruned(NamedTuple):
    """Up to which instant the past was forgotten; views from commit `first` on, before `last`, may lack some of it."""

    before: str
    first: int
    last: int


def mark(tables: Tables) -> "Label[Any]":
    """The column that tells, with each statement, what was forgotten by then."""
    marks = tables.revisions.alias("mark")
    where = [marks.c[name] == value for name, value in MARK.items()]
    return select(marks.c["keys"]).where(*where).scalar_subquery().label("pruned")


def mark_of(text: str | None, where: str) -> Pruned | None:
    """What the column says; None where nothing was forgotten."""
    if text is None:
        return None
    try:
        before, first, last = dict(_keys(text, where)).values()
        return Pruned(before, int(first), int(last))
    except ValueError as error:
        raise StorageError(where, f"it was changed by another program: {text!r} is no mark of pruning") from error


def check_view(pruned: Pruned | None, view: int, where: str) -> None:
    """Raise `PastNotKept` where a view may lack records, as they were forgotten since."""
    if pruned is not None and pruned.first <= view < pruned.last:
        reason = f"some of what was there at commit {view} was forgotten since; refresh, and read what is there now"
        raise PastNotKept(where, reason)


def record(tables: Tables, kind: str, id: str, view: int) -> Select[Any]:
    """The last revision of a record up to a view."""
    revisions = tables.revisions
    return (
        select(revisions, mark(tables))
        .where(revisions.c.kind == kind, revisions.c.id == id, revisions.c.number <= view)
        .order_by(revisions.c.number.desc())
        .limit(1)
    )


def past(tables: Tables, kind: str, id: str, view: int) -> Select[Any]:
    """All revisions of a record up to a view, with their commits, oldest first."""
    revisions, commits = tables.revisions, tables.commits
    of_commit = (commits.c.at, commits.c.by, commits.c.action)
    return (
        select(revisions, *of_commit, mark(tables))
        .join(commits, commits.c.number == revisions.c.number)
        .where(revisions.c.kind == kind, revisions.c.id == id, revisions.c.number <= view)
        .order_by(revisions.c.number)
    )


def page(
    tables: Tables, kind: str, where: Mapping[str, str], view: int, *, after: str | None, size: int
) -> Select[Any]:
    """The next records of a kind in the order of their ids, after an id, as a view has them.

    `where` narrows the records that were not written since; the others have to be looked at.
    """
    parts = [_unchanged(tables, kind, where, view), _changed(tables, kind, view)]
    if after is not None:
        parts = [part.where(part.selected_columns.id > after) for part in parts]
    cut_parts = [part.order_by(part.selected_columns.id).limit(size).subquery() for part in parts]
    both = union_all(*[select(part) for part in cut_parts]).subquery()
    return select(both, mark(tables)).order_by(both.c.id).limit(size)


def _unchanged(tables: Tables, kind: str, where: Mapping[str, str], view: int) -> Select[Any]:
    records, keys = tables.records, tables.keys
    found = select(records).where(records.c.kind == kind, records.c.number <= view)
    for name, value in where.items():
        having = select(keys.c.id).where(keys.c.kind == kind, keys.c.name == cut(name), keys.c.value == cut(value))
        found = found.where(records.c.id.in_(having))
    return found


def _changed(tables: Tables, kind: str, view: int) -> Select[Any]:
    revisions, later, last = tables.revisions, tables.revisions.alias("later"), tables.revisions.alias("last")
    of_the_same = (last.c.kind == revisions.c.kind, last.c.id == revisions.c.id)
    return select(revisions).where(
        revisions.c.kind == kind,
        revisions.c.number <= view,
        revisions.c.body.is_not(None),
        revisions.c.id.in_(select(later.c.id).where(later.c.kind == kind, later.c.number > view)),
        revisions.c.number
        == select(func.max(last.c.number)).where(*of_the_same, last.c.number <= view).scalar_subquery(),
    )


def seen(row: RowMapping, where: str) -> Record:
    """The record in a row."""
    return Record(
        kind=row["kind"],
        id=row["id"],
        revision=row["number"],
        keys=_keys(row["keys"], where),
        body=JsonText(row["body"]),
    )


def revision_of(row: RowMapping, where: str) -> Revision:
    """The revision in a row of `past`."""
    body = row["body"]
    return Revision(
        number=row["number"],
        at=instant_of(row["at"], where),
        by=row["by"],
        action=JsonText(row["action"]),
        body=None if body is None else JsonText(body),
        keys=_keys(row["keys"], where),
    )


def instant_of(text: str, where: str) -> datetime:
    """The instant that a commit has as text."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise StorageError(where, f"it was changed by another program: {text!r} is no instant") from error


def is_text(*texts: str) -> bool:
    """Whether these are texts that can be stored, and so looked for."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _keys(text: str, where: str) -> Keys:
    try:
        pairs = loads(text)
    except InvalidValue as error:
        raise StorageError(where, f"it was changed by another program: {error}") from error
    if not isinstance(pairs, dict):
        raise StorageError(where, "it was changed by another program: the keys of a record are no object")
    return tuple(cast("dict[str, str]", pairs).items())
