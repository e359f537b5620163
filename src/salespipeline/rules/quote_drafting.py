"""Drafting a quote: beginning it, its alternatives, their order and favourite, the figure typed over a whole one."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Keep, Moment
from salespipeline.model.ids import AlternativeId, LineId
from salespipeline.model.numbers import ZERO
from salespipeline.model.priced_fields import a_description, an_alternative_name, text_of
from salespipeline.model.problem import Problem
from salespipeline.model.quote import Alternative, Quote, QuoteVersion
from salespipeline.model.quote_actions import (
    AddAlternative,
    ChooseFavourite,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    EditAlternative,
    OrderAlternatives,
    RemoveAlternative,
)
from salespipeline.model.quote_life import QuoteStep
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.line_fields import typed_figures, worked_out
from salespipeline.rules.quote_parts import moved, with_active, with_quote
from salespipeline.rules.typed import as_several, fault, is_a

_number = text_of("number", 64)
_name = an_alternative_name


def quote_of(sale: Sale) -> Quote:
    """The quote of a sale that has one; a condition has seen to it."""
    quote = sale.quote
    if quote is None:
        raise LookupError(sale.id)
    return quote


def numbered(sale: Sale, typed: str, rank: int) -> str:
    """The number of a version: the typed one, else one made of the sale's id."""
    return typed or f"{sale.id}-{rank}"


# Beginning.


def creatable(sale: Sale, action: CreateQuote, moment: Moment) -> Iterator[Problem]:
    """Number and name can be read."""
    yield from fault(lambda: _number(action.number))
    yield from fault(lambda: _name(action.name))


