"""What can be asked about a sale's quote and its product lines, one class each.

As with every action, values are kept as typed and judged by `problems`. Prices are those of one unit, in the
currency of the sale and without VAT; percentages are in percent form. Of `total`, `discount_percent`,
`discount_amount`, `earning_percent` and `earning_amount`, one at most is typed; None takes back what was.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import ClassVar

from attrs import field, frozen

from salespipeline.model.action import KEEP, Action, Keep
from salespipeline.model.numbers import Number
from salespipeline.model.parts import CustomValue
from salespipeline.model.people import Company
from salespipeline.model.product import PriceList, Product, Subscription
from salespipeline.model.quote import Quote
from salespipeline.model.standing import Standing


class QuoteAction(Action):
    """The base of what is done to a quote or to product lines: the fields are the quote's, not the sale's."""

    __slots__ = ()
    of_sale: ClassVar[bool] = False
    is_quoting: ClassVar[bool] = True


@frozen(kw_only=True, eq=False, repr=False)
class _Priced(QuoteAction):
    """The five figures of a line or an alternative, of which one is typed."""

    total: Number | Keep | None = KEEP
    discount_percent: Number | Keep | None = KEEP
    discount_amount: Number | Keep | None = KEEP
    earning_percent: Number | Keep | None = KEEP
    earning_amount: Number | Keep | None = KEEP
    system_discount: Number | Keep = KEEP


@frozen(kw_only=True, eq=False, repr=False)
class LineFields(_Priced):
    """What can be said of a line; what is not given is copied from the product, or left as it is."""

    quantity: Number | Keep = KEEP
    list_price: Number | Keep = KEEP
    cost: Number | Keep = KEEP
    minimum_price: Number | Keep | None = KEEP
    code: str | Keep = KEEP
    description: str | Keep = KEEP
    unit: str | Keep = KEEP
    vat: Number | Keep = KEEP
    taxable: bool | Keep = KEEP
    subscription: Subscription | Keep | None = KEEP
    extra: Mapping[str, CustomValue] | Keep = KEEP


# The product lines of a sale that has no quote (Contact Manager, B.4).


@frozen(eq=False, repr=False)
class AddLine(LineFields):
    """Add a line to the sale: a product, the id of one in `price_list`, or the name of something else.

    The quantity is the product's own, or 1.
    """

    what: Product | str = field()  # pyright: ignore[reportGeneralTypeIssues]  # what is sold comes first
    price_list: PriceList | str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class EditLine(LineFields):
    """Change a line of the sale: `EditLine("L-1", quantity=2)`."""

    line: str = field()  # pyright: ignore[reportGeneralTypeIssues]
    name: str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class RemoveLine(QuoteAction):
    """Take a line off the sale, or several."""

    lines: str | Sequence[str] | Set[str]


# The quote of a sale.


@frozen(kw_only=True, eq=False, repr=False)
class CreateQuote(QuoteAction):
    """Begin a quote: version 1, a draft with one alternative, called Products unless named.

    `number` is the version's; unless given, it is made of the sale's id and the version's rank.
    """

    impossible = "no-quote-now"

    number: str = ""
    name: str = "Products"


@frozen(eq=False, repr=False)
class CopyQuote(QuoteAction):
    """Begin a quote as a copy of the active version of another sale's, in the same currency."""

    impossible = "no-quote-now"

    quote: Quote
    number: str = field(default="", kw_only=True)


class DeleteQuote(QuoteAction):
    """Remove the quote with all its versions; the sale keeps the amount it has."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class AddAlternative(_Priced):
    """Add an alternative to the active version, empty or as a copy of another: `AddAlternative("Large")`."""

    name: str = field()  # pyright: ignore[reportGeneralTypeIssues]
    copy_of: str | None = field(default=None, kw_only=True)
    description: str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class EditAlternative(_Priced):
    """Change an alternative, the favourite unless named; its own discount comes on top of those of its lines."""

    alternative: str | None = None
    name: str | Keep = field(default=KEEP, kw_only=True)
    description: str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class RemoveAlternative(QuoteAction):
    """Take an alternative out; the first of those left becomes the favourite where it was that."""

    alternative: str


@frozen(eq=False, repr=False)
class OrderAlternatives(QuoteAction):
    """Put the alternatives in another order; those not named follow as they were."""

    alternatives: Sequence[str]


@frozen(eq=False, repr=False)
class ChooseFavourite(QuoteAction):
    """Make an alternative the favourite: what the sale is worth follows it."""

    alternative: str


@frozen(eq=False, repr=False)
class AddQuoteLine(LineFields):
    """Add a line to an alternative (the favourite unless named): a product, the id of one in `price_list`, or a name.

    The quantity is the product's own; something without a product needs one.
    """

    what: Product | str = field()  # pyright: ignore[reportGeneralTypeIssues]  # what is sold comes first
    alternative: str | None = field(default=None, kw_only=True)
    price_list: PriceList | str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class EditQuoteLine(LineFields):
    """Change a line of the quote: `EditQuoteLine("L-2", discount_percent="10")`."""

    line: str = field()  # pyright: ignore[reportGeneralTypeIssues]
    name: str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class RemoveQuoteLine(QuoteAction):
    """Take a line out of the quote, or several."""

    lines: str | Sequence[str] | Set[str]


@frozen(eq=False, repr=False)
class _WithPrices(QuoteAction):
    """What looks at the price lists that lines came from; the desk gives those it keeps."""

    price_lists: Sequence[PriceList] | Keep = field(default=KEEP, kw_only=True)


class UpdatePrices(_WithPrices):
    """Copy prices and descriptions of all lines from the price lists again; what was typed stays the master."""

    __slots__ = ()


class Validate(_WithPrices):
    """Calculate and judge the active version: clean, needing approval, or in error."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class RequestApproval(QuoteAction):
    """Ask somebody to approve the active version."""

    approver: str
    comment: str = field(default="", kw_only=True)


