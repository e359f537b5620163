"""How the older past is forgotten: some hundred commits at a time, each time under the lock of the store's row.

One row among the revisions, under a kind that no record has, says up to which instant the past was forgotten,
and which views it was a part of: whoever still reads one of them is told so.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select, update

from salespipeline.storage.database.reading import MARK, Pruned, mark, mark_of
from salespipeline.storage.database.tables import Tables
from salespipeline.storage.database.writing import locked_head
from salespipeline.storage.jsontext import quote_pairs
from salespipeline.storage.pruning import NO_ACTION, kinds_by_commit, says_too_much

__all__ = ["Pruning", "Step", "begin", "forget"]

_COMMITS = 500  # looked at in one transaction
_COMMANDS = 1_000  # how many command ids stay known; a command is repeated soon or never


class Pruning(NamedTuple):
    """One pruning of a store, as one handle asks for it."""

    tables: Tables
    before: str
    store: str
    view: int
    where: str


class Step(NamedTuple):
    """The commits after `start` up to `end`, the kinds of the store, and from which commit on commands stay known."""

    start: int
    end: int
    kinds: tuple[str, ...]
    known: int


def begin(connection: Connection, pruning: Pruning) -> list[Step]:
    """Write down up to which instant the past is forgotten from now on, and give the steps, oldest commits first."""
    tables = pruning.tables
    head = locked_head(connection, tables, pruning.store, pruning.view, pruning.where)
    _write_mark(connection, pruning, first=head.number, last=0)
    revisions, commits = tables.revisions.c, tables.commits.c
    kinds = connection.execute(select(revisions.kind).where(revisions.kind != MARK["kind"]).distinct()).scalars()
    newest_commands = select(commits.number).where(commits.command.is_not(None)).order_by(commits.number.desc())
    known = connection.execute(newest_commands.offset(_COMMANDS - 1).limit(1)).scalar_one_or_none() or 0
    found = tuple(sorted(kinds))
    starts = range(0, head.number, _COMMITS)
    return [Step(start, min(start + _COMMITS, head.number), found, known) for start in starts]


def forget(connection: Connection, pruning: Pruning, step: Step) -> int:
    """Forget what is due of a step, and give the number of revisions; the lock it takes is held until the end."""
    locked_head(connection, pruning.tables, pruning.store, pruning.view, pruning.where)
    revisions = pruning.tables.revisions
    later = revisions.alias("later")
    of_the_same = (later.c.kind == revisions.c.kind, later.c.id == revisions.c.id)
    is_deleted = exists().where(*of_the_same, later.c.number >= revisions.c.number, later.c.body.is_(None))
    is_overwritten = exists().where(*of_the_same, later.c.number > revisions.c.number)
    is_due = and_(
        _of_step(revisions.c, step), or_(is_deleted, and_(_is_old(pruning, revisions.c.number), is_overwritten))
    )
    following = select(func.min(later.c.number)).where(*of_the_same, later.c.number > revisions.c.number)
    columns = (revisions.c.number, revisions.c.kind, following.scalar_subquery().label("following"))
    gone = connection.execute(select(*columns, is_deleted.label("is_deleted")).where(is_due)).all()
    if gone:
        connection.execute(delete(revisions).where(is_due))
        last = max((row.following for row in gone if row.following is not None), default=0)
        _write_mark(connection, pruning, first=min(row.number for row in gone), last=last)
    _clear_commits(connection, pruning.tables, step, [(row.number, row.kind) for row in gone if row.is_deleted])
    return len(gone)


def _is_old(pruning: Pruning, number: ColumnElement[int]) -> ColumnElement[bool]:
    commits = pruning.tables.commits.c
    return exists().where(commits.number == number, commits.at < pruning.before)


def _of_step(revisions: Any, step: Step) -> ColumnElement[bool]:
    of_kinds: ColumnElement[bool] = revisions.kind.in_(step.kinds)  # else no index would be used
    return and_(of_kinds, revisions.number > step.start, revisions.number <= step.end)


def _clear_commits(connection: Connection, tables: Tables, step: Step, deleted: Sequence[tuple[int, str]]) -> None:
    """Forget the commits of which nothing is left, and the actions that say too much; commands stay for a while."""
    commits, revisions = tables.commits, tables.revisions.c
    asked = select(revisions.number, revisions.kind).where(_of_step(revisions, step)).distinct()
    left = kinds_by_commit((number, kind) for number, kind in connection.execute(asked))
    is_empty = and_(commits.c.number > step.start, commits.c.number <= step.end, commits.c.number.not_in(sorted(left)))
    connection.execute(delete(commits).where(is_empty, or_(commits.c.command.is_(None), commits.c.number < step.known)))
    connection.execute(update(commits).where(is_empty).values(by="", action=NO_ACTION))
    kinds = kinds_by_commit(deleted)
    silent = [number for number, told in left.items() if says_too_much(kinds.get(number, ()), told)]
    if silent:
        connection.execute(update(commits).where(commits.c.number.in_(silent)).values(action=NO_ACTION))


def _write_mark(connection: Connection, pruning: Pruning, *, first: int, last: int) -> None:
    """Note what is forgotten from now on, along with what was forgotten before."""
    revisions = pruning.tables.revisions
    found = mark_of(connection.execute(select(mark(pruning.tables))).scalar_one(), pruning.where)
    before = found or Pruned(pruning.before, first, last)
    noted = Pruned(max(before.before, pruning.before), min(before.first, first), max(before.last, last))
    pairs = {"before": noted.before, "first": str(noted.first), "last": str(noted.last)}
    connection.execute(delete(revisions).where(*[revisions.c[name] == value for name, value in MARK.items()]))
    connection.execute(insert(revisions).values(**MARK, keys=str(quote_pairs(pairs.items())), body=None))
