"""The life of a quote's version, as a table of rows that checks itself; nothing else decides its standing."""

from collections.abc import Iterable
from enum import Enum

from attrs import field, frozen

from salespipeline.errors import BrokenTable, repeated
from salespipeline.model.reach import reached
from salespipeline.model.value import Value


class QuoteStanding(Enum):
    """Where a version of a quote stands; the first five are drafts, which can be edited (SuperOffice, 5.2)."""

    NOT_CALCULATED = "draft, not calculated"
    CALCULATED = "draft"
    NEEDS_APPROVAL = "needs approval"
    APPROVED = "approved"
    REJECTED = "not approved"
    SENT = "sent"
    SOLD = "sold"
    LOST = "lost"
    ARCHIVED = "archived"

    __hash__ = object.__hash__

    @property
    def is_draft(self) -> bool:
        """Whether it can still be edited."""
        return self in DRAFTS


DRAFTS = (
    QuoteStanding.NOT_CALCULATED,
    QuoteStanding.CALCULATED,
    QuoteStanding.NEEDS_APPROVAL,
    QuoteStanding.APPROVED,
    QuoteStanding.REJECTED,
)


class QuoteStep(Enum):
    """What can happen to a version.

    Validating has three outcomes: CLEAN, WARN (somebody has to approve) and FAIL. ARCHIVE is what happens to the
    other versions when a new one becomes the active one.
    """

    EDIT = "edit"
    CLEAN = "validated: clean"
    WARN = "validated: warnings"
    FAIL = "validated: errors"
    APPROVE = "approve"
    REJECT = "do not approve"
    SEND = "send"
    RENEW = "new version from it"
    ORDER = "place order"
    CANCEL_ORDER = "delete the order"
    LOSE = "lose"
    ARCHIVE = "another becomes active"

    __hash__ = object.__hash__


@frozen(eq=False, repr=False)
class QuoteRow(Value):
    """One step: from this standing, this leads to that standing, because of this rule."""

    source: QuoteStanding
    step: QuoteStep
    target: QuoteStanding
    because: str = ""


@frozen(eq=False)
class QuoteLifecycle:
    """A named table of rows with the standing that a new version begins in.

    Raises `BrokenTable`, all faults at once, when a cell stands twice, a standing cannot be reached, or one that is
    not sold, lost or archived has no way there.
    """

    name: str
    rows: tuple[QuoteRow, ...] = field(converter=tuple[QuoteRow, ...])
    initial: QuoteStanding = QuoteStanding.NOT_CALCULATED
    _cells: dict[tuple[QuoteStanding, QuoteStep], QuoteRow] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = [*_doubled(self.rows), *_unreachable(self.rows, self.initial), *_endless(self.rows)]
        if faults:
            raise BrokenTable(f"quote lifecycle {self.name!r}", faults)
        object.__setattr__(self, "_cells", {(row.source, row.step): row for row in self.rows})

    def row(self, source: QuoteStanding, step: QuoteStep) -> QuoteRow | None:
        """The row of a cell, or None where the step does not exist."""
        return self._cells.get((source, step))

    def leaving(self, source: QuoteStanding) -> tuple[QuoteRow, ...]:
        """The rows that start in a standing."""
        return tuple(row for row in self.rows if row.source is source)


def _doubled(rows: Iterable[QuoteRow]) -> Iterable[str]:
    for source, step in repeated((row.source, row.step) for row in rows):
        yield f"{step.value!r} from {source.value!r} stands twice"


def _unreachable(rows: tuple[QuoteRow, ...], initial: QuoteStanding) -> Iterable[str]:
    reached = _reached(rows, initial)
    standings = dict.fromkeys(standing for row in rows for standing in (row.source, row.target))
    yield from (
        f"{standing.value!r} cannot be reached from {initial.value!r}"
        for standing in standings
        if standing not in reached
    )


def _endless(rows: tuple[QuoteRow, ...]) -> Iterable[str]:
    ends = {QuoteStanding.SOLD, QuoteStanding.LOST, QuoteStanding.ARCHIVED}
    for source in dict.fromkeys(row.source for row in rows):
        if not ends & _reached(rows, source):
            yield f"a version that is {source.value!r} can never be sold, lost or archived"


def _reached(rows: tuple[QuoteRow, ...], start: QuoteStanding) -> set[QuoteStanding]:
    return reached(((row.source, row.target) for row in rows), start)


def _rows(sources: Iterable[QuoteStanding], step: QuoteStep, target: QuoteStanding, because: str) -> list[QuoteRow]:
    return [QuoteRow(source, step, target, because) for source in sources]


_RAW, _DRAFT, _ASKING, _APPROVED, _REJECTED = DRAFTS
_SENT, _SOLD, _LOST, _ARCHIVED = (
    QuoteStanding.SENT,
    QuoteStanding.SOLD,
    QuoteStanding.LOST,
    QuoteStanding.ARCHIVED,
)

QUOTE_LIFECYCLE = QuoteLifecycle(
    "quote version",
    (
        *_rows(DRAFTS, QuoteStep.EDIT, _RAW, "what is edited is calculated and judged again"),
        *_rows((_RAW, _DRAFT, _ASKING), QuoteStep.CLEAN, _DRAFT, "nothing keeps it from being sent"),
        *_rows((_RAW, _DRAFT, _ASKING), QuoteStep.WARN, _ASKING, "a warning, or a limit of the type"),
        *_rows((_RAW, _DRAFT, _ASKING), QuoteStep.FAIL, _RAW, "an error has to be mended"),
        *(
            QuoteRow(standing, step, standing, "judging again takes no decision back")
            for standing in (_APPROVED, _REJECTED)
            for step in (QuoteStep.CLEAN, QuoteStep.WARN, QuoteStep.FAIL)
        ),
        QuoteRow(_ASKING, QuoteStep.APPROVE, _APPROVED, "somebody who may, did"),
        QuoteRow(_ASKING, QuoteStep.REJECT, _REJECTED, "edit it and ask again"),
        *_rows((_DRAFT, _APPROVED), QuoteStep.SEND, _SENT, "without errors and unapproved warnings"),
        *_rows((_DRAFT, _APPROVED, _SENT), QuoteStep.ORDER, _SOLD, "the customer accepts an alternative"),
        *_rows((_SENT, _LOST), QuoteStep.RENEW, _ARCHIVED, "a copy becomes the new active version"),
        QuoteRow(_ARCHIVED, QuoteStep.RENEW, _ARCHIVED, "made active: a copy is, it stays in the archive"),
        QuoteRow(_SOLD, QuoteStep.CANCEL_ORDER, _LOST, "the order was deleted"),
        *_rows((*DRAFTS, _SENT), QuoteStep.LOSE, _LOST, "the customer declines"),
        *_rows((*DRAFTS, _SENT, _LOST), QuoteStep.ARCHIVE, _ARCHIVED, "only one version is active"),
        QuoteRow(_ARCHIVED, QuoteStep.ARCHIVE, _ARCHIVED, "it remembers where it stood before"),
    ),
)
