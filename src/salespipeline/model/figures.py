"""What a sale is worth: amount and cost are stored, the rest follows from them exactly."""

from decimal import Decimal

from attrs import frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.ids import StageId
from salespipeline.model.numbers import HUNDRED, ZERO, divide, multiply, percent_of, subtract


@frozen
class Figures:
    """Amount and cost in one currency, each with just the currency's decimals; both may be negative."""

    currency: str
    amount: Decimal
    cost: Decimal

    def __attrs_post_init__(self) -> None:
        code = self.currency
        if type(code) is not str or len(code) != 3 or not (code.isascii() and code.isupper() and code.isalpha()):
            raise InvalidValue("currency", code, "a currency code has three capital letters, such as 'EUR'")
        if not self.amount.same_quantum(self.cost):
            raise InvalidValue("cost", self.cost, f"it has other decimals than the amount {self.amount}")

    @property
    def digits(self) -> int:
        """How many decimals the amounts have; a stored sale keeps its digits when a standard changes."""
        return -int(self.amount.as_tuple().exponent)

    @property
    def profit(self) -> Decimal:
        """Amount minus cost, exactly."""
        return subtract(self.amount, self.cost)

    @property
    def margin(self) -> Decimal | None:
        """Profit in percent of the amount (20 is 20 %), to 50 digits; None when the amount is zero.

        The share of the amount, not the mark-up on the cost (SuperOffice, 1.2).
        """
        if not self.amount:
            return None
        return divide(multiply(self.profit, HUNDRED), self.amount)

    def weighted(self, probability: Decimal) -> Decimal:
        """The amount times a probability in percent, exactly."""
        return percent_of(self.amount, probability)


@frozen
class Position:
    """Where a sale is in its process; all four are facts that were written when something happened.

    `chance`, `completion` and `probability` are percentages from 0 to 100. `stage` is None when the type has
    no stages or the process has not begun.
    """

    stage: StageId | None
    chance: Decimal
    completion: Decimal
    probability: Decimal

    def __attrs_post_init__(self) -> None:
        if (
            ZERO <= self.chance <= HUNDRED
            and ZERO <= self.completion <= HUNDRED
            and ZERO <= self.probability <= HUNDRED
        ):
            return
        for name in ("chance", "completion", "probability"):
            percent: Decimal = getattr(self, name)
            if not ZERO <= percent <= HUNDRED:
                raise InvalidValue(name, percent, "a percentage lies from 0 to 100 (12 means 12 %)")
