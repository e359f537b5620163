"""The other parts of a sale: fields that belong together and change together."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.ids import CampaignId, CompanyId, GroupId, ItemId, PersonId, ProjectId, UserId
from salespipeline.model.numbers import number, plain
from salespipeline.model.text import line
from salespipeline.model.value import Value


class Priority(Enum):
    """How urgent a sale is (Business Central, A.1.1)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Visibility(Enum):
    """Who may see a sale (SuperOffice, 1.1)."""

    ALL = "all"
    OWNER = "owner"
    GROUP = "group"


class DocumentKind(Enum):
    """The kinds of sales documents a sale can refer to."""

    QUOTE = "quote"
    ORDER = "order"
    INVOICE = "invoice"


class ReferenceKind(Enum):
    """What a link on a sale points to."""

    URL = "url"
    PROJECT = "project"
    SALE = "sale"
    DOCUMENT = "document"
    ACTIVITY = "activity"
    EXTERNAL = "external"


class InitiatorKind(Enum):
    """Who can have started a sale (Contact Manager, B.1)."""

    COMPANY = "company"
    PERSON = "person"
    CAMPAIGN = "campaign"


@frozen(eq=False, repr=False)
class Document(Value):
    """The sales document of a sale; `value` is net of discounts and without VAT, in the sale's currency."""

    kind: DocumentKind
    number: str
    value: Decimal


@frozen(eq=False, repr=False)
class Reference(Value):
    """A described link from a sale to something else: an address, or an id of its kind."""

    kind: ReferenceKind
    target: str
    description: str = ""


@frozen(eq=False, repr=False)
class Initiator(Value):
    """The company, person or campaign that a sale was started by: exactly one."""

    kind: InitiatorKind
    id: str


@frozen(eq=False, repr=False)
class Publication(Value):
    """The days between which outsiders may see a sale, both included; None is open-ended."""

    since: date | None = None
    until: date | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Card(Value):
    """What a sale is called and what is noted about it."""

    title: str
    number: str = ""
    description: str = ""
    note: str = ""
    kind: ItemId | None = None
    priority: Priority = Priority.NORMAL
    categories: tuple[str, ...] = ()
    visibility: Visibility = Visibility.ALL
    publication: Publication | None = None
    reminder: datetime | None = None
    references: tuple[Reference, ...] = ()


@frozen(kw_only=True, eq=False, repr=False)
class Parties(Value):
    """Who a sale is with and whose it is; `group` is the owner's group when the owner was set."""

    owner: UserId | None = None
    group: GroupId | None = None
    company: CompanyId | None = None
    person: PersonId | None = None
    project: ProjectId | None = None
    campaign: CampaignId | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Terms(Value):
    """When a sale is expected to close, and on which terms it is offered."""

    expected_close: date
    payment_terms: ItemId | None = None
    expires_on: date | None = None
    delivery_on: date | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Origin(Value):
    """Where a sale came from and against whom it stands.

    `competitor` is one entry of a list (SuperOffice), `competitors` are free names (Contact Manager).
    """

    source: ItemId | None = None
    competitor: ItemId | None = None
    competitors: tuple[str, ...] = ()
    credited: ItemId | None = None
    initiated_by: Initiator | None = None
    segment: str | None = None
    flow: str | None = None


CustomValue = str | int | bool | Decimal | date


def custom_pairs(
    values: Mapping[str, CustomValue] | Iterable[tuple[str, CustomValue]],
) -> tuple[tuple[str, CustomValue], ...]:
    """The named values in the order of their names; refuses values that are not plain, floats among them."""
    named = {line(name, "custom field", 64, required=True): _plain(name, value) for name, value in dict(values).items()}
    return tuple((name, named[name]) for name in sorted(named))


def _plain(name: str, value: CustomValue) -> CustomValue:
    field = f"custom field {name!r}"
    if isinstance(value, str):
        return line(value, field, 2047)
    if type(value) in (bool, date):
        return value
    if type(value) is int and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, Decimal):
        short = plain(number(value, field))
        if int(short.as_tuple().exponent) >= -50:
            return short
    kinds = "text, an int of 64 bits, a bool, a Decimal of at most 50 decimals or a date"
    raise InvalidValue(field, value, f"it takes {kinds}")


def _with_kinds(values: tuple[tuple[str, CustomValue], ...]) -> tuple[object, ...]:
    """What makes values differ: True is not 1, though Python says they are equal."""
    return tuple((name, type(value), value) for name, value in values)


@frozen(eq=False, repr=False)
class Custom(Value):
    """The values of a firm's own fields, by name; reads like a mapping and cannot change."""

    values: tuple[tuple[str, CustomValue], ...] = field(default=(), converter=custom_pairs, eq=_with_kinds)

    def __getitem__(self, name: str) -> CustomValue:
        return dict(self.values)[name]

    def get(self, name: str, default: CustomValue | None = None) -> CustomValue | None:
        """The value of a field, or the default."""
        return dict(self.values).get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in dict(self.values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.values))

    def __len__(self) -> int:
        return len(self.values)
