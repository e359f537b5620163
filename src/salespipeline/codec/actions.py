"""An action as data: its name and what it was given, for the commit that carries it out."""

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from attrs import asdict, fields, has

from salespipeline.codec.converter import decimal_text, instant_text
from salespipeline.model.action import KEEP, Action
from salespipeline.model.actions import Register
from salespipeline.model.people import Company, Person, User
from salespipeline.model.product import PriceList, Product
from salespipeline.model.quote import Quote
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.typed import is_a
from salespipeline.storage.jsontext import dumps


def encode_action(action: Action) -> str:
    """The text of an action: `{"action":"Sell","reason":"price"}`. What has an id or a number goes by it."""
    given = {
        attribute.name: _data(value)
        for attribute in fields(type(action))
        if (value := getattr(action, attribute.name)) is not KEEP and value != attribute.default
    }
    if isinstance(action, Register):
        given.pop("details", None)
        given |= {name: _data(value) for name, value in action.details}
    return dumps({"action": type(action).__name__, **given})


def _data(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, (SaleType, Company, Person, User, PriceList, Product)):
        return value.id
    if isinstance(value, Quote):
        return value.number
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(minutes=1)
    if isinstance(value, Enum):
        return value.value
    return _composed(value)


def _composed(value: Any) -> Any:
    if has(value.__class__):
        return {name: _data(item) for name, item in asdict(value, recurse=False).items()}
    if is_a(value, Mapping):
        return {str(name): _data(item) for name, item in value.items()}
    if is_a(value, Iterable):
        return [_data(item) for item in (sorted(value, key=repr) if is_a(value, Set) else value)]
    return repr(value)
