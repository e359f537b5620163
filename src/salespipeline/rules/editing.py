"""Editing the fields that no forecast sees: one row a field, with its limits and its place in the sale."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any, cast

from attrs import evolve, frozen

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Moment, day
from salespipeline.model.actions import Edit
from salespipeline.model.ids import ItemId, identifier
from salespipeline.model.parts import (
    Custom,
    Document,
    DocumentKind,
    Initiator,
    InitiatorKind,
    Priority,
    Publication,
    Reference,
    ReferenceKind,
    Visibility,
)
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.model.state import Open, Stalled
from salespipeline.model.text import line, note
from salespipeline.model.value import Value
from salespipeline.rules.closing import reason_faults, reason_required
from salespipeline.rules.typed import as_several, fault, in_currency, is_a, member, utc

Parse = Callable[[Sale, object], object]


@frozen(eq=False, repr=False)
class EditField(Value):
    """One field that `Edit` changes: the part of the sale it lives in, and how a typed value is read.

    `limit` is the longest text it takes, in characters; None where length is no matter.
    """

    name: str
    part: str
    parse: Parse
    limit: int | None = None


def _line(name: str, part: str, limit: int, *, required: bool = False) -> EditField:
    return EditField(name, part, lambda _, value: line(value, name, limit, required=required), limit)


def _note(name: str, part: str, limit: int) -> EditField:
    return EditField(name, part, lambda _, value: note(value, name, limit), limit)


def _item(name: str, part: str) -> EditField:
    return EditField(name, part, lambda _, value: None if value is None else ItemId(identifier(value, name)), 64)


def _optional_line(name: str, part: str, limit: int) -> EditField:
    return EditField(name, part, lambda _, value: None if value is None else line(value, name, limit), limit)


def _day(name: str, part: str) -> EditField:
    return EditField(name, part, lambda _, value: None if value is None else day(value, name))


def _choice(name: str, part: str, kind: type[Enum]) -> EditField:
    return EditField(name, part, lambda _, value: member(value, kind, name))


def _lines(name: str, part: str, limit: int) -> EditField:
    def parse(_: Sale, value: object) -> object:
        texts = as_several(value)
        if texts is None:
            raise InvalidValue(name, value, "give several texts, as a list or tuple")
        return tuple(line(text, name, limit, required=True) for text in texts)

    return EditField(name, part, parse, limit)


def _reminder(_: Sale, value: object) -> object:
    return None if value is None else utc(value, "reminder")


def _publication(_: Sale, value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, Publication):
        raise InvalidValue("publication", value, "give a Publication(since, until), or None")
    since = None if value.since is None else day(value.since, "publication")
    until = None if value.until is None else day(value.until, "publication")
    if since and until and until < since:
        raise InvalidValue("publication", value, "it ends before it begins; swap the days")
    return value


def _references(_: Sale, value: object) -> object:
    links = as_several(value)
    links = (value,) if links is None else links
    for link in links:
        if not (isinstance(link, Reference) and is_a(link.kind, ReferenceKind)):
            raise InvalidValue("references", link, "give Reference(kind, target, description) values")
        line(link.target, "references", 2047, required=True)
        line(link.description, "references", 254)
    return links


def _initiator(_: Sale, value: object) -> object:
    if value is None:
        return None
    if not (isinstance(value, Initiator) and is_a(value.kind, InitiatorKind)):
        raise InvalidValue("initiated_by", value, "give an Initiator(kind, id): one company, person or campaign")
    return Initiator(value.kind, identifier(value.id, "initiated_by"))


def _document(sale: Sale, value: object) -> object:
    if value is None:
        return None
    if not (isinstance(value, Document) and is_a(value.kind, DocumentKind)):
        raise InvalidValue("document", value, "give a Document(kind, number, value)")
    number = line(value.number, "document", 49, required=True)
    return Document(value.kind, number, in_currency(sale.figures, value.value, "document"))


def _custom(sale: Sale, value: object) -> object:
    if not isinstance(value, Mapping):
        raise InvalidValue("custom", value, "give a mapping of names to values; None as a value removes the name")
    merged: dict[str, Any] = {**dict(sale.custom.values), **cast("Mapping[str, Any]", value)}
    return Custom({name: kept for name, kept in merged.items() if kept is not None})


FIELDS: tuple[EditField, ...] = (
    _line("title", "card", 219, required=True),
    _line("number", "card", 49),
    _note("description", "card", 100_000),
    _note("note", "card", 2047),
    _item("kind", "card"),
    _choice("priority", "card", Priority),
    _lines("categories", "card", 239),
    _choice("visibility", "card", Visibility),
    EditField("publication", "card", _publication),
    EditField("reminder", "card", _reminder),
    EditField("references", "card", _references),
    _item("source", "origin"),
    _item("competitor", "origin"),
    _lines("competitors", "origin", 239),
    _item("credited", "origin"),
    EditField("initiated_by", "origin", _initiator),
    _optional_line("segment", "origin", 64),
    _optional_line("flow", "origin", 64),
    _item("payment_terms", "terms"),
    _day("expires_on", "terms"),
    _day("delivery_on", "terms"),
    EditField("document", "", _document),
    EditField("custom", "", _custom),
)
_NAMES = tuple((spec.name, spec) for spec in FIELDS)


def _typed(action: Edit) -> Iterator[tuple[EditField, object]]:
    for name, spec in _NAMES:
        value = getattr(action, name)
        if value is not KEEP:
            yield spec, value


def readable(sale: Sale, action: Edit, moment: Moment) -> Iterator[Problem]:
    """Each typed field is read as its row says; reason and re-open date need a state that has them."""
    for spec, value in _typed(action):
        yield from fault(lambda spec=spec, value=value: spec.parse(sale, value))  # type: ignore[misc]
    yield from _state_faults(sale, action)


def _state_faults(sale: Sale, action: Edit) -> Iterator[Problem]:
    if action.reopen_on is not KEEP:
        if isinstance(sale.state, Stalled):
            yield from fault(lambda: day(action.reopen_on, "reopen_on"))
        else:
            yield Problem("only-while", "reopen_on", action.reopen_on, params={"standing": "stalled"})
    if action.reason is not KEEP:
        if isinstance(sale.state, Open):
            yield Problem("only-while", "reason", action.reason, params={"standing": "stalled, sold or lost"})
        else:
            yield from reason_faults(sale, sale.status, action.reason, sale.reason)
            yield from _needed_reason(sale, action.reason)


def _needed_reason(sale: Sale, given: object) -> Iterator[Problem]:
    """A reason that the process asked for cannot be emptied afterwards."""
    dialect = sale.type.dialect
    rows = (row for row in dialect.lifecycle.rows if row.target.status is sale.status)
    if given is None and any("reason" in dialect.needed(row.action) for row in rows):
        yield reason_required(sale.type, sale.status)


def edit(sale: Sale, action: Edit, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Each typed field takes its new value; the rest stays."""
    changed: dict[str, Any] = {}
    parts: dict[str, dict[str, object]] = {}
    for spec, value in _typed(action):
        parsed = spec.parse(sale, value)
        if spec.part:
            parts.setdefault(spec.part, {})[spec.name] = parsed
        else:
            changed[spec.name] = parsed
    for part, values in parts.items():
        changed[part] = evolve(getattr(sale, part), **values)
    if not isinstance(sale.state, Open):
        changed["state"] = _edited_state(sale, action)
    return changed


def _edited_state(sale: Sale, action: Edit) -> object:
    state: Any = sale.state
    if action.reason is not KEEP:
        state = evolve(state, reason=None if action.reason is None else ItemId(str(action.reason)))
    if isinstance(action.reopen_on, date):
        state = evolve(state, reopen_on=action.reopen_on)
    return state
