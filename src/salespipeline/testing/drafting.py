"""Hypothesis strategies for what is asked about lines and alternatives, with values that fit."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from salespipeline.model.action import Action
from salespipeline.model.pricing import Master
from salespipeline.model.product import PriceList
from salespipeline.model.quote_actions import (
    AddAlternative,
    AddLine,
    AddQuoteLine,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    EditAlternative,
    EditLine,
    EditQuoteLine,
    OrderAlternatives,
    RemoveAlternative,
    RemoveLine,
    RemoveQuoteLine,
    UpdatePrices,
)
from salespipeline.model.sale import Sale
from salespipeline.rules import quote_drafting, quote_lines, sale_lines
from salespipeline.testing.guides import Choices, Maker
from salespipeline.testing.priced import (
    about_lines,
    masters,
    price_lists,
    prices,
    products,
    quantities,
    quotes,
    typed_percents,
)
from salespipeline.testing.values import below, one_of, some_of, titles, typed

NUMBERS = ("", "10046", "Q-1.2")


def _figures(draw: DrawFn) -> dict[str, Any]:
    """One of the five figures, one taken back, the system's discount, or nothing."""
    kind = draw(below(6))
    if kind == 0:
        return {"system_discount": draw(typed(typed_percents()))}
    if kind == 1:
        return {one_of(draw, [master.field for master in Master if master is not Master.NONE]): None}
    master, value = draw(masters())
    if kind == 2 or value is None:
        return {}
    return {master.field: one_of(draw, (value, f"{value:f}"))}


def _said(draw: DrawFn) -> dict[str, Any]:
    """Some of a line's fields, prices as people type them."""
    given = some_of(draw, {**about_lines(), "quantity": typed(quantities()), "list_price": typed(prices())})
    return {**given, **_figures(draw)}


def _new_line(draw: DrawFn, sale: Sale) -> dict[str, Any]:
    """What a new line is made of: a name, a product, or one of a price list that serves the sale."""
    kind, given = draw(below(3)), _said(draw)
    if kind == 0:
        return {"what": draw(titles()), "list_price": draw(prices()), "quantity": draw(quantities()), **given}
    product = evolve(draw(products()), in_assortment=True)
    if kind == 1:
        return {"what": product, **given}
    listed = evolve(draw(price_lists(sale.currency)), valid_from=None, valid_to=None, active=True)
    return {"what": product.id, "price_list": evolve(listed, products=(product,)), **given}


def _add(draw: DrawFn, sale: Sale, on: date) -> Action:
    return AddLine(**_new_line(draw, sale))


def _edit(draw: DrawFn, sale: Sale, on: date) -> Action:
    return EditLine(one_of(draw, sale.lines).id, **_said(draw))


def _create(draw: DrawFn, sale: Sale, on: date) -> Action:
    return CreateQuote(number=one_of(draw, NUMBERS), name=one_of(draw, ("Products", "Desks")))


def _copy(draw: DrawFn, sale: Sale, on: date) -> Action:
    policy = sale.type.quote_policy
    source = draw(quotes(sale.currency, several=policy.alternatives, on_total=policy.discount_on_total))
    return CopyQuote(source, number=one_of(draw, NUMBERS))


def _of_whole(draw: DrawFn, sale: Sale) -> dict[str, Any]:
    given = some_of(draw, {"description": titles()})
    return {**given, **(_figures(draw) if sale.type.quote_policy.discount_on_total else {})}


def named(sale: Sale) -> tuple[str, ...]:
    """The ids of the alternatives."""
    return tuple(quote_drafting.all_alternatives(sale))


def _add_alternative(draw: DrawFn, sale: Sale, on: date) -> Action:
    name = one_of(draw, ("Large", "Small", "As discussed"))
    return AddAlternative(name, copy_of=one_of(draw, (None, *named(sale))), **_of_whole(draw, sale))


def _more(sale: Sale) -> Iterator[str]:
    """What can be copied, where the type takes more than one."""
    return quote_drafting.all_alternatives(sale) if sale.type.quote_policy.alternatives else iter(())


def _edit_alternative(draw: DrawFn, sale: Sale, on: date) -> Action:
    name = some_of(draw, {"name": st.sampled_from(("Other", "Products"))})
    return EditAlternative(one_of(draw, (None, *named(sale))), **name, **_of_whole(draw, sale))


def _remove_alternative(draw: DrawFn, sale: Sale, on: date) -> Action:
    return RemoveAlternative(one_of(draw, named(sale)))


def _order_alternatives(draw: DrawFn, sale: Sale, on: date) -> Action:
    return OrderAlternatives(draw(st.permutations(named(sale)))[: 1 + draw(below(3))])


def _choose(draw: DrawFn, sale: Sale, on: date) -> Action:
    return ChooseFavourite(one_of(draw, named(sale)))


def _add_quote_line(draw: DrawFn, sale: Sale, on: date) -> Action:
    alternative = one_of(draw, (None, *named(sale)))
    return AddQuoteLine(**_new_line(draw, sale), alternative=alternative)


def _edit_quote_line(draw: DrawFn, sale: Sale, on: date) -> Action:
    return EditQuoteLine(one_of(draw, tuple(quote_lines.all_lines(sale))), **_said(draw))


def _removing(
    action: type[RemoveLine | RemoveQuoteLine], choices: Callable[[Sale], Iterator[str]]
) -> Callable[[DrawFn, Sale, date], Action]:
    def make(draw: DrawFn, sale: Sale, on: date) -> Action:
        fitting = tuple(choices(sale))
        several: tuple[str | tuple[str, ...] | frozenset[str], ...] = (fitting, frozenset(fitting))
        return action(one_of(draw, (*fitting, *several)))

    return make


def lists_now(draw: DrawFn, sale: Sale) -> dict[str, Any]:
    """The price lists that the lines came from, as they may have become; or none at all."""
    active = sale.quote.active.alternatives if sale.quote else ()
    found: dict[str, list[str]] = {}
    for line in (line for alternative in active for line in alternative.lines):
        if line.price_list is not None and line.product is not None:
            found.setdefault(line.price_list, []).append(line.product)
    if not found or draw(below(3)) == 0:
        return {}
    return {"price_lists": [_changed(draw, sale, id, dict.fromkeys(ids)) for id, ids in found.items()]}


def _changed(draw: DrawFn, sale: Sale, id: str, wanted: dict[str, None]) -> PriceList:
    now = [evolve(draw(products()), id=product) for product in wanted if draw(below(5))]
    return evolve(draw(price_lists(sale.currency)), id=id, products=now)


def _update(draw: DrawFn, sale: Sale, on: date) -> Action:
    return UpdatePrices(**lists_now(draw, sale))


DRAFTING: dict[type[Action], tuple[Maker, Choices | None]] = {
    AddLine: (_add, None),
    EditLine: (_edit, sale_lines.all_of),
    RemoveLine: (_removing(RemoveLine, sale_lines.all_of), sale_lines.all_of),
    CreateQuote: (_create, None),
    CopyQuote: (_copy, None),
    AddAlternative: (_add_alternative, _more),
    EditAlternative: (_edit_alternative, None),
    RemoveAlternative: (_remove_alternative, quote_drafting.to_remove),
    OrderAlternatives: (_order_alternatives, None),
    ChooseFavourite: (_choose, None),
    AddQuoteLine: (_add_quote_line, None),
    EditQuoteLine: (_edit_quote_line, quote_lines.all_lines),
    RemoveQuoteLine: (_removing(RemoveQuoteLine, quote_lines.all_lines), quote_lines.all_lines),
    UpdatePrices: (_update, None),
}
