"""What is seen at the desk: sales and parties as they are and were, and what can be asked of them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from types import TracebackType
from typing import Self, TypeVar

from attrs import evolve

from salespipeline.codec import decode_party, decode_sale
from salespipeline.desk.catalog import KeptCatalog
from salespipeline.desk.customers import won_from_known
from salespipeline.desk.documents import SaleDocuments
from salespipeline.desk.filters import filters_of
from salespipeline.desk.knowing import among_people, completed, in_catalog
from salespipeline.desk.numbers import SaleNumbers
from salespipeline.desk.parties import party_kind
from salespipeline.desk.past import Past, SaleRevision
from salespipeline.desk.prices import among_price_lists, stored_list, stored_lists
from salespipeline.desk.saving import id_of
from salespipeline.errors import NotFound
from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import Delete
from salespipeline.model.catalog import Catalog
from salespipeline.model.ids import user_id
from salespipeline.model.people import Company, Person, User
from salespipeline.model.problem import Problem
from salespipeline.model.product import PriceList
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.rules.apply import judged
from salespipeline.rules.deleting import deletion_problems
from salespipeline.rules.lists import listed_in
from salespipeline.rules.looking_back import sale_as_of
from salespipeline.rules.offers import Offer, available
from salespipeline.rules.typed import utc
from salespipeline.storage.base import Record, Storage

Clock = Callable[[], datetime]
P = TypeVar("P", Company, Person, User)


class Desk:
    """Reads sales from a storage, for a user, under the catalog that the storage keeps."""

    def __init__(
        self, storage: Storage, kept: KeptCatalog, user: str | None, clock: Clock, guards: Iterable[Check]
    ) -> None:
        self._storage = storage
        self._kept = kept
        self._user = None if user is None else user_id(user)
        self._clock = clock
        self._guards = tuple(guards)
        self._numbers = SaleNumbers(storage)
        self._documents = SaleDocuments(storage, self._decoded)
        self._past = Past(storage, self._decoded)

    def close(self) -> None:
        """Close the storage."""
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def refresh(self) -> int:
        """See what others have committed; gives the number of the newest commit."""
        number = self._storage.refresh()
        self._kept.require()
        return number

    @property
    def storage(self) -> Storage:
        """Where the records are kept."""
        return self._storage

    @property
    def catalog(self) -> Catalog:
        """The catalog that sales are made under."""
        return self._kept.catalog

    def get(self, id: str) -> Sale:
        """The sale with this id; `NotFound` when there is none."""
        record = self._storage.read("sale", id)
        if record is None:
            raise NotFound("sale", id)
        return self._decoded(record)

    def sales(self, **where: object) -> tuple[Sale, ...]:
        """The sales in the order of their ids; those that match every given text or enum.

        Such as `owner="anna"`, `status=Status.OPEN`, `type=`, `stage=`, `company=`, `person=`, `project=` or
        `sale_date="2025-04-07"`; None asks for those that have none.
        """
        wanted, absent = filters_of(where)
        found = (record for record in self._storage.scan("sale", wanted) if record.matches(wanted))
        return tuple(self._decoded(record) for record in found if absent.isdisjoint(name for name, _ in record.keys))

    def available(self, sale: Sale | str, *, on: date | None = None) -> tuple[Offer, ...]:
        """What can be asked of a sale now, deleting it too; guards are asked about what can be made without a value."""
        moment, (present,) = self._moment(on), self._present(sale)
        deletion = Offer(Delete, None, (), deletion_problems(present, moment, self._guards))
        return (*available(present, on=moment.on, by=moment.by, guards=self._all_guards()), deletion)

    def problems(self, sale: Sale | str, action: Action, *, on: date | None = None) -> tuple[Problem, ...]:
        """Every reason why `apply` would refuse, the desk's own guards included."""
        (present,) = self._present(sale)
        if isinstance(action, Delete):
            return deletion_problems(present, self._moment(on), self._guards)
        meant = completed(action, present, self.catalog, self._storage)
        return judged(present, meant, self._moment(on), self._all_guards())

    def revisions(self, id: str) -> tuple[SaleRevision, ...]:
        """Every saving of a sale, oldest first: when, by whom, by which action, and the sale as it was saved.

        `insight.differences` says what differs between two. Raises `PastNotKept` where the storage keeps none.
        """
        self.refresh()
        return self._past.revisions(id)

    def as_of(self, when: date | datetime, **where: object) -> tuple[Sale, ...]:
        """The whole pipeline as it stood: on a day, by what happened; or at an aware instant, as it was recorded then.

        A day asks the sales' histories, so what was put right later counts; an instant asks the storage, so
        it does not. `where` filters the sales as they are now. Deleted sales are gone for good.
        """
        if isinstance(when, datetime):
            instant = utc(when, "when")
            found = (self._past.recorded_by(sale.id, instant) for sale in self.sales(**where))
        else:
            found = (sale_as_of(sale, when, self.catalog.type) for sale in self.sales(**where))
        return tuple(sale for sale in found if sale is not None)

    def party(self, kind: type[P], id: str) -> P:
        """The company, person or user with this id: `party(Company, "C-1")`; `NotFound` when there is none."""
        what = party_kind(kind)
        record = self._storage.read(what, id)
        if record is None:
            raise NotFound(what, id)
        return decode_party(kind, id, record.body)

    def parties(self, kind: type[P]) -> tuple[P, ...]:
        """All companies, persons or users, in the order of their ids."""
        return tuple(decode_party(kind, record.id, record.body) for record in self._storage.scan(party_kind(kind)))

    def price_list(self, id: str) -> PriceList:
        """The price list with this id and all its products; `NotFound` when there is none."""
        return stored_list(self._storage, id)

    def price_lists(self) -> tuple[PriceList, ...]:
        """All price lists, in the order of their ids."""
        return stored_lists(self._storage)

    def _moment(self, on: date | None) -> Moment:
        return Moment(self._clock().date() if on is None else on, self._user)

    def _all_guards(self) -> tuple[Check, ...]:
        people = (among_people(self._storage), won_from_known(self._storage))
        lists = (listed_in(self.catalog), among_price_lists(self._storage))
        known = (in_catalog(self.catalog), *lists, *people, self._documents.guard())
        return (*known, *self._numbers.guards(self.catalog), *self._guards)

    def _decoded(self, record: Record) -> Sale:
        return decode_sale(record.id, record.revision, record.body, self.catalog.type)

    def _present(self, *asked: Sale | str) -> list[Sale]:
        """The sales to work on: the latest of an id; a given one as it is, with its type as the catalog has it."""
        if any(isinstance(sale, str) for sale in asked):
            self.refresh()
        return [self.get(sale) if isinstance(sale, str) else self._under_catalog(sale) for sale in asked]

    def _under_catalog(self, sale: Sale) -> Sale:
        id_of(sale)
        type = self.catalog.type(sale.type.id)
        return sale if type is sale.type else evolve(sale, type=type)
