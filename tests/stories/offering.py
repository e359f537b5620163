"""The quotes that the stories are told with: Anna's sale of desks in kroner, and quote 10046 wherever it may stand."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict, Unpack

import pytest
from attrs import evolve
from tests.stories.telling import JAN_7, told

from salespipeline import Action, Refused, Sale, SaleType, apply, register
from salespipeline.codec import encode_sale
from salespipeline.presets import superoffice
from salespipeline.quoting import (
    AddQuoteLine,
    Alternative,
    Approve,
    CreateQuote,
    Disapprove,
    Line,
    LoseQuote,
    PlaceOrderOnly,
    PriceList,
    Product,
    Quote,
    QuoteCheck,
    QuotePolicy,
    QuoteStanding,
    QuoteVersion,
    SendQuote,
    Validate,
)

APR_3 = date(2025, 4, 3)

DESK = Product(id="desk", name="Desk", list_price=10_000, cost=5_000)
LAMP = Product(id="lamp", name="Lamp", list_price=2_000, cost=1_200)


class PriceListFields(TypedDict, total=False):
    """What differs from the price list of 2025."""

    id: str
    currency: str
    valid_from: date | None
    valid_to: date | None
    active: bool
    products: tuple[Product, ...]


def prices(**given: Unpack[PriceListFields]) -> PriceList:
    """The prices of 2025 in kroner: a desk for 10 000, a lamp for 2 000."""
    known: PriceListFields = {
        "id": "P-25",
        "currency": "NOK",
        "valid_from": date(2025, 1, 1),
        "valid_to": date(2025, 12, 31),
        "products": (DESK, LAMP),
    }
    fields: PriceListFields = {**known, **given}
    return PriceList(name="Prices 2025", **fields)


def unquoted(policy: QuotePolicy | None = None, *, currency: str = "NOK", id: str = "S-1") -> Sale:
    """Anna's sale before there is a quote, of a type with this policy."""
    kind: SaleType = evolve(superoffice.new_business(), quoting=policy)
    return register(kind, id=id, title="120 desks", on=JAN_7, currency=currency, by="anna")


def quoted(*actions: Action, policy: QuotePolicy | None = None, currency: str = "NOK") -> Sale:
    """Her sale with quote 10046, after these actions: the first line is L-2, in alternative ALT-1."""
    return told(unquoted(policy, currency=currency), CreateQuote(number="10046"), *actions)


def quote_of(sale: Sale) -> Quote:
    """The quote of a sale that has one."""
    assert sale.quote is not None
    return sale.quote


def active(sale: Sale) -> QuoteVersion:
    """The version that counts."""
    return quote_of(sale).active


def favourite(sale: Sale) -> Alternative:
    """What the sale is worth by its quote."""
    return quote_of(sale).favourite


def line_of(sale: Sale, place: int = 0) -> Line:
    """A line of the favourite alternative, the first unless another is asked for."""
    return favourite(sale).lines[place]


def names(sale: Sale) -> list[str]:
    """What the alternatives are called, in their order."""
    return [each.name for each in active(sale).alternatives]


def two_decimals(percent: Decimal | None) -> str:
    """A percentage as the line shows it, and nothing where there is none."""
    return "" if percent is None else str(percent.quantize(Decimal("0.01"), ROUND_HALF_UP))


def codes(sale: Sale, action: Action, on: date = JAN_7, by: str = "anna") -> list[str]:
    """The codes of all problems that the action meets; what was written of the sale stays as it was."""
    before = encode_sale(sale)
    with pytest.raises(Refused) as caught:
        apply(sale, action, on=on, by=by)
    assert encode_sale(sale) == before
    return [problem.code for problem in caught.value.problems]


# Quote 10046 as it may stand: one desk, for 10 000 unless it has to be approved.

WARNING = QuotePolicy(warns_of={QuoteCheck.BELOW_COST})


def _drafted() -> Sale:
    return quoted(AddQuoteLine("Desk", quantity=1, list_price=10_000, cost=5_000))


def _judged() -> Sale:
    return told(_drafted(), Validate())


def asking() -> Sale:
    """A quote below cost, where that has to be approved."""
    return quoted(AddQuoteLine("Desk", quantity=1, list_price=4_000, cost=5_000), Validate(), policy=WARNING)


_WAYS: dict[QuoteStanding, Callable[[], Sale]] = {
    QuoteStanding.NOT_CALCULATED: _drafted,
    QuoteStanding.CALCULATED: _judged,
    QuoteStanding.NEEDS_APPROVAL: asking,
    QuoteStanding.APPROVED: lambda: told(asking(), Approve()),
    QuoteStanding.REJECTED: lambda: told(asking(), Disapprove()),
    QuoteStanding.SENT: lambda: told(_judged(), SendQuote()),
    QuoteStanding.SOLD: lambda: told(_judged(), PlaceOrderOnly()),
    QuoteStanding.LOST: lambda: told(_judged(), LoseQuote()),
}


def standing_at(standing: QuoteStanding) -> Sale:
    """The sale with its quote in a standing."""
    sale = _WAYS[standing]()
    assert quote_of(sale).standing is standing
    return sale
