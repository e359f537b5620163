"""What a catalog's lists allow: a guard for the desk, which knows the catalog."""

from collections.abc import Iterator
from typing import Any

from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import Register
from salespipeline.model.activity_actions import ActivityAction
from salespipeline.model.catalog import Catalog
from salespipeline.model.item import Item
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale

# The fields that take an entry of a list, and the list.
LISTED: tuple[tuple[str, str], ...] = (
    ("source", "sources"),
    ("competitor", "competitors"),
    ("credited", "credited"),
    ("payment_terms", "payment_terms"),
    ("kind", "kinds"),
)


def listed_in(catalog: Catalog) -> Check:
    """A guard: a field of a list takes an entry of the catalog's list that is in use.

    The entry that a sale has already may stay when it is retired. A list that the catalog leaves
    empty is not kept, and takes everything.
    """
    lists: dict[str, tuple[Item, ...]] = {field: getattr(catalog, name) for field, name in LISTED}

    def check(sale: Sale, action: Action, moment: Moment) -> Iterator[Problem]:
        if isinstance(action, ActivityAction):  # an activity's kind is not one of the sale's
            return
        given: Any = dict(action.details) if isinstance(action, Register) else None
        for field, entries in lists.items():
            value = given.get(field) if given is not None else getattr(action, field, None)
            is_new = given is not None or value != _present(sale, field)  # a draft has what is asked already
            if isinstance(value, str) and entries and is_new:
                yield from _unlisted(field, value, entries)

    return check


def _present(sale: Sale, field: str) -> object:
    return next((getattr(part, field) for part in (sale.origin, sale.terms, sale.card) if hasattr(part, field)), None)


def _unlisted(field: str, value: str, entries: tuple[Item, ...]) -> Iterator[Problem]:
    accepted = [entry.id for entry in entries if not entry.retired]
    if value not in accepted:
        yield Problem("unknown-entry", field, value, accepted)
