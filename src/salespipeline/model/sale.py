"""The sale: one immutable document."""

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, fields, frozen

from salespipeline.errors import ReadOnly, UnknownEntry, ascii_safe, shown
from salespipeline.model.action import Moment
from salespipeline.model.activity import NO_AGENDA, Activity, Agenda
from salespipeline.model.figures import Figures, Position
from salespipeline.model.history import Entries, HistoryEntry
from salespipeline.model.ids import CompanyId, ItemId, PersonId, ProjectId, SaleId, StageId, UserId
from salespipeline.model.late import Late, by_now
from salespipeline.model.line import Line
from salespipeline.model.numbers import ZERO
from salespipeline.model.parts import Card, Custom, Document, DocumentKind, Origin, Parties, Terms
from salespipeline.model.quote import Quote
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing, Status
from salespipeline.model.state import Lost, Open, Sold, Stalled, State
from salespipeline.model.value import Value


@frozen(eq=False, repr=False)
class Stored(Value):
    """What the storage knows of a sale: its revision, and fields that a newer version wrote (as JSON text)."""

    revision: int | None = None
    unknown: tuple[tuple[str, str], ...] = ()


def _type_id(type: SaleType) -> str:
    return type.id


def _type_repr(type: SaleType) -> str:
    return repr(type.id)


