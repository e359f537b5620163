"""How a price follows from the one figure that was typed last: total, discount or earning, amount or percent.

Of the five figures that hang together, one is the master: what was typed stays as it was typed, and the
others follow from it exactly (SuperOffice, 5.6). Percentages are in percent form (12 is 12 %), and an earning is
counted on the total price, in both directions.
"""

from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from attrs import field, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.numbers import HUNDRED, ZERO, add, divide, multiply, percent_of, subtract
from salespipeline.model.priced_fields import a_system_discount
from salespipeline.model.value import Value


class Master(Enum):
    """Which of the five was typed last; with NONE, the system's discount holds."""

    NONE = "none"
    TOTAL = "total"
    DISCOUNT_PERCENT = "discount-percent"
    DISCOUNT_AMOUNT = "discount-amount"
    EARNING_PERCENT = "earning-percent"
    EARNING_AMOUNT = "earning-amount"

    @property
    def field(self) -> str:
        """The parameter of an action that types it: `discount_percent`."""
        return self.value.replace("-", "_")


class Pricing(NamedTuple):
    """The five figures of a line or an alternative, before VAT, exact; and what they were made of.

    The percentages are None where they have no meaning: of a discount on nothing, of an earning on nothing.
    Those that do not come out are given to 50 digits.
    """

    subtotal: Decimal
    cost: Decimal
    total: Decimal
    master: Master
    typed: Decimal | None

    @property
    def discount_amount(self) -> Decimal:
        """What is taken off the subtotal; negative for a surcharge."""
        return self._amount(Master.DISCOUNT_AMOUNT, subtract(self.subtotal, self.total))

    @property
    def discount_percent(self) -> Decimal | None:
        """The discount in percent of the subtotal."""
        return self._percent(Master.DISCOUNT_PERCENT, self.discount_amount, self.subtotal)

    @property
    def earned_percent(self) -> Decimal | None:
        """The earning in percent of the total as it comes out, whatever was typed."""
        share = multiply(subtract(self.total, self.cost), HUNDRED)
        return divide(share, self.total) if self.total else None

    @property
    def earning_amount(self) -> Decimal:
        """What is left of the total after the cost."""
        return self._amount(Master.EARNING_AMOUNT, subtract(self.total, self.cost))

    @property
    def earning_percent(self) -> Decimal | None:
        """The earning in percent of the total."""
        return self._percent(Master.EARNING_PERCENT, self.earning_amount, self.total)

    def _amount(self, master: Master, worked_out: Decimal) -> Decimal:
        return self.typed if self.master is master and self.typed is not None else worked_out

    def _percent(self, master: Master, part: Decimal, whole: Decimal) -> Decimal | None:
        if self.master is master:
            return self.typed  # what was typed, as it was typed
        return divide(multiply(part, HUNDRED), whole) if whole else None


@frozen(kw_only=True, eq=False, repr=False)
class Priced(Value):
    """What has a price: a line, or an alternative with its lines.

    `master` says which of the five figures was typed last, `typed` is what was typed; while nothing was, the
    `system_discount` (in percent) holds. All figures are exact, and without VAT.
    """

    system_discount: Decimal = field(default=ZERO, converter=a_system_discount)
    master: Master = Master.NONE
    typed: Decimal | None = None
    subtotal: Decimal = field(init=False, eq=False, repr=False)
    total_cost: Decimal = field(init=False, eq=False, repr=False)
    total: Decimal = field(init=False, eq=False, repr=False)

    def _work_out(self, subtotal: Decimal, cost: Decimal) -> None:
        """Set what follows from the rest, once; `InvalidValue` for a master without its figure."""
        if (self.master is Master.NONE) is not (self.typed is None):
            raise InvalidValue("typed", self.typed, f"it goes with the master figure, which is {self.master.value!r}")
        put = object.__setattr__
        put(self, "subtotal", subtotal)
        put(self, "total_cost", cost)
        put(self, "total", total_of(subtotal, cost, self.master, self.typed, self.system_discount))

    @property
    def pricing(self) -> Pricing:
        """The five figures that hang together."""
        return Pricing(self.subtotal, self.total_cost, self.total, self.master, self.typed)

    @property
    def discount_amount(self) -> Decimal:
        """What is taken off the subtotal; of an alternative, after what its lines took off."""
        return self.pricing.discount_amount

    @property
    def discount_percent(self) -> Decimal | None:
        """The discount in percent of the subtotal."""
        return self.pricing.discount_percent

    @property
    def earning_amount(self) -> Decimal:
        """Total minus cost."""
        return self.pricing.earning_amount

    @property
    def earning_percent(self) -> Decimal | None:
        """The earning in percent of the total."""
        return self.pricing.earning_percent

    @property
    def system_discount_amount(self) -> Decimal:
        """What the system's discount would take off, typed over or not."""
        return percent_of(self.subtotal, self.system_discount)


def total_of(subtotal: Decimal, cost: Decimal, master: Master, typed: Decimal | None, system: Decimal) -> Decimal:
    """The total price that the master figure makes of a subtotal and a cost; `system` is a discount in percent.

    Raises `InvalidValue` where an earning of 100 % or more is asked for on something that costs.
    """
    if typed is None or master is Master.NONE:
        return subtract(subtotal, percent_of(subtotal, system)) if system else subtotal
    if master is Master.DISCOUNT_PERCENT:
        return subtract(subtotal, percent_of(subtotal, typed))
    if master is Master.DISCOUNT_AMOUNT:
        return subtract(subtotal, typed)
    if master is Master.TOTAL:
        return typed
    if master is Master.EARNING_AMOUNT:
        return add(cost, typed)
    return _earning(subtotal, cost, typed)


def _earning(subtotal: Decimal, cost: Decimal, percent: Decimal) -> Decimal:
    if percent < HUNDRED:
        return divide(multiply(cost, HUNDRED), subtract(HUNDRED, percent))
    if cost:
        raise InvalidValue("earning_percent", percent, "what has a cost earns less than 100 % of its price; give less")
    return subtotal  # all of it is earned, whatever it is
