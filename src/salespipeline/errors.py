"""Everything the library raises on purpose, except refusals of an action (those are in `model.problem`).

One base class; each leaf also inherits the built-in exception that fits, keeps its parts as
attributes, and survives pickling. A text says what could not be done, why, and what would work.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

__all__ = [
    "BrokenRule",
    "BrokenTable",
    "CommitUncertain",
    "Conflict",
    "CorruptStore",
    "CurrencyMismatch",
    "ForeignFile",
    "InvalidValue",
    "LockTimeout",
    "NewerFormat",
    "NotFound",
    "PastNotKept",
    "ReadOnly",
    "SalesPipelineError",
    "StorageClosed",
    "StorageError",
    "StorageFull",
    "UnknownEntry",
    "UnreadableRecord",
]


_MANY = 12  # of a kind are told of in a text; an error has all of them as its attributes
_Named = TypeVar("_Named", bound=Hashable)


class SalesPipelineError(Exception):
    """The base of everything the library raises on purpose."""


class InvalidValue(SalesPipelineError, ValueError):
    """A value was refused when something was made of it; `field`, `given` and `accepted` say which and why."""

    def __init__(self, field: str, given: object, accepted: str) -> None:
        super().__init__(field, given, accepted)
        self.field = field
        self.given = given
        self.accepted = accepted

    def __str__(self) -> str:
        return f"cannot use {shown(self.given)} as {self.field}: {self.accepted}"


class UnknownEntry(SalesPipelineError, LookupError):
    """A name was looked up in a list that does not have it; `accepted` holds what the list has."""

    def __init__(self, kind: str, given: object, accepted: Iterable[str]) -> None:
        accepted = tuple(accepted)
        super().__init__(kind, given, accepted)
        self.kind = kind
        self.given = given
        self.accepted = accepted

    def __str__(self) -> str:
        return f"cannot find {self.kind} {shown(self.given)}: {one_of(self.accepted)}"


class NotFound(SalesPipelineError, LookupError):
    """A record was asked for by an id that the storage does not have."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(kind, id)
        self.kind = kind
        self.id = id

    def __str__(self) -> str:
        return f"cannot find {self.kind} {shown(self.id)}: no such record, or it was deleted"


class ReadOnly(SalesPipelineError, AttributeError):
    """An attribute of an immutable value was set; `instead` shows the way that works."""

    def __init__(self, what: str, attribute: str, instead: str) -> None:
        super().__init__(what, attribute, instead)
        self.what = what
        self.attribute = attribute
        self.instead = instead

    def __str__(self) -> str:
        return f"cannot set {self.attribute!r} of {self.what}: it is an immutable value. {self.instead}"


class CurrencyMismatch(SalesPipelineError, ValueError):
    """Amounts of two currencies were to be added or compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(left, right)
        self.left = left
        self.right = right

    def __str__(self) -> str:
        return f"cannot add {self.left} and {self.right}: keep one total per currency, or convert first"


class BrokenTable(SalesPipelineError, ValueError):
    """A lifecycle, dialect, sale type or catalog contradicts itself; `faults` holds every fault found."""

    def __init__(self, what: str, faults: Iterable[str]) -> None:
        faults = tuple(faults)
        super().__init__(what, faults)
        self.what = what
        self.faults = faults

    def __str__(self) -> str:
        more = f"; and {len(self.faults) - _MANY:,} faults more" if len(self.faults) > _MANY else ""
        return f"cannot make {self.what}: " + "; ".join(self.faults[:_MANY]) + more


class BrokenRule(SalesPipelineError, RuntimeError):
    """A rule row did something that its table does not allow: a fault in the rule, not in the request."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(action, reason)
        self.action = action
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot carry out {self.action}: {self.reason}. Mend the rule row of this action"


class Conflict(SalesPipelineError, RuntimeError):
    """Somebody else changed a record since it was read; `expected` and `found` are revisions, None is "absent"."""

    def __init__(self, kind: str, id: str, expected: int | None, found: int | None) -> None:
        super().__init__(kind, id, expected, found)
        self.kind = kind
        self.id = id
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        if self.expected is None:
            return f"cannot create {self.kind} {shown(self.id)}: it exists, at revision {self.found}. Use another id"
        found = "deleted" if self.found is None else f"at revision {self.found}"
        return (
            f"cannot save {self.kind} {shown(self.id)}: it was read at revision {self.expected} and is now {found}."
            " Read it again and repeat the action"
        )


class UnreadableRecord(SalesPipelineError, ValueError):
    """A stored record cannot be turned into an entity; names the record, the reason, and where it lies.

    The field is one of the record's, or a place within it such as `versions[0].alternatives[1].name`.
    """

    def __init__(self, kind: str, id: str, field: str, reason: str) -> None:
        super().__init__(kind, id, field, reason)
        self.kind = kind
        self.id = id
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot read {self.kind} {shown(self.id)}: {self.field}: {self.reason}"


class StorageError(SalesPipelineError, OSError):
    """A storage could not do what was asked."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where = where
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot use storage {_place(self.where)}: {self.reason}"


class StorageClosed(StorageError):
    """The storage was used after `close()`, or in another process than the one that opened it."""


class StorageFull(StorageError):
    """The disk had no room for the commit; nothing of it was kept and the storage stays usable."""


class CommitUncertain(StorageError):
    """The operating system did not say whether a commit is durable; the storage refuses every further call."""


class LockTimeout(StorageError, TimeoutError):
    """Another writer held the lock longer than the storage was told to wait."""


class ForeignFile(StorageError):
    """The file is not a store of this library (another format, empty, half a header); it was left as it is."""


class CorruptStore(StorageError):
    """The file is damaged; `offset` is the byte where the damage was seen, and the file was left as it is."""

    def __init__(self, where: str, reason: str, offset: int) -> None:
        super().__init__(where, reason)
        self.args = (where, reason, offset)
        self.offset = offset

    def __str__(self) -> str:
        return f"cannot read storage {_place(self.where)}: {self.reason}, at byte {self.offset}"


class NewerFormat(StorageError):
    """The file was written in a format newer than this version of the library knows; it was left as it is."""


class PastNotKept(StorageError):
    """Past revisions were asked of a storage that does not keep them."""


def shown(value: object, limit: int = 80) -> str:
    """The value as it would be typed, cut to `limit` characters and escaped so that it cannot break a line."""
    try:
        text = ascii_safe(repr(value))
    except Exception:  # the repr of a value that was refused can fail, an int of 5,000 digits for one
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _place(where: object, limit: int = 300) -> str:
    """Where a storage lies, as `shown`; of a very long path the end is kept: it tells which of its files is meant."""
    text = shown(where, 1 << 16)
    return text if len(text) <= limit else f"…{text[1 - limit :]}"


def ascii_safe(text: str) -> str:
    """The text with everything that does not print (controls, bidi marks, separators) as visible escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def repeated(names: Iterable[_Named]) -> list[_Named]:
    """What stands more than once, each once, in the order it first stands in; the time grows with the number alone."""
    return [name for name, count in Counter(names).items() if count > 1]


def one_of(names: Iterable[object]) -> str:
    """`use one of 'a', 'b'` or, with nothing to choose from, that the list is empty."""
    names = tuple(names)
    if not names:
        return "the list is empty"
    return f"use {few(names)}" if len(names) == 1 else f"use one of {few(names)}"


def few(names: Sequence[object]) -> str:
    """The names as `shown`, the first twelve of many."""
    return ", ".join(shown(name) for name in names[:_MANY]) + (", …" if len(names) > _MANY else "")
