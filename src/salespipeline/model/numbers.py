"""Exact decimals: what counts as a number, and the arithmetic that no caller's context can change.

Python's `Decimal` operators round in the thread's current context. Everything here runs in contexts
of the library's own: sums and products are exact or fail, and division happens in one function.
"""

import re
from collections.abc import Iterable
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)

from salespipeline.errors import InvalidValue

Number = str | int | Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)

_LARGEST = 10**15
_PATTERN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?", re.ASCII)
_FAULTS = [InvalidOperation, DivisionByZero, Overflow, Clamped]
_EXACT = Context(prec=200, rounding=ROUND_HALF_UP, traps=[*_FAULTS, Inexact])
_ROUNDING = Context(prec=50, rounding=ROUND_HALF_UP, traps=_FAULTS)
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP, traps=_FAULTS)

add = _EXACT.add
subtract = _EXACT.subtract
multiply = _EXACT.multiply


def number(value: object, field: str) -> Decimal:
    """The exact decimal that was typed: text, an int or a Decimal; at most 15 digits before the point.

    Text takes at most 4 digits after the point, in plain ASCII without exponent. Raises `InvalidValue`
    for floats (they are not exact), bools, NaN, infinities and everything else.
    """
    if isinstance(value, str) and _PATTERN.fullmatch(value):
        return Decimal(value)
    if type(value) is int and -_LARGEST < value < _LARGEST:
        return Decimal(value)
    if isinstance(value, Decimal) and _is_moderate(value):
        return value
    raise InvalidValue(field, value, _why_not(value))


def _is_moderate(value: Decimal) -> bool:
    return value.is_finite() and value.adjusted() < 15 and -80 <= int(value.as_tuple().exponent) <= 15


def _why_not(value: object) -> str:
    if isinstance(value, float):
        return "a float is not exact; give text such as '12.50', an int or a Decimal"
    return "use digits such as '12.50': at most 15 before the point and 4 after it"


def scaled(value: Decimal, digits: int) -> Decimal | None:
    """The value with exactly `digits` decimals, or None where that would lose something."""
    try:
        result = value.quantize(Decimal((0, (1,), -digits)), context=_EXACT)
    except (Inexact, InvalidOperation):
        return None
    return _unsigned_zero(result)


def _unsigned_zero(value: Decimal) -> Decimal:
    """The value itself, but for a zero without sign: "-0.00" is no amount."""
    return value if value else value.copy_abs()


def divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient to 50 significant digits, half-up; exact whenever it fits."""
    return _unsigned_zero(_ROUNDING.divide(dividend, divisor))


def percent_of(value: Decimal, percent: Decimal) -> Decimal:
    """`percent` of the value, exactly (percent form: 12 is 12 %)."""
    return _unsigned_zero(_EXACT.scaleb(_EXACT.multiply(value, percent), -2))


def rounded(value: Decimal, digits: int, *, half_even: bool = False) -> Decimal:
    """The value with `digits` decimals, once, half-up (half away from zero) unless `half_even`."""
    rule = ROUND_HALF_EVEN if half_even else ROUND_HALF_UP
    return _unsigned_zero(value.quantize(Decimal((0, (1,), -digits)), rounding=rule, context=_WIDE))


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum, whatever the order."""
    with localcontext(_EXACT):
        return sum(values, ZERO)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without exponent: one spelling a value."""
    exponent = value.as_tuple().exponent
    if not value:
        return ZERO
    if exponent == 0:
        return value
    short = value.normalize(_EXACT)
    return short if int(short.as_tuple().exponent) <= 0 else short.quantize(Decimal(1), context=_EXACT)


def percent(value: object, field: str = "percent") -> Decimal:
    """A percentage in percent form (12 is 12 %), from 0 to 100 with at most 4 decimals; `InvalidValue` otherwise."""
    typed = number(value, field)
    if not 0 <= typed <= 100:
        raise InvalidValue(field, value, "a percentage lies from 0 to 100 (12 means 12 %)")
    short = plain(typed)
    if int(short.as_tuple().exponent) < -4:
        raise InvalidValue(field, value, "a percentage has at most 4 decimals; round it first")
    return short
