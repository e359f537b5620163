"""Which quotes are out, and which of them have run out."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from salespipeline.model.ids import SaleId
from salespipeline.model.quote_life import QuoteStanding
from salespipeline.model.sale import Sale


class OutstandingQuote(NamedTuple):
    """A quote that was sent and is not answered; `total` is that of its favourite, exact and without VAT."""

    sale: SaleId
    title: str
    number: str
    sent_on: date | None
    valid_until: date | None
    is_expired: bool
    total: Decimal
    currency: str


def outstanding_quotes(sales: Iterable[Sale], on: date) -> tuple[OutstandingQuote, ...]:
    """The quotes of sales that are not closed that were sent and not answered; those that end first come first."""
    found = sorted(_sent(sales, on), key=lambda each: (each.valid_until or date.max, each.sale))
    return tuple(found)


def _sent(sales: Iterable[Sale], on: date) -> Iterator[OutstandingQuote]:
    for sale in sales:
        quote = sale.quote
        if quote is None or sale.is_closed or quote.standing is not QuoteStanding.SENT:
            continue
        version = quote.active
        yield OutstandingQuote(
            sale.id,
            sale.title,
            version.number,
            version.sent_on,
            version.valid_until,
            version.is_expired(on),
            quote.favourite.total,
            quote.currency,
        )
