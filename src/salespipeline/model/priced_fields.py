"""How the fields of products, lines and alternatives are read: text, numbers and percentages as they are typed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from salespipeline.errors import InvalidValue
from salespipeline.model.action import day
from salespipeline.model.numbers import ZERO, Number, number, percent
from salespipeline.model.text import line, note

_FINEST = -20


def exact(value: Number, name: str) -> Decimal:
    """A number of at most 20 decimals, so that what follows from several of them can be exact."""
    typed = number(value, name)
    if int(typed.as_tuple().exponent) < _FINEST:
        raise InvalidValue(name, value, "it takes at most 20 decimals; round it first")
    return typed


def text_of(name: str, limit: int, *, required: bool = False) -> Callable[[Any], str]:
    """A reader for a line of text."""
    return lambda value: line(value, name, limit, required=required)


def a_name(value: str) -> str:
    """What something is called."""
    return line(value, "name", 239, required=True)


def an_alternative_name(value: str) -> str:
    """What an alternative is called (SuperOffice, 5.8)."""
    return line(value, "name", 59, required=True)


def a_code(value: str) -> str:
    """The code people know a product by."""
    return line(value, "code", 64)


def a_unit(value: str) -> str:
    """What is counted: pieces, hours, months."""
    return line(value, "unit", 59)


def a_description(value: str) -> str:
    """Several lines of text."""
    return note(value, "description", 2047)


def a_quantity(value: Number) -> Decimal:
    """How much of something."""
    return exact(value, "quantity")


def a_list_price(value: Number) -> Decimal:
    """The price of one unit."""
    return exact(value, "list_price")


def a_cost(value: Number) -> Decimal:
    """What one unit costs."""
    return exact(value, "cost")


def a_minimum_price(value: Number | None) -> Decimal | None:
    """The price that one unit should not go below, if any."""
    return None if value is None else exact(value, "minimum_price")


def a_vat(value: Number) -> Decimal:
    """The VAT, in percent."""
    return percent(value, "vat")


def a_system_discount(value: Number) -> Decimal:
    """The discount that holds while nothing was typed, in percent."""
    return exact(value, "system_discount")


def a_limit(value: Number | None) -> Decimal | None:
    """A limit in percent, if any."""
    return None if value is None else exact(value, "limit")


def _flag(value: object, name: str) -> bool:
    if type(value) is not bool:
        raise InvalidValue(name, value, "give True or False")
    return value


def is_taxable(value: bool) -> bool:
    """Whether something is taxed."""
    return _flag(value, "taxable")


def is_active(value: bool) -> bool:
    """Whether a price list is in use."""
    return _flag(value, "active")


def is_in_assortment(value: bool) -> bool:
    """Whether a product is still sold."""
    return _flag(value, "in_assortment")


def some_periods(value: Number) -> Decimal:
    """How many periods a subscription runs: above zero."""
    typed = exact(value, "periods")
    if typed <= ZERO:
        raise InvalidValue("periods", value, "a subscription runs for more than nothing; give 1 or more")
    return typed


def a_start(value: date | None) -> date | None:
    """The first day, if known."""
    return None if value is None else day(value, "start")


def a_first_day(value: date | None) -> date | None:
    """The first day that something is valid, if there is one."""
    return None if value is None else day(value, "valid_from")


def a_last_day(value: date | None) -> date | None:
    """The last day that something is valid, if there is one."""
    return None if value is None else day(value, "valid_to")
