"""The parts of a sale as stored fields: side by side in one namespace, the state among them."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

from attrs import fields

from salespipeline.codec.converter import FieldFault, converter, day_of, decimal_of, decimal_text, structured
from salespipeline.errors import shown
from salespipeline.model.figures import Figures, Position
from salespipeline.model.ids import ItemId
from salespipeline.model.parts import Card, Origin, Parties, Terms
from salespipeline.model.state import Lost, Open, Sold, Stalled, State

Flat = dict[str, Any]
T = TypeVar("T")

# The parts whose fields lie side by side in the record, in the order they are written.
PARTS: tuple[tuple[str, type], ...] = (
    ("card", Card),
    ("position", Position),
    ("figures", Figures),
    ("terms", Terms),
    ("parties", Parties),
    ("origin", Origin),
)
SEEN = tuple(pair for pair in PARTS if pair[0] in {"position", "figures", "terms", "parties"})
STATE_FIELDS = ("status", "started", "closed_on", "reopen_on", "reason", "value", "completed")


@cache
def names_of(part: type) -> tuple[str, ...]:
    """The names of the fields of a part."""
    return tuple(attribute.name for attribute in fields(part))


def part_data(kind: type, part: object) -> Flat:
    """The fields of a part that differ from their defaults."""
    data: Flat = converter().unstructure(part, unstructure_as=kind)
    return data


def part_of(data: Flat, kind: type[T]) -> T:
    """The part that its fields stand for.

    The parts that every history entry has are read field by field here, three times as fast as by the
    converter; what this cannot read goes to the converter all the same, which says what is wrong.
    """
    if kind is Position and "stage" not in data:
        data["stage"] = None
    if kind in _QUICK:
        try:
            return kind(**{name: _PARSERS.get(name, _plain)(value) for name, value in data.items()})
        except (ValueError, TypeError):
            pass
    return structured(data, kind)


def _plain(value: Any) -> Any:
    if value is not None and type(value) is not str:
        raise ValueError(f"{shown(value)} is not text")
    return value


def _day_or_none(value: Any) -> date | None:
    return None if value is None else day_of(value)


_QUICK = frozenset(kind for _, kind in SEEN)
_PARSERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("chance", "completion", "probability", "amount", "cost"), decimal_of),
    "expected_close": day_of,
    **dict.fromkeys(("expires_on", "delivery_on"), _day_or_none),
}


# The state: a union in Python, a handful of fields in the record.


def state_data(state: State) -> Flat:
    """The fields of a state; its class is told by the status."""
    data: Flat = {"status": state.standing.status.value}
    if isinstance(state, Open):
        if not state.started:
            data["started"] = False
        return data
    if isinstance(state, Stalled):
        data["reopen_on"] = state.reopen_on.isoformat()
    else:
        data["closed_on"] = state.closed_on.isoformat()
        if state.completed:
            data["completed"] = True
    if isinstance(state, Sold) and state.value is not None:
        data["value"] = decimal_text(state.value)
    if state.reason is not None:
        data["reason"] = state.reason
    return data


def state_of(flat: Mapping[str, Any]) -> State:
    """The state that its fields stand for; those of other statuses are not looked at."""
    status = flat["status"]
    if status == "open":
        return Open(_flag(flat, "started", True))
    if status not in ("stalled", "sold", "lost"):
        raise FieldFault("status", f"{shown(status)} is not open, stalled, sold or lost")
    given = _optional(flat, "reason", a_text)
    reason = None if given is None else ItemId(given)
    if status == "stalled":
        return Stalled(_required(flat, "reopen_on", a_day), reason)
    closed_on, completed = _required(flat, "closed_on", a_day), _flag(flat, "completed", False)
    if status == "lost":
        return Lost(closed_on, reason, completed)
    return Sold(closed_on, reason, _optional(flat, "value", lambda text: decimal_of(a_text(text))), completed)


def _required(flat: Mapping[str, Any], name: str, parse: Callable[[object], T]) -> T:
    if name not in flat:
        raise FieldFault(name, "it is missing")
    try:
        return parse(flat[name])
    except ValueError as error:
        raise FieldFault(name, str(error)) from error


def _optional(flat: Mapping[str, Any], name: str, parse: Callable[[object], T]) -> T | None:
    return None if flat.get(name) is None else _required(flat, name, parse)


def _flag(flat: Mapping[str, Any], name: str, default: bool) -> bool:
    value = flat.get(name, default)
    if type(value) is not bool:
        raise FieldFault(name, f"{shown(value)} is not true or false")
    return value


def a_text(value: object) -> str:
    """The value, a text; ValueError for anything else."""
    if type(value) is not str:
        raise ValueError(f"{shown(value)} is not text")
    return value


def a_day(value: object) -> date:
    """The day that a text stands for."""
    return day_of(a_text(value))


def optional_text(value: object) -> str | None:
    """The value, a text or nothing."""
    return None if value is None else a_text(value)
