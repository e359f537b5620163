"""Recalculating a quote of 10,000 lines, against a hand-written loop over the same numbers."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from attrs import evolve

from benchmarks.side_by_side import Ratio, compared
from salespipeline import Sale, apply, register
from salespipeline.presets import superoffice
from salespipeline.quoting import Alternative, CreateQuote, EditQuoteLine, Line, Master, QuotePolicy, judge

DAY = date(2025, 4, 3)
COUNT = 10_000
Row = tuple[Decimal, Decimal, Decimal, Decimal, Decimal]


def rows() -> list[Row]:
    """Quantity, list price, cost, minimum price and discount percent of each line."""
    return [
        (Decimal(1 + n % 40), Decimal(f"{10 + n % 90}.{n % 100:02}"), Decimal(5 + n % 9), Decimal(4), Decimal(n % 20))
        for n in range(COUNT)
    ]


def lines() -> tuple[Line, ...]:
    return tuple(
        Line(
            id=f"L-{n}",  # type: ignore[arg-type]
            name="Desk",
            quantity=quantity,
            list_price=price,
            cost=cost,
            minimum_price=minimum,
            master=Master.DISCOUNT_PERCENT,
            typed=discount,
        )
        for n, (quantity, price, cost, minimum, discount) in enumerate(rows())
    )


def a_quoted_sale() -> Sale:
    sale = register(superoffice.new_business(), id="S-1", title="Desks", on=DAY, currency="EUR")
    sale = apply(sale, CreateQuote(), on=DAY)
    quote = sale.quote
    assert quote is not None
    whole = evolve(quote.favourite, lines=lines())
    version = quote.active.with_alternative(whole)
    return evolve(sale, quote=evolve(quote, versions=(version,), made=COUNT + 1))


def by_hand(numbers: list[Row]) -> Callable[[], None]:
    """Every figure of every line, the sums, and which lines are below minimum, cost or zero."""

    def work() -> None:
        subtotal, gross, whole_cost, flagged = Decimal(0), Decimal(0), Decimal(0), 0
        for quantity, price, cost, minimum, percent in numbers:
            before = quantity * price
            spent = quantity * cost
            discount = before * percent / 100
            total = before - discount
            flagged += total < quantity * minimum or total < spent or total <= 0
            subtotal += total
            gross += before
            whole_cost += spent
        if not flagged >= 0 < subtotal:
            raise AssertionError

    return work


def ratios() -> Iterator[Ratio]:
    sale = a_quoted_sale()
    quote = sale.quote
    assert quote is not None
    policy = QuotePolicy(max_discount=Decimal(10))
    made = quote.favourite.lines

    def recalculated() -> None:
        whole = Alternative(id=quote.favourite.id, name="Products", lines=tuple(map(evolve, made)))
        judge(quote.active.with_alternative(whole), policy, DAY)

    def judged() -> None:
        whole = Alternative(id=quote.favourite.id, name="Products", lines=made)
        judge(quote.active.with_alternative(whole), policy, DAY)

    def edited() -> None:
        apply(sale, EditQuoteLine("L-5000", quantity=7), on=DAY)

    loop = by_hand(rows())
    for what, work in (
        ("10,000 lines summed and judged", judged),
        ("one of 10,000 lines edited by apply", edited),
        ("10,000 lines made anew, summed and judged", recalculated),
    ):
        ours, theirs, ratio = compared(work, loop, number=1)
        yield Ratio(what, "a loop over Decimals", ours, theirs, 1 / ratio, 4, 2, costs=True)
