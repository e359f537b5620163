"""The report of a reading: what was read, what was adjusted and why, what was rejected and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from salespipeline.errors import shown

_GROUPS_SHOWN = 20


class Adjustment(NamedTuple):
    """A note on an accepted row: what a cell held, what was used in its place, and why.

    `row` is counted as a spreadsheet does, the header being row 1. `used` is as given where nothing was
    replaced and the note only says that something is missing or unknown.
    """

    row: int
    column: str
    given: str
    used: str
    why: str


class Fault(NamedTuple):
    """One reason why a row was rejected.

    `column` is empty for the row as a whole, and the name of the sale's field for what the mapping supplied.
    """

    column: str
    given: str
    reason: str


class Rejection(NamedTuple):
    """A row that became no sale, with every reason found."""

    row: int
    faults: tuple[Fault, ...]


class Report(NamedTuple):
    """What became of the rows of a file; `rows_read` is `accepted` plus the number of rejections.

    `blank_rows` have nothing in any cell; they are counted, and not among the rows read.
    """

    rows_read: int
    accepted: int
    adjusted: tuple[Adjustment, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    blank_rows: int = 0

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How often each (column, reason) occurred, among notes and rejections alike."""
        return dict(Counter((column, reason) for _, column, reason in (*self._notes(), *self._faults())))

    def summary(self) -> str:
        """The report for people to read: the totals, then each reason with its count and its first row."""
        head = f"{self.rows_read:,} rows read: {self.accepted:,} accepted, {len(self.rejected):,} rejected"
        blank = f"; {self.blank_rows:,} blank rows" if self.blank_rows else ""
        return "\n".join([head + blank, *_listed("notes", self._notes()), *_listed("rejected", self._faults())])

    def __str__(self) -> str:
        return self.summary()

    def _notes(self) -> Iterator[tuple[int, str, str]]:
        return ((note.row, note.column, note.why) for note in self.adjusted)

    def _faults(self) -> Iterator[tuple[int, str, str]]:
        return ((row, fault.column, fault.reason) for row, faults in self.rejected for fault in faults)


def _listed(title: str, found: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for row, column, reason in found:
        first.setdefault((column, reason), row)
        counts[column, reason] += 1
    if counts:
        yield f"{title}:"
    for (column, reason), count in counts.most_common(_GROUPS_SHOWN):
        where = f"in row {first[column, reason]:,}" if count == 1 else f"first in row {first[column, reason]:,}"
        yield f"  {count:,} x {f'column {shown(column)}' if column else 'the row'}: {reason} ({where})"
    if len(counts) > _GROUPS_SHOWN:
        yield f"  and {len(counts) - _GROUPS_SHOWN:,} other reasons"
