"""The history of a sale: one entry for every change that a forecast could see, never rewritten."""

from collections.abc import Callable
from datetime import date

from attrs import frozen

from salespipeline.model.figures import Figures, Position
from salespipeline.model.ids import TypeId, UserId
from salespipeline.model.parts import Parties, Terms
from salespipeline.model.state import State


@frozen(kw_only=True)
class HistoryEntry:
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


class LateHistory:
    """The history of a stored sale that nobody has read yet: most questions never do, and it is most of the work."""

    __slots__ = ("_entries", "_read")

    def __init__(self, read: Callable[[], Entries]) -> None:
        self._read = read
        self._entries: Entries | None = None

    def entries(self) -> Entries:
        """The entries, read on the first call."""
        if self._entries is None:
            self._entries = self._read()
        return self._entries

    def __reduce__(self) -> tuple[type[Entries], tuple[Entries]]:
        return tuple, (self.entries(),)


def entries_of(history: Entries | LateHistory) -> Entries:
    """The entries of a history, read by now."""
    return history.entries() if isinstance(history, LateHistory) else history
