"""The formulas of the SuperOffice reference (5.6 and 5.7) in fractions: what lines and alternatives come to, told anew.

Nothing here is shared with the library: plain dicts in, exact fractions out.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Part = Mapping[str, Any]

# The library gives a quotient that does not come out to 50 digits.
CLOSE = Fraction(1, 10**48)


def fraction(value: Decimal | None) -> Fraction:
    return Fraction(0) if value is None else Fraction(value)


def subtotal_of(line: Part) -> Fraction:
    """S = Q x L, times the periods of a subscription."""
    return fraction(line["quantity"]) * fraction(line["list_price"]) * fraction(line.get("periods") or Decimal(1))


def cost_of(line: Part) -> Fraction:
    """C = Q x U, times the periods of a subscription."""
    return fraction(line["quantity"]) * fraction(line["cost"]) * fraction(line.get("periods") or Decimal(1))


def total_of(subtotal: Fraction, cost: Fraction, whole: Part) -> Fraction:
    """T, by whichever of the five was typed last."""
    typed = fraction(whole["typed"])
    discount = {
        "none": subtotal * fraction(whole["system_discount"]) / 100,
        "discount_percent": subtotal * typed / 100,
        "discount_amount": typed,
        "total": subtotal - typed,
        "earning_amount": subtotal - cost - typed,
    }
    if whole["master"] != "earning_percent":
        return subtotal - discount[whole["master"]]
    return cost / (1 - typed / 100) if typed < 100 else subtotal


def line_total(line: Part) -> Fraction:
    return total_of(subtotal_of(line), cost_of(line), line)


def alternative_subtotal(alternative: Part) -> Fraction:
    """The sum of what the lines come to, not of what they would come to without their discounts."""
    return sum((line_total(line) for line in alternative["lines"]), Fraction(0))


def alternative_cost(alternative: Part) -> Fraction:
    return sum((cost_of(line) for line in alternative["lines"]), Fraction(0))


def alternative_total(alternative: Part) -> Fraction:
    return total_of(alternative_subtotal(alternative), alternative_cost(alternative), alternative)


def gross_of(alternative: Part) -> Fraction:
    return sum((subtotal_of(line) for line in alternative["lines"]), Fraction(0))


def vat_of(alternative: Part) -> Fraction:
    """The VAT of the lines after all discounts; a line below zero has none."""
    subtotal, total = alternative_subtotal(alternative), alternative_total(alternative)
    share = total / subtotal if subtotal else Fraction(1)
    totals = [(line_total(line), fraction(line["vat"])) for line in alternative["lines"]]
    return sum((amount * share * vat / 100 for amount, vat in totals if amount >= 0), Fraction(0))


def percent(part: Fraction, whole: Fraction) -> Fraction | None:
    return part * 100 / whole if whole else None


def half_up(value: Fraction, digits: int) -> Decimal:
    """Rounded once, halves away from zero."""
    units, rest = divmod(abs(value) * 10**digits, 1)
    whole = int(units) + (rest >= Fraction(1, 2))
    return Decimal(-whole if value < 0 else whole).scaleb(-digits) if whole else Decimal(0).scaleb(-digits)


def is_close(given: Decimal, expected: Fraction, among: Iterable[Fraction] = ()) -> bool:
    """Whether a figure is the expected one, to 48 digits of the largest that went into it."""
    largest = max((abs(each) for each in (expected, *among)), default=Fraction(0))
    return abs(Fraction(given) - expected) <= largest * CLOSE


def plain_line(line: Any) -> dict[str, Any]:
    """A line as plain values."""
    names = ("quantity", "list_price", "cost", "vat", "system_discount", "typed")
    found = {name: getattr(line, name) for name in names}
    periods = line.subscription.periods if line.subscription else None
    return {**found, "periods": periods, "master": line.master.field}


def plain_alternative(alternative: Any) -> dict[str, Any]:
    """An alternative as plain values."""
    found = {name: getattr(alternative, name) for name in ("system_discount", "typed")}
    return {**found, "master": alternative.master.field, "lines": [plain_line(line) for line in alternative.lines]}
