"""A sale as a flat record: every field under its own name, the history as columns and rows."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from salespipeline.codec.activities import decode_agenda, encode_agenda
from salespipeline.codec.converter import FieldFault, converter, reason_of, structured
from salespipeline.codec.format import opened
from salespipeline.codec.history import decode_history, encode_history
from salespipeline.codec.parts import (
    PARTS,
    STATE_FIELDS,
    Flat,
    a_day,
    a_text,
    names_of,
    optional_text,
    part_data,
    part_of,
    state_data,
    state_of,
)
from salespipeline.codec.quotes import decode_lines, decode_quote, encode_lines, encode_quote
from salespipeline.errors import UnknownEntry, UnreadableRecord
from salespipeline.model.action import Moment
from salespipeline.model.activity import NO_AGENDA
from salespipeline.model.ids import SaleId
from salespipeline.model.late import Late
from salespipeline.model.parts import Custom, Document, Origin
from salespipeline.model.quote import Quote
from salespipeline.model.sale import Sale, Stored
from salespipeline.model.sale_type import SaleType
from salespipeline.storage.jsontext import dumps, loads

FORMAT = 1

T = TypeVar("T")

OWN_FIELDS = (
    "format",
    "type",
    "registered_on",
    "registered_by",
    "custom",
    "document",
    "activities",
    "lines",
    "quote",
    "history",
)


def encode_sale(sale: Sale) -> str:
    """The record's text: canonical JSON, fields that stand at their default left out."""
    flat: Flat = {"format": FORMAT, "type": sale.type.id, **state_data(sale.state)}
    for name, part in PARTS:
        flat |= part_data(part, getattr(sale, name))
    flat["registered_on"] = sale.registered.on.isoformat()
    if sale.registered.by is not None:
        flat["registered_by"] = sale.registered.by
    if sale.custom:
        flat["custom"] = converter().unstructure(sale.custom)
    if sale.document is not None:
        flat["document"] = converter().unstructure(sale.document)
    if sale.agenda.made:
        flat["activities"] = encode_agenda(sale.agenda)
    if sale.lines:
        flat["lines"] = encode_lines(sale.lines)
    if sale.quote is not None:
        flat["quote"] = encode_quote(sale.quote)
    if sale.history:
        flat["history"] = encode_history(sale.history)
    for name, text in sale.stored.unknown:
        flat[name] = loads(text)
    return dumps(flat)


SALE_KEYS = ("status", "type", "owner", "stage", "company", "person", "project", "campaign", "sale_date", "number")
_DOCUMENT = "document"  # its number; no filter, since sales that were stored before this was a key have none


def sale_keys(sale: Sale) -> dict[str, str]:
    """The texts that a sale can be found by; what it has not is left out."""
    parties = sale.parties
    found = (
        sale.status.value,
        sale.type.id,
        parties.owner,
        sale.position.stage,
        parties.company,
        parties.person,
        parties.project,
        parties.campaign,
        sale.sale_date.isoformat(),
        sale.number or None,
        sale.document.number if sale.document else None,
    )
    names = (*SALE_KEYS, _DOCUMENT)
    return {name: value for name, value in zip(names, found, strict=True) if value is not None}


def decode_sale(id: str, revision: int, body: str, type_of: Callable[[str], SaleType]) -> Sale:
    """The sale of a record; `type_of` gives the sale type of an id.

    Raises `UnreadableRecord` naming the field and the reason, `NewerFormat` for a record of a newer version.
    History, activities, lines and quote are read when they are first asked for, and raise then.
    """
    flat = opened("sale", id, body, FORMAT)
    reader = _Reader(id, flat)
    type = reader.type(type_of)
    parts = {name: reader.part(part) for name, part in PARTS}
    parts["state"] = reader.read("status", lambda: state_of(flat))
    history = Late(lambda: reader.section("history", lambda data: decode_history(data, parts)))
    agenda = Late(lambda: reader.section("activities", decode_agenda))
    lines = Late(lambda: reader.section("lines", decode_lines))
    quote: Late[Quote | None] = Late(
        lambda: reader.section("quote", lambda data: decode_quote(data, flat.get("currency")))
    )
    return Sale(
        id=SaleId(id),
        type=type,
        registered=reader.read("registered_on", lambda: _moment(flat)),
        custom=reader.section("custom", lambda data: structured(data, Custom)) if "custom" in flat else _NO_CUSTOM,
        document=reader.section("document", lambda data: structured(data, Document)) if "document" in flat else None,
        agenda=agenda if "activities" in flat else NO_AGENDA,
        lines=lines if "lines" in flat else (),
        quote=quote if "quote" in flat else None,
        history=history if "history" in flat else (),
        stored=Stored(revision, tuple((name, dumps(flat[name])) for name in flat if name not in _KNOWN)),
        **parts,
    )


_NO_ORIGIN, _NO_CUSTOM = Origin(), Custom()


class _Reader:
    """Reads the parts of one record, and says which record and field could not be read."""

    __slots__ = ("flat", "id")

    def __init__(self, id: str, flat: Flat) -> None:
        self.id = id
        self.flat = flat

    def type(self, type_of: Callable[[str], SaleType]) -> SaleType:
        try:
            return type_of(a_text(self.flat.get("type")))
        except (UnknownEntry, ValueError) as error:
            raise UnreadableRecord("sale", self.id, "type", str(error)) from error

    def part(self, kind: Any) -> Any:
        data = {name: self.flat[name] for name in names_of(kind) if name in self.flat}
        if not data and kind is Origin:
            return _NO_ORIGIN
        return self.read(kind.__name__.lower(), lambda: part_of(data, kind))

    def section(self, field: str, parse: Callable[[Any], T]) -> T:
        """What a field with fields of its own stands for; a fault within is a fault of the whole."""
        try:
            return self.read(field, lambda: parse(self.flat[field]))
        except UnreadableRecord as error:
            reason = error.reason if error.field == field else f"{error.field}: {error.reason}"
            raise UnreadableRecord("sale", self.id, field, reason) from error

    def read(self, field: str, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except FieldFault as fault:
            raise UnreadableRecord("sale", self.id, fault.field or field, fault.reason) from fault
        except KeyError as error:
            raise UnreadableRecord("sale", self.id, str(error.args[0]), "it is missing") from error
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise UnreadableRecord("sale", self.id, field, reason_of(error)) from error


def _moment(flat: Mapping[str, Any]) -> Moment:
    return Moment(a_day(flat["registered_on"]), optional_text(flat.get("registered_by")))


_KNOWN = frozenset({*OWN_FIELDS, *STATE_FIELDS, *(name for _, part in PARTS for name in names_of(part))})
