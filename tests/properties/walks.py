"""Changes that happen on a walk through a lifecycle, and the shortest way to any standing."""

from datetime import date
from typing import Any

from attrs import frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from renewal import RENEWAL

from salespipeline.model.action import Action
from salespipeline.model.actions import Lose, Reopen, Sell, Stall
from salespipeline.model.dialect import Dialect
from salespipeline.model.lifecycle import Row
from salespipeline.model.people import Company
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing, Status
from salespipeline.presets import superoffice
from salespipeline.rules.apply import apply
from salespipeline.rules.closing import reasons_of
from salespipeline.rules.registering import register
from salespipeline.testing import strategies
from salespipeline.testing.strategies import legal_actions_for, new_sales, sales

TODAY = date(2025, 3, 1)

# The library's own ways of selling, and one that a user wrote: what holds for one holds for all.
DIALECTS: tuple[Dialect, ...] = (*strategies.DIALECTS, RENEWAL)

# A walked sale costs a hundred plain values: such tests look at fewer, each with a life of its own.
WALKED = settings(max_examples=max(10, settings().max_examples // 4))

STAGES = (
    Stage("first", "First", 10, completion=5, allow_skip=True),
    Stage("second", "Second", 40, completion=30, allow_skip=True),
    Stage("third", "Third", 60, completion=55),
    Stage("gone", "Gone", 70, completion=60, retired=True),
    Stage("last", "Last", 90, completion=95),
)


@frozen
class Change:
    """A sale before and after an action."""

    before: Sale
    action: Action
    on: date
    after: Sale


@st.composite
def changes(draw: DrawFn, type: SaleType | None = None) -> Change:
    """Legal actions on walked sales; a sale at the end of its life has none, so a new one steps in."""
    before = draw(sales(type))
    if not before.type.dialect.lifecycle.leaving(before.standing):
        before = draw(new_sales(type))
    action = draw(legal_actions_for(before, before.changed_on))
    return Change(before, action, before.changed_on, apply(before, action, on=before.changed_on))


def minimal(action: type[Action], sale: Sale) -> Action:
    """The action with no more than a dialect may need of it."""
    if action is Sell:
        decided = sale.lines or (sale.quote is not None and sale.quote.sets_amount)
        return Sell(_reason(sale, Status.SOLD), value=None if decided else "1")
    if action is Lose:
        return Lose(_reason(sale, Status.LOST))
    if action is Stall:
        return Stall(reason=_reason(sale, Status.STALLED))
    return Reopen() if action is Reopen else action()


def _reason(sale: Sale, status: Status) -> str:
    return next(item.id for item in reasons_of(sale.type, status) if not item.retired)


def path_to(standing: Standing, start: Standing, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The shortest way from one standing to another through the rows of a lifecycle."""
    paths: dict[Standing, tuple[Row, ...]] = {start: ()}
    for _ in Standing:
        for row in rows:
            if row.source in paths:
                paths.setdefault(row.target, (*paths[row.source], row))
    return paths[standing]


def brought_to(standing: Standing, sale: Sale) -> Sale:
    """The sale after the shortest way to a standing."""
    for row in path_to(standing, sale.standing, sale.type.dialect.lifecycle.rows):
        sale = apply(sale, minimal(row.action, sale), on=sale.changed_on)
    return sale


def type_of(dialect_name: str) -> SaleType:
    """A type of five stages (one retired) in the dialect of a name, with the dialect's usual reasons."""
    return SaleType(
        id="walked",
        name="Walked",
        dialect=next(dialect for dialect in DIALECTS if dialect.name == dialect_name),
        stages=STAGES,
        sold_reasons=superoffice.SOLD_REASONS,
        lost_reasons=superoffice.LOST_REASONS,
        stalled_reasons=superoffice.STALLED_REASONS,
    )


def new_sale(type: SaleType, **details: Any) -> Sale:
    """A plain new sale of a type."""
    if type.dialect.one_party:
        details = {"company": Company("acme", "Acme"), **details}
    return register(type, id="S-1", title="120 desks", on=TODAY, currency="EUR", **details)
