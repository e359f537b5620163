"""Probability: what chance and completion make of it, and what entering or leaving a stage does to it."""

from decimal import Decimal

from salespipeline.model.figures import Position
from salespipeline.model.numbers import HUNDRED, ZERO, add, multiply, percent_of, plain
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import ProbabilityMethod, SaleType
from salespipeline.model.stage import Stage

_HALF = Decimal("0.5")

SOLD = (HUNDRED, HUNDRED, HUNDRED)
LOST = (ZERO, HUNDRED, ZERO)


def probability(method: ProbabilityMethod, chance: Decimal, completion: Decimal) -> Decimal:
    """The probability that a method makes of chance and completion, exactly (Business Central, A.5)."""
    if method is ProbabilityMethod.CHANCE:
        return chance
    if method is ProbabilityMethod.COMPLETION:
        return completion
    if method is ProbabilityMethod.MULTIPLY:
        return plain(percent_of(chance, completion))
    return plain(multiply(add(chance, completion), _HALF))


def entered(type: SaleType, stage: Stage | None, chance: Decimal | None = None) -> Position:
    """The position on entering a stage: the stage's chance, unless one is given, and its completion."""
    ch = chance if chance is not None else stage.chance if stage else ZERO
    completion = stage.completion if stage else ZERO
    return Position(stage.id if stage else None, ch, completion, probability(type.method, ch, completion))


def with_chance(sale: Sale, chance: Decimal) -> Position:
    """The present position with a typed chance; it stands until the next change of stage."""
    now = sale.position
    return Position(now.stage, chance, now.completion, probability(sale.type.method, chance, now.completion))


def closed(position: Position, percents: tuple[Decimal, Decimal, Decimal]) -> Position:
    """The position on closing: the stage is kept, the percentages are those of sold or lost."""
    return Position(position.stage, *percents)
