"""Sales and their records, to read and to damage."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve
from tests.properties.walks import TODAY, new_sale

from salespipeline.codec import decode_sale, encode_sale
from salespipeline.errors import UnknownEntry
from salespipeline.model.actions import MoveTo, Stall
from salespipeline.model.activity_actions import AddActivity
from salespipeline.model.catalog import Catalog
from salespipeline.model.lifecycle import Lifecycle, rows_in_place
from salespipeline.model.parts import (
    Custom,
    Document,
    DocumentKind,
    Initiator,
    InitiatorKind,
    Priority,
    Publication,
    Reference,
    ReferenceKind,
    Visibility,
)
from salespipeline.model.people import Company, Person
from salespipeline.model.product import PriceList, Product, Subscription
from salespipeline.model.quote import Quote
from salespipeline.model.quote_actions import LINE_ACTIONS
from salespipeline.model.quote_policy import QuoteCheck, QuotePolicy
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.quoting import (
    AddAlternative,
    AddLine,
    AddQuoteLine,
    Approve,
    ChooseFavourite,
    CreateQuote,
    EditAlternative,
    NewVersion,
    PlaceOrderOnly,
    RequestApproval,
    SendQuote,
    Validate,
)
from salespipeline.rules.apply import apply

# A process with everything: product lines beside a quote that leaves the amount alone.
EVERYTHING = evolve(
    superoffice.new_business(),
    id="everything",
    dialect=evolve(
        superoffice.DIALECT,
        name="everything",
        lifecycle=Lifecycle(
            "Everything",
            (*superoffice.LIFECYCLE.rows, *rows_in_place(LINE_ACTIONS, (Standing.OPEN,), "beside the quote")),
        ),
    ),
    quoting=QuotePolicy(
        discount_on_total=True, sets_amount=False, approvers=["bob"], warns_of=[QuoteCheck.BELOW_MINIMUM_PRICE]
    ),
)

PRESETS: tuple[Catalog, ...] = (superoffice.catalog(), contact_manager.catalog(), business_central.catalog())
TYPES: dict[str, SaleType] = {type.id: type for preset in PRESETS for type in preset.types}
TYPES["everything"] = EVERYTHING


def type_of(id: str) -> SaleType:
    if id in TYPES:
        return TYPES[id]
    raise UnknownEntry("sale type", id, TYPES)


def read(body: str, types: Callable[[str], SaleType] = type_of) -> Sale:
    """The sale of a record, what is read late read too."""
    return read_through(decode_sale("S-1", 7, body, types))


def again(sale: Sale) -> Sale:
    return read_through(decode_sale(sale.id, 7, encode_sale(sale), lambda _: sale.type))


def read_through(sale: Sale) -> Sale:
    """The sale, with what is read late read by now."""
    assert all(isinstance(section, tuple) for section in (sale.history, sale.activities, sale.lines))
    assert sale.quote is None or isinstance(sale.quote, Quote)
    return sale


DESK = Product(
    id="desk",
    name="Desk",
    code="D-1",
    description="Oak,\n160 cm",
    list_price="49.90",
    cost="20.0050",
    minimum_price="49",
    unit="pcs",
    quantity="2.5",
    vat="21",
    taxable=False,
    subscription=Subscription("12", "month", date(2025, 4, 1)),
    extra=Custom({"colour": "oak"}),
)
PRICES = PriceList(id="2025", name="2025", currency="EUR", products=[DESK])
# A quote with a value in every field there is: asked, approved, sent, renewed and ordered.
QUOTING = (
    CreateQuote(number="10046", name="Desks"),
    AddQuoteLine("desk", price_list=PRICES, discount_percent="5.0", system_discount="2.50"),
    EditAlternative(description="With\nservice", discount_amount="10", system_discount="1.5"),
    AddAlternative("Large", copy_of="ALT-1", total="1000.00"),
    ChooseFavourite("ALT-3"),
    Validate(price_lists=[PRICES]),
    RequestApproval("bob", comment="They\nwait"),
    Approve("fine", by="bob"),
    SendQuote(date(2025, 4, 1), favourite_only=True),
    NewVersion(number="10047"),
    Validate(price_lists=[PRICES]),
    Approve("still", by="bob"),
    PlaceOrderOnly("ALT-1", number="PO-7", comment="Deliver\nin May"),
)


def full() -> Sale:
    """A sale with a value in every field there is."""
    sale = new_sale(
        EVERYTHING,
        owner="anna",
        group="north",
        company=Company("acme", "Acme"),
        person=Person("joe", "Joe", "acme"),
        project="p-1",
        campaign="c-1",
        amount="48000",
        cost="12000.50",
        chance=35,
        number="17",
        description="Two\nlines",
        note="a note",
        kind="new",
        priority=Priority.HIGH,
        categories=["a", "b"],
        visibility=Visibility.GROUP,
        publication=Publication(date(2025, 1, 1), None),
        reminder=datetime(2025, 4, 1, 9, 30, 0, 123456, tzinfo=UTC),
        references=[Reference(ReferenceKind.URL, "https://example.org", "the plan")],
        source="fair",
        competitor="alphacorp",
        competitors=["Beta"],
        credited="sales",
        initiated_by=Initiator(InitiatorKind.CAMPAIGN, "c-1"),
        segment="industry",
        flow="spring",
        payment_terms="net-30",
        expires_on=date(2025, 5, 1),
        delivery_on=date(2025, 6, 1),
        document=Document(DocumentKind.QUOTE, "Q-1", Decimal("47000.00")),
        custom={"score": 7, "vip": True, "since": date(2024, 1, 1), "rate": Decimal("1.25"), "tag": "x"},
    )
    sale = apply(sale, MoveTo("proposal"), on=TODAY, by="bob")
    sale = apply(
        sale, AddActivity("Call the buyer", kind="call", due=date(2025, 3, 9), duration=30), on=TODAY, by="bob"
    )
    sale = apply(sale, AddActivity("What was said", kind="phone-log", text="They\nwait"), on=TODAY)
    for action in (AddLine(DESK, quantity=1, list_price=48000, cost="12000.5"), *QUOTING):
        sale = apply(sale, action, on=TODAY, by="anna")
    return apply(sale, Stall(date(2025, 9, 1), "budget"), on=TODAY)


RECORD: dict[str, Any] = json.loads(encode_sale(full()))


# Records written by hand, as an older version wrote them.

SUPEROFFICE = """{
    "format": 1, "type": "new-business", "status": "sold", "title": "120 desks", "stage": "proposal",
    "chance": "100", "completion": "100", "probability": "100",
    "currency": "EUR", "amount": "48000.00", "cost": "12000.50", "expected_close": "2025-06-01",
    "owner": "anna", "company": "acme", "closed_on": "2025-03-09", "reason": "price", "completed": true,
    "registered_on": "2025-03-01", "registered_by": "bob",
    "reminder": "2025-03-10T08:00:00.000001Z", "custom": {"since": {"day": "2024-01-01"}, "vip": true},
    "history": {
        "columns": ["on", "by", "action", "type", "status", "stage", "chance", "completion", "probability",
                    "currency", "amount", "cost", "expected_close", "owner", "company", "stage_name",
                    "closed_on", "reason", "reason_name", "completed"],
        "rows": [
            ["2025-03-01", "bob", "Register", "new-business", "open", "proposal", "30", "0", "30",
             "EUR", "48000.00", "12000.50", "2025-06-01", "anna", "acme", "Proposal", null, null, null, null],
            ["2025-03-09", null, "Sell", "new-business", "sold", "proposal", "100", "100", "100",
             "EUR", "48000.00", "12000.50", "2025-06-01", "anna", "acme", "Proposal",
             "2025-03-09", "price", "Price", null],
            ["2025-03-09", null, "Complete", "new-business", "sold", "proposal", "100", "100", "100",
             "EUR", "48000.00", "12000.50", "2025-06-01", "anna", "acme", "Proposal",
             "2025-03-09", "price", "Price", true]
        ]
    }
}"""
CONTACT_MANAGER = """{
    "format": 1, "type": "opportunity", "status": "open", "title": "Audit", "stage": null,
    "chance": "12.5", "completion": "0", "probability": "12.5",
    "currency": "JPY", "amount": "1000", "cost": "0", "expected_close": "9999-12-31",
    "person": "joe", "competitors": ["Alpha", "Beta"], "initiated_by": {"kind": "person", "id": "joe"},
    "registered_on": "2025-03-01"
}"""
BUSINESS_CENTRAL = """{
    "format": 1, "type": "ex-small", "status": "open", "started": false, "title": "Chairs", "stage": null,
    "chance": "0", "completion": "0", "probability": "0",
    "currency": "KWD", "amount": "-1.250", "cost": "0.000", "expected_close": "2025-03-01",
    "priority": "high", "segment": "retail", "registered_on": "2025-03-01",
    "document": {"kind": "quote", "number": "Q-7", "value": "2.500"}
}"""
