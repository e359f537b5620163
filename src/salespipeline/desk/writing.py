"""Writing to the storage: every commit says who, when and what, and expects the catalog it was made under."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from salespipeline.codec import encode_sale, sale_keys
from salespipeline.desk.catalog import KeptCatalog
from salespipeline.desk.ids import SaleIds
from salespipeline.errors import Conflict
from salespipeline.model.sale import Sale, Stored
from salespipeline.rules.building import rebuilt
from salespipeline.storage.base import Change, Commit, Expect, Storage

T = TypeVar("T")

_TRIES = 50  # how often a step is repeated when somebody else's commit came first


class Writer:
    """Builds commits and repeats a step that somebody else's commit has overtaken."""

    __slots__ = ("_clock", "_ids", "_kept", "_storage", "_user")

    def __init__(
        self, storage: Storage, kept: KeptCatalog, ids: SaleIds, clock: Callable[[], datetime], user: str | None
    ) -> None:
        self._storage = storage
        self._ids = ids
        self._kept = kept
        self._clock = clock
        self._user = user

    def write(
        self, changes: Iterable[Change], expect: Iterable[Expect], action: str, command: str | None = None
    ) -> int:
        """Commit the changes under the present catalog; gives the number of the commit."""
        changes = tuple(changes)
        commit = Commit(
            changes=changes,
            expect=(*expect, self._kept.expected()),
            at=self._clock(),
            by=self._user or "",
            action=action,
            command=command,
        )
        number = self._storage.commit(commit)
        sales = [change for change in changes if change.kind == "sale"]
        if all(change.body is not None for change in sales):  # an id that was freed is found by reading again
            self._ids.added(change.id for change in sales)
        return number

    def save(
        self,
        sales: Iterable[Sale],
        action: str,
        changes: Iterable[Change] = (),
        expect: Iterable[Expect] = (),
        command: str | None = None,
    ) -> tuple[Sale, ...]:
        """Commit sales, each expected at the revision it was read at; gives them with their new one."""
        sales = tuple(sales)
        written = [Change(kind="sale", id=sale.id, keys=sale_keys(sale), body=encode_sale(sale)) for sale in sales]
        known = [Expect(kind="sale", id=sale.id, revision=sale.stored.revision) for sale in sales]
        number = self.write((*written, *changes), (*known, *expect), action, command)
        return tuple(rebuilt(sale, {"stored": Stored(number, sale.stored.unknown)}) for sale in sales)

    def known(self, command: str | None) -> int | None:
        """The number of the commit that a command was carried out by already; None for one that was not.

        Asked by a commit that cannot happen, since a known command comes before any expectation.
        """
        if command is None:
            return None
        impossible = self._kept.expected()._replace(revision=None)
        asking = Commit(
            changes=(self._kept.as_it_is(),),
            expect=(impossible,),
            at=self._clock(),
            by=self._user or "",
            command=command,
        )
        try:
            return self._storage.commit(asking)
        except Conflict:
            return None

    def repeated(self, attempt: Callable[[], T], *, strict: bool) -> T:
        """The result of a step; repeated on newer data when another commit came between.

        With `strict`, a sale that changed is a `Conflict` for the caller to settle.
        """
        for _ in range(_TRIES - 1):
            try:
                return attempt()
            except Conflict as conflict:
                if strict and conflict.kind == "sale":
                    raise
            self._storage.refresh()
            self._kept.require()
        return attempt()
