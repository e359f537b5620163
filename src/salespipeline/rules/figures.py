"""Revising amount, cost, profit and margin: two of the four fix the others, exactly.

Figures hold amount and cost. A typed margin or profit sets the cost (or the amount, when the cost is
held), rounded once to the currency's digits. What one figure alone holds is SuperOffice's (1.2).
"""

from collections.abc import Callable
from decimal import Decimal

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.action import KEEP, Action
from salespipeline.model.currency import Currency
from salespipeline.model.figures import Figures
from salespipeline.model.numbers import (
    HUNDRED,
    ZERO,
    add,
    divide,
    multiply,
    number,
    percent_of,
    rounded,
    subtract,
)
from salespipeline.model.problem import Problem
from salespipeline.rules.typed import in_currency

_LARGEST = 14  # the exponent of the largest amounts, of 15 digits
NAMES = ("amount", "cost", "profit", "margin")

Known = dict[str, Decimal]
Solver = Callable[[Known, int], tuple[Decimal, Decimal] | None]


def _of_margin(known: Known, digits: int) -> tuple[Decimal, Decimal]:
    amount = known["amount"]
    return amount, subtract(amount, rounded(percent_of(amount, known["margin"]), digits))


def _of_cost_and_margin(known: Known, digits: int) -> tuple[Decimal, Decimal] | None:
    cost, rest = known["cost"], subtract(HUNDRED, known["margin"])
    if not rest:
        return None
    return _rounded(divide(multiply(cost, HUNDRED), rest), digits), cost


def _of_profit_and_margin(known: Known, digits: int) -> tuple[Decimal, Decimal] | None:
    profit, margin = known["profit"], known["margin"]
    if not margin:
        return None
    amount = _rounded(divide(multiply(profit, HUNDRED), margin), digits)
    return amount, subtract(amount, profit)


def _rounded(value: Decimal, digits: int) -> Decimal:
    """The value in the currency's digits; one that is too large anyway stays as it is, for the judge to see."""
    return rounded(value, digits) if value.adjusted() <= _LARGEST else value


# Which two figures fix amount and cost, and how.
_SOLVERS: dict[frozenset[str], Solver] = {
    frozenset({"amount", "cost"}): lambda known, _: (known["amount"], known["cost"]),
    frozenset({"amount", "profit"}): lambda known, _: (known["amount"], subtract(known["amount"], known["profit"])),
    frozenset({"amount", "margin"}): _of_margin,
    frozenset({"cost", "profit"}): lambda known, _: (add(known["cost"], known["profit"]), known["cost"]),
    frozenset({"cost", "margin"}): _of_cost_and_margin,
    frozenset({"profit", "margin"}): _of_profit_and_margin,
}
_HELD_BY_DEFAULT = {"amount": "cost", "cost": "amount", "profit": "amount", "margin": "amount"}


def revised(figures: Figures, action: Action) -> tuple[Figures, tuple[Problem, ...]]:
    """The figures after an action, with the problems of what was typed; with problems, they stay as they are."""
    typed = {name: value for name in _taken_by(type(action)) if (value := getattr(action, name)) is not KEEP}
    held = typed.pop("hold", None)
    if not typed:
        return figures, () if held is None else (Problem("hold-unknown", "hold", held, ()),)
    known, faults = _parsed(figures, typed)
    faults += _misheld(typed, held)
    if faults:
        return figures, tuple(faults)
    if len(known) == 1:
        kept = str(held) if held is not None else _HELD_BY_DEFAULT[next(iter(known))]
        present = getattr(figures, kept)
        if present is None:  # the margin of an amount of zero
            return figures, (Problem("no-solution", "hold", kept),)
        known[kept] = present
    return _solved(figures, known, typed)


_TAKEN: dict[type[Action], tuple[str, ...]] = {}


def _taken_by(action: type[Action]) -> tuple[str, ...]:
    """Which of the figures an action can set: a revision all, a move the amount; worked out once a class."""
    if action not in _TAKEN:
        _TAKEN[action] = tuple(p.name for p in action.parameters() if p.name in (*NAMES, "hold"))
    return _TAKEN[action]


def _parsed(figures: Figures, typed: dict[str, object]) -> tuple[Known, list[Problem]]:
    known: Known = {}
    faults: list[Problem] = []
    for name, value in typed.items():
        try:
            known[name] = number(value, name) if name == "margin" else in_currency(figures, value, name)
        except InvalidValue as error:
            faults.append(Problem.of(error))
    return known, faults


def _misheld(typed: dict[str, object], held: object) -> list[Problem]:
    if len(typed) > 2 or (len(typed) == 2 and held is not None):
        return [Problem("over-determined", " and ".join([*typed, "hold"] if held is not None else typed))]
    if held is not None and (held not in NAMES or held in typed):
        return [Problem("hold-unknown", "hold", held, [name for name in NAMES if name not in typed])]
    return []


def _solved(figures: Figures, known: Known, typed: dict[str, object]) -> tuple[Figures, tuple[Problem, ...]]:
    solution = _SOLVERS[frozenset(known)](known, figures.digits)
    if solution is None or any(value.adjusted() > _LARGEST for value in solution):
        name = next(reversed(typed))
        return figures, (Problem("no-solution", name, typed[name]),)
    amount, cost = (value if value else value.copy_abs() for value in solution)
    return Figures(figures.currency, amount, cost), ()


def in_other_currency(figures: Figures, value: object) -> Figures:
    """The same numbers in another currency; `InvalidValue` where it is none, or has fewer decimals than they need."""
    if value is KEEP:
        return figures
    try:
        currency = value if isinstance(value, Currency) else Currency.of(str(value))
    except UnknownEntry as error:
        reason = "give a code of ISO 4217 such as 'EUR', or a Currency(code, digits)"
        raise InvalidValue("currency", value, reason) from error
    return Figures(currency.code, currency.amount(figures.amount), currency.amount(figures.cost, "cost"))


def blank(currency: str, digits: int) -> Figures:
    """The figures of a sale of which nothing is known yet: nothing for nothing."""
    nothing = rounded(ZERO, digits)
    return Figures(currency, nothing, nothing)
