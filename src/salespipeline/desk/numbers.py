"""Numbers of new sales: the next of a series kept in the store, and which numbers are taken."""

from collections.abc import Sequence

from attrs import evolve

from salespipeline.codec import opened
from salespipeline.errors import UnreadableRecord
from salespipeline.model.catalog import Catalog
from salespipeline.model.numbering import Numbering
from salespipeline.model.problem import Refused
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.rules.building import rebuilt
from salespipeline.rules.numbering import number_fault, numbered_by
from salespipeline.storage.base import Change, Expect, Record, Storage
from salespipeline.storage.jsontext import dumps

KIND, ID = "series", "number"


class _Series:
    """The series as a commit finds it and leaves it: written whenever a number changes, so that nobody is overtaken."""

    __slots__ = ("_at", "_numbers", "_taken", "expect", "numbering")

    def __init__(self, numbers: "SaleNumbers", numbering: Numbering) -> None:
        record = numbers.record()
        self.numbering = numbering
        self.expect = Expect(kind=KIND, id=ID, revision=record.revision if record else None)
        self._numbers = numbers
        self._taken: frozenset[str] | None = None
        self._at = numbering.first if record is None else max(numbering.first, _number(record.body))

    def next(self) -> str:
        """The next number that nobody has."""
        if self.numbering.is_unique and self._taken is None:
            self._taken = self._numbers.all()
        while self._taken is not None and str(self._at) in self._taken:
            self._at += 1
        self._at += 1
        return str(self._at - 1)

    def change(self) -> Change:
        """What has to be written."""
        return Change(kind=KIND, id=ID, body=dumps({"format": 1, "next": self._at}))


class SaleNumbers:
    """Gives the number of the next sale as the catalog says, and knows which are taken (SuperOffice, 1.6)."""

    __slots__ = ("_storage",)

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def all(self) -> frozenset[str]:
        """Every number that a sale has."""
        return frozenset(dict(record.keys).get("number", "") for record in self._storage.scan("sale"))

    def record(self) -> Record | None:
        """The series as it is kept."""
        return self._storage.read(KIND, ID)

    def claimed(
        self, before: Sequence[Sale | None], after: Sequence[Sale], numbering: Numbering
    ) -> tuple[tuple[Sale, ...], list[Refused], tuple[Change, ...], tuple[Expect, ...]]:
        """Sales as they will be saved, new ones with the next number where numbers are allocated.

        With the refusals of numbers that are taken, by each other too; and with what a commit has to write and
        expect, so that two desks cannot take the same number at once.
        """
        if not numbering.switches:
            return tuple(after), [], (), ()
        changed = [old is None or old.number != new.number for old, new in zip(before, after, strict=True)]
        if not any(changed):
            return tuple(after), [], (), ()
        series = _Series(self, numbering)
        numbered = [
            self._numbered(new, series, old is None) if is_new else new
            for old, new, is_new in zip(before, after, changed, strict=True)
        ]
        checked = numbering.is_unique or numbering.one_blank
        refusals = self._taken(numbered, changed, numbering) if checked else []
        return tuple(numbered), refusals, (series.change(),), (series.expect,)

    def _numbered(self, sale: Sale, series: "_Series", is_new: bool) -> Sale:
        if sale.number or not is_new or not series.numbering.allocates:
            return sale
        return rebuilt(sale, {"card": evolve(sale.card, number=series.next())})

    def _taken(self, sales: Sequence[Sale], changed: Sequence[bool], numbering: Numbering) -> list[Refused]:
        refusals: list[Refused] = []
        together = frozenset(sale.id for sale in sales)  # these get the numbers they have here, whatever they had
        seen: dict[str, str] = {}
        for sale, is_new in zip(sales, changed, strict=True):
            if is_new and (numbering.is_unique if sale.number else numbering.one_blank):
                other = seen.get(sale.number) or self.other(sale, sale.number, together)
                if other is not None:
                    problem = number_fault(numbering, sale.number, other)
                    refusals.append(Refused(sale.id, "Save", sale.standing.value, [problem]))
            seen.setdefault(sale.number, sale.id)
        return refusals

    def guards(self, catalog: Catalog) -> tuple[Check, ...]:
        """The guard of the catalog's numbering; none where numbers are typed freely."""
        if not catalog.numbering.switches:
            return ()
        return (numbered_by(catalog.numbering, self.other),)

    def other(self, sale: Sale, number: str, but: frozenset[str] = frozenset()) -> str | None:
        """The id of another sale with a number, but some; for no number, of another one without."""
        where = {"number": number} if number else {}
        for record in self._storage.scan("sale", where):
            has = dict(record.keys).get("number", "")
            if has == number and record.id != sale.id and record.id not in but:
                return record.id
        return None


def _number(body: str) -> int:
    number = opened(KIND, ID, body, 1).get("next")
    if type(number) is not int or number < 1:
        raise UnreadableRecord(KIND, ID, "next", f"{number!r} is not a number")
    return number
