"""The lists of a catalog, ready to be asked what a text means."""

from collections.abc import Iterable
from typing import Any

from attrs import fields

from salespipeline.exchange.spelling import Spellings
from salespipeline.model.catalog import Catalog
from salespipeline.model.item import Item
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Status
from salespipeline.rules.closing import reasons_of

Entry = SaleType | Stage | Item

LISTS = (*(a.name for a in fields(Catalog) if a.name not in ("currencies", "currency", "owner", "rates")), "reasons")


class Lists:
    """The lists of a catalog by name; `stages` are those of a row's type, `reasons` those of its status too."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[object, Spellings[Any]] = {}

    def named(self, name: str, type: SaleType | None, status: Status | None) -> Spellings[Any] | None:
        """The list of a name; None when the type or status it hangs on has none."""
        if name == "stages":
            return self._spelled((name, type.id), type.stages) if type else None
        if name == "reasons":
            if not type or not status or status is Status.OPEN:
                return None
            return self._spelled((name, type.id, status), reasons_of(type, status))
        return self._spelled(name, getattr(self._catalog, name))

    def _spelled(self, key: object, entries: Iterable[Entry]) -> Spellings[Any]:
        known = self._known.get(key)
        if known is None:
            spelled = [(text, entry) for entry in entries for text in (entry.name, entry.id)]
            known = self._known[key] = Spellings(spelled)
        return known