class CancelRequest(QuoteAction):
    """Take back the request for approval."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class Approve(QuoteAction):
    """Approve the active version; `by` is who decided, where somebody else writes it down."""

    text: str = ""
    by: str | None = field(default=None, kw_only=True)


@frozen(eq=False, repr=False)
class Disapprove(QuoteAction):
    """Refuse to approve the active version; `by` as in `Approve`."""

    text: str = ""
    by: str | None = field(default=None, kw_only=True)


@frozen(eq=False, repr=False)
class SendQuote(_WithPrices):
    """Send the active version, valid to the end of a day (counted from today by the type, unless given).

    With `follow_up`, a follow-up is planned: True for some days before it expires, or on a day. The `text` is that
    of the follow-up, or of the document where none is planned.
    """

    valid_until: date | None = None
    favourite_only: bool = field(default=False, kw_only=True)
    follow_up: bool | date = field(default=False, kw_only=True)
    text: str = field(default="", kw_only=True)


@frozen(kw_only=True, eq=False, repr=False)
class NewVersion(QuoteAction):
    """Edit what was sent: a copy becomes the active version, as a draft; all others are archived."""

    number: str = ""


@frozen(eq=False, repr=False)
class ActivateVersion(QuoteAction):
    """Take up an archived version again, by its rank: a copy of it becomes the active version, as a draft."""

    rank: int
    number: str = field(default="", kw_only=True)


class LoseQuote(QuoteAction):
    """The customer declines the quote; the sale goes on."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class _Ordering(_WithPrices):
    """The fields of an order: the alternative (the favourite unless named), the customer's number, a comment.

    `customer` is the company that orders, where the process asks for a customer; the desk gives the sale's. With
    `make_customer`, one that is none yet becomes one: the desk keeps it as such in the same commit.
    """

    alternative: str | None = None
    number: str = field(default="", kw_only=True)
    comment: str = field(default="", kw_only=True)
    customer: Company | Keep = field(default=KEEP, kw_only=True)
    make_customer: bool = field(default=False, kw_only=True)


@frozen(eq=False, repr=False)
class PlaceOrder(_Ordering):
    """The customer accepts: the quote is sold, and so is the sale, with the alternative's figures."""

    brings = frozenset({Standing.SOLD, Standing.SOLD_COMPLETED})

    reason: str | None = field(default=None, kw_only=True)
    closed_on: date | None = field(default=None, kw_only=True)
    cancel_tasks: bool | Keep = field(default=KEEP, kw_only=True)


class PlaceOrderOnly(_Ordering):
    """The customer accepts: the quote is sold, while the sale stays where it is."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class CancelOrder(QuoteAction):
    """The order of a sold sale is deleted: the sale is lost after all (Business Central, A.6.4)."""

    brings = frozenset({Standing.LOST, Standing.LOST_COMPLETED})
    takes = frozenset({Standing.SOLD, Standing.SOLD_COMPLETED})

    reason: str | None = None


@frozen(eq=False, repr=False)
class LinkQuote(QuoteAction):
    """Refer to a quote that is kept elsewhere; with `replacing`, in the place of the one that is linked.

    `value` is net of discounts and without VAT, in the sale's currency.
    """

    number: str
    value: Number = field()
    replacing: bool = field(default=False, kw_only=True)


class UnlinkQuote(QuoteAction):
    """Refer to no quote any more; the quote elsewhere stays."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class PostInvoice(QuoteAction):
    """The order of a sold sale was invoiced: the sale refers to the invoice and is worth its value."""

    number: str
    value: Number = field()


LINE_ACTIONS: tuple[type[QuoteAction], ...] = (AddLine, EditLine, RemoveLine)
DRAFT_ACTIONS: tuple[type[QuoteAction], ...] = (
    AddAlternative,
    EditAlternative,
    RemoveAlternative,
    OrderAlternatives,
    ChooseFavourite,
    AddQuoteLine,
    EditQuoteLine,
    RemoveQuoteLine,
    UpdatePrices,
)
QUOTE_ACTIONS: tuple[type[QuoteAction], ...] = (
    CreateQuote,
    CopyQuote,
    DeleteQuote,
    *DRAFT_ACTIONS,
    Validate,
    RequestApproval,
    CancelRequest,
    Approve,
    Disapprove,
    SendQuote,
    NewVersion,
    ActivateVersion,
    LoseQuote,
    PlaceOrderOnly,
)
LINK_ACTIONS: tuple[type[QuoteAction], ...] = (LinkQuote, UnlinkQuote)
