"""How single values are written: decimals and days as text, enums by value, nothing guessed.

The converter is made on first use, so that importing the library does not load cattrs.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

from attrs import NOTHING, fields, has

from salespipeline.errors import InvalidValue, shown
from salespipeline.model.activity import length
from salespipeline.model.date_formula import DateFormula
from salespipeline.model.parts import Custom, CustomValue

T = TypeVar("T")


@lru_cache(maxsize=8192)  # one object for each distinct text: pipelines repeat their figures and days
def decimal_of(text: str) -> Decimal:
    """The decimal of a stored text; ValueError for any other spelling than plain digits."""
    if not _spelled(r"-?[0-9]{1,50}(?:\.[0-9]{1,50})?").fullmatch(text):
        raise ValueError(f"{shown(text)} is not a decimal number in digits")
    return Decimal(text)


@lru_cache(maxsize=8192)
def day_of(text: str) -> date:
    """The day of a stored text, as YYYY-MM-DD."""
    if not _spelled("[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch(text):
        raise ValueError(f"{shown(text)} is not a day such as 2025-01-31")
    return date.fromisoformat(text)


@cache
def _spelled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.ASCII)


def instant_of(text: str) -> datetime:
    """The instant of a stored text, in UTC."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{shown(text)} names no time zone")
    return instant.astimezone(UTC)


