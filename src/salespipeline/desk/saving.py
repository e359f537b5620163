"""What can be saved: sales that can be read again, under ids that nobody has."""

from collections.abc import Iterable, Mapping, Sequence

from salespipeline.desk.catalog import KeptCatalog
from salespipeline.desk.documents import SaleDocuments
from salespipeline.desk.ids import SaleIds, folded
from salespipeline.desk.knowing import unstorable
from salespipeline.desk.numbers import SaleNumbers
from salespipeline.desk.writing import Writer
from salespipeline.errors import InvalidValue
from salespipeline.model.action import day
from salespipeline.model.catalog import Catalog
from salespipeline.model.problem import BulkRefused, Problem, Refused
from salespipeline.model.sale import Sale
from salespipeline.storage.base import Change, Expect


def id_of(sale: object) -> str:
    """The id that a sale, or the id of one, stands for; `InvalidValue` for anything else."""
    if isinstance(sale, Sale):
        return sale.id
    if isinstance(sale, str):
        return sale
    raise InvalidValue("sale", sale, "give a Sale, or the id of one")


def taken(id: object, ids: SaleIds) -> tuple[Problem, ...]:
    """The problem of an id that another sale has, or one that looks like it."""
    other = ids.taken(id) if isinstance(id, str) else None
    return (Problem("id-taken", "id", id, params={"other": other}),) if other else ()


def unsaveable(sales: tuple[Sale, ...], before: Sequence[Sale | None], catalog: Catalog, ids: SaleIds) -> list[Refused]:
    """The refusals of sales that could not be read again, or whose ids are taken, by each other too.

    `before` are the sales as they are stored: a stage that the type has lost meanwhile may stay, not be entered.
    """
    refusals: list[Refused] = []
    seen: set[str] = set()
    for sale, stored in zip(sales, before, strict=True):
        id = id_of(sale)
        found = [*unstorable(sale, catalog, stored)]
        if sale.stored.revision is None:
            found += taken(id, ids) or ([Problem("id-taken", "id", id)] if folded(id) in seen else [])
        seen.add(folded(id))
        if found:
            refusals.append(Refused(id, "Save", sale.standing.value, found))
    return refusals


class Saver:
    """Saves sales with the numbers that the catalog has them take; refuses numbers and documents that are taken."""

    __slots__ = ("_documents", "_kept", "_numbers", "_writer")

    def __init__(self, writer: Writer, numbers: SaleNumbers, documents: SaleDocuments, kept: KeptCatalog) -> None:
        self._writer = writer
        self._numbers = numbers
        self._documents = documents
        self._kept = kept

    def save(
        self,
        before: Sequence[Sale | None],
        after: Sequence[Sale],
        told: str,
        changes: Iterable[Change] = (),
        expect: Iterable[Expect] = (),
        command: str | None = None,
    ) -> tuple[Sale, ...]:
        """Commit sales, each beside what it was before; raises `Refused` or `BulkRefused`."""
        numbered, refusals, written, seen = self._numbers.claimed(before, after, self._kept.catalog.numbering)
        linked = self._documents.claimed(before, numbered)
        if refusals := [*refusals, *linked.refusals]:
            raise refusals[0] if len(after) == 1 else BulkRefused(refusals, len(after))
        changes, expect = (*changes, *written, *linked.changes), (*expect, *seen, *linked.expect)
        return self._writer.save(numbered, told, changes, expect, command)


def removal_of(sales: Iterable[Sale]) -> tuple[list[Change], list[Expect]]:
    """What a commit writes and expects to delete sales."""
    found = tuple(sales)
    expect = [Expect(kind="sale", id=sale.id, revision=sale.stored.revision) for sale in found]
    return [Change(kind="sale", id=sale.id, body=None) for sale in found], expect


def check_closed_filters(own: Mapping[str, object]) -> None:
    """Refuse an id that is no text, and a closing day that is none: they would match nothing, or everything."""
    if "id" in own and not isinstance(own["id"], str):
        raise InvalidValue("id", own["id"], "give the id of a sale, or leave it out")
    if "closed_on" in own:
        day(own["closed_on"], "closed_on")


def closed_and(sale: Sale, own: Mapping[str, object]) -> bool:
    """Whether a sale is closed, has an id and was closed on a day, where these are given."""
    return sale.is_closed and all(getattr(sale, name) == value for name, value in own.items())
