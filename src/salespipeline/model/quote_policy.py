"""How a sale type has its quotes: what is checked, what needs approval, how long they hold."""

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.ids import UserId, user_id
from salespipeline.model.priced_fields import a_limit
from salespipeline.model.quote import Severity
from salespipeline.model.value import Value


class QuoteCheck(Enum):
    """What validating looks at, beside the two limits of the type (SuperOffice, 5.3 and 5.4)."""

    NOT_IN_ASSORTMENT = "not-in-assortment"
    PRICE_LIST_OUT_OF_USE = "price-list-out-of-use"
    BELOW_MINIMUM_PRICE = "below-minimum-price"
    BELOW_COST = "below-cost"
    TOTAL_ZERO = "total-zero"
    TOTAL_NEGATIVE = "total-negative"


DISCOUNT_OVER_LIMIT = "discount-over-limit"
EARNING_UNDER_LIMIT = "earning-under-limit"


def _checks(values: Iterable[QuoteCheck]) -> frozenset[QuoteCheck]:
    return frozenset(values)


def _users(values: Iterable[str]) -> frozenset[UserId]:
    return frozenset(user_id(value) for value in values)


def _days(value: int) -> int:
    if type(value) is not int or not 0 <= value <= 3660:
        raise InvalidValue("days", value, "give whole days, from 0 to 3660")
    return value


@frozen(kw_only=True, eq=False, repr=False)
class QuotePolicy(Value):
    """The rules that a type has for its quotes.

    `alternatives` False allows just one; `discount_on_total` lets an alternative have a discount of its own.
    A quote holds for `valid_days` from sending, and is followed up `follow_up_days` before that ends.

    Approval is needed for every warning, for a discount over `max_discount` and for an earning under
    `min_earning` (percent of the total; None: no limit); `approvers` may give it, anybody where none are
    named. What a check finds is for information, unless the policy `ignores` it, `warns_of` it or `refuses`
    it (an error).

    With `sets_amount`, the quote decides the sale's amount; with `lost_with_sale`, losing the sale loses the
    quote. With `needs_company`, a quote is made for a sale that is with a company; with `needs_customer`, an
    order is placed by a company that is a customer.
    """

    alternatives: bool = True
    discount_on_total: bool = False
    valid_days: int = field(default=30, converter=_days)
    follow_up_days: int = field(default=2, converter=_days)
    max_discount: Decimal | None = field(default=None, converter=a_limit)
    min_earning: Decimal | None = field(default=None, converter=a_limit)
    approvers: frozenset[UserId] = field(default=frozenset(), converter=_users)
    ignores: frozenset[QuoteCheck] = field(default=frozenset(), converter=_checks)
    warns_of: frozenset[QuoteCheck] = field(default=frozenset(), converter=_checks)
    refuses: frozenset[QuoteCheck] = field(default=frozenset(), converter=_checks)
    sets_amount: bool = True
    lost_with_sale: bool = False
    needs_company: bool = False
    needs_customer: bool = False

    def severity(self, check: QuoteCheck) -> Severity:
        """How much a check matters; the hardest that the policy says."""
        if check in self.refuses:
            return Severity.ERROR
        if check in self.warns_of:
            return Severity.WARNING
        return Severity.OK if check in self.ignores else Severity.INFO
