"""Registering at the desk: type and currency by name, and every problem of rules, catalog and guards at once."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from salespipeline.errors import InvalidValue, UnknownEntry
from salespipeline.model.action import Moment
from salespipeline.model.actions import Register
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.problem import Problem
from salespipeline.model.rule import Check
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.rules.registering import drafted


class Request(NamedTuple):
    """A sale to register, as it was typed."""

    id: str
    title: str
    type: str | SaleType
    currency: str | Currency | None
    details: Mapping[str, Any]


def drafted_at(
    catalog: Catalog, request: Request, moment: Moment, guards: Iterable[Check]
) -> tuple[Sale, tuple[Problem, ...]]:
    """The sale as it would begin under a catalog, with the problems of its rules and of the guards."""
    kind, unknown = _type(catalog, request.type)
    draft, found = drafted(
        kind,
        id=request.id,
        title=request.title,
        currency=_currency(catalog, request.currency),
        moment=moment,
        details=request.details,
    )
    if unknown:  # what depends on the type cannot be judged
        found = (unknown, *(problem for problem in found if problem.field != "stage"))
    action = Register(request.title, tuple(request.details.items()))
    return draft, (*found, *(problem for guard in guards for problem in guard(draft, action, moment)))


def _type(catalog: Catalog, type: str | SaleType) -> tuple[SaleType, Problem | None]:
    """The type that is meant; a stand-in with a problem when there is none, so that the rest is still judged."""
    id: Any = getattr(type, "id", type)
    try:
        return catalog.type(id), None
    except UnknownEntry as error:
        if not catalog.types:
            raise
        stand_in = SaleType(id="unknown", name="Unknown", dialect=catalog.types[0].dialect)
        return stand_in, Problem("unknown-type", "type", id, error.accepted)


def _currency(catalog: Catalog, currency: str | Currency | None) -> str | Currency:
    if isinstance(currency, Currency):
        return currency
    code = catalog.currency if currency is None else currency
    try:
        return catalog.money(code)
    except (UnknownEntry, InvalidValue):
        return code  # left to the rules, which say what would do
