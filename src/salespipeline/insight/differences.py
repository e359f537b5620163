"""What differs between two states of a sale, in the words that people have for its fields."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from attrs import fields

from salespipeline.errors import ascii_safe, shown
from salespipeline.model.ids import StageId
from salespipeline.model.quote import Quote, QuoteVersion
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType

# The parts whose fields are told one by one, and the words for those whose name is not the word.
_PARTS = ("card", "position", "figures", "terms", "parties", "origin")
_WORDS = {
    "expected_close": "expected close",
    "payment_terms": "payment terms",
    "expires_on": "expiry",
    "delivery_on": "delivery",
    "initiated_by": "initiated by",
    "references": "links",
    "closed_on": "closing day",
    "reopen_on": "re-open date",
}


class Difference(NamedTuple):
    """One thing that differs: `amount: 48000.00, then 52000.00`; None stands for nothing there."""

    field: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.field}: {_told(self.before)}, then {_told(self.after)}"


def _told(value: object) -> str:
    if value is None or value in ("", ()):
        return "nothing"
    return f"{value:f}" if isinstance(value, Decimal) else ascii_safe(str(getattr(value, "value", value)))


def differences(before: Sale, after: Sale) -> tuple[Difference, ...]:
    """What differs between two states of a sale, field by field; equal sales differ in nothing.

    Stages and the type go by their names, activities and lines one by one, a quote by its active version. The
    history, which only grows, is left out.
    """
    return tuple(found for found in _all(before, after) if found.before != found.after)


def _all(before: Sale, after: Sale) -> Iterator[Difference]:
    yield Difference("type", before.type.name, after.type.name)
    yield Difference("status", before.standing.value, after.standing.value)
    for name in ("closed_on", "reopen_on", "reason"):
        yield Difference(_WORDS.get(name, name), getattr(before, name), getattr(after, name))
    yield Difference("sold for", getattr(before.state, "value", None), getattr(after.state, "value", None))
    for part in _PARTS:
        yield from _in_part(part, before, after)
    old, new = dict(before.custom.values), dict(after.custom.values)
    for name in sorted({*old, *new}):
        yield Difference(f"own field {shown(name)}", old.get(name), new.get(name))
    yield Difference("document", before.document, after.document)
    yield from _each("activity", before.activities, after.activities)
    yield from _each("line", before.lines, after.lines)
    yield from _quotes(before.quote, after.quote)


def _in_part(part: str, before: Sale, after: Sale) -> Iterator[Difference]:
    old: Any = getattr(before, part)
    new: Any = getattr(after, part)
    for attribute in fields(old.__class__):
        values = [getattr(value, attribute.name) for value in (old, new)]
        if attribute.name == "stage":
            values = [_stage(before.type, values[0]), _stage(after.type, values[1])]
        yield Difference(_WORDS.get(attribute.name, attribute.name), *values)


def _stage(type: SaleType, id: StageId | None) -> str | None:
    stage = type.stage(id)
    return stage.name if stage else id


def _each(what: str, before: Iterable[Any], after: Iterable[Any]) -> Iterator[Difference]:
    """What differs among things that have an id."""
    old, new = ({each.id: each for each in several} for several in (before, after))
    for id in dict.fromkeys((*old, *new)):
        yield Difference(f"{what} {id}", old.get(id), new.get(id))


def _quotes(before: Quote | None, after: Quote | None) -> Iterator[Difference]:
    """What differs between two quotes: the active versions' facts, alternatives and lines."""
    old, new = (quote.active if quote else None for quote in (before, after))
    for word, name in (("quote", "number"), ("quote status", "standing"), ("valid until", "valid_until")):
        yield Difference(word, getattr(old, name, None), getattr(new, name, None))
    yield Difference("order", getattr(before, "order", None), getattr(after, "order", None))
    alternatives = [version.alternatives if version else () for version in (old, new)]
    names = [{each.id: each.name for each in several} for several in alternatives]
    yield Difference("favourite", _favourite(old), _favourite(new))
    for id in dict.fromkeys((*names[0], *names[1])):
        yield Difference(f"alternative {id}", names[0].get(id), names[1].get(id))
    lines = [[line for each in several for line in each.lines] for several in alternatives]
    yield from _each("quote line", *lines)


def _favourite(version: QuoteVersion | None) -> str | None:
    return version.alternative().name if version else None