@frozen(kw_only=True, eq=False, repr=False)
class Sale(Value):
    """One chance to sell: what is known of it now, and where it stood after each change.

    Made by `register` and changed by `apply`, which give a new sale and leave the old one as it was.
    Amounts are exact decimals in the sale's currency, percentages in percent form (12 is 12 %).
    Two sales are equal when all parts are; the type counts by its id, `stored` not at all.
    """

    id: SaleId
    type: SaleType = field(eq=_type_id, repr=_type_repr)
    registered: Moment
    card: Card
    state: State
    position: Position
    figures: Figures
    terms: Terms
    parties: Parties
    origin: Origin = Origin()
    custom: Custom = Custom()
    document: Document | None = None
    _agenda: Agenda | Late[Agenda] = field(default=NO_AGENDA, alias="agenda", repr=False, eq=by_now)
    _lines: tuple[Line, ...] | Late[tuple[Line, ...]] = field(default=(), alias="lines", repr=False, eq=by_now)
    _quote: Quote | Late[Quote | None] | None = field(default=None, alias="quote", repr=False, eq=by_now)
    _history: Entries | Late[Entries] = field(default=(), alias="history", repr=False, eq=by_now)
    stored: Stored = field(default=Stored(), eq=False, repr=False)

    def __str__(self) -> str:
        """In one line, for people: `S-1001 '120 desks': open, Proposal, 30 % of 48000.00 EUR`."""
        stage = f", {ascii_safe(self.stage_name)}" if self.stage_name else ""
        worth = f"{self.probability:f} % of {self.amount:f} {self.currency}"
        return f"{self.id} {shown(self.title)}: {self.standing.value}{stage}, {worth}"

    @property
    def history(self) -> tuple[HistoryEntry, ...]:
        """Where it stood after each change that a forecast could see, oldest first; never rewritten."""
        return by_now(self._history)

    @property
    def agenda(self) -> Agenda:
        """Its activities, and how many there ever were."""
        return by_now(self._agenda)

    @property
    def activities(self) -> tuple[Activity, ...]:
        """What is planned, done and written about it, in the order it was made."""
        return self.agenda.activities

    def activity(self, id: str) -> Activity:
        """The activity with an id; `UnknownEntry` with those there are."""
        found = self.agenda.get(id)
        if found is None:
            raise UnknownEntry("activity", id, [activity.id for activity in self.activities])
        return found

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its product lines, of a process that has them without a quote; its amount is their total."""
        return by_now(self._lines)

    @property
    def quote(self) -> Quote | None:
        """Its quote, or None."""
        return by_now(self._quote)

    @property
    def quote_value(self) -> Decimal | None:
        """What its quote comes to, its own or one that it refers to: net of discounts, without VAT; None without."""
        quote = self.quote
        if quote is not None:
            return quote.favourite.total
        document = self.document
        return document.value if document is not None and document.kind is DocumentKind.QUOTE else None

    # What it is called and whose it is.

    @property
    def title(self) -> str:
        """The title."""
        return self.card.title

    @property
    def number(self) -> str:
        """The number people know it by."""
        return self.card.number

    @property
    def note(self) -> str:
        """The note."""
        return self.card.note

    @property
    def source(self) -> ItemId | None:
        """Where it came from."""
        return self.origin.source

    @property
    def competitor(self) -> ItemId | None:
        """Against whom it stands."""
        return self.origin.competitor

    @property
    def owner(self) -> UserId | None:
        """The user whose sale it is."""
        return self.parties.owner

    @property
    def company(self) -> CompanyId | None:
        """The company it is with."""
        return self.parties.company

    @property
    def person(self) -> PersonId | None:
        """The person it is with."""
        return self.parties.person

    @property
    def project(self) -> ProjectId | None:
        """The project it belongs to."""
        return self.parties.project

    @property
    def category(self) -> str:
        """The category of its type."""
        return self.type.category

    # Where it stands.

    @property
    def standing(self) -> Standing:
        """The status with its flag: what the machine moves between."""
        return self.state.standing

    @property
    def status(self) -> Status:
        """Open, stalled, sold or lost."""
        return self.state.standing.status

    @property
    def is_closed(self) -> bool:
        """Whether it is sold or lost."""
        return isinstance(self.state, (Sold, Lost))

    @property
    def is_completed(self) -> bool:
        """Whether it is closed and ticked off."""
        return self.standing.is_completed

    @property
    def stage(self) -> StageId | None:
        """The id of the stage it is in, or was in when it closed."""
        return self.position.stage

    @property
    def stage_name(self) -> str | None:
        """What its type calls the stage today; once closed, the name of the fixed stage that stands for it, if any."""
        fixed = self.type.dialect.closed_stages if self.is_closed else ()
        stage = fixed[self.status is Status.LOST] if fixed else self.type.stage(self.position.stage)
        return stage.name if stage else None

    @property
    def stage_when_closed(self) -> StageId | None:
        """The stage in force just before it closed; None while it is not closed."""
        return self.position.stage if self.is_closed else None

    @property
    def reason(self) -> ItemId | None:
        """The reason in force: of stalling while stalled, of selling or losing once closed."""
        return None if isinstance(self.state, Open) else self.state.reason

    # What it is worth.

    @property
    def currency(self) -> str:
        """The code of the currency of its amounts."""
        return self.figures.currency

    @property
    def amount(self) -> Decimal:
        """The amount, before VAT."""
        return self.figures.amount

    @property
    def cost(self) -> Decimal:
        """The total cost."""
        return self.figures.cost

    @property
    def profit(self) -> Decimal:
        """Amount minus cost."""
        return self.figures.profit

    @property
    def margin(self) -> Decimal | None:
        """Profit in percent of the amount; None when the amount is zero."""
        return self.figures.margin

    @property
    def chance(self) -> Decimal:
        """The chance of success, in percent."""
        return self.position.chance

    @property
    def completion(self) -> Decimal:
        """How much of the process is done, in percent."""
        return self.position.completion

    @property
    def probability(self) -> Decimal:
        """The probability that forecasts weigh by, in percent."""
        return self.position.probability

    @property
    def weighted(self) -> Decimal:
        """Amount times probability, exactly; the whole amount once sold, zero once lost."""
        return self.figures.weighted(self.position.probability)

    @property
    def value(self) -> Decimal:
        """What it counts for now: the weighted amount, what it was sold for, or zero once lost."""
        if isinstance(self.state, Sold):
            return self.figures.amount if self.state.value is None else self.state.value
        return ZERO if isinstance(self.state, Lost) else self.weighted

    # When.

    @property
    def expected_close(self) -> date:
        """The day it was last expected to close."""
        return self.terms.expected_close

    @property
    def closed_on(self) -> date | None:
        """The day it closed, or None."""
        return self.state.closed_on if isinstance(self.state, (Sold, Lost)) else None

    @property
    def reopen_on(self) -> date | None:
        """The day to take it up again, while stalled."""
        return self.state.reopen_on if isinstance(self.state, Stalled) else None

    @property
    def sale_date(self) -> date:
        """The sale date: the expected close while it runs, the actual one once closed."""
        return self.closed_on or self.terms.expected_close

    @property
    def changed_on(self) -> date:
        """The day of the last change that a forecast could see."""
        history = self.history
        return history[-1].on if history else self.registered.on

    @property
    def days_to_close(self) -> int | None:
        """The length of the sale cycle: days from registration to the present close; None while open."""
        closed = self.closed_on
        return None if closed is None else (closed - self.registered.on).days


_EDITED = {a.name for part in (Card, Origin) for a in fields(part)} | {"custom", "document", "reason", "reopen_on"}
_WAYS = {
    **dict.fromkeys(
        ("amount", "cost", "profit", "margin", "chance", "expected_close", "closed_on", "currency"), "Revise({}=...)"
    ),
    **dict.fromkeys(("company", "person", "project", "campaign"), "Link({}=...)"),
    **dict.fromkeys((*_EDITED, "payment_terms", "expires_on", "delivery_on"), "Edit({}=...)"),
    **dict.fromkeys(("stage", "stage_name", "position"), "MoveTo(...)"),
    **dict.fromkeys(("status", "state", "standing"), "Sell()"),
    "probability": "Revise(chance=...)",
    "figures": "Revise(amount=..., cost=...)",
    **dict.fromkeys(("activities", "agenda"), "AddActivity(...)"),
    "lines": "AddLine(...)",
    "quote": "CreateQuote()",
    "owner": "Assign(...)",
    "group": "Assign(owner, group=...)",
    "type": "ChangeType(...)",
}


def _refuse_setting(self: Sale, name: str, value: Any) -> None:
    way = _WAYS.get(name, "{}").format(name)
    instead = f"Use apply(sale, {way}, on=...), which gives a new sale"
    if name not in _WAYS:
        instead = "It is a fact, or follows from others; actions change a sale, by apply(sale, action, on=...)"
    raise ReadOnly(f"sale {self.id!r}", name, instead)


# attrs' own refusal says only "can't set attribute"; ours says what to do. attrs makes no room for a
# method of that name on a frozen class, so it is put in afterwards.
setattr(Sale, "__setattr__", _refuse_setting)  # noqa: B010  # mypy refuses to see a method assigned
