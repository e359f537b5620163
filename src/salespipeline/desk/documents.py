"""Which sale refers to a document: a quote, an order or an invoice of one number is linked to one sale alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import Edit, Register
from salespipeline.model.parts import Document, DocumentKind
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.rules.typed import is_a
from salespipeline.storage.base import Change, Expect, Record, Storage
from salespipeline.storage.jsontext import dumps

KIND, ID = "series", "document"
_MARK = '"document":{'  # in the record of every sale that refers to one; within a text, its quotes are escaped

Linked = tuple[DocumentKind, str]
Decoded = Callable[[Record], Sale]


class Claim(NamedTuple):
    """What links documents to sales: the refusals, and what a commit writes and expects for it."""

    refusals: tuple[Refused, ...] = ()
    changes: tuple[Change, ...] = ()
    expect: tuple[Expect, ...] = ()


class SaleDocuments:
    """Knows what stored sales refer to, where a sale is won for the value of its document (Business Central, A.1.1)."""

    __slots__ = ("_decoded", "_storage", "_unkeyed")

    def __init__(self, storage: Storage, decoded: Decoded) -> None:
        self._storage = storage
        self._decoded = decoded
        self._unkeyed: dict[str, list[str]] | None = None

    def guard(self) -> Check:
        """A guard: what an action links to a sale is linked to no other."""

        def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
            if not sale.type.dialect.quote_sets_value:
                return
            field, document = _meant(sale, action)
            if document is not None and (isinstance(action, Register) or document != _linked(sale)):
                other = self._holders({document[1]}, {sale.id}).get(document)
                if other is not None:
                    yield _fault(field, document, other)

        return check

    def claimed(self, before: Sequence[Sale | None], after: Sequence[Sale]) -> Claim:
        """The refusals of documents that another sale refers to, or will by the same commit.

        With what a commit has to write and expect, so that two desks cannot link one document at once.
        """
        kept, fresh = _told_apart(before, after)
        if not fresh:
            return Claim()
        # those that are saved refer to what they have here, whatever they had
        holders = self._holders({document[1] for _, document in fresh}, {sale.id for sale in after}) | kept
        refusals: list[Refused] = []
        for sale, document in fresh:
            holder = holders.setdefault(document, sale.id)
            if holder != sale.id:
                found = [_fault("document", document, holder)]
                refusals.append(Refused(sale.id, "Save", sale.standing.value, found))
        record = self._storage.read(KIND, ID)
        expect = Expect(kind=KIND, id=ID, revision=record.revision if record else None)
        return Claim(tuple(refusals), (Change(kind=KIND, id=ID, body=dumps({"format": 1})),), (expect,))

    def _holders(self, numbers: set[str], but: set[Any]) -> dict[Linked, str]:
        """The ids of stored sales by what they refer to, of documents with some numbers; but some sales."""
        found: dict[Linked, str] = {}
        for record in self._numbered(numbers):
            document = _linked(self._decoded(record)) if record.id not in but else None
            if document is not None:
                found.setdefault(document, record.id)
        return found

    def _numbered(self, numbers: set[str]) -> Iterator[Record]:
        """The sales that refer to documents of some numbers; those too that were stored before it was a key."""
        where = {"document": next(iter(numbers))} if len(numbers) == 1 else {}
        for record in self._storage.scan("sale", where):
            if dict(record.keys).get("document") in numbers:
                yield record
        if self._unkeyed is None:
            self._unkeyed = self._without_key()
        for id in (id for number in numbers for id in self._unkeyed.get(number, ())):
            found = self._storage.read("sale", id)
            if found is not None:
                yield found

    def _without_key(self) -> dict[str, list[str]]:
        """The ids of sales that refer to a document and are not found by it, under its number; looked for once."""
        found: dict[str, list[str]] = {}
        for record in self._storage.scan("sale"):
            if _MARK in record.body and "document" not in dict(record.keys):
                document = _linked(self._decoded(record))
                if document is not None:
                    found.setdefault(document[1], []).append(record.id)
        return found


def _told_apart(
    before: Sequence[Sale | None], after: Sequence[Sale]
) -> tuple[dict[Linked, str], list[tuple[Sale, Linked]]]:
    """Who keeps a document, and who gets one, of sales that are saved together."""
    holders: dict[Linked, str] = {}
    fresh: list[tuple[Sale, Linked]] = []
    for old, sale in zip(before, after, strict=True):
        document = _linked(sale)
        if document is None:
            continue
        if sale.type.dialect.quote_sets_value and (old is None or _linked(old) != document):
            fresh.append((sale, document))
        else:
            holders[document] = sale.id
    return holders, fresh


def _meant(sale: Sale, action: Action) -> tuple[str, Linked | None]:
    """The parameter that names the document which an action would link, and that document if it can be one."""
    if getattr(action, "is_quoting", False):
        from salespipeline.rules.ordering import document_of  # loaded for those who need it

        linked = document_of(sale, action)
        return "number", linked if linked is not None and is_a(linked[1], str) else None
    document: Any = action.document if isinstance(action, Edit) else None
    if isinstance(action, Register):
        details: Mapping[str, Any] = dict(action.details)
        document = details.get("document")
    fits = isinstance(document, Document) and is_a(document.kind, DocumentKind) and is_a(document.number, str)
    return "document", (document.kind, document.number) if fits else None


def _linked(sale: Sale) -> Linked | None:
    return None if sale.document is None else (sale.document.kind, sale.document.number)


def _fault(field: str, document: Linked, other: str) -> Problem:
    kind, number = document
    return Problem("document-taken", field, number, params={"kind": kind.value, "other": other})
