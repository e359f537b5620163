"""Sales with quotes, anywhere in a quote's life."""

from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from tests.properties.walks import TODAY

from salespipeline.model.people import Company
from salespipeline.model.quote import Quote
from salespipeline.model.sale import Sale
from salespipeline.presets import superoffice
from salespipeline.quoting import AddQuoteLine, CreateQuote, DeleteQuote
from salespipeline.rules.apply import apply
from salespipeline.rules.registering import register
from salespipeline.testing.asking import quoting_actions_for
from salespipeline.testing.priced import quote_policies
from salespipeline.testing.values import below, currencies, one_of, pauses

ACME = Company("acme", "Acme", is_customer=True)
NEW_BUSINESS = superoffice.new_business()


def quote_of(sale: Sale) -> Quote:
    assert sale.quote is not None
    return sale.quote


@st.composite
def quoted_sales(draw: DrawFn, /, *, max_steps: int = 10, **policy: Any) -> Sale:
    """Sales with a quote after at most so many steps of its life, under any policy; `policy` fixes some of it."""
    type = evolve(NEW_BUSINESS, quoting=draw(quote_policies(**policy)))
    by = one_of(draw, (None, "anna"))
    sale = register(type, id="S-1", title="Desks", on=TODAY, currency=draw(currencies()), company=ACME, by=by)
    sale = apply(sale, CreateQuote(), on=TODAY)
    for step in range(1 + draw(below(max_steps))):
        on = sale.changed_on + draw(pauses()) if step % 3 == 2 else sale.changed_on
        action = draw(quoting_actions_for(sale, on))
        if step == 0:
            action = AddQuoteLine("Desk", quantity=2, list_price="100", cost="60.5")
        if not isinstance(action, DeleteQuote):
            sale = apply(sale, action, on=on)
        if sale.is_closed:
            break
    return sale