def with_company(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """The sale is with a company, where the process asks for one."""
    if sale.type.quote_policy.needs_company and sale.company is None:
        yield Problem("quote-needs-company", "company")


def create(sale: Sale, action: CreateQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Version 1, with one alternative without lines."""
    first = Alternative(id=AlternativeId("ALT-1"), name=action.name)
    return with_quote(sale, _begun(sale, (first,), first.id, numbered(sale, action.number, 1), moment, 1))


def _begun(
    sale: Sale, alternatives: tuple[Alternative, ...], favourite: AlternativeId, number: str, moment: Moment, made: int
) -> Quote:
    version = QuoteVersion(rank=1, number=number, made=moment, alternatives=alternatives, favourite=favourite)
    policy = sale.type.quote_policy
    return Quote(currency=sale.currency, versions=(version,), sets_amount=policy.sets_amount, made=made)


def copyable(sale: Sale, action: CopyQuote, moment: Moment) -> Iterator[Problem]:
    """What is copied is a quote in the sale's currency that the sale's type can have."""
    yield from fault(lambda: _number(action.number))
    if not is_a(action.quote, Quote):
        reason = "give the Quote itself, such as other.quote"
        yield Problem("invalid-value", "quote", action.quote, params={"reason": reason})
        return
    if action.quote.currency != sale.currency:
        yield Problem("quote-currency", "quote", action.quote.number, [sale.currency])
    if len(action.quote.active.alternatives) > 1 and not sale.type.quote_policy.alternatives:
        yield Problem("one-alternative", "quote", action.quote.number)
    has_discount = any(each.typed is not None or each.system_discount for each in action.quote.active.alternatives)
    if has_discount and not sale.type.quote_policy.discount_on_total:
        yield Problem("no-discount-on-total", "quote")


def copy(sale: Sale, action: CopyQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """A draft with the alternatives and lines of the other's active version."""
    source, number = action.quote.active, numbered(sale, action.number, 1)
    quote = _begun(sale, source.alternatives, source.favourite, number, moment, action.quote.made)
    return with_quote(sale, quote)


def delete(sale: Sale, action: DeleteQuote, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """No quote any more, and no link to it."""
    changed: dict[str, Any] = {"quote": None}
    if sale.type.dialect.quote_sets_value:
        changed["document"] = None
    return changed


# Alternatives.


def edited(sale: Sale, version: QuoteVersion, made: int | None = None) -> Mapping[str, Any]:
    """The sale with an edited active version, which has to be validated again; the same when nothing differs."""
    quote = quote_of(sale)
    if version == quote.active and made in (None, quote.made):
        return {}
    forgotten: dict[str, Any] = {"findings": (), "approval": None}
    return with_quote(sale, with_active(quote, moved(version, QuoteStep.EDIT, **forgotten), made))


def known_alternative(sale: Sale, id: object, field: str = "alternative") -> Iterator[Problem]:
    """The active version has the alternative; None stands for the favourite."""
    ids = [each.id for each in quote_of(sale).active.alternatives]
    if id is not None and id not in ids:
        yield Problem("unknown-alternative", field, id, ids)


def _discount(sale: Sale, action: AddAlternative | EditAlternative) -> tuple[dict[str, Any], list[Problem]]:
    values, found = typed_figures(action)
    typed = values.get("typed") is not None or values.get("system_discount", ZERO)
    if typed and not sale.type.quote_policy.discount_on_total:
        found.append(Problem("no-discount-on-total", "discount_percent"))
    for name, parse in (("name", _name), ("description", a_description)):
        value = getattr(action, name)
        if value is KEEP:
            continue
        try:
            values[name] = parse(value)
        except InvalidValue as error:
            found.append(Problem.of(error))
    return values, found


def checked(alternative: Alternative, **changes: Any) -> tuple[Alternative | None, list[Problem]]:
    """The alternative with some changes, or why it cannot be."""
    return worked_out(lambda: evolve(alternative, **changes))


def takes_several(sale: Sale, moment: Moment) -> Iterator[Problem]:
    """The type allows alternatives."""
    quote = sale.quote
    if quote is not None and not sale.type.quote_policy.alternatives:
        yield Problem("one-alternative", "quote", quote.number)


def alternative_addable(sale: Sale, action: AddAlternative, moment: Moment) -> Iterator[Problem]:
    """The name is given, and what is copied is there."""
    if is_a(action.name, Keep):
        yield Problem("required", "name")
        return
    faults = list(known_alternative(sale, action.copy_of, "copy_of"))
    yield from faults
    yield from _discount(sale, action)[1]
    if not faults:
        yield from _added(sale, action)[1]


def _added(sale: Sale, action: AddAlternative) -> tuple[Alternative | None, list[Problem]]:
    values, found = _discount(sale, action)
    if found:
        return None, []
    quote, number = quote_of(sale), quote_of(sale).made + 1
    values["id"] = AlternativeId(f"ALT-{number}")
    if action.copy_of is None:
        return worked_out(lambda: Alternative(**values))
    source = quote.active.alternative(action.copy_of)
    lines = tuple(evolve(line, id=LineId(f"L-{number + place}")) for place, line in enumerate(source.lines, 1))
    return worked_out(lambda: evolve(source, **values, lines=lines))


def add_alternative(sale: Sale, action: AddAlternative, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """One more alternative at the end, with lines of its own where it is a copy."""
    made, _ = _added(sale, action)
    if made is None:  # refused before it comes to this
        return {}
    quote = quote_of(sale)
    version = evolve(quote.active, alternatives=(*quote.active.alternatives, made))
    return edited(sale, version, quote.made + 1 + len(made.lines))


def _changed(sale: Sale, action: EditAlternative) -> tuple[Alternative | None, list[Problem]]:
    values, found = _discount(sale, action)
    if found:
        return None, found
    return checked(quote_of(sale).active.alternative(action.alternative), **values)


def alternative_editable(sale: Sale, action: EditAlternative, moment: Moment) -> Iterator[Problem]:
    """The alternative is there, and what is typed can be read and worked out."""
    faults = list(known_alternative(sale, action.alternative))
    yield from faults or _changed(sale, action)[1]


def edit_alternative(sale: Sale, action: EditAlternative, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The alternative with what was typed."""
    made, _ = _changed(sale, action)
    return {} if made is None else edited(sale, quote_of(sale).active.with_alternative(made))


def alternative_removable(sale: Sale, action: RemoveAlternative, moment: Moment) -> Iterator[Problem]:
    """The alternative is there, and another stays."""
    yield from _named(sale, action.alternative)
    if len(quote_of(sale).active.alternatives) == 1:
        yield Problem("last-alternative", "alternative", action.alternative)


def _named(sale: Sale, id: object) -> Iterator[Problem]:
    if id is None:
        accepted = [each.id for each in quote_of(sale).active.alternatives]
        yield Problem("required-of-list", "alternative", accepted=accepted)
    else:
        yield from known_alternative(sale, id)


def remove_alternative(sale: Sale, action: RemoveAlternative, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Without it; the first that is left takes over as the favourite."""
    version = quote_of(sale).active
    left = tuple(each for each in version.alternatives if each.id != action.alternative)
    favourite = version.favourite if version.favourite != action.alternative else left[0].id
    return edited(sale, evolve(version, alternatives=left, favourite=favourite))


def orderable(sale: Sale, action: OrderAlternatives, moment: Moment) -> Iterator[Problem]:
    """Every one that is named is there."""
    ids = as_several(action.alternatives)
    if ids is None:
        reason = "give the ids in a list"
        yield Problem("invalid-value", "alternatives", action.alternatives, params={"reason": reason})
    for id in ids or ():
        yield from known_alternative(sale, id, "alternatives")


def order(sale: Sale, action: OrderAlternatives, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """Those that are named first, in that order."""
    version = quote_of(sale).active
    by_id = {str(each.id): each for each in version.alternatives}
    ids = dict.fromkeys((*action.alternatives, *by_id))
    return edited(sale, evolve(version, alternatives=tuple(by_id[id] for id in ids)))


def choosable(sale: Sale, action: ChooseFavourite, moment: Moment) -> Iterator[Problem]:
    """Just one alternative, which is there."""
    if as_several(action.alternative) is not None:
        yield Problem("one-favourite", "alternative", action.alternative)
    else:
        yield from _named(sale, action.alternative)


def choose(sale: Sale, action: ChooseFavourite, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """The favourite from now on: the sale is worth what it comes to."""
    favourite = AlternativeId(action.alternative)
    return edited(sale, evolve(quote_of(sale).active, favourite=favourite))


def all_alternatives(sale: Sale) -> Iterator[str]:
    """The ids of the alternatives of the active version."""
    quote = sale.quote
    return (each.id for each in quote.active.alternatives) if quote else iter(())


def to_remove(sale: Sale) -> Iterator[str]:
    """The alternatives that can be taken out: all, while there are several."""
    found = tuple(all_alternatives(sale))
    return iter(found if len(found) > 1 else ())
