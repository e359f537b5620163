"""The history of a sale: one entry for every change that a forecast could see, never rewritten."""

from datetime import date

from attrs import frozen

from salespipeline.model.figures import Figures, Position
from salespipeline.model.ids import TypeId, UserId
from salespipeline.model.parts import Parties, Terms
from salespipeline.model.state import State
from salespipeline.model.value import Value


@frozen(kw_only=True, eq=False, repr=False)
class HistoryEntry(Value):
    """Where a sale stood after a change; it shares the sale's own parts.

    `action` is the name of the action that was logged; `stage_name` and `reason_name` are what stage
    and reason were called that day, whatever the lists say later.
    """

    on: date
    by: UserId | None
    action: str
    type: TypeId
    state: State
    position: Position
    figures: Figures
    terms: Terms
    parties: Parties
    stage_name: str | None
    reason_name: str | None


Entries = tuple[HistoryEntry, ...]
