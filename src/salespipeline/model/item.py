"""An entry of a list that people choose from: a reason, a source, a competitor, a payment term."""

from collections.abc import Iterable

from attrs import field, frozen

from salespipeline.model.ids import ItemId, item_id
from salespipeline.model.text import line
from salespipeline.model.value import Value


def _name(value: str) -> str:
    return line(value, "name of a list entry", 239, required=True)


@frozen(eq=False, repr=False)
class Item(Value):
    """An entry of a list, by id; a `retired` one still shows on old sales and takes no new ones."""

    id: ItemId = field(converter=item_id)
    name: str = field(converter=_name)
    retired: bool = field(default=False, kw_only=True)


def items(*entries: str | tuple[str, str] | Item) -> tuple[Item, ...]:
    """Entries from pairs of id and name; a lone text is its own id, in lower case, with hyphens for spaces.

    >>> items("Price", ("bad-timing", "Bad timing"))[0]
    Item(id='price', name='Price', retired=False)
    """
    return tuple(_entry(entry) for entry in entries)


def _entry(entry: str | tuple[str, str] | Item) -> Item:
    if isinstance(entry, Item):
        return entry
    if isinstance(entry, str):
        return Item(entry.lower().replace(" ", "-"), entry)
    return Item(*entry)


def item_named(entries: Iterable[Item], id: str | None) -> Item | None:
    """The entry of a list with this id, or None."""
    return next((entry for entry in entries if entry.id == id), None)
