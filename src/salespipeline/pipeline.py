"""The desk: catalog, storage, user and clock brought together, so that one call does a whole step."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from os import PathLike
from types import TracebackType
from typing import Any, Self, TypedDict, TypeVar, Unpack

from attrs import evolve

from salespipeline.codec import decode_party, decode_sale, encode_action
from salespipeline.desk.adding import Request, drafted_at
from salespipeline.desk.bulk import carried_out_on_all
from salespipeline.desk.catalog import KeptCatalog
from salespipeline.desk.filters import filters_of
from salespipeline.desk.ids import SaleIds
from salespipeline.desk.knowing import among_people, completed, group_of, in_catalog
from salespipeline.desk.numbers import SaleNumbers
from salespipeline.desk.opening import storage_of
from salespipeline.desk.parties import party_kind, put_all
from salespipeline.desk.reshaping import Reshaping
from salespipeline.desk.saving import Saver, closed_and, id_of, removal_of, taken, unsaveable
from salespipeline.desk.writing import Writer
from salespipeline.errors import InvalidValue, NotFound
from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import Delete, Register
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.dialect import Dialect
from salespipeline.model.ids import SaleId, user_id
from salespipeline.model.people import Company, Person, User
from salespipeline.model.problem import BulkRefused, CatalogRefused, Problem, Refused
from salespipeline.model.rule import Check, Rule
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.apply import judged
from salespipeline.rules.deleting import deletion_problems
from salespipeline.rules.lists import listed_in
from salespipeline.rules.offers import Offer, available
from salespipeline.rules.registering import Details, begun
from salespipeline.rules.reshaping import StageRemoval, SuggestionRemoval, not_owned
from salespipeline.storage.base import Change, Record, Storage

Clock = Callable[[], datetime]
P = TypeVar("P", Company, Person, User)


class Options(TypedDict, total=False):
    """How a pipeline is opened.

    A new store needs a `catalog`; a store that has one keeps it. `user` is the id of who works at the
    desk, `clock` gives aware datetimes, `ids` gives ids for new sales, `guards` are checks that only the
    desk can make, `dialects` and `rules` the code that stored sale types name.
    """

    catalog: Catalog | None
    user: str | None
    clock: Clock
    ids: Callable[[], str] | None
    guards: Iterable[Check]
    dialects: Iterable[Dialect]
    rules: Iterable[Rule]


def local_now() -> datetime:
    """The present instant in the machine's own zone: its date is the business day."""
    return datetime.now(UTC).astimezone()


