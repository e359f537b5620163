"""The days and sales that the stories are told with, and the two ways a story can go on: done or refused."""

from datetime import date
from decimal import Decimal
from typing import Unpack

import pytest

from salespipeline import (
    Action,
    Company,
    Edit,
    Next,
    Problem,
    Refused,
    Sale,
    SaleType,
    Start,
    apply,
    available,
    register,
)
from salespipeline.model.parts import Document, DocumentKind
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.rules.registering import Details

JAN_7 = date(2025, 1, 7)
MAR_7 = date(2025, 3, 7)
APR_7 = date(2025, 4, 7)
JAN_8 = date(2024, 1, 8)

ACME = Company("acme", "Acme")
QUOTE = Document(DocumentKind.QUOTE, "1001", Decimal(10_000))

# Microsoft's cycles by the ids that the preset gives them.
LARGE = "ex-large"


def superoffice_sale(type: SaleType | None = None, /, on: date = JAN_7, **details: Unpack[Details]) -> Sale:
    """Anna's sale of desks, in the full process unless another type is given."""
    kind = superoffice.new_business() if type is None else type
    return register(kind, id="S-1", title="120 desks", on=on, currency="EUR", by="anna", **details)


def opportunity(cycle: SaleType | str = LARGE, /, **details: Unpack[Details]) -> Sale:
    """A Business Central opportunity that is not started, made on the work date with a month to go."""
    kind = business_central.catalog().type(cycle) if isinstance(cycle, str) else cycle
    known: Details = {"amount": 10_000, "expected_close": date(2024, 2, 8)}
    given: Details = {**known, **details}
    return register(kind, id="OP1", title="Desks", on=JAN_8, currency="EUR", by="jo", **given)


def at_stage(number: int, cycle: str = LARGE) -> Sale:
    """A Business Central opportunity with a quote, brought to a stage one step at a time."""
    return told(opportunity(cycle), Start(), Edit(document=QUOTE), *[Next()] * (number - 1), on=JAN_8)


def bcm_sale(**details: Unpack[Details]) -> Sale:
    """A Contact Manager opportunity of Acme, at 40 % unless something else is typed."""
    known: Details = {"company": ACME, "chance": 40, "amount": 230}
    kind = contact_manager.opportunity()
    given: Details = {**known, **details}
    return register(kind, id="O-1", title="Desks", on=JAN_7, currency="EUR", by="anna", **given)


def told(sale: Sale, *actions: Action, on: date = JAN_7, by: str = "anna") -> Sale:
    """The sale after these actions, all on one day."""
    for action in actions:
        sale = apply(sale, action, on=on, by=by)
    return sale


def refusal(sale: Sale, action: Action, on: date = JAN_7) -> Refused:
    """The refusal that the action meets."""
    with pytest.raises(Refused) as caught:
        apply(sale, action, on=on, by="anna")
    return caught.value


def problem(sale: Sale, action: Action, on: date = JAN_7) -> Problem:
    """The one problem that the action meets."""
    (found,) = refusal(sale, action, on).problems
    return found


def stages_on_offer(sale: Sale, action: type[Action], on: date) -> list[str | None]:
    """The stages that the action is on offer for, the nearest first."""
    return [offer.stage for offer in available(sale, on=on) if offer.action is action and offer.is_open]


def is_on_offer(sale: Sale, action: type[Action], on: date) -> bool:
    """Whether the action is on offer at all."""
    return any(offer.action is action and offer.is_open for offer in available(sale, on=on))


def facts(*values: object) -> tuple[object, ...]:
    """Several facts side by side; whole numbers equal the decimals they stand for."""
    return values
