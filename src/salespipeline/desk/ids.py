"""Ids of new sales: a series kept in the store, or the caller's own; none that looks like one that is seen."""

from collections.abc import Callable, Iterable

from salespipeline.codec import opened
from salespipeline.errors import UnreadableRecord
from salespipeline.storage.base import Change, Expect, Storage
from salespipeline.storage.jsontext import dumps

KIND, ID = "series", "sale"
_FIRST = 1001


class SaleIds:
    """Gives the id of the next sale, and knows which ids are taken.

    Without a factory, ids are S-1001, S-1002 and so on; the series is stored, so an id is never given
    twice, even after its sale was deleted.
    """

    __slots__ = ("_factory", "_folded", "_seen", "_storage")

    def __init__(self, storage: Storage, factory: Callable[[], str] | None) -> None:
        self._storage = storage
        self._factory = factory
        self._folded: dict[str, str] = {}
        self._seen = -1

    def next(self) -> tuple[str, tuple[Change, ...], tuple[Expect, ...]]:
        """A new id, with what has to be written and expected along with it."""
        if self._factory is not None:
            return self._factory(), (), ()
        record = self._storage.read(KIND, ID)
        number = _number(record.body) if record else _FIRST
        while self.taken(f"S-{number}"):
            number += 1
        change = Change(kind=KIND, id=ID, body=dumps({"format": 1, "next": number + 1}))
        return f"S-{number}", (change,), (Expect(kind=KIND, id=ID, revision=record.revision if record else None),)

    def taken(self, id: str) -> str | None:
        """The id of a sale that is this one, or that a reader would take for it (`a-1` for `A-1`)."""
        if self._seen != self._storage.number:
            self._folded = {folded(record.id): record.id for record in self._storage.scan("sale")}
            self._seen = self._storage.number
        return self._folded.get(folded(id))

    def added(self, ids: Iterable[str]) -> None:
        """Note the ids that a commit of our own has written, rather than read all of them again.

        When somebody else's commit came between, they are read again the next time.
        """
        if self._storage.number == self._seen + 1:
            self._folded |= {folded(id): id for id in ids}
            self._seen = self._storage.number


def folded(id: str) -> str:
    """The form in which ids are compared for likeness."""
    if id.isascii():
        return id.casefold()
    from unicodedata import normalize  # loaded for those who need it

    return normalize("NFKC", id).casefold()


def _number(body: str) -> int:
    number = opened(KIND, ID, body, 1).get("next")
    if type(number) is not int or number < 1:
        raise UnreadableRecord(KIND, ID, "next", f"{number!r} is not the number of a sale")
    return number
