from datetime import date
from decimal import Decimal

from salespipeline import Lose, Sale, Stall, apply, register
from salespipeline.insight import OutstandingQuote, outstanding_quotes
from salespipeline.model.ids import SaleId
from salespipeline.presets import superoffice
from salespipeline.quoting import AddQuoteLine, CreateQuote, SendQuote, Validate

DAY = date(2025, 4, 3)


def quoted(id: str, valid_until: date | None = None) -> Sale:
    sale = register(superoffice.new_business(), id=id, title=f"Desks {id}", on=DAY, currency="EUR")
    for action in (CreateQuote(), AddQuoteLine("Desk", quantity=2, list_price="100.50"), Validate()):
        sale = apply(sale, action, on=DAY)
    return apply(sale, SendQuote(valid_until), on=DAY)


def test_what_was_sent_and_not_answered_stands_in_the_order_it_ends() -> None:
    first, last = quoted("S-2", date(2025, 4, 10)), quoted("S-1")
    draft = register(superoffice.new_business(), id="S-3", title="x", on=DAY, currency="EUR")
    found = outstanding_quotes([last, apply(draft, CreateQuote(), on=DAY), draft, first], date(2025, 4, 11))
    assert found == (
        OutstandingQuote(SaleId("S-2"), "Desks S-2", "S-2-1", DAY, date(2025, 4, 10), True, Decimal("201.00"), "EUR"),
        OutstandingQuote(SaleId("S-1"), "Desks S-1", "S-1-1", DAY, date(2025, 5, 3), False, Decimal("201.00"), "EUR"),
    )


def test_a_stalled_sale_still_has_its_quote_out_and_a_lost_one_has_not() -> None:
    sale = quoted("S-1")
    assert len(outstanding_quotes([apply(sale, Stall(), on=DAY)], DAY)) == 1
    assert outstanding_quotes([apply(sale, Lose(), on=DAY)], DAY) == ()
