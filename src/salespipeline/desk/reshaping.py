"""Changing the lists while sales run: catalog and sales in one commit, by the owner of the catalog alone."""

from collections.abc import Callable, Iterator

from salespipeline.desk.catalog import KeptCatalog
from salespipeline.desk.writing import Writer
from salespipeline.model.action import Moment
from salespipeline.model.catalog import Catalog
from salespipeline.model.problem import CatalogRefused
from salespipeline.model.sale import Sale
from salespipeline.rules.reshaping import Removal, StageRemoval, not_owned
from salespipeline.storage.base import Record, Storage
from salespipeline.storage.jsontext import dumps


class Reshaping:
    """Carries out a removal: from the catalog and, in the same commit, from every sale that it concerns."""

    __slots__ = ("_decoded", "_kept", "_storage", "_user", "_writer")

    def __init__(
        self, storage: Storage, kept: KeptCatalog, writer: Writer, decoded: Callable[[Record], Sale], user: str | None
    ) -> None:
        self._storage = storage
        self._kept = kept
        self._writer = writer
        self._decoded = decoded
        self._user = user

    def carry_out(self, removal: Removal, moment: Moment) -> None:
        """Raises `CatalogRefused` with every problem; nothing has changed then."""
        removed = self._writer.repeated(lambda: self._removed(removal, moment), strict=False)
        self._writer.repeated(lambda: self._mopped(removal, removed, moment), strict=False)

    def _removed(self, removal: Removal, moment: Moment) -> Catalog:
        self._storage.refresh()
        self._kept.require()
        before = self._kept.catalog
        sales = tuple(self._sales())
        found = (*not_owned(before, self._user), *removal.problems(before, sales))
        if found:
            raise CatalogRefused(_named(removal), found)
        after = removal.catalog(before)
        changed = [new for sale in sales if (new := removal.sale(sale, before, after, moment)) != sale]
        self._writer.save(changed, _told(removal), [self._kept.written(after)])
        self._kept.require()
        return before

    def _mopped(self, removal: Removal, before: Catalog, moment: Moment) -> None:
        """What somebody saved between the look and the commit is put right now."""
        self._storage.refresh()
        self._kept.require()
        where = {"stage": removal.stage} if isinstance(removal, StageRemoval) else {}
        late = [sale for sale in self._sales(**where) if removal.concerns(sale)]
        if late:
            moved = [removal.sale(sale, before, self._kept.catalog, moment) for sale in late]
            self._writer.save(moved, _told(removal))

    def _sales(self, **where: str) -> Iterator[Sale]:
        return (self._decoded(record) for record in self._storage.scan("sale", where) if record.matches(where))


def _named(removal: Removal) -> str:
    if isinstance(removal, StageRemoval):
        return f"remove stage {removal.stage!r}"
    return f"remove suggestion {removal.suggestion!r} of sale type {removal.type!r}"


def _told(removal: Removal) -> str:
    if not isinstance(removal, StageRemoval):
        return dumps({"action": "RemoveSuggestion", "type": removal.type, "suggestion": removal.suggestion})
    given = {"stage": removal.stage, "replaced_by": removal.replaced_by, "move_activities": removal.move_activities}
    return dumps({"action": "RemoveStage", **{name: value for name, value in given.items() if value}})
