"""The lines of a journal as they are read: records are cut out of them, not parsed.

What this reads has passed its checksum. An intact line that says something senseless was not
written by this library; it raises `Senseless`, whatever it says. Bodies alone are not looked into:
who decodes them, checks them.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from salespipeline.storage.base import Keys
from salespipeline.storage.journal.line import DELETE, FRAME, PUT, CommitLine, Op, Senseless, ops_text
from salespipeline.storage.pruning import NO_ACTION, says_too_much

__all__ = [
    "Author", "Judge", "instant_of", "keys_of", "read_author", "read_commit", "read_snapshot", "split_at_link",
    "without",
]  # fmt: skip

Judge = Callable[[str, str, int, str], bool]  # of a change: its kind, id, commit's number, and instant as text

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_KEYS = rf"\{{(?:{_STRING}:{_STRING}(?:,{_STRING}:{_STRING})*+)?\}}"
_LINK_SIZE = 18  # of ,"prev":"01234567"


class Author(NamedTuple):
    """When a commit was made, by whom, and by which action."""

    at: datetime
    by: str
    action: str


def read_commit(line: bytes) -> CommitLine:
    """What an intact commit line says of the records.

    A change begins with one of two marks. Where one mark is all there is to be seen, there is one
    change, it begins there, and its body is what is left: nothing needs to be parsed. Else the ends
    of the values have to be found.
    """
    text = _text(line)
    head = _head(text)
    start = text.find(PUT)
    if start > 0 and text.find(PUT, start + 1) < 0 and text.find(DELETE) < 0:
        command = _command(text[head.end() : start])
        return CommitLine(int(head[1]), head[2], command, (_only_op(text, start),))
    start, command = _ops_start(text, head.end())
    return CommitLine(int(head[1]), head[2], command, _ops(text, start))


def read_author(line: bytes) -> Author:
    """What an intact commit line says of its author."""
    text = _text(line)
    head = _head(text)
    try:
        at = datetime.fromisoformat(head[3])
    except ValueError as error:
        raise Senseless(f"{head[3]!r} is no instant") from error
    return Author(at, _unquoted(head[4]), text[head.end() : _value_end(text, head.end())])


def read_snapshot(line: bytes) -> tuple[int, str, Op]:
    """The revision, the link and the record of an intact snapshot line."""
    text = _text(line)
    head = _grammar().snapshot.match(text)
    tail = len(text) - _LINK_SIZE
    if head is None or head.end() >= tail or not _grammar().link.fullmatch(text, tail):
        raise Senseless("it is not a record of the snapshot")
    kind, id = _key(head[1])
    return int(head[2]), text[-9:-1], (kind, id, head[3], text[head.end() : tail])


def split_at_link(line: bytes) -> tuple[str, str]:
    """The text of an intact commit line before and behind its link, to link it to another line."""
    text = _text(line)
    head = _head(text)
    return text[: head.start(2)], text[head.end(2) :]


def instant_of(line: bytes) -> str:
    """The instant of an intact commit line, as it stands there."""
    return _head(_text(line))[3]


def without(line: bytes, is_kept: Judge, is_deleted: Judge) -> tuple[str, str]:
    """The same for a commit with some of its changes only; where none is left, its author goes too.

    Its action goes where it may tell of a record that was deleted since, and of no other.
    """
    before, behind = split_at_link(line)
    commit, text = read_commit(line), _text(line)
    head = _head(text)
    kept = [op for op in commit.ops if is_kept(op[0], op[1], commit.number, head[3])]
    if len(kept) == len(commit.ops):
        return before, behind
    if not kept:
        return before, f'","at":"{head[3]}","by":"","action":{NO_ACTION},"ops":[]'
    start, _ = _ops_start(text, head.end())
    action, end = text[head.end() : start], _value_end(text, head.end())
    deleted = [op[0] for op in commit.ops if is_deleted(op[0], op[1], commit.number, head[3])]
    if says_too_much(deleted, [op[0] for op in kept]):
        action = f"{NO_ACTION}{text[end:start]}"
    return before, f"{text[head.end(2) : head.end()]}{action}{ops_text(kept)}]"


def keys_of(text: str) -> Keys:
    """The keys of a record, as an `Op` has them."""
    pairs: Mapping[str, str] = _grammar().loads(text)
    return tuple(pairs.items())


def _head(text: str) -> re.Match[str]:
    head = _grammar().commit.match(text)
    if head is None:
        raise Senseless("it is neither a commit nor anything else known")
    return head


def _command(middle: str) -> str | None:
    """The command id, from what stands between the word "action" and the only change.

    Nothing but a command id ends with a quote after such a name: a text has no bare quote inside,
    and any other action ends with a bracket or a letter.
    """
    middle, ops, _ = middle.rpartition(',"ops":[')
    if not ops:
        raise Senseless("a commit has no list of changes where one is due")
    at = middle.rfind(',"cmd":"') if middle.endswith('"') else -1
    return None if at < 0 else _unquoted(middle[at + 7 :])


def _only_op(text: str, start: int) -> Op:
    head = _grammar().op.match(text, start)
    if head is None or not text.endswith("]]") or head.end() >= len(text) - 2:
        raise Senseless("a change does not say which record becomes what")
    kind, id = _key(head[1])
    return kind, id, head[2], text[head.end() : -2]


def _ops_start(text: str, start: int) -> tuple[int, str | None]:
    found = _grammar().ops.match(text, _value_end(text, start))
    if found is None:
        raise Senseless("a commit has no list of changes where one is due")
    return found.end(), None if found[1] is None else _unquoted(found[1])


def _ops(text: str, start: int) -> tuple[Op, ...]:
    """The changes from `start` to the bracket that ends the text."""
    ops: list[Op] = []
    if text.startswith("]", start) and len(text) == start + 1:  # an archive leaves out deleted records
        return ()
    while True:
        head = _grammar().op.match(text, start)
        if head is None:
            raise Senseless("a change is neither put nor del")
        put, keys, gone = head.groups()
        end = head.end() if put is None else _value_end(text, head.end())
        if put is None:
            ops.append((*_key(gone), "{}", None))
        else:
            ops.append((*_key(put), keys, text[head.end() : end]))
        start = end + 2
        behind = text[end : end + 3]  # three: a look at all that follows would be quadratic
        if behind == "]]":
            return tuple(ops)
        if behind[:2] != "],":
            raise Senseless("a change does not end where it should")


def _text(line: bytes) -> str:
    try:
        return line[:-FRAME].decode()
    except UnicodeDecodeError as error:
        raise Senseless("it is not UTF-8") from error


def _key(quoted: str) -> tuple[str, str]:
    kind, slash, id = _unquoted(quoted).partition("/")
    if not kind or not slash:
        raise Senseless("a key is not a kind, a slash and an id")
    return kind, id


def _unquoted(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        return str(_grammar().loads(quoted))
    except ValueError as error:
        raise Senseless("a text has a broken escape") from error


def _value_end(text: str, start: int) -> int:
    """Where the JSON value that begins at `start` ends, the spaces around it included."""
    try:
        end = _grammar().raw_decode(text, _past_spaces(text, start))[1]
    except (ValueError, RecursionError) as error:
        raise Senseless("a value in it is not JSON") from error
    return _past_spaces(text, end)


def _past_spaces(text: str, at: int) -> int:
    while text.startswith((" ", "\t"), at):
        at += 1
    return at


class _Grammar(NamedTuple):
    commit: re.Pattern[str]
    ops: re.Pattern[str]
    op: re.Pattern[str]
    snapshot: re.Pattern[str]
    link: re.Pattern[str]
    loads: Callable[[str], Any]
    raw_decode: Callable[[str, int], tuple[Any, int]]


@cache
def _grammar() -> _Grammar:
    """Compiled when the first journal is opened, to keep the import of the library cheap."""
    from json import JSONDecoder

    decoder = JSONDecoder()
    number, link = "([1-9][0-9]{0,17})", '"([0-9a-f]{8})"'
    at = '"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z)"'
    return _Grammar(
        commit=re.compile(rf'\{{"seq":{number},"prev":{link},"at":{at},"by":({_STRING}),"action":'),
        ops=re.compile(rf'(?:,"cmd":({_STRING}))?,"ops":\['),
        op=re.compile(rf'\["(?:put",({_STRING}),({_KEYS}),|del",({_STRING}))'),
        snapshot=re.compile(rf'\{{"key":({_STRING}),"rev":{number},"keys":({_KEYS}),"data":'),
        link=re.compile(rf',"prev":{link}'),
        loads=decoder.decode,
        raw_decode=decoder.raw_decode,
    )
