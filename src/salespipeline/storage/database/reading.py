"""The statements that read a store as the commit of one number left it.

Each is one statement, so that it sees one instant of the database. Records that were not written
since that commit are read where the newest state is, the others among the revisions.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Label, Row, Select, and_, func, select, union_all

from salespipeline.errors import InvalidValue, PastNotKept, StorageError
from salespipeline.storage.base import Keys, Record, Revision
from salespipeline.storage.database.tables import Tables, cut, given
from salespipeline.storage.jsontext import JsonText, loads

__all__ = [
    "MARK", "Pruned", "check_view", "instant_of", "is_text", "mark", "mark_of", "newest_page", "page", "page_values",
    "past", "record", "revision_of", "seen",
]  # fmt: skip

_SHORT = 500  # characters
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


# Making a statement takes SQLAlchemy longer than carrying it out, so each is made once and given its values.


@lru_cache
def record(tables: Tables) -> Select[Any]:
    """The last revision of the record `kind` and `id` up to `view`."""
    revisions = tables.revisions
    return select(revisions, mark(tables)).where(*_up_to_view(tables)).order_by(revisions.c.number.desc()).limit(1)


@lru_cache
def past(tables: Tables) -> Select[Any]:
    """All revisions of the record `kind` and `id` up to `view`, with their commits, oldest first."""
    revisions, commits = tables.revisions, tables.commits
    of_commit = (commits.c.at, commits.c.by, commits.c.action)
    return (
        select(revisions, *of_commit, mark(tables))
        .join(commits, commits.c.number == revisions.c.number)
        .where(*_up_to_view(tables))
        .order_by(revisions.c.number)
    )


def _up_to_view(tables: Tables) -> tuple[ColumnElement[bool], ...]:
    revisions = tables.revisions.c
    return revisions.kind == given("kind"), revisions.id == given("id"), revisions.number <= given("view")


def page_values(kind: str, where: Mapping[str, str], after: str | None) -> dict[str, str | None]:
    """What the statement of a page is given, beside its view."""
    values = {"kind": kind, "after": after}
    for place, (name, value) in enumerate(where.items()):
        values |= {f"name_{place}": cut(name), f"value_{place}": cut(value)}
    return values


@lru_cache
def newest_page(tables: Tables, pairs: int, *, is_first: bool, size: int) -> Select[Any]:
    """The next records of `kind` in the order of their ids, after the id `after`, while the view is the newest.

    So many pairs of a name and a value narrow them. Each row has the number of the newest commit in `head`: where it
    is not that of the view, only `page` gives what the view has.
    """
    found = _unchanged(tables, pairs, is_first=is_first)
    head = select(tables.store.c.head).scalar_subquery().label("head")
    return found.add_columns(mark(tables), head).order_by(tables.records.c.id).limit(size)


@lru_cache
def page(tables: Tables, pairs: int, *, is_first: bool, size: int) -> Select[Any]:
    """The next records of `kind` in the order of their ids, after the id `after`, as `view` has them.

    So many pairs of a name and a value narrow the records that were not written since; the others have to be
    looked at.
    """
    parts = [_unchanged(tables, pairs, is_first=is_first), _changed(tables, is_first=is_first)]
    cut_parts = [part.order_by(part.selected_columns.id).limit(size).subquery() for part in parts]
    both = union_all(*[select(part) for part in cut_parts]).subquery()
    return select(both, mark(tables)).order_by(both.c.id).limit(size)


def _unchanged(tables: Tables, pairs: int, *, is_first: bool) -> Select[Any]:
    records, keys, kind = tables.records, tables.keys, given("kind")
    found = select(records).where(records.c.kind == kind, records.c.number <= given("view"))
    if not is_first:
        found = found.where(records.c.id > given("after"))
    for place in range(pairs):
        name, value = given(f"name_{place}"), given(f"value_{place}")
        having = select(keys.c.id).where(keys.c.kind == kind, keys.c.name == name, keys.c.value == value)
        if not is_first:
            having = having.where(keys.c.id > given("after"))
        found = found.where(records.c.id.in_(having))
    return found


def _changed(tables: Tables, *, is_first: bool) -> Select[Any]:
    """What the view has of the records that were written since."""
    revisions, later, last = tables.revisions, tables.revisions.alias("later"), tables.revisions.alias("last")
    kind, view = given("kind"), given("view")
    written = select(later.c.id).where(later.c.kind == kind, later.c.number > view).distinct()
    if not is_first:
        written = written.where(later.c.id > given("after"))
    names = written.subquery("names")
    number = func.max(last.c.number).label("number")
    seen_by_view = last.c.kind == kind, last.c.number <= view
    found = select(last.c.id, number).join(names, names.c.id == last.c.id).where(*seen_by_view).group_by(last.c.id)
    there = found.subquery("there")
    is_there = and_(there.c.id == revisions.c.id, there.c.number == revisions.c.number)
    return select(revisions).join(there, is_there).where(revisions.c.kind == kind, revisions.c.body.is_not(None))


def seen(row: Sequence[Any], where: str) -> Record:
    """The record in a row, whose first columns are those of the records."""
    kind, id, number, keys, body, *_ = row
    return Record(kind=kind, id=id, revision=number, keys=_keys(keys, where), body=JsonText(body))


def revision_of(row: Row[Any], where: str) -> Revision:
    """The revision in a row of `past`."""
    body = row.body
    return Revision(
        number=row.number,
        at=instant_of(row.at, where),
        by=row.by,
        action=JsonText(row.action),
        body=None if body is None else JsonText(body),
        keys=_keys(row.keys, where),
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
    """The keys of a record from their text; those of many records are alike, so the short ones are remembered."""
    return _known_keys(text, where) if len(text) < _SHORT else _read_keys(text, where)


def _read_keys(text: str, where: str) -> Keys:
    try:
        pairs = loads(text)
    except InvalidValue as error:
        raise StorageError(where, f"it was changed by another program: {error}") from error
    if not isinstance(pairs, dict):
        raise StorageError(where, "it was changed by another program: the keys of a record are no object")
    return tuple(cast("dict[str, str]", pairs).items())


_known_keys = lru_cache(maxsize=4_096)(_read_keys)
