"""The desk: catalog, storage, user and clock brought together, so that one call does a whole step."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from os import PathLike
from typing import Any, Self, TypedDict, Unpack

from salespipeline.codec import encode_action
from salespipeline.desk.adding import Request, drafted_at
from salespipeline.desk.bulk import carried_out_on_all
from salespipeline.desk.catalog import KeptCatalog
from salespipeline.desk.customers import new_customers
from salespipeline.desk.ids import SaleIds
from salespipeline.desk.knowing import completed, group_of, unstorable
from salespipeline.desk.opening import storage_of
from salespipeline.desk.parties import put_all
from salespipeline.desk.past import restored, target_of
from salespipeline.desk.prices import put_list
from salespipeline.desk.reading import Clock, Desk
from salespipeline.desk.reshaping import Reshaping
from salespipeline.desk.saving import Saver, check_closed_filters, closed_and, id_of, removal_of, taken, unsaveable
from salespipeline.desk.writing import Writer
from salespipeline.errors import Conflict, InvalidValue
from salespipeline.model.action import Action
from salespipeline.model.actions import Delete, Register, Undo
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.dialect import Dialect
from salespipeline.model.ids import SaleId
from salespipeline.model.people import Company, Person, User
from salespipeline.model.problem import BulkRefused, CatalogRefused, Refused
from salespipeline.model.product import PriceList
from salespipeline.model.rule import Check, Rule
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.deleting import deletion_problems
from salespipeline.rules.registering import Details, begun
from salespipeline.rules.reshaping import StageRemoval, SuggestionRemoval, not_owned
from salespipeline.storage.base import Change, Storage


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


class Pipeline(Desk):
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
        kept = KeptCatalog(storage, options.get("catalog"), options.get("dialects", ()), options.get("rules", ()))
        clock, guards = options.get("clock", local_now), options.get("guards", ())
        super().__init__(storage, kept, options.get("user"), clock, guards)
        self._ids = SaleIds(storage, options.get("ids"))
        self._writer = Writer(storage, self._kept, self._ids, self._clock, self._user)
        self._saver = Saver(self._writer, self._numbers, self._documents, self._kept)
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

    # Changing sales.

    def add(
        self,
        title: str,
        *,
        type: str | SaleType,
        id: str | None = None,
        currency: str | Currency | None = None,
        on: date | None = None,
        command: str | None = None,
        **details: Unpack[Details],
    ) -> Sale:
        """Register a sale and save it.

        The owner is the desk's user, the currency the catalog's and the id the next of the series, unless
        given. With a `command`, an id of your own, the same call twice is one sale: the second gives that of
        the first. Raises `Refused` with every problem at once.
        """
        given: dict[str, Any] = dict(details)

        def attempt() -> Sale:
            done = self._writer.known(command)
            if done is not None:
                self.refresh()
                return self._past.begun_by(done)
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
            return self._saver.save([None], [begun(draft, moment)], told, changes, expect, command)[0]

        return self._writer.repeated(attempt, strict=id is not None)

    def apply(self, sale: Sale | str, action: Action, *, on: date | None = None, command: str | None = None) -> Sale:
        """Carry out an action and save the sale; an action that changes nothing saves nothing.

        With a `command`, an id of your own, the same call twice is one change: the second gives the sale as it is now.
        """
        return self.apply_all([sale], action, on=on, command=command)[0]

    def apply_all(
        self, sales: Iterable[Sale | str] | Sale, action: Action, *, on: date | None = None, command: str | None = None
    ) -> tuple[Sale, ...]:
        """Carry out an action on several sales in one commit: on all, or on none; `command` as in `apply`.

        Raises `BulkRefused` with the refusal of each sale, or `Refused` when there is only one.
        """
        several = (sales,) if isinstance(sales, (str, Sale)) else sales
        asked = tuple({id_of(sale): sale for sale in several}.values())

        def attempt() -> tuple[Sale, ...]:
            if self._writer.known(command) is not None:
                self.refresh()
                return tuple(self.get(id_of(sale)) for sale in asked)
            befores = self._present(*asked)
            meant = [completed(action, sale, self.catalog, self._storage) for sale in befores]
            afters = carried_out_on_all(befores, meant, self._moment(on), self._all_guards())
            steps = [step for step in zip(befores, meant, afters, strict=True) if step[0] is not step[2]]
            changing, changed = [before for before, _, _ in steps], [after for _, _, after in steps]
            customers = new_customers(steps, self._storage)
            saved = self._saver.save(changing, changed, encode_action(action), *customers, command) if steps else ()
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

        def attempt() -> tuple[Sale, ...]:
            self.refresh()  # ids, types and stages are judged by what there is now
            before = [self._stored(sale) for sale in asked]
            refusals = unsaveable(asked, before, self.catalog, self._ids)
            if refusals:
                raise refusals[0] if len(asked) == 1 else BulkRefused(refusals, len(asked))
            return self._saver.save(before, asked, '{"action":"Save"}')

        return self._writer.repeated(attempt, strict=True)

    def _stored(self, sale: Sale) -> Sale | None:
        record = self._storage.read("sale", id_of(sale))
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
        own: dict[str, object] = {name: where.pop(name) for name in ("id", "closed_on") if name in where}
        check_closed_filters(own)

        def attempt() -> tuple[SaleId, ...]:
            self.refresh()
            moment = self._moment(None)
            found = [sale for sale in self.sales(**where) if closed_and(sale, own)]
            gone = [sale for sale in found if not deletion_problems(sale, moment, self._guards)]
            if gone:
                self._writer.write(*removal_of(gone), '{"action":"DeleteClosed"}')
            return tuple(sale.id for sale in gone)

        return self._writer.repeated(attempt, strict=False)

    def undo(self, id: str, *, to: int | None = None) -> Sale:
        """Give a sale the values of the revision before its last, or of another; that is a new revision itself.

        Undoing an undoing brings back what was undone. Raises `Refused` where there is nothing to go back
        to, where a guard has something against it, or where the catalog has no such type or stage any more.
        """

        def attempt() -> Sale:
            (present,) = self._present(id)
            moment, action = self._moment(None), Undo(to)
            earlier = target_of(self._past.revisions(id), to).sale
            found = [*unstorable(earlier, self.catalog)]
            found += (each for guard in self._guards for each in guard(present, action, moment))
            if found:
                raise Refused(present.id, "Undo", present.standing.value, found)
            after = restored(present, earlier, moment)
            return after if after == present else self._saver.save([present], [after], encode_action(action))[0]

        return self._writer.repeated(attempt, strict=False)

    # Catalog and parties.

    def change_catalog(self, catalog: Catalog) -> Catalog:
        """Put another catalog in the place of the present one; types and stages that sales have are retired instead.

        A catalog with an owner is changed by the owner alone: `CatalogRefused` for others. Raises `Conflict` when
        somebody else changed it since this desk saw it: read it again and repeat the change.
        """
        known = self._kept.revision
        seen = self.refresh()
        if self._kept.revision != known:
            raise Conflict("catalog", "catalog", known, self._kept.revision)
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

    def put_price_list(self, prices: PriceList) -> PriceList:
        """Save a price list in the place of the one with its id, and give it with its new revision.

        Of its products, those that changed are written, all in one commit. The currency of a list is fixed:
        `InvalidValue` for another, `UnknownEntry` for one that the catalog does not know. A list that was read from
        here is expected as it was: `Conflict` when somebody else changed it since.
        """
        return put_list(self._storage, self._writer, prices, self.catalog.money)

    def _seeded(self, seed: Change) -> None:
        if not self._kept.load():
            self._writer.write((seed,), (), '{"action":"Seed"}')
            self._kept.require()
