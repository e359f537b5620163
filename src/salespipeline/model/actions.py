"""Every action that the library knows, one class each.

The essential value is positional, the rest by keyword. A field left at `KEEP` stays as it is; None
empties it. Values are kept as typed and judged by `problems`, so that all faults come back at once.

Equality and repr are those of `Action`, for every class: attrs need not write them again for each.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from typing import ClassVar, Literal

from attrs import field, frozen

from salespipeline.model import moves
from salespipeline.model.action import KEEP, Action, Keep
from salespipeline.model.activity_actions import ACTIVITY_ACTIONS
from salespipeline.model.currency import Currency
from salespipeline.model.moves import Move
from salespipeline.model.numbers import Number
from salespipeline.model.parts import (
    CustomValue,
    Document,
    Initiator,
    Priority,
    Publication,
    Reference,
    Visibility,
)
from salespipeline.model.people import Company, Person
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import CLOSED, COMPLETED, Standing

_OPEN = frozenset({Standing.OPEN})
_UNDER_WAY = frozenset({Standing.NOT_STARTED, Standing.OPEN, Standing.STALLED})

Held = Literal["amount", "cost", "profit", "margin"]


@frozen(eq=False, repr=False)
class StageMove(Action):
    """The base of the moves: each may set what a forecast sees on the way.

    A move goes to the nearest stage of its reach unless one is named; with `must_name`, it has to be. With
    `cancel_tasks`, the follow-ups that are still planned are called off.
    """

    move: ClassVar[Move]
    brings: ClassVar[frozenset[Standing]] = _OPEN
    takes: ClassVar[frozenset[Standing]] = _UNDER_WAY
    must_name: ClassVar[bool] = False

    stage: str | None = None
    chance: Number | Keep = field(default=KEEP, kw_only=True)
    amount: Number | Keep = field(default=KEEP, kw_only=True)
    expected_close: date | Keep = field(default=KEEP, kw_only=True)
    cancel_tasks: bool = field(default=False, kw_only=True)


class Start(StageMove):
    """Begin the process of a sale that was registered without (Business Central: activate first stage)."""

    __slots__ = ()
    move = moves.START


class Next(StageMove):
    """Go one stage forward."""

    __slots__ = ()
    move = moves.NEXT


class Previous(StageMove):
    """Go one stage back."""

    __slots__ = ()
    move = moves.PREVIOUS


class Skip(StageMove):
    """Go forward over stages that may be skipped; to the nearest unless a stage is named."""

    __slots__ = ()
    move = moves.SKIP


class Jump(StageMove):
    """Go back to an earlier stage; to the one just before unless a stage is named."""

    __slots__ = ()
    move = moves.JUMP


@frozen(eq=False, repr=False)
class MoveTo(StageMove):
    """Go to a stage of the type, in any direction: `MoveTo("proposal")`."""

    move = moves.FREE
    must_name = True

    stage: str = field()  # pyright: ignore[reportGeneralTypeIssues]  # the one move that has to be told where to


@frozen(kw_only=True, eq=False, repr=False)
class Revise(Action):
    """Change what a forecast sees.

    `amount`, `cost` and `profit` are in the sale's currency, `margin` and `chance` in percent form. One of the
    four figures alone holds the amount (or, for a new amount, the cost); `hold` names another to keep.
    `expected_close` is for open sales, `closed_on` corrects the day of a closed one. Another `currency` (a code of
    ISO 4217, or a `Currency` of your own) leaves the numbers as they are; what they mean changes.
    """

    move: ClassVar[Move] = moves.IN_PLACE

    amount: Number | Keep = KEEP
    cost: Number | Keep = KEEP
    profit: Number | Keep = KEEP
    margin: Number | Keep = KEEP
    hold: Held | None = None
    chance: Number | Keep = KEEP
    expected_close: date | Keep = KEEP
    closed_on: date | Keep = KEEP
    currency: Currency | str | Keep = KEEP


@frozen(kw_only=True, eq=False, repr=False)
class Edit(Action):
    """Change the rest of a sale's fields; `reason` and `reopen_on` are those of its present state."""

    title: str | Keep = KEEP
    number: str | Keep = KEEP
    description: str | Keep = KEEP
    note: str | Keep = KEEP
    kind: str | Keep | None = KEEP
    priority: Priority | Keep = KEEP
    categories: Sequence[str] | Set[str] | Keep = KEEP
    visibility: Visibility | Keep = KEEP
    publication: Publication | Keep | None = KEEP
    reminder: datetime | Keep | None = KEEP
    references: Sequence[Reference] | Keep = KEEP
    source: str | Keep | None = KEEP
    competitor: str | Keep | None = KEEP
    competitors: Sequence[str] | Set[str] | Keep = KEEP
    credited: str | Keep | None = KEEP
    initiated_by: Initiator | Keep | None = KEEP
    segment: str | Keep | None = KEEP
    flow: str | Keep | None = KEEP
    payment_terms: str | Keep | None = KEEP
    expires_on: date | Keep | None = KEEP
    delivery_on: date | Keep | None = KEEP
    document: Document | Keep | None = KEEP
    custom: Mapping[str, CustomValue] | Keep = KEEP
    reason: str | Keep | None = KEEP
    reopen_on: date | Keep = KEEP


