"""The state of a sale: one class a status, so that data lives only where it means something."""

from datetime import date
from decimal import Decimal

from attrs import frozen

from salespipeline.model.ids import ItemId
from salespipeline.model.standing import Standing


@frozen
class Open:
    """Being worked on; `started` False: registered, but the process has not begun."""

    started: bool = True

    @property
    def standing(self) -> Standing:
        """Where the machine has it."""
        return Standing.OPEN if self.started else Standing.NOT_STARTED


@frozen
class Stalled:
    """Put aside until a day, for a reason."""

    reopen_on: date
    reason: ItemId | None = None

    @property
    def standing(self) -> Standing:
        """Where the machine has it."""
        return Standing.STALLED


@frozen
class Sold:
    """Won on a day. `value` is what it was sold for in the sale's currency, None: its amount."""

    closed_on: date
    reason: ItemId | None = None
    value: Decimal | None = None
    completed: bool = False

    @property
    def standing(self) -> Standing:
        """Where the machine has it."""
        return Standing.SOLD_COMPLETED if self.completed else Standing.SOLD


@frozen
class Lost:
    """Lost on a day."""

    closed_on: date
    reason: ItemId | None = None
    completed: bool = False

    @property
    def standing(self) -> Standing:
        """Where the machine has it."""
        return Standing.LOST_COMPLETED if self.completed else Standing.LOST


State = Open | Stalled | Sold | Lost
