"""What the strategies draw about quotes and product lines: legal, and all of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.quoted import quoted_sales
from tests.properties.test_available import ACME, LIVES, POLICIES, living, quoted_cycle
from tests.properties.walks import WALKED, new_sale

from salespipeline.model.actions import Edit
from salespipeline.model.quote import Quote
from salespipeline.model.quote_actions import LINE_ACTIONS
from salespipeline.model.quote_life import QuoteStanding
from salespipeline.model.sale import Sale
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.quoting import AddLine, CancelOrder, LinkQuote, PlaceOrder, PostInvoice, UnlinkQuote
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.offers import available
from salespipeline.testing.asking import possible, quoting_actions_for
from salespipeline.testing.priced import alternatives, price_lists, quotes
from salespipeline.testing.strategies import sales


@WALKED
@given(quoted_sales(), st.data())
def test_what_is_drawn_as_legal_is(sale: Sale, data: st.DataObject) -> None:
    """An action about the quote passes; nothing stands in for one that was invented badly."""
    if any(action.is_quoting for action in possible(sale)):
        action = data.draw(quoting_actions_for(sale, sale.changed_on))
        assert problems(sale, action, on=sale.changed_on) == ()
        assert not isinstance(action, Edit)
        apply(sale, action, on=sale.changed_on)


def drawable(sale: Sale) -> set[Any]:
    """The actions about quotes and product lines that can be drawn for a sale."""
    return {action for action in possible(sale) if action.is_quoting}


@pytest.mark.parametrize("standing", LIVES, ids=lambda standing: standing.name)
def test_every_action_that_is_on_offer_can_be_drawn(standing: QuoteStanding) -> None:
    """Whatever can be asked about a quote, wherever it stands, is asked."""
    sale = living(standing, POLICIES["discount on total"])
    offered = {offer.action for offer in available(sale, on=sale.changed_on) if offer.is_open}
    assert drawable(sale) == {action for action in offered if action.is_quoting}


def test_every_action_about_product_lines_can_be_drawn() -> None:
    record = new_sale(contact_manager.opportunity())
    assert drawable(record) == {AddLine}
    assert drawable(apply(record, AddLine("Desk"), on=record.changed_on)) == set(LINE_ACTIONS)


def test_every_action_about_orders_can_be_drawn() -> None:
    linked = quoted_cycle(LinkQuote("1001", 500), company=ACME)
    assert drawable(linked) == {LinkQuote, UnlinkQuote, PlaceOrder}
    ordered = apply(linked, PlaceOrder(customer=ACME, reason="CP"), on=linked.changed_on)
    assert drawable(ordered) == {CancelOrder, PostInvoice}


PRESETS = {
    "superoffice": superoffice.new_business(),
    "contact-manager": contact_manager.opportunity(),
    "business-central": business_central.cycles()[1],
}
EXPECTED = {
    "superoffice": {"quote", "quote with lines", "alternatives"},
    "contact-manager": {"lines"},
    "business-central": {"quote"},
}


@pytest.mark.parametrize("name", PRESETS)
def test_the_sales_of_a_preset_have_quotes_and_lines_where_their_process_has_them(name: str) -> None:
    seen: set[Any] = set()

    @settings(max_examples=60)
    @given(sales(PRESETS[name], max_steps=8))
    def look(sale: Sale) -> None:
        quote = sale.quote
        seen.update(["lines"] if sale.lines else [])
        if quote is not None:
            seen.update(["quote", quote.standing, "alternatives" if len(quote.active.alternatives) > 1 else "one"])
            seen.update(["quote with lines"] if quote.favourite.lines else [])

    look()
    assert seen >= EXPECTED[name]


@WALKED
@given(quotes("JPY", several=False, on_total=False), price_lists("JPY"), alternatives(on_total=False))
def test_values_are_what_was_asked_for(quote: Quote, prices: Any, alternative: Any) -> None:
    assert (quote.currency, prices.currency, len(quote.active.alternatives)) == ("JPY", "JPY", 1)
    assert quote.favourite.total == quote.favourite.subtotal
    assert alternative.total == alternative.subtotal
    ids = [line.id for line in quote.favourite.lines]
    assert len(set(ids)) == len(ids) == quote.made - 1