@frozen(eq=False, repr=False)
class Stall(Action):
    """Put a sale aside until `reopen_on` (its sale date unless given)."""

    brings = frozenset({Standing.STALLED})
    takes = _UNDER_WAY

    reopen_on: date | None = None
    reason: str | None = None


class Resume(Action):
    """Take up a stalled sale again, just as it was."""

    __slots__ = ()
    brings = _OPEN
    takes = frozenset({Standing.STALLED})


@frozen(eq=False, repr=False)
class Sell(Action):
    """Close a sale as sold; `value` is what it was sold for, in its currency (its amount unless given).

    `cancel_tasks` says whether the follow-ups that are still planned are called off; unless given, as the
    process has it.
    """

    brings = frozenset({Standing.SOLD, Standing.SOLD_COMPLETED})

    reason: str | None = None
    closed_on: date | None = field(default=None, kw_only=True)
    value: Number | None = field(default=None, kw_only=True)
    competitor: str | Keep | None = field(default=KEEP, kw_only=True)
    cancel_tasks: bool | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class Lose(Action):
    """Close a sale as lost; `cancel_tasks` as in `Sell`."""

    brings = frozenset({Standing.LOST, Standing.LOST_COMPLETED})

    reason: str | None = None
    closed_on: date | None = field(default=None, kw_only=True)
    competitor: str | Keep | None = field(default=KEEP, kw_only=True)
    cancel_tasks: bool | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class Reopen(Action):
    """Open a closed sale again, in the stage it was closed in or another."""

    brings = _OPEN
    takes = CLOSED

    stage: str | None = None


class Complete(Action):
    """Tick off a closed sale: nothing is left to do."""

    __slots__ = ()
    brings = COMPLETED
    takes = CLOSED - COMPLETED
    keeps_status = True


class Uncomplete(Action):
    """Take the tick off a completed sale, so that it can change again."""

    __slots__ = ()
    brings = CLOSED - COMPLETED
    takes = COMPLETED
    keeps_status = True


@frozen(eq=False, repr=False)
class Assign(Action):
    """Give a sale to another owner: `Assign("bob")`; the group is left to the desk, or empty, unless given.

    With `move_tasks`, what the former owner has still planned goes along.
    """

    owner: str
    group: str | Keep | None = field(default=KEEP, kw_only=True)
    move_tasks: bool = field(default=False, kw_only=True)


@frozen(kw_only=True, eq=False, repr=False)
class Link(Action):
    """Say whom a sale is with: company and person as values, project and campaign by id.

    With `move_tasks`, what is still planned with the former company and person is with the new ones.
    """

    company: Company | Keep | None = KEEP
    person: Person | Keep | None = KEEP
    project: str | Keep | None = KEEP
    campaign: str | Keep | None = KEEP
    move_tasks: bool = False


@frozen(eq=False, repr=False)
class ChangeType(Action):
    """Give a sale another type: its stages, reasons and dialect rule from then on."""

    type: SaleType
    stage: str | None = None


@frozen(eq=False, repr=False)
class Register(Action):
    """The beginning of a sale, as the history and the guards see it; made by `register` alone."""

    tabled = False

    title: object
    details: tuple[tuple[str, object], ...] = ()


@frozen(eq=False, repr=False)
class Undo(Action):
    """The return of a stored sale to an earlier revision, as the guards see it; no lifecycle has a row for it."""

    tabled = False

    to: int | None = None


class Delete(Action):
    """The removal of a sale for good, as the guards see it; no lifecycle has a row for it."""

    __slots__ = ()
    tabled = False


ACTIONS: tuple[type[Action], ...] = (
    Start,
    Next,
    Previous,
    Skip,
    Jump,
    MoveTo,
    Revise,
    Edit,
    Stall,
    Resume,
    Sell,
    Lose,
    Reopen,
    Complete,
    Uncomplete,
    Assign,
    Link,
    ChangeType,
    *ACTIVITY_ACTIONS,
)
