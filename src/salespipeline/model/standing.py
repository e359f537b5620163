"""Status and standing: what people filter by, and what the machine moves between."""

from enum import Enum


class Status(Enum):
    """The four statuses of a sale."""

    OPEN = "open"
    STALLED = "stalled"
    SOLD = "sold"
    LOST = "lost"


class Standing(Enum):
    """A status with its one flag: not started for open sales, completed for closed ones."""

    NOT_STARTED = "not started"
    OPEN = "open"
    STALLED = "stalled"
    SOLD = "sold"
    LOST = "lost"
    SOLD_COMPLETED = "sold, completed"
    LOST_COMPLETED = "lost, completed"

    __hash__ = object.__hash__  # members are compared by identity, and Enum's own hash is slow

    @property
    def status(self) -> Status:
        """The status without the flag."""
        return _STATUS[self]

    @property
    def is_closed(self) -> bool:
        """Whether the sale is sold or lost."""
        return self in CLOSED

    @property
    def is_completed(self) -> bool:
        """Whether nothing is left to do after closing."""
        return self in COMPLETED


_STATUS = {
    Standing.NOT_STARTED: Status.OPEN,
    Standing.OPEN: Status.OPEN,
    Standing.STALLED: Status.STALLED,
    Standing.SOLD: Status.SOLD,
    Standing.LOST: Status.LOST,
    Standing.SOLD_COMPLETED: Status.SOLD,
    Standing.LOST_COMPLETED: Status.LOST,
}
COMPLETED = frozenset({Standing.SOLD_COMPLETED, Standing.LOST_COMPLETED})
CLOSED = COMPLETED | {Standing.SOLD, Standing.LOST}