class Pipeline:
    """Sales in a storage, worked on by a user.

    Every method that changes something applies the rules, joins the problems that only the desk can
    know (its guards), and commits, or raises and changes nothing; `save` alone takes what was done
    elsewhere. Given a sale, a commit is strict: when somebody else changed it meanwhile, `Conflict` names
    both revisions. Given an id, a step is done to the latest sale. What others commit is seen after
    `refresh()`, a step by id, or a commit.
    """

    def __init__(self, storage: Storage, **options: Unpack[Options]) -> None:
        unknown = sorted(set(options) - set(Options.__annotations__))
        if unknown:
            raise InvalidValue("option", unknown[0], "use " + ", ".join(Options.__annotations__))
        user = options.get("user")
        self._storage = storage
        self._user = None if user is None else user_id(user)
        self._clock = options.get("clock", local_now)
        self._guards = tuple(options.get("guards", ()))
        self._kept = KeptCatalog(storage, options.get("catalog"), options.get("dialects", ()), options.get("rules", ()))
        self._ids = SaleIds(storage, options.get("ids"))
        self._numbers = SaleNumbers(storage)
        self._writer = Writer(storage, self._kept, self._ids, self._clock, self._user)
        self._saver = Saver(self._writer, self._numbers, self._kept)
        self._reshaping = Reshaping(storage, self._kept, self._writer, self._decoded, self._user)
        if self._kept.revision is None:
            seed = self._kept.written(self.catalog)
            self._writer.repeated(lambda: self._seeded(seed), strict=False)

    @classmethod
    def open(cls, where: "str | PathLike[str] | Storage", **options: Unpack[Options]) -> Self:
        """The pipeline of a file, of memory (`"memory:"`) or of any storage, with `Options` by keyword.

        A bare path is a JSON journal, which is made when it is not there. The storage is closed by
        `close()` or the end of a `with`.
        """
        storage = storage_of(where)
        try:
            return cls(storage, **options)
        except BaseException:
            storage.close()
            raise

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

    # Reading.

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
        return judged(present, action, self._moment(on), self._all_guards())

    # Changing sales.

    def add(
        self,
        title: str,
        *,
        type: str | SaleType,
        id: str | None = None,
        currency: str | Currency | None = None,
        on: date | None = None,
        **details: Unpack[Details],
    ) -> Sale:
        """Register a sale and save it.

        The owner is the desk's user, the currency the catalog's and the id the next of the series, unless
        given. Raises `Refused` with every problem at once.
        """
        given: dict[str, Any] = dict(details)

        def attempt() -> Sale:
            new_id, changes, expect = (id, (), ()) if id is not None else self._ids.next()
            moment = self._moment(on)
            group = group_of(given.get("owner", self._user), self._storage)
            if group is not None:
                given.setdefault("group", group)
            request = Request(new_id, title, type, currency, given)
            draft, found = drafted_at(self.catalog, request, moment, self._all_guards())
            if id is not None:  # an id of the series that somebody was faster with is a conflict, and repeated
                found += taken(id, self._ids)
            if found:
                raise Refused(str(new_id), "Register", "new", found)
            told = encode_action(Register(title, (("type", draft.type.id), *given.items())))
            return self._saver.save([None], [begun(draft, moment)], told, changes, expect)[0]

        return self._writer.repeated(attempt, strict=id is not None)

    def apply(self, sale: Sale | str, action: Action, *, on: date | None = None) -> Sale:
        """Carry out an action and save the sale; an action that changes nothing saves nothing."""
        return self.apply_all([sale], action, on=on)[0]

    def apply_all(self, sales: Iterable[Sale | str], action: Action, *, on: date | None = None) -> tuple[Sale, ...]:
        """Carry out an action on several sales in one commit: on all, or on none.

        Raises `BulkRefused` with the refusal of each sale, or `Refused` when there is only one.
        """
        asked = tuple({id_of(sale): sale for sale in sales}.values())

        def attempt() -> tuple[Sale, ...]:
            befores = self._present(*asked)
            meant = completed(action, self.catalog, self._storage)
            afters = carried_out_on_all(befores, meant, self._moment(on), self._all_guards())
            pairs = [(before, after) for before, after in zip(befores, afters, strict=True) if after is not before]
            changing, changed = [before for before, _ in pairs], [after for _, after in pairs]
            saved = self._saver.save(changing, changed, encode_action(action)) if pairs else ()
            by_id = {sale.id: sale for sale in saved}
            return tuple(by_id.get(sale.id, sale) for sale in afters)

        return self._writer.repeated(attempt, strict=any(isinstance(sale, Sale) for sale in asked))

    def save(self, sale: Sale) -> Sale:
        """Save a sale that `register` or `apply` made outside of the desk."""
        return self.save_all([sale])[0]

    def save_all(self, sales: Iterable[Sale]) -> tuple[Sale, ...]:
        """Save several sales in one commit; each is new, or still at the revision it was read at.

        What was done to them is done: the desk's guards are not asked.
        """
        asked = tuple(sales)
        refusals = unsaveable(asked, self.catalog, self._ids)
        if refusals:
            raise refusals[0] if len(asked) == 1 else BulkRefused(refusals, len(asked))

        def attempt() -> tuple[Sale, ...]:
            return self._saver.save([self._stored(sale) for sale in asked], asked, '{"action":"Save"}')

        return self._writer.repeated(attempt, strict=True)

    def _stored(self, sale: Sale) -> Sale | None:
        record = self._storage.read("sale", sale.id)
        return None if record is None else self._decoded(record)

    def delete(self, sale: Sale | str, *, on: date | None = None) -> None:
        """Delete a sale for good; `Refused` where its dialect or a guard does not allow it."""

        def attempt() -> None:
            (present,) = self._present(sale)
            found = deletion_problems(present, self._moment(on), self._guards)
            if found:
                raise Refused(present.id, "Delete", present.standing.value, found)
            self._writer.write(*removal_of([present]), encode_action(Delete()))

        self._writer.repeated(attempt, strict=isinstance(sale, Sale))

    def delete_closed(self, **where: object) -> tuple[SaleId, ...]:
        """Delete closed sales in one commit, those that match; gives their ids (Business Central, A.6.5).

        The filters are those of `sales`, with `id=` and `closed_on=` as well. Open sales are left, and so are
        those that the dialect or a guard does not let go.
        """
        id, closed_on = where.pop("id", None), where.pop("closed_on", None)

        def attempt() -> tuple[SaleId, ...]:
            self.refresh()
            moment = self._moment(None)
            found = [sale for sale in self.sales(**where) if closed_and(sale, id, closed_on)]
            gone = [sale for sale in found if not deletion_problems(sale, moment, self._guards)]
            if gone:
                self._writer.write(*removal_of(gone), '{"action":"DeleteClosed"}')
            return tuple(sale.id for sale in gone)

        return self._writer.repeated(attempt, strict=False)

    # Catalog and parties.

    def change_catalog(self, catalog: Catalog) -> Catalog:
        """Put another catalog in the place of the present one; types and stages that sales have are retired instead.

        A catalog with an owner is changed by the owner alone: `CatalogRefused` for others.
        """
        seen = self.refresh()
        before = self.catalog
        problems = tuple(not_owned(before, self._user))
        if problems:
            raise CatalogRefused("change the catalog", problems)
        number = self._writer.write((self._kept.replaced_by(catalog),), (), '{"action":"ChangeCatalog"}')
        if number != seen + 1:  # somebody's sale came between the look and the commit
            self._settle(before, catalog)
        self._kept.require()
        return self.catalog

    def remove_stage(self, stage: str, *, replaced_by: str | None = None, move_activities: bool = False) -> Catalog:
        """Take a stage out of every type, and every sale out of the stage, in one commit.

        Its sales get `replaced_by`, or no stage. What the guides suggest there goes to the top of the other
        stage with `move_activities`, and otherwise goes, with what it led to on every sale (Contact Manager,
        B.2). Raises `CatalogRefused` with every problem.
        """
        self._reshaping.carry_out(StageRemoval(stage, replaced_by, move_activities), self._moment(None))
        return self.catalog

    def remove_suggestion(self, suggestion: str, *, type: str) -> Catalog:
        """Take a suggestion out of a type's guide, and what it led to off every sale, done or not, in one commit.

        To keep what was done, retire it: `change_catalog` with the guide's `without_suggestion`. Raises
        `CatalogRefused` with every problem.
        """
        self._reshaping.carry_out(SuggestionRemoval(type, suggestion), self._moment(None))
        return self.catalog

    def _settle(self, before: Catalog, after: Catalog) -> None:
        """Look again under a catalog that is written already, and put the earlier one back if sales need it."""
        try:
            self._kept.check(after)
        except InvalidValue:
            self._kept.require()
            self._writer.write((self._kept.written(before),), (), '{"action":"ChangeCatalog"}')
            self._kept.require()
            raise

    def put(self, party: Company | Person | User) -> None:
        """Save a company, person or user, in the place of the one with its id."""
        self.put_all([party])

    def put_all(self, parties: Iterable[Company | Person | User]) -> None:
        """Save several companies, persons and users in one commit."""
        put_all(self._storage, self._writer, parties)

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

    # What the methods above share.

    def _seeded(self, seed: Change) -> None:
        if not self._kept.load():
            self._writer.write((seed,), (), '{"action":"Seed"}')
            self._kept.require()

    def _moment(self, on: date | None) -> Moment:
        return Moment(self._clock().date() if on is None else on, self._user)

    def _all_guards(self) -> tuple[Check, ...]:
        known = (in_catalog(self.catalog), listed_in(self.catalog), among_people(self._storage))
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
