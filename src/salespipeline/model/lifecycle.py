"""The machinery of the status machine: a lifecycle is a table of rows that checks itself.

A row says: from this standing, this action leads to that standing, because of this rule. What has
no row cannot happen. The table decides every status; a rule may refuse a step, never redirect it.
"""

from collections.abc import Iterable

from attrs import field, frozen

from salespipeline.errors import BrokenTable
from salespipeline.model.action import Action
from salespipeline.model.reach import reached
from salespipeline.model.standing import CLOSED, Standing
from salespipeline.model.value import Value


@frozen(eq=False, repr=False)
class Row(Value):
    """One step of a lifecycle; `because` is the rule behind it, in a few words."""

    source: Standing
    action: type[Action]
    target: Standing
    because: str = ""


@frozen(eq=False)
class Lifecycle:
    """A named table of rows with the standing a new sale begins in.

    Refuses to be made (`BrokenTable`, all faults at once) when a cell stands twice, a standing cannot
    be reached, an open sale cannot be closed, or a row leads where its action has no data for.
    """

    name: str
    rows: tuple[Row, ...] = field(converter=tuple[Row, ...])
    initial: Standing = Standing.OPEN
    _cells: dict[tuple[Standing, type[Action]], Row] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = [*_doubled(self.rows), *_unfit(self.rows), *_dead_ends(self.rows, self.initial)]
        if faults:
            raise BrokenTable(f"lifecycle {self.name!r}", faults)
        object.__setattr__(self, "_cells", {(row.source, row.action): row for row in self.rows})

    @property
    def standings(self) -> tuple[Standing, ...]:
        """The standings that occur, in their natural order."""
        return tuple(s for s in Standing if s in _standings(self.rows) or s is self.initial)

    @property
    def actions(self) -> tuple[type[Action], ...]:
        """The actions that occur, in the order of the rows."""
        return tuple(dict.fromkeys(row.action for row in self.rows))

    def row(self, source: Standing, action: type[Action]) -> Row | None:
        """The row of a cell, or None where the step does not exist."""
        return self._cells.get((source, action))

    def leaving(self, source: Standing) -> tuple[Row, ...]:
        """The rows that start in a standing."""
        return tuple(row for row in self.rows if row.source is source)


def rows_in_place(actions: Iterable[type[Action]], standings: Iterable[Standing], because: str = "") -> tuple[Row, ...]:
    """Rows for actions that change no standing, in each of some standings."""
    return tuple(Row(standing, action, standing, because) for standing in standings for action in actions)


def _standings(rows: Iterable[Row]) -> set[Standing]:
    return {standing for row in rows for standing in (row.source, row.target)}


def _doubled(rows: Iterable[Row]) -> Iterable[str]:
    seen: set[tuple[Standing, type[Action]]] = set()
    for row in rows:
        cell = (row.source, row.action)
        if cell in seen:
            yield f"{row.action.__name__} from {row.source.value!r} stands twice"
        seen.add(cell)


def _unfit(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        if not row.action.may_lead(row.source, row.target):
            where = f"from {row.source.value!r} to {row.target.value!r}"
            yield f"{row.action.__name__} leads {where}, for which it has no data"


def _dead_ends(rows: tuple[Row, ...], initial: Standing) -> Iterable[str]:
    for standing in Standing:
        if standing in _standings(rows) and standing not in _reachable(rows, initial):
            yield f"{standing.value!r} cannot be reached from {initial.value!r}"
    for standing in Standing:
        is_open = standing in _standings(rows) | {initial} and not standing.is_closed
        if is_open and not _reachable(rows, standing) & CLOSED:
            yield f"a sale that is {standing.value!r} can never be closed"


def _reachable(rows: tuple[Row, ...], start: Standing) -> set[Standing]:
    return reached(((row.source, row.target) for row in rows), start)
