"""A quote: versions of it, alternatives in each, lines in those; and what was found, approved and sent."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import Enum

from attrs import evolve, field, frozen

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.action import Moment
from salespipeline.model.ids import ActivityId, AlternativeId, LineId, UserId
from salespipeline.model.line import Line
from salespipeline.model.numbers import HUNDRED, ZERO, divide, multiply, percent_of, subtract, total
from salespipeline.model.priced_fields import a_description, an_alternative_name
from salespipeline.model.pricing import Priced
from salespipeline.model.quote_life import QuoteStanding
from salespipeline.model.value import Value


class Severity(Enum):
    """How much a finding matters, the least first (SuperOffice, 5.3).

    A warning has to be approved before the quote is sent or ordered, an error has to be mended.
    """

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """Its place, from 0: the worst of several has the highest."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@frozen(eq=False, repr=False)
class Finding(Value):
    """What validating found: a check's code, how much it matters, and the alternative and line it is about."""

    code: str
    severity: Severity
    alternative: AlternativeId | None = None
    line: LineId | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Approval(Value):
    """Who was asked to approve a version, and what came of it.

    `decided_by` is who approved or refused, `registered_by` who wrote it down (by phone, say). `activity` is the
    approver's task.
    """

    asked_on: date
    asked_by: UserId | None = None
    approver: UserId | None = None
    comment: str = ""
    approved: bool | None = None
    decided_on: date | None = None
    decided_by: UserId | None = None
    registered_by: UserId | None = None
    text: str = ""
    activity: ActivityId | None = None


def _lines(values: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(values)


@frozen(kw_only=True, eq=False, repr=False)
class Alternative(Priced):
    """One of several things offered; its subtotal is the sum of the lines' totals, exact and without VAT.

    A discount of its own comes on top of those of the lines.
    """

    id: AlternativeId
    name: str = field(converter=an_alternative_name)
    description: str = field(default="", converter=a_description)
    lines: tuple[Line, ...] = field(default=(), converter=_lines)

    def __attrs_post_init__(self) -> None:
        self._work_out(total([each.total for each in self.lines]), total([each.total_cost for each in self.lines]))

    @property
    def gross(self) -> Decimal:
        """What the lines would come to without any discount."""
        return total([each.subtotal for each in self.lines])

    @property
    def whole_discount_percent(self) -> Decimal | None:
        """All discounts together, the lines' and its own, in percent of the gross sum."""
        gross = self.gross
        off = multiply(subtract(gross, self.total), HUNDRED)
        return divide(off, gross) if gross else None

    def discounted(self, line: Line) -> Decimal:
        """A line's total after its share of this alternative's own discount."""
        if self.total == self.subtotal or not self.subtotal:
            return line.total
        return divide(multiply(line.total, self.total), self.subtotal)

    def vat_of(self, line: Line) -> Decimal:
        """The VAT of a line, after the discounts; a line below zero has none (SuperOffice, 5.7)."""
        return ZERO if line.total < ZERO else percent_of(self.discounted(line), line.vat)

    @property
    def vat_amount(self) -> Decimal:
        """The VAT of all lines, which is in no other figure."""
        return total([self.vat_of(each) for each in self.lines])

    def line(self, id: str) -> Line:
        """The line with an id; `UnknownEntry` with those there are."""
        found = next((each for each in self.lines if each.id == id), None)
        if found is None:
            raise UnknownEntry("line", id, [each.id for each in self.lines])
        return found


def _alternatives(values: Iterable[Alternative]) -> tuple[Alternative, ...]:
    return tuple(values)


def _findings(values: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(values)


@frozen(kw_only=True, eq=False, repr=False)
class QuoteVersion(Value):
    """A quote as it was offered once: alternatives, one of them the favourite.

    `rank` counts from 1. `valid_until` is the last day of what was sent. `findings` are those of the last
    validation. `archived_from` is where an archived version stood before.
    """

    rank: int
    number: str
    made: Moment
    standing: QuoteStanding = QuoteStanding.NOT_CALCULATED
    alternatives: tuple[Alternative, ...] = field(converter=_alternatives)
    favourite: AlternativeId
    findings: tuple[Finding, ...] = field(default=(), converter=_findings)
    approval: Approval | None = None
    sent_on: date | None = None
    valid_until: date | None = None
    favourite_only: bool = False
    archived_from: QuoteStanding | None = None

    def __attrs_post_init__(self) -> None:
        if all(each.id != self.favourite for each in self.alternatives):
            raise InvalidValue("favourite", self.favourite, "it is one of the version's alternatives")

    def alternative(self, id: str | None = None) -> Alternative:
        """The alternative with an id, the favourite unless given; `UnknownEntry` with those there are."""
        wanted = self.favourite if id is None else id
        found = next((each for each in self.alternatives if each.id == wanted), None)
        if found is None:
            raise UnknownEntry("alternative", wanted, [each.id for each in self.alternatives])
        return found

    @property
    def severity(self) -> Severity:
        """The worst that the last validation found."""
        return max((found.severity for found in self.findings), key=lambda each: each.rank, default=Severity.OK)

    def is_expired(self, on: date) -> bool:
        """Whether it is sent and no longer valid: it is, to the end of its last day."""
        return self.standing is QuoteStanding.SENT and self.valid_until is not None and on > self.valid_until

    def label(self, on: date) -> str:
        """Where it stands on a day, in words: `sent - expired`."""
        return f"{self.standing.value} - expired" if self.is_expired(on) else self.standing.value

    def with_alternative(self, changed: Alternative) -> "QuoteVersion":
        """The version with an alternative in the place of the one with its id."""
        return evolve(
            self, alternatives=tuple(changed if each.id == changed.id else each for each in self.alternatives)
        )


@frozen(kw_only=True, eq=False, repr=False)
class Order(Value):
    """What was ordered: the alternative that was accepted, the customer's own number, and what was said."""

    on: date
    alternative: AlternativeId
    number: str = ""
    comment: str = ""


def _versions(values: Iterable[QuoteVersion]) -> tuple[QuoteVersion, ...]:
    return tuple(values)


@frozen(kw_only=True, eq=False, repr=False)
class Quote(Value):
    """The quote of a sale, in its currency: the versions, oldest first; the last one is the active one.

    With `sets_amount`, amount and cost of the sale follow the favourite alternative of the active version.
    `made` counts the alternatives and lines that there ever were: their ids are not used twice.
    """

    currency: str
    versions: tuple[QuoteVersion, ...] = field(converter=_versions)
    sets_amount: bool = True
    order: Order | None = None
    made: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.versions:
            raise InvalidValue("versions", (), "a quote has at least one")
        if any(version.standing is not QuoteStanding.ARCHIVED for version in self.versions[:-1]):
            raise InvalidValue("versions", len(self.versions), "all but the last are archived")

    @property
    def active(self) -> QuoteVersion:
        """The version that counts: the latest."""
        return self.versions[-1]

    @property
    def number(self) -> str:
        """The number of the active version."""
        return self.active.number

    @property
    def standing(self) -> QuoteStanding:
        """Where the active version stands."""
        return self.active.standing

    @property
    def favourite(self) -> Alternative:
        """The favourite alternative of the active version: what the sale is worth by it."""
        return self.active.alternative()

    def version(self, rank: int) -> QuoteVersion:
        """The version of a rank, from 1; `UnknownEntry` with those there are."""
        found = next((each for each in self.versions if each.rank == rank), None)
        if found is None:
            raise UnknownEntry("version", rank, [str(each.rank) for each in self.versions])
        return found
