"""Hypothesis strategies for what is priced: products and their lists, lines, quotes, and the policies of types."""

from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salespipeline.model.action import Moment
from salespipeline.model.ids import AlternativeId, LineId
from salespipeline.model.line import Line
from salespipeline.model.parts import Custom
from salespipeline.model.pricing import Master
from salespipeline.model.product import PriceList, Product, Subscription
from salespipeline.model.quote import Alternative, Quote, QuoteVersion
from salespipeline.model.quote_policy import QuoteCheck, QuotePolicy
from salespipeline.testing.values import POOL, Choices, below, days, ids, one_of, or_none, percents, some_of, titles

__all__ = [
    "alternatives",
    "lines",
    "masters",
    "price_lists",
    "prices",
    "products",
    "quantities",
    "quote_policies",
    "quotes",
]

Typed = tuple[Master, Decimal | None]

_APPROVERS = ("anna", "bob")
_CHECKS = ("ignores", "warns_of", "refuses")


@cache
def prices(most: int = 10**6) -> SearchStrategy[Decimal]:
    """Prices of one unit as they are typed: with 0 to 4 decimals, trailing zeros too, now and then below zero."""
    return st.integers(0, 4).flatmap(lambda places: _spelled(-most // 10, most, places))


@cache
def quantities() -> SearchStrategy[Decimal]:
    """Quantities as they are typed: whole ones, parts of one, none, and what comes back."""
    return st.integers(1, 20).map(Decimal) | st.integers(0, 4).flatmap(lambda places: _spelled(-100, 10**4, places))


@cache
def _spelled(least: int, most: int, places: int) -> SearchStrategy[Decimal]:
    """Numbers between two whole ones, spelled with just so many decimals."""
    return st.integers(least * 10**places, most * 10**places).map(lambda units: Decimal(f"{units}E-{places}"))


@cache
def typed_percents(least: int = -50, most: int = 99) -> SearchStrategy[Decimal]:
    """Percentages as they are typed for a discount or an earning; below zero is a surcharge, or a loss."""
    return st.integers(0, 4).flatmap(lambda places: _spelled(least, most, places))


@cache
def masters() -> SearchStrategy[Typed]:
    """One of the five figures with what was typed, or none; an earning stays below 100 %, so that it can be had."""
    return st.sampled_from(Master).flatmap(lambda master: st.tuples(st.just(master), _typed(master)))


def _typed(master: Master) -> SearchStrategy[Decimal | None]:
    if master is Master.NONE:
        return st.none()
    return typed_percents() if master in (Master.DISCOUNT_PERCENT, Master.EARNING_PERCENT) else prices()


@cache
def subscriptions() -> SearchStrategy[Subscription]:
    """Subscriptions of 1 to 60 periods, and of parts of one."""
    periods = st.integers(1, 60).map(Decimal) | st.just(Decimal("0.5"))
    return st.builds(Subscription, periods, st.sampled_from(("", "month", "year")), or_none(days()))


@cache
def about_lines() -> Choices:
    """A value for every field of a line that can be left out."""
    custom = st.one_of(titles(), st.integers(-(10**12), 10**12), st.booleans(), prices(), days())
    return {
        "list_price": prices(),
        "cost": prices(),
        "minimum_price": or_none(prices()),
        "code": ids(),
        "description": titles(),
        "unit": st.sampled_from(("", "pcs", "hour")),
        "vat": percents(4),
        "taxable": st.booleans(),
        "subscription": or_none(subscriptions()),
        "extra": st.dictionaries(ids(), custom, max_size=2),
    }


@st.composite
def products(draw: DrawFn) -> Product:
    """Products with any of their fields, in the assortment and not."""
    given: dict[str, Any] = {"list_price": draw(prices())}
    given |= some_of(draw, {**_about(), "quantity": quantities(), "in_assortment": st.booleans()})
    return Product(id=one_of(draw, POOL), name=draw(titles()), **given)


@cache
def _about() -> Choices:
    """As `about_lines`, as a line or a product holds it."""
    return {**about_lines(), "extra": about_lines()["extra"].map(Custom)}


@st.composite
def price_lists(draw: DrawFn, currency: str = "EUR") -> PriceList:
    """Price lists of a currency with 0 to 3 products, in use or not, open-ended or from day to day."""
    first, last = sorted((draw(days()), draw(days())))
    return PriceList(
        id=one_of(draw, POOL),
        name=draw(titles()),
        currency=currency,
        valid_from=one_of(draw, (None, first)),
        valid_to=one_of(draw, (None, last)),
        active=draw(below(5)) > 0,
        products=draw(st.lists(products(), max_size=3, unique_by=lambda product: product.id)),
    )


@st.composite
def lines(draw: DrawFn, number: int = 1) -> Line:
    """Lines with any of their fields, `L-1` unless another number is given, from a price list or not."""
    (master, typed), pattern = draw(masters()), draw(below(8))
    return Line(
        id=LineId(f"L-{number}"),
        name=draw(titles()),
        quantity=draw(quantities()),
        list_price=draw(prices()),
        cost=draw(prices()) if pattern else Decimal(0),
        subscription=draw(subscriptions()) if pattern in (1, 4) else None,
        minimum_price=draw(prices()) if pattern in (2, 4, 5) else None,
        master=master,
        typed=typed,
        **some_of(draw, _kept()),
    )


@cache
def _kept() -> Choices:
    """What a line has beside its figures: where it came from, and the discount that holds while nothing is typed."""
    drawn = ("list_price", "cost", "subscription", "minimum_price")
    rest = {name: values for name, values in _about().items() if name not in drawn}
    sources = {"product": st.sampled_from(POOL), "price_list": st.sampled_from(POOL)}
    return {**rest, **sources, "system_discount": typed_percents()}


@st.composite
def alternatives(draw: DrawFn, number: int = 1, *, least: int = 0, on_total: bool = True) -> Alternative:
    """Alternatives of at most 3 lines, numbered on from `ALT-1` unless another number is given.

    With `on_total` False there is no discount but those of the lines.
    """
    master, typed = draw(masters()) if on_total else (Master.NONE, None)
    count = least + draw(below(4 - least))
    return Alternative(
        id=AlternativeId(f"ALT-{number}"),
        name=one_of(draw, ("Products", "Large", "Größer")),
        description=one_of(draw, ("", "With\nservice")),
        lines=[draw(lines(number + place)) for place in range(1, count + 1)],
        master=master,
        typed=typed,
        system_discount=draw(typed_percents()) if on_total and draw(st.booleans()) else Decimal(0),
    )


@st.composite
def quotes(draw: DrawFn, currency: str = "EUR", *, several: bool = True, on_total: bool = True) -> Quote:
    """Quotes of one draft, to copy from: with one alternative or, with `several`, up to three."""
    made: list[Alternative] = []
    number = 0
    for _ in range(1 + (draw(below(3)) if several else 0)):
        made.append(draw(alternatives(number + 1, on_total=on_total)))
        number += 1 + len(made[-1].lines)
    version = QuoteVersion(
        rank=1,
        number=one_of(draw, ("Q-1", "10046")),
        made=Moment(draw(days())),
        alternatives=made,
        favourite=one_of(draw, made).id,
    )
    return Quote(currency=currency, versions=(version,), sets_amount=draw(st.booleans()), made=number)


@st.composite
def quote_policies(draw: DrawFn, /, **fixed: Any) -> QuotePolicy:
    """Policies with and without limits and approvers, every check of every severity; `fixed` are given to each."""
    checks: dict[str, Any] = {name: [each for each in QuoteCheck if draw(below(4)) == 3] for name in _CHECKS}
    found = some_of(draw, {"valid_days": below(100), "follow_up_days": below(40), **_limits(), **_flags()})
    return QuotePolicy(**{**checks, **found, **fixed})


@cache
def _limits() -> Choices:
    limit = or_none(typed_percents(0))
    approvers = st.frozensets(st.sampled_from(_APPROVERS))
    return {"max_discount": limit, "min_earning": limit, "approvers": approvers}


@cache
def _flags() -> Choices:
    names = ("alternatives", "discount_on_total", "sets_amount", "lost_with_sale", "needs_company", "needs_customer")
    return {name: st.booleans() for name in names}
