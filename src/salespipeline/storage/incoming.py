"""What a commit must be before a storage takes it: the same for every storage."""

from collections.abc import Callable
from datetime import UTC, datetime

from salespipeline.errors import Conflict, InvalidValue, NotFound
from salespipeline.storage.base import Change, Commit
from salespipeline.storage.jsontext import JsonText, check_one_line

__all__ = ["check_change", "check_commit", "check_state", "in_utc"]


def check_commit(commit: Commit) -> None:
    """Raise `InvalidValue` for a commit that no storage keeps, whatever is in it already."""
    if not commit.changes:
        raise InvalidValue("changes", commit.changes, "a commit changes one record or more")
    in_utc(commit.at)
    if type(commit.by) is not str or not commit.by.isascii():
        _check_text("by", commit.by)
    if type(commit.action) is not JsonText:
        check_one_line(commit.action)
    if commit.command is not None:
        _check_text("command", commit.command)
    for change in commit.changes:
        check_change(change)
    for expected in commit.expect:
        _check_name(expected.kind, expected.id)
    if len(commit.changes) > 1:
        named = [(change.kind, change.id) for change in commit.changes]
        if len(set(named)) != len(named):
            raise InvalidValue("changes", named, "a commit changes a record once")


def check_state(commit: Commit, present: Callable[[str, str], int | None]) -> None:
    """Raise `Conflict` or `NotFound` for a commit that does not fit what is stored now.

    `present` gives the newest revision of a record, None where there is none.
    """
    for expected in commit.expect:
        found = present(expected.kind, expected.id)
        if found != expected.revision:
            raise Conflict(expected.kind, expected.id, expected.revision, found)
    for change in commit.changes:
        if change.body is None and present(change.kind, change.id) is None:
            raise NotFound(change.kind, change.id)


def in_utc(at: datetime, field: str = "at") -> datetime:
    """The instant in UTC; a `datetime` without offset names no instant and is refused, naming the field."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise InvalidValue(field, at, "an instant needs its offset from UTC; give it a tzinfo")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise InvalidValue(field, at, "in UTC it lies outside the years 1 to 9999") from error


def check_change(change: Change) -> None:
    """Raise `InvalidValue` for a change that no storage keeps."""
    _check_name(change.kind, change.id)
    last = None
    for name, value in change.keys:
        if type(name) is not str or type(value) is not str or not (name.isascii() and value.isascii()):
            _check_text("the name of a key", name)
            _check_text(f"key {name}", value)
        if name == last:
            raise InvalidValue("keys", change.keys, "a key has one value")
        last = name
    if change.body is not None and type(change.body) is not JsonText:
        check_one_line(change.body)


def _check_name(kind: str, id: str) -> None:
    if type(kind) is not str or type(id) is not str or not (kind.isascii() and id.isascii()):
        _check_text("kind", kind)
        _check_text("id", id)
    if not kind or "/" in kind:
        raise InvalidValue("kind", kind, "a kind is a word without slash")


def _check_text(field: str, text: object) -> None:
    if type(text) is not str:
        raise InvalidValue(field, text, "give plain text")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValue(field, text, "half of a surrogate pair is no character") from error
