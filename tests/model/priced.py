"""Lines of 10 at 20, every way to price them, and their five figures in words."""

from decimal import Decimal
from typing import TypedDict, Unpack

from tests.stories.offering import two_decimals

from salespipeline.model.ids import AlternativeId, LineId
from salespipeline.quoting import Alternative, Line, Master, Subscription

# Every way to the same five figures of 10 at 20, which cost 9 each.
WAYS: list[tuple[Master, str | None]] = [
    (Master.NONE, None),
    (Master.DISCOUNT_PERCENT, "10"),
    (Master.DISCOUNT_AMOUNT, "20"),
    (Master.TOTAL, "180"),
    (Master.EARNING_AMOUNT, "90"),
    (Master.EARNING_PERCENT, "50"),
]
ALL_MASTERS = [master for master, _ in WAYS]
TYPED_MASTERS = ALL_MASTERS[1:]


class Fields(TypedDict, total=False):
    """What differs from 10 at 20."""

    quantity: int | str
    list_price: int | str
    cost: int | str
    vat: int | str
    subscription: Subscription | None
    system_discount: int | str


def line(master: Master = Master.NONE, typed: str | None = None, **given: Unpack[Fields]) -> Line:
    """10 at 20 that cost 9 each, with one of the five typed; with none, the system's discount of 0 %."""
    known: Fields = {"quantity": 10, "list_price": 20, "cost": 9}
    fields: Fields = {**known, **given}
    figure = None if typed is None else Decimal(typed)
    return Line(id=LineId("L-1"), name="Desk", master=master, typed=figure, **fields)


def priced_at_180(master: Master) -> Line:
    """10 at 20, brought to 180 by one of the masters."""
    return line(master, dict(WAYS)[master], system_discount=10 if master is Master.NONE else 0)


def figures(of: Line | Alternative) -> str:
    """Subtotal, discount, its percent, total, cost, earning, its percent; a percent as it is shown."""
    return (
        f"S {of.subtotal:f} D {of.discount_amount:f} p {two_decimals(of.discount_percent)} T {of.total:f}"
        f" C {of.total_cost:f} E {of.earning_amount:f} e {two_decimals(of.earning_percent)}"
    )


def plain(text: str) -> list[Decimal | str]:
    """Figures to compare by value: 20.00 is 20."""
    return [word if word.isalpha() else Decimal(word) for word in text.split()]


def same(of: Line | Alternative, expected: str) -> bool:
    return plain(figures(of)) == plain(expected)


def alternative(*lines: Line, master: Master = Master.NONE, typed: str | None = None, system: int = 0) -> Alternative:
    figure = None if typed is None else Decimal(typed)
    id = AlternativeId("ALT-1")
    return Alternative(id=id, name="Products", lines=lines, master=master, typed=figure, system_discount=system)
