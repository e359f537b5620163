"""The entries of a sale as Business Central keeps them: what each was worth, how long it stood, which is active."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from attrs import evolve

from salespipeline.model.history import HistoryEntry
from salespipeline.model.ids import ItemId, StageId
from salespipeline.model.numbers import ZERO
from salespipeline.model.sale import Sale
from salespipeline.model.state import Lost, Sold

# What writes an entry: the moves, the revision in place, closing, and whatever else changes where a sale stands.
_LOGGED = frozenset(
    (
        *("Start", "Next", "Previous", "Skip", "Jump", "MoveTo", "Revise", "Sell", "Lose", "Reopen"),
        *("ChangeType", "ReplaceStage", "Undo"),  # these put it elsewhere, too
        *("PlaceOrder", "CancelOrder"),
    )
)
_AMENDS = frozenset(("PostInvoice", "PlaceOrderOnly"))  # the active entry is worth what was invoiced (A.6.4)
_BEGINS = "Register"


class Entry(NamedTuple):
    """One entry; percents in percent form, values exact in the sale's currency (Business Central, A.1.2).

    `stage` is None on a closing entry; `days_open` counts to the next entry, and is None while it is active.
    """

    number: int
    on: date
    action: str
    stage: StageId | None
    stage_name: str | None
    estimated: Decimal
    chance: Decimal
    completion: Decimal
    probability: Decimal
    current: Decimal
    expected_close: date
    reason: ItemId | None
    days_open: int | None
    active: bool


def entries(sale: Sale) -> tuple[Entry, ...]:
    """The entries of a sale, oldest first; just the last is active. A sale that was not started has none."""
    found: list[HistoryEntry] = []
    for each in sale.history:
        if each.action in _LOGGED or _begins(each):
            found.append(each)
        elif each.action in _AMENDS and found:
            found[-1] = evolve(found[-1], state=each.state)
    return tuple(_entry(number, each, following) for number, (each, following) in enumerate(_pairs(found), 1))


def _begins(entry: HistoryEntry) -> bool:
    """Whether a registration put the sale into a stage at once."""
    return entry.action == _BEGINS and entry.position.stage is not None


def _pairs(found: list[HistoryEntry]) -> Iterable[tuple[HistoryEntry, HistoryEntry | None]]:
    return zip(found, (*found[1:], None), strict=False)


def _entry(number: int, entry: HistoryEntry, following: HistoryEntry | None) -> Entry:
    closed = isinstance(entry.state, (Sold, Lost))
    return Entry(
        number=number,
        on=_day(entry),
        action=entry.action,
        stage=None if closed else entry.position.stage,
        stage_name=None if closed else entry.stage_name,
        estimated=entry.figures.amount,
        chance=entry.position.chance,
        completion=entry.position.completion,
        probability=entry.position.probability,
        current=_current(entry),
        expected_close=_day(entry) if closed else entry.terms.expected_close,
        reason=entry.state.reason if isinstance(entry.state, (Sold, Lost)) else None,
        days_open=None if following is None else (_day(following) - _day(entry)).days,
        active=following is None,
    )


def _day(entry: HistoryEntry) -> date:
    """The date of the change: of a closing, the closing date."""
    return entry.state.closed_on if isinstance(entry.state, (Sold, Lost)) else entry.on


def _current(entry: HistoryEntry) -> Decimal:
    if isinstance(entry.state, Lost):
        return ZERO
    if isinstance(entry.state, Sold) and entry.state.value is not None:
        return entry.state.value
    return entry.figures.weighted(entry.position.probability)
