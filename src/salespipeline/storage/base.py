"""What a storage is: opaque records in, opaque records out, one commit at a time.

A storage knows no sale. It keeps `Record`s under a kind and an id, writes them in commits that
happen wholly or not at all, and numbers the commits 1, 2, 3 without gaps. The number of the commit
that wrote a record is the record's revision.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol, cast, runtime_checkable

from attrs import field, fields, frozen

from salespipeline.storage.jsontext import JsonText

Keys = tuple[tuple[str, str], ...]


def sorted_pairs(keys: Mapping[str, str] | Iterable[tuple[str, str]]) -> Keys:
    """The pairs of a mapping in the order of their names."""
    if type(keys) is not tuple and isinstance(keys, Mapping):
        keys = cast("Mapping[str, str]", keys).items()
    return tuple(sorted(cast("Iterable[tuple[str, str]]", keys)))


class _Shown:
    """Shown as it would be typed: attrs need not write that for each."""

    __slots__ = ()

    def __repr__(self) -> str:
        kind: Any = type(self)
        return f"{kind.__name__}({', '.join(f'{each.name}={getattr(self, each.name)!r}' for each in fields(kind))})"


@frozen(kw_only=True, repr=False)
class Record(_Shown):
    """One stored document.

    `keys` are the few texts it can be found by, sorted by name; `body` is JSON text on one line,
    given back character for character; `revision` is the number of the commit that wrote it.
    """

    kind: str
    id: str
    revision: int
    keys: Keys = field(default=(), converter=sorted_pairs)
    body: str

    def matches(self, where: Mapping[str, str]) -> bool:
        """Whether each pair of `where` is among the keys."""
        return all(pair in self.keys for pair in where.items())


@frozen(kw_only=True, repr=False)
class Change(_Shown):
    """One record as it shall be after a commit; a `body` of None deletes it."""

    kind: str
    id: str
    keys: Keys = field(default=(), converter=sorted_pairs)
    body: str | None


class Expect(NamedTuple):
    """What must be true before a commit: the record's present revision, or None when it must not exist."""

    kind: str
    id: str
    revision: int | None


class Commit(NamedTuple):
    """A change of one or more records, together or not at all.

    `expect` may name records that are not written. `at` is an aware instant, `by` a user's id or
    empty, `action` JSON text (the name of the action and its parameters), `command` an id under
    which the same commit given twice is carried out once.
    """

    changes: tuple[Change, ...]
    at: datetime
    expect: tuple[Expect, ...] = ()
    by: str = ""
    action: str = JsonText("null")
    command: str | None = None


class Revision(NamedTuple):
    """A record as one commit left it, with who wrote it, when, and which action; `body` None: deleted."""

    number: int
    at: datetime
    by: str
    action: str
    body: str | None
    keys: Keys = ()


class Capabilities(NamedTuple):
    """What a storage says of itself; the contract holds it to every word."""

    keeps_past: bool
    durable: bool
    multi_process: bool


class Storage(Protocol):
    """The protocol that every storage keeps, and that `salespipeline.testing.CONTRACT` checks.

    A handle sees one commit's view: it changes by the handle's own commits and by `refresh` alone.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this storage declares."""
        ...

    @property
    def number(self) -> int:
        """The number of the commit whose view this handle reads; 0 when nothing was ever committed."""
        ...

    def read(self, kind: str, id: str) -> Record | None:
        """The record, or None."""
        ...

    def scan(self, kind: str, where: Mapping[str, str] = ...) -> Iterator[Record]:
        """The records of a kind in the order of their ids (by code point), over one commit's view.

        `where` is a hint: a storage leaves out what it can, and may give more than was asked.
        """
        ...

    def commit(self, commit: Commit) -> int:
        """Write all changes or none, and give the commit's number.

        Raises `Conflict` when an expectation does not hold; a `command` that was committed before
        gives the number it got then, and writes nothing.
        """
        ...

    def past(self, kind: str, id: str) -> Iterable[Revision]:
        """Every revision of a record, oldest first; `PastNotKept` where the storage keeps none.

        A deleted record's past ends with a `Revision` without body.
        """
        ...

    def refresh(self) -> int:
        """Move the view to the newest commit and give its number."""
        ...

    def close(self) -> None:
        """Give back what the handle holds; closing twice is harmless."""
        ...


@runtime_checkable
class PruningStorage(Storage, Protocol):
    """A storage that can forget its older past, as those of this library can; others need not."""

    @property
    def pruned_before(self) -> datetime | None:
        """The latest instant that `prune_history` was given; None where nothing was forgotten yet."""
        ...

    def prune_history(self, *, before: datetime) -> int:
        """Forget the past revisions that were recorded before an instant, and give how many there were.

        The newest revision of a record that is there stays, whenever it was recorded. Of a record that
        was deleted nothing stays; of one that was made again, nothing from before it was deleted. Numbers
        and records are what they were. A handle whose view is an earlier one reads on as before, or, where
        what it shows is forgotten, raises `PastNotKept` until it is refreshed.
        """
        ...
