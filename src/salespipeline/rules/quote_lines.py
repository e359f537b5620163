"""The lines of a quote: added, changed, taken out, and priced anew."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from attrs import evolve

from salespipeline.model.action import Keep, Moment
from salespipeline.model.ids import LineId
from salespipeline.model.line import Line
from salespipeline.model.problem import Problem
from salespipeline.model.product import PriceList
from salespipeline.model.quote import Alternative
from salespipeline.model.quote_actions import AddQuoteLine, EditQuoteLine, RemoveQuoteLine, UpdatePrices
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.line_fields import changed_line, new_line, repriced, worked_out
from salespipeline.rules.quote_drafting import checked, edited, known_alternative, quote_of
from salespipeline.rules.typed import as_several, is_a

Outcome = tuple[Alternative | None, list[Problem]]


def _added(sale: Sale, action: AddQuoteLine, moment: Moment) -> Outcome:
    quote = quote_of(sale)
    made, found = new_line(action, LineId(f"L-{quote.made + 1}"), sale.currency, moment.on)
    if made is None:
        return None, found
    whole = quote.active.alternative(action.alternative)
    return checked(whole, lines=(*whole.lines, made))


def addable(sale: Sale, action: AddQuoteLine, moment: Moment) -> Iterator[Problem]:
    """The alternative is there, what is added can be read, and its price list serves the sale."""
    faults = list(known_alternative(sale, action.alternative))
    if faults:
        yield from faults
        yield from new_line(action, LineId("L-0"), sale.currency, moment.on)[1]
    else:
        yield from _added(sale, action, moment)[1]


def add(sale: Sale, action: AddQuoteLine, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """One more line at the end of the alternative."""
    made, _ = _added(sale, action, moment)
    if made is None:  # refused before it comes to this
        return {}
    quote = quote_of(sale)
    return edited(sale, quote.active.with_alternative(made), quote.made + 1)


def _holder(sale: Sale, id: object) -> tuple[Alternative, Line] | None:
    """The line of an id in the active version, and the alternative it stands in."""
    for alternative in quote_of(sale).active.alternatives:
        for line in alternative.lines:
            if line.id == id:
                return alternative, line
    return None


def all_lines(sale: Sale) -> Iterator[str]:
    """The ids of the lines of the active version."""
    quote = sale.quote
    return (line.id for each in quote.active.alternatives for line in each.lines) if quote else iter(())


def _unknown(sale: Sale, id: object, field: str) -> Problem:
    return Problem("unknown-line", field, id, tuple(all_lines(sale)))


def _edited(sale: Sale, action: EditQuoteLine) -> Outcome:
    found = _holder(sale, action.line)
    if found is None:
        return None, [_unknown(sale, action.line, "line")]
    whole, line = found
    made, faults = changed_line(line, action)
    if made is None:
        return None, faults
    return checked(whole, lines=tuple(made if each is line else each for each in whole.lines))


def editable(sale: Sale, action: EditQuoteLine, moment: Moment) -> Iterator[Problem]:
    """The line is there, and what is typed can be read and worked out."""
    yield from _edited(sale, action)[1]


def edit(sale: Sale, action: EditQuoteLine, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The line with what was typed; a new quantity, price or cost leaves the master figure alone."""
    made, _ = _edited(sale, action)
    return {} if made is None else edited(sale, quote_of(sale).active.with_alternative(made))


def removable(sale: Sale, action: RemoveQuoteLine, moment: Moment) -> Iterator[Problem]:
    """Each id is that of a line of the active version, there is at least one, and the rest can be worked out."""
    ids, known = as_several(action.lines), list(all_lines(sale))
    if ids is not None and not ids:
        yield Problem("required-of-list", "lines", accepted=known)
    unknown = [_unknown(sale, id, "lines") for id in ((action.lines,) if ids is None else ids) if id not in known]
    yield from unknown
    if ids != () and not unknown:
        for _, faults in _left(sale, action):
            yield from faults


def _left(sale: Sale, action: RemoveQuoteLine) -> list[Outcome]:
    several = as_several(action.lines)
    gone = frozenset((action.lines,) if several is None else several)
    return [
        checked(each, lines=tuple(line for line in each.lines if line.id not in gone))
        for each in quote_of(sale).active.alternatives
    ]


def remove(sale: Sale, action: RemoveQuoteLine, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Without those lines; their ids are not given again."""
    left = tuple(made for made, _ in _left(sale, action) if made is not None)
    return edited(sale, evolve(quote_of(sale).active, alternatives=left))


# Prices anew.


def lists_of(action: Any) -> tuple[PriceList, ...]:
    """The price lists that an action was given."""
    return () if isinstance(action.price_lists, Keep) else tuple(action.price_lists)


def readable_lists(sale: Sale, action: Any, moment: Moment) -> Iterator[Problem]:
    """What is given as price lists are such."""
    several = () if isinstance(action.price_lists, Keep) else as_several(action.price_lists)
    if several is None or not all(is_a(each, PriceList) for each in several):
        reason = "give the price lists themselves, in a list"
        yield Problem("invalid-value", "price_lists", action.price_lists, params={"reason": reason})


def _updated(sale: Sale, action: UpdatePrices) -> list[Outcome]:
    lists = {prices.id: prices for prices in lists_of(action)}

    def priced(line: Line) -> Line:
        prices = lists.get(line.price_list) if line.price_list is not None else None
        product = prices.get(line.product) if prices else None
        return line if product is None else repriced(line, product)

    def whole(alternative: Alternative) -> Alternative:
        return evolve(alternative, lines=tuple(priced(line) for line in alternative.lines))

    return [worked_out(partial(whole, each)) for each in quote_of(sale).active.alternatives]


def updatable(sale: Sale, action: UpdatePrices, moment: Moment) -> Iterator[Problem]:
    """The lists are there, and what follows from the new prices can be worked out."""
    faults = list(readable_lists(sale, action, moment))
    yield from faults
    if not faults:
        for _, found in _updated(sale, action):
            yield from found


def updated(sale: Sale, action: UpdatePrices) -> Mapping[str, Any]:
    """Every line with the prices and texts of its product; a line whose product is gone stays as it is."""
    made = tuple(each for each, _ in _updated(sale, action) if each is not None)
    return edited(sale, evolve(quote_of(sale).active, alternatives=made))
