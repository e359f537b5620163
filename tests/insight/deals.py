"""The sales that questions are asked about: made by the rules, each in a line."""

from datetime import date, timedelta
from typing import Unpack

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salespipeline.model.action import Action
from salespipeline.model.actions import Lose, Sell, Stall, Start
from salespipeline.model.ids import SaleId
from salespipeline.model.sale import Sale
from salespipeline.presets import business_central, superoffice
from salespipeline.rules.apply import apply
from salespipeline.rules.registering import Details, register
from salespipeline.testing.strategies import amounts, days

REGISTERED = date(2025, 1, 7)


def deal(
    *steps: tuple[date, Action],
    id: str = "S-1",
    currency: str = "EUR",
    on: date = REGISTERED,
    **details: Unpack[Details],
) -> Sale:
    """A sale in the full SuperOffice process after some actions, each with its day."""
    sale = register(superoffice.new_business(), id=id, title="Desks", on=on, currency=currency, **details)
    for day, action in steps:
        sale = apply(sale, action, on=day)
    return sale


def opportunity(*, sold_for: str | None = None, **details: Unpack[Details]) -> Sale:
    """A Business Central opportunity that was started, and perhaps sold for a value beside its amount."""
    cycle = business_central.catalog().type("new")
    known: Details = {"amount": 1_000, "expected_close": date(2025, 4, 7)}
    given: Details = {**known, **details}
    sale = apply(
        register(cycle, id="O-1", title="Desks", on=REGISTERED, currency="EUR", **given), Start(), on=REGISTERED
    )
    return apply(sale, Sell("PRICE_W", value=sold_for), on=date(2025, 3, 31)) if sold_for else sale


OWNERS: tuple[Details, ...] = ({}, {"owner": "anna"}, {"owner": "bob"})


@st.composite
def deals(draw: DrawFn) -> Sale:
    """A sale that shares its owner, stage, month and currency with many others: open, stalled, sold or lost."""
    currency = draw(st.sampled_from(("EUR", "JPY")))
    ending = draw(st.sampled_from((None, Stall(), Sell(), Lose())))
    steps = () if ending is None else ((REGISTERED + timedelta(draw(st.integers(0, 99))), ending),)
    details: Details = {
        "amount": draw(amounts(currency)),
        "chance": draw(st.integers(0, 100)),
        "stage": draw(st.sampled_from(("lead", "proposal"))),
        "expected_close": draw(days(REGISTERED, date(2025, 4, 7))),
    }
    given: Details = {**details, **draw(st.sampled_from(OWNERS))}
    return deal(*steps, currency=currency, **given)


def many_sales() -> SearchStrategy[list[Sale]]:
    """Up to eight sales, at times with one that was sold for another value than its amount."""
    found = st.lists(deals() | st.just(opportunity(sold_for="999.99")), max_size=8)
    return found.map(lambda sales: [evolve(sale, id=SaleId(f"S-{place}")) for place, sale in enumerate(sales)])
