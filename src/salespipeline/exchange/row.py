"""One row of a file as a sale: registered, moved and closed by the rules, so that its history is real."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from salespipeline.errors import InvalidValue, SalesPipelineError, shown
from salespipeline.exchange.cells import Cells, Work
from salespipeline.exchange.columns import FileRow
from salespipeline.exchange.mapping import SaleMapping, custom_field
from salespipeline.exchange.parties import Parties
from salespipeline.exchange.report import Adjustment, Fault
from salespipeline.exchange.steps import Step, steps
from salespipeline.model.action import Moment
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.people import Company, Person, User
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Status
from salespipeline.rules.apply import apply
from salespipeline.rules.registering import Details, begun, drafted

P = TypeVar("P", Company, Person, User)
F = TypeVar("F", Adjustment, Fault)

# What `drafted` takes as it was read; the rest decides the steps that follow, or is made ready for it.
_DETAILS = frozenset(Details.__annotations__) - {"stage", "chance", "custom", "company", "person", "owner"}

_CLOSED = (Status.SOLD, Status.LOST)

# The fields that have a place in some statuses only.
_PLACES = {
    "closed_on": _CLOSED,
    "completed": _CLOSED,
    "sold_for": (Status.SOLD,),
    "stalled_on": (Status.STALLED,),
    "reopen_on": (Status.STALLED,),
    "reason": (*_CLOSED, Status.STALLED),
}

# The days of the steps, in their order.
_DAYS = {
    "registered_on": "it was registered",
    "staged_on": "it entered its stage",
    "stalled_on": "it stalled",
    "closed_on": "it closed",
}


class ReadRow(NamedTuple):
    """What a row came to: a sale with notes, or the reasons why not. `number` is as in a spreadsheet."""

    number: int
    sale: Sale | None
    adjusted: tuple[Adjustment, ...] = ()
    faults: tuple[Fault, ...] = ()
    company: Company | None = None
    person: Person | None = None
    owner: User | None = None


class RowReader:
    """Makes a sale of each row; knows the ids and names of the rows before."""

    def __init__(self, mapping: SaleMapping, catalog: Catalog, parties: Parties) -> None:
        self._cells = Cells(mapping, catalog)
        self._catalog = catalog
        self._parties = parties
        self._custom = tuple((name, custom_field(name)) for name, _ in mapping.custom)
        self._rows_of: dict[str, int] = {}

    def read(self, row: FileRow) -> ReadRow:
        """The sale of a row, or every reason why it is none."""
        work = self._cells.read(row)
        self._check_id(work)
        self._check_places(work)
        self._check_days(work)
        company = self._party(work, "company", self._parties.company)
        person = self._party(work, "person", lambda name: self._parties.person(name, company.id if company else None))
        owner = self._party(work, "owner", self._parties.user)
        sale = self._sale(work, {"company": company, "person": person, "owner": owner.id if owner else None})
        if work.faults or sale is None:
            return ReadRow(row.number, None, faults=_in_order(work.faults, row))
        return ReadRow(row.number, sale, _in_order(work.adjusted, row), (), company, person, owner)

    def _check_id(self, work: Work) -> None:
        id = work.values.get("id")
        if id is not None and self._rows_of.setdefault(str(id), work.row.number) != work.row.number:
            self._fault(work, "id", id, "an earlier row has the same id")

    def _check_places(self, work: Work) -> None:
        """What is read has a place in the status of the row."""
        status: Status | None = work.values.get("status")
        for field, statuses in _PLACES.items():
            if status and status not in statuses and work.values.get(field) not in (None, False):
                words = " or ".join(status.value for status in statuses)
                reason = f"it has a place only while the sale is {words}; read it in those rows alone, by read_for="
                self._fault(work, field, work.values.pop(field), reason)
        if status in _CLOSED and "closed_on" not in work.values and "closed_on" not in work.faulty:
            self._fault(work, "closed_on", None, "a closed sale needs the day it closed on")

    def _check_days(self, work: Work) -> None:
        """What is read as a day is one, and no step comes before an earlier one."""
        last, words = date.min, ""
        for field, name in _DAYS.items():
            value = work.values.get(field)
            if value is not None and type(value) is not date:
                self._fault(work, field, work.values.pop(field), "it is no day; give a datetime.date")
            elif value is not None and value < last:
                self._fault(work, field, work.values.pop(field), f"it is before the day {words}")
            elif value is not None:
                last, words = value, name

    def _party(self, work: Work, field: str, find: Callable[[str], P]) -> P | None:
        """The value that a name stands for; one that is given as a value is taken as it is."""
        given: P | str | None = work.values.get(field)
        if not isinstance(given, str):
            return given
        try:
            found = find(given)
        except InvalidValue as error:
            self._fault(work, field, given, error.accepted)
            return None
        if given not in (found.name, found.id):
            work.note(self._cells.column_of(field), given, found.name, f"spelled {shown(found.name)} before")
        return found

    def _sale(self, work: Work, parties: Mapping[str, object]) -> Sale | None:
        type: SaleType | None = work.values.get("type")
        if type is None:
            return None
        details = {name: value for name, value in work.values.items() if name in _DETAILS}
        details |= {name: value for name, value in parties.items() if value is not None}
        custom = {name: work.values[field] for name, field in self._custom if field in work.values}
        moment = Moment(work.values.get("registered_on", date.min))
        found = steps(type, work.values)
        if "chance" in work.values and not any(step.day == "staged_on" for step in found):
            details["chance"] = work.values["chance"]
        draft, problems = drafted(
            type,
            id=work.values.get("id", "new"),
            title=work.values.get("title", ""),
            currency=self._currency(work),
            moment=moment,
            details={**details, "custom": custom} if custom else details,
        )
        self._tell(work, problems, "registered_on")
        return self._after(work, begun(draft, moment), found)

    def _currency(self, work: Work) -> Currency | str:
        code: Currency | str = work.values.get("currency", self._catalog.currency)
        try:
            return self._catalog.money(code) if isinstance(code, str) else code
        except SalesPipelineError:
            return code  # told as a problem of the sale's beginning

    def _after(self, work: Work, sale: Sale, found: Iterable[Step]) -> Sale | None:
        for step in found:
            day = work.values.get(step.day, sale.changed_on)
            try:
                sale = apply(sale, step.action, on=day)
            except Refused as refused:
                self._tell(work, refused.problems, step.day)
                return None
        return sale

    def _tell(self, work: Work, problems: Iterable[Problem], day: str) -> None:
        """Problems of the rules as faults of the columns they come from."""
        renamed = {"on": day, "value": "sold_for"}
        for problem in problems:
            field = renamed.get(problem.field, problem.field)
            if field not in work.faulty:
                reason = dict(problem.params).get("reason") if problem.code == "invalid-value" else None
                self._fault(work, field, problem.given, str(reason or problem))

    def _fault(self, work: Work, field: str, given: object, reason: str) -> None:
        raw = self._cells.given(work, field)
        work.fault(field, self._cells.column_of(field), given if raw is None else raw, reason)


def _in_order(found: list[F], row: FileRow) -> tuple[F, ...]:
    """Each once, from the first column to the last; those of no column at the end."""
    if len(found) < 2:
        return tuple(found)
    places = {name: place for place, name in enumerate(row)}
    return tuple(sorted(dict.fromkeys(found), key=lambda one: places.get(one.column, len(places))))
