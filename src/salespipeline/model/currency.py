"""Currencies with their digits, and amounts that carry their currency.

The digits are those of ISO 4217 (list of 2026): most currencies have two decimals, the tables below
name the rest. A currency that is not in it can be registered by making a `Currency` with its digits.
"""

from decimal import Decimal

from attrs import field, frozen

from salespipeline.errors import CurrencyMismatch, InvalidValue, UnknownEntry
from salespipeline.model.numbers import add, number, rounded, scaled, subtract
from salespipeline.model.value import Value

_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_TWO_DECIMALS = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE"
    " CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD"
    " HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP"
    " MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD"
    " SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS"
    " VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
)
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"

ISO_4217: dict[str, int] = {
    code: digits
    for digits, codes in ((0, _NO_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS), (4, _FOUR_DECIMALS))
    for code in codes.split()
}


def currency_code(value: object) -> str:
    """A code of three capital letters, of ISO 4217 or not."""
    if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isupper() and value.isalpha()):
        raise InvalidValue("currency", value, "a currency code has three capital letters, such as 'EUR'")
    return value


def _digits(value: int) -> int:
    if type(value) is not int or not 0 <= value <= 4:
        raise InvalidValue("digits", value, "a currency has 0 to 4 decimals")
    return value


@frozen(eq=False, repr=False)
class Currency(Value):
    """A currency by its three-letter code, with the number of decimals its amounts have."""

    code: str = field(converter=currency_code)
    digits: int = field(converter=_digits)

    @staticmethod
    def of(code: str) -> "Currency":
        """The currency of ISO 4217 with this code; `UnknownEntry` when the standard has no such code."""
        digits = ISO_4217.get(str(code))
        if digits is None:
            raise UnknownEntry("currency", code, ("a code of ISO 4217, or Currency(code, digits)",))
        return Currency(code, digits)

    def amount(self, value: object, field: str = "amount") -> Decimal:
        """The exact amount with just this currency's decimals; `InvalidValue` when it has more."""
        return exact_amount(value, self.digits, self.code, field)

    def __str__(self) -> str:
        return self.code


def exact_amount(value: object, digits: int, currency: str, field: str) -> Decimal:
    """The amount spelled with just `digits` decimals; refused, never rounded, when it has more."""
    typed = number(value, field)
    spelled = scaled(typed, digits)
    if spelled is None:
        raise InvalidValue(field, value, f"{currency} has {digits} decimals; round it first")
    return spelled


def _exact(value: object) -> Decimal:
    if type(value) is Decimal and value.is_finite():
        return value
    raise InvalidValue("amount", value, "give a finite Decimal, such as Decimal('12.50')")


@frozen(eq=False, repr=False)
class Money(Value):
    """An exact amount in one currency, not rounded; sums of two currencies are refused."""

    amount: Decimal = field(converter=_exact)
    currency: str = field(converter=currency_code)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(subtract(self.amount, other.amount), self.currency)

    def rounded(self, digits: int = 2) -> "Money":
        """The amount rounded half-up, for people to read."""
        return Money(rounded(self.amount, digits), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
