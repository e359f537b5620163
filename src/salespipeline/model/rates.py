"""Currency rates from day to day, and conversion by them: exact inside, rounded once.

So many units of a currency are worth a rate in the base currency (SuperOffice, 1.4): with base EUR, unit 100 and rate
12.677 of NOK say that 100 NOK are 12.677 EUR.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, Protocol

from attrs import evolve, field, frozen

from salespipeline.errors import BrokenTable, InvalidValue, SalesPipelineError, one_of, shown
from salespipeline.model.action import day
from salespipeline.model.currency import Currency, Money, currency_code
from salespipeline.model.numbers import ZERO, Number, divide, number
from salespipeline.model.value import Value

_MOST_DECIMALS = 20
_FINE = re.compile(r"-?[0-9]{1,15}\.[0-9]{5,80}", re.ASCII)  # finer than other numbers are typed


class MissingRate(SalesPipelineError, LookupError):
    """There is no rate of a currency on a day; `known` are the currencies with rates, `first` its own first day."""

    def __init__(self, currency: str, day: date, known: Iterable[str] = (), first: date | None = None) -> None:
        known = tuple(known)
        super().__init__(currency, day, known, first)
        self.currency = currency
        self.day = day
        self.known = known
        self.first = first

    def __str__(self) -> str:
        head = f"cannot convert {shown(self.currency)} on {self.day}: "
        if self.first is not None:
            return head + f"its first rate is of {self.first}; add an earlier one, or take a day from then on"
        if not self.known:
            return head + "no rates are known; add one"
        return head + f"there is no rate of it; add one, or {one_of(self.known)}"


def _positive(value: Number, field: str) -> Decimal:
    typed = Decimal(value) if isinstance(value, str) and _FINE.fullmatch(value) else number(value, field)
    if typed <= ZERO:
        raise InvalidValue(field, value, "by zero or less nothing can be converted; give more than zero")
    if int(typed.as_tuple().exponent) < -_MOST_DECIMALS:
        raise InvalidValue(field, value, f"it takes at most {_MOST_DECIMALS} decimals; round it first")
    return typed


def _a_rate(value: Number) -> Decimal:
    return _positive(value, "rate")


def _a_unit(value: Number) -> Decimal:
    return _positive(value, "unit")


def _a_day(value: date | None) -> date | None:
    return None if value is None else day(value, "since")


@frozen(eq=False, repr=False)
class Rate(Value):
    """What a currency is worth: `unit` of it are `rate` in the base, from the day `since` on (None: from ever).

    Up to 20 decimals. Where it is known how much of the currency one of the base buys (the European Central
    Bank's way), that is the unit: `Rate("USD", 1, unit="1.0392")`.
    """

    currency: str = field(converter=currency_code)
    rate: Decimal = field(converter=_a_rate)
    unit: Decimal = field(default=Decimal(1), converter=_a_unit)
    since: date | None = field(default=None, converter=_a_day)

    @property
    def worth(self) -> Fraction:
        """What one of the currency is in the base, exactly."""
        return Fraction(self.rate) / Fraction(self.unit)


class RateSource(Protocol):
    """Where rates come from: a table, a file, a service of one's own."""

    def rate(self, code: str, on: date) -> Rate:
        """What a currency is worth on a day, the base currency 1; `MissingRate` where it is not known."""
        ...


def _since(rate: Rate) -> date:
    return rate.since or date.min


def _sorted(values: Iterable[Rate]) -> tuple[Rate, ...]:
    return tuple(sorted(values, key=lambda rate: (rate.currency, _since(rate))))


@frozen(eq=False, repr=False)
class Rates(Value):
    """The rates of currencies against a base: of each, the newest that is not after the day counts.

    Raises `BrokenTable` where a currency has two rates from one day on, or the base has another than 1.
    """

    base: str = field(converter=currency_code)
    rates: tuple[Rate, ...] = field(default=(), converter=_sorted)
    _known: dict[str, list[Rate]] = field(init=False, factory=dict[str, list[Rate]], eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for rate in self.rates:
            self._known.setdefault(rate.currency, []).append(rate)
        twice = Counter((rate.currency, _since(rate)) for rate in self.rates)
        faults = [f"{code} has {count} rates of one day" for (code, _), count in twice.items() if count > 1]
        if any(rate.worth != 1 for rate in self._known.get(self.base, ())):
            faults.append(f"{self.base} is the base, so that its rate is 1")
        if faults:
            raise BrokenTable("rates", faults)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The base, and the currencies that there are rates of."""
        return tuple(dict.fromkeys((self.base, *self._known)))

    def rate(self, code: str, on: date) -> Rate:
        """What a currency is worth on a day; `MissingRate` where there is none from that day or before."""
        asked = day(on)
        if code == self.base:
            return Rate(self.base, 1)
        of_it = self._known.get(code, [])
        place = bisect_right(of_it, asked, key=_since)
        if place == 0:
            raise MissingRate(code, asked, self.currencies, of_it[0].since if of_it else None)
        return of_it[place - 1]

    def convert(self, money: Money, to: str | Currency, *, on: date) -> Money:
        """The money in another currency, as `convert` has it."""
        return convert(money, to, self, on=on)

    def with_rates(self, *rates: Rate) -> "Rates":
        """With these rates added, each in the place of the one of its currency and day."""
        merged = {(rate.currency, _since(rate)): rate for rate in (*self.rates, *rates)}
        return evolve(self, rates=merged.values())

    def from_day(self, first: date) -> "Rates":
        """Without the rates that no day from `first` on needs: what a long history comes down to."""
        of_each = self._known.values()
        kept = [rate for found in of_each for rate in found[max(bisect_right(found, first, key=_since) - 1, 0) :]]
        return evolve(self, rates=kept)


class Converted(NamedTuple):
    """The sum of several amounts in one currency, exact; and what could not be converted, as it was."""

    currency: Currency
    exact: Fraction
    unpriced: tuple[Money, ...] = ()

    @property
    def amount(self) -> Money:
        """The sum rounded once, half-up, to the currency's decimals."""
        return Money(in_decimals(self.exact, self.currency.digits), self.currency.code)

    @property
    def value(self) -> Decimal:
        """The sum as a decimal: exact, or to 50 digits where it does not come out."""
        return as_decimal(self.exact)


def convert(money: Money, to: str | Currency, rates: RateSource, *, on: date) -> Money:
    """The money in another currency by the rates of a day, rounded once, half-up, to the currency's decimals.

    To its own currency it is converted without rates and stays as it is. Raises `MissingRate`.
    """
    if money.currency == (to.code if isinstance(to, Currency) else to):
        return money
    target = _currency(to)
    exact = Fraction(money.amount) * factor(money.currency, target.code, rates, on=on)
    return Money(in_decimals(exact, target.digits), target.code)


def convert_all(
    several: Iterable[Money], to: str | Currency, rates: RateSource, *, on: date, lenient: bool = False
) -> Converted:
    """The sum of amounts of any currencies in one, by the rates of a day; the order makes no difference.

    Raises `MissingRate`; with `lenient`, what has no rate is left `unpriced`, and is no part of the sum.
    """
    target = _currency(to)
    exact, unpriced = Fraction(0), list[Money]()
    for money in several:
        try:
            exact += Fraction(money.amount) * factor(money.currency, target.code, rates, on=on)
        except MissingRate:
            if not lenient:
                raise
            unpriced.append(money)
    return Converted(target, exact, tuple(unpriced))


def factor(source: str, target: str, rates: RateSource, *, on: date) -> Fraction:
    """What one of a currency is in another on a day, exactly; 1 for itself, without asking. Raises `MissingRate`."""
    if source == target:
        return Fraction(1)
    return rates.rate(source, on).worth / rates.rate(target, on).worth


def in_decimals(exact: Fraction, digits: int) -> Decimal:
    """An exact value with so many decimals: rounded once, half-up (half away from zero)."""
    doubled = 2 * abs(exact) * 10**digits
    units = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    sign = int(exact < 0 < units)
    return Decimal((sign, tuple(map(int, str(units))), -digits))


def as_decimal(exact: Fraction) -> Decimal:
    """An exact value as a decimal: to 50 digits, half-up, where it does not come out."""
    return divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _currency(to: str | Currency) -> Currency:
    return to if isinstance(to, Currency) else Currency.of(to)