def instant_text(instant: datetime) -> str:
    """An instant as UTC to the microsecond, ending in Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def decimal_text(value: Decimal) -> str:
    """A decimal in plain digits, never with an exponent."""
    return f"{value:f}"


def _exactly(kind: type) -> Callable[[Any, Any], Any]:
    def check(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"{shown(value)} is not of the kind {kind.__name__}")
        return value

    return check


def _from_text(parse: Callable[[str], Any]) -> Callable[[Any, Any], Any]:
    def check(value: Any, _: Any) -> Any:
        if type(value) is not str:
            raise ValueError(f"{shown(value)} is not text")
        return parse(value)

    return check


@cache
def converter() -> Any:
    """The converter of every part; unknown fields are refused, defaults are left out."""
    from cattrs import Converter

    made = Converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=False)
    for kind in (str, int, bool):
        made.register_structure_hook(kind, _exactly(kind))
    made.register_structure_hook(Decimal, _from_text(decimal_of))
    made.register_structure_hook(date, _from_text(day_of))
    made.register_structure_hook(datetime, _from_text(instant_of))
    made.register_structure_hook(timedelta, _minutes)
    made.register_structure_hook(DateFormula, _from_text(DateFormula))
    made.register_structure_hook(Custom, _custom)
    made.register_structure_hook_factory(_is_sequence, _list_hook)
    made.register_unstructure_hook(Decimal, decimal_text)
    made.register_unstructure_hook(date, date.isoformat)
    made.register_unstructure_hook(datetime, instant_text)
    made.register_unstructure_hook(timedelta, lambda value: value // timedelta(minutes=1))
    made.register_unstructure_hook(DateFormula, str)
    made.register_unstructure_hook(Custom, lambda value: {n: custom_data(v) for n, v in value.values})
    return made


def _minutes(value: Any, _: Any) -> timedelta:
    if type(value) is not int:
        raise ValueError(f"{shown(value)} is not a number of minutes")
    return length(value)


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) in (tuple, frozenset, list)


def _list_hook(kind: Any, made: Any) -> Callable[[Any, Any], Any]:
    """Sequences are JSON lists: a text is not taken apart into its letters."""
    whole, element = get_origin(kind), get_args(kind)[0]

    def check(value: Any, _: Any) -> Any:
        return whole(made.structure(item, element) for item in a_list(value))

    return check


def a_list(value: Any) -> list[Any]:
    """The value, a JSON list; ValueError for anything else."""
    if not _is(value, list):
        raise ValueError(f"{shown(value)} is not a list")
    made: list[Any] = value
    return made


def an_object(value: Any) -> dict[str, Any]:
    """The value, a JSON object; ValueError for anything else."""
    if not _is(value, dict):
        raise ValueError(f"{shown(value)} is not an object")
    made: dict[str, Any] = value
    return made


def _is(value: object, kind: type) -> bool:
    """Whether stored data is just of a kind; as a function, so that neither type checker knows better."""
    return type(value) is kind


def _custom(value: Any, _: Any) -> Custom:
    return Custom({name: custom_value(data) for name, data in an_object(value).items()})


def custom_data(value: CustomValue) -> object:
    """A custom value as JSON; days and decimals are marked, since their text would come back as text."""
    if isinstance(value, Decimal):
        return {"decimal": decimal_text(value)}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def custom_value(data: object) -> CustomValue:
    """The custom value that JSON stands for."""
    if isinstance(data, (str, bool, int)):
        return data
    marked = an_object(data)
    for mark, parse in (("decimal", decimal_of), ("day", day_of)):
        if list(marked) == [mark] and type(marked[mark]) is str:
            return parse(marked[mark])
    raise ValueError(f"{shown(data)} is not a custom value")


def structured(data: Any, kind: type[T], path: str = "") -> T:
    """The value of a kind that the data, found at a path, stands for; `FieldFault` tells what is wrong, and where."""
    try:
        made: T = converter().structure(data, kind)
    except Exception as error:  # cattrs and the constructors raise many kinds; all mean "not such a value"
        raise _fault(data, kind, error, path) from error
    return made


class FieldFault(ValueError):
    """Stored data that is not what it should be: the field, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def _fault(data: Any, kind: Any, error: Exception, path: str) -> FieldFault:
    """What is at fault in the data, found by trying each field, and each item, alone."""
    kind = _bare(kind)
    is_object = has(kind) and _is(data, dict)
    inner: Iterable[tuple[str, Any, Any]] = ()
    if is_object:
        inner = [(within(path, each.name), each.type, data[each.name]) for each in fields(kind) if each.name in data]
    elif _is_sequence(kind) and _is(data, list):
        inner = [(f"{path}[{place}]", get_args(kind)[0], item) for place, item in enumerate(data)]
    for place, its_kind, item in inner:
        try:
            converter().structure(item, its_kind)
        except Exception as cause:  # see above
            return _fault(item, its_kind, cause, place)
    if is_object:
        return _fault_of_all(data, kind, error, path)
    if has(kind) and isinstance(error, TypeError | AttributeError):
        return FieldFault(path, f"{shown(data)} is not an object")
    return FieldFault(path, reason_of(error))


def _bare(kind: Any) -> Any:
    """The kind of what is not None, where either may stand."""
    kinds = [each for each in get_args(kind) if each is not NoneType]
    return kinds[0] if NoneType in get_args(kind) and len(kinds) == 1 else kind


def _fault_of_all(data: dict[str, Any], kind: Any, error: Exception, path: str) -> FieldFault:
    """What is at fault where every field that is there can be read by itself."""
    missing = [each.name for each in fields(kind) if each.default is NOTHING and each.init and each.name not in data]
    if missing:
        return FieldFault(within(path, missing[0]), "it is missing")
    strange = sorted(set(data) - {each.name for each in fields(kind)})
    if strange:
        return FieldFault(within(path, strange[0]), "no such field is known")
    return FieldFault(within(path, error.field) if isinstance(error, InvalidValue) else path, reason_of(error))


def within(path: str, name: str) -> str:
    """Where a field of that name lies, in what lies at a path."""
    return f"{path}.{name}" if path and name else path or name


def reason_of(error: BaseException) -> str:
    """The plain reason of whatever cattrs or a constructor raised."""
    if isinstance(error, KeyError | TypeError | AttributeError):  # their words are Python's own
        return "it has not the form that is due"
    return (error.accepted if isinstance(error, InvalidValue) else str(error)) or type(error).__name__
