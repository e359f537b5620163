"""Hypothesis strategies for sales and all they are made of, to prove rules of your own with.

They build and do not filter. A sale is made as users make one, by `register` and then step after step by
`apply`, so that every sale drawn is one that can come about.

>>> from hypothesis import given, settings
>>> from salespipeline.model.sale import Sale
>>> from salespipeline.presets import superoffice
>>> @settings(max_examples=10)
... @given(sales(superoffice.new_business()))
... def test_a_closed_sale_has_a_closing_day(sale: Sale) -> None:
...     assert (sale.closed_on is not None) == sale.is_closed
>>> test_a_closed_sale_has_a_closing_day()
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salespipeline.model.actions import Lose, Sell, Stall
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.dialect import Dialect
from salespipeline.model.item import Item
from salespipeline.model.numbering import COMBINATIONS, Numbering
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import ProbabilityMethod, SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.registering import register
from salespipeline.testing.asking import actions_for, legal_actions_for, links, possible
from salespipeline.testing.guides import date_formulas, guides
from salespipeline.testing.values import (
    amounts,
    below,
    companies,
    currencies,
    days,
    edits,
    entries,
    ids,
    one_of,
    or_none,
    pauses,
    percents,
    periods,
    persons,
    some_of,
    stages,
    titles,
    typed,
    users,
)

__all__ = [
    "DIALECTS",
    "actions_for",
    "amounts",
    "catalogs",
    "companies",
    "currencies",
    "date_formulas",
    "days",
    "dialects",
    "guides",
    "ids",
    "legal_actions_for",
    "new_sales",
    "percents",
    "periods",
    "persons",
    "sale_types",
    "sales",
    "titles",
    "users",
]

# The three products' ways of selling, and a firm's own: SuperOffice, but a reason is required.
DIALECTS: tuple[Dialect, ...] = (
    superoffice.DIALECT,
    contact_manager.DIALECT,
    business_central.DIALECT,
    evolve(
        superoffice.DIALECT,
        name="superoffice with reasons",
        needs=((Sell, ("reason",)), (Lose, ("reason",)), (Stall, ("reason",))),
    ),
)

_REASONS = ("sold_reasons", "lost_reasons", "stalled_reasons")
_LISTS = ("sources", "competitors", "credited", "payment_terms", "kinds", "categories", "products")
_USERS = (None, "anna", "bob")


# What sales are made with.


@cache
def dialects() -> SearchStrategy[Dialect]:
    """The presets' dialects, and a variant of one."""
    return st.sampled_from(DIALECTS)


@st.composite
def sale_types(draw: DrawFn, dialect: Dialect | None = None) -> SaleType:
    """Types of a dialect (of any when None): 0 to 7 stages, some retired, and every probability method.

    Each list of reasons has one in use at least, so that a sale can be closed where a reason is required.
    """
    kind = draw(dialects()) if dialect is None else dialect
    found = draw(stages(min(kind.percent_places, 2)))
    return _type(draw, kind, found, [draw(entries(1)) for _ in _REASONS])


@st.composite
def catalogs(draw: DrawFn, dialect: Dialect | None = None) -> Catalog:
    """Catalogs with 0 to 3 types that share their stages and reasons, with every list filled or not."""
    found, reasons = draw(stages(0)), [draw(entries(1)) for _ in _REASONS]
    types: dict[str, SaleType] = {}
    for _ in range(draw(below(4))):
        kind = draw(dialects()) if dialect is None else dialect
        made = _type(draw, kind, draw(st.permutations(found)), reasons)
        types[made.id] = made
    lists: dict[str, Any] = {**dict(zip(_REASONS, reasons, strict=True)), **{name: draw(entries(0)) for name in _LISTS}}
    return Catalog(
        types=tuple(types.values()),
        stages=found,
        currencies=one_of(draw, ((), (Currency("EUR", 4), Currency("XBT", 0)))),
        currency=draw(currencies()).code,
        owner=draw(or_none(ids())),
        numbering=Numbering(one_of(draw, tuple(COMBINATIONS))),
        **lists,
    )


def _type(draw: DrawFn, dialect: Dialect, found: Sequence[Stage], reasons: Sequence[tuple[Item, ...]]) -> SaleType:
    in_use = [stage.id for stage in found if not stage.retired]
    sold, lost, stalled = reasons
    return SaleType(
        id=draw(ids()),
        name=one_of(draw, ("New business", "Verlängerung")),
        dialect=dialect,
        stages=tuple(found),
        method=one_of(draw, tuple(ProbabilityMethod)),
        duration=draw(periods()),
        category=one_of(draw, ("", "Acquisition")),
        default_stage=one_of(draw, (None, *in_use)),
        guide=draw(guides(found)) if len(found) > 1 and draw(below(2)) else None,
        has_stakeholders=draw(st.booleans()),
        sold_reasons=sold,
        lost_reasons=lost,
        stalled_reasons=stalled,
    )


# Sales.


@st.composite
def new_sales(draw: DrawFn, /, type: SaleType | None = None, **fixed: Any) -> Sale:
    """Sales as `register` makes them, of the type; when it is None, of the presets' types and of invented ones.

    `fixed` are details that every one is registered with: what rules of your own require.
    """
    kind = type or (draw(sale_types()) if draw(below(4)) == 3 else one_of(draw, _preset_types()))
    on, currency = draw(days()), draw(currencies())
    in_use = [stage.id for stage in kind.stages if not stage.retired]
    details = some_of(draw, {**_new(currency, kind.dialect), **edits(currency)})
    details |= links(draw, one_party=kind.dialect.one_party)
    if in_use and kind.dialect.lifecycle.initial is not Standing.NOT_STARTED:
        details["stage"] = one_of(draw, in_use)
    if "group" in details:  # it comes with its owner
        details.setdefault("owner", "anna")
    if draw(st.booleans()):
        details["expected_close"] = on + draw(pauses())
    by = one_of(draw, _USERS)
    return register(kind, id=draw(ids()), title=draw(titles()), on=on, currency=currency, by=by, **{**details, **fixed})


@st.composite
def sales(draw: DrawFn, /, type: SaleType | None = None, *, max_steps: int = 6, **fixed: Any) -> Sale:
    """Sales as of `new_sales`, anywhere in their life: registered, then taken at most so many steps.

    A step that rules of your own refuse is left out.
    """
    sale = draw(new_sales(type, **fixed))
    for _ in range(draw(below(max_steps + 1))):
        on = sale.changed_on + draw(pauses())
        if not possible(sale):
            break
        action = draw(legal_actions_for(sale, on))
        if not problems(sale, action, on=on):
            sale = apply(sale, action, on=on, by=one_of(draw, _USERS))
    return sale


@cache
def _preset_types() -> tuple[SaleType, ...]:
    standard = (superoffice.new_business(), superoffice.add_on(), contact_manager.opportunity())
    strict = evolve(superoffice.new_business(), id="strict", dialect=DIALECTS[-1])
    return (*standard, strict, *business_central.cycles())


@cache
def _new(currency: Currency, dialect: Dialect) -> dict[str, SearchStrategy[Any]]:
    found: dict[str, SearchStrategy[Any]] = {
        "owner": ids(),
        "group": or_none(ids()),
        "amount": typed(amounts(currency)),
        "cost": typed(amounts(currency)),
    }
    if dialect.lifecycle.initial is not Standing.NOT_STARTED:
        found["chance"] = typed(percents(min(dialect.percent_places, 2)))
    return found
