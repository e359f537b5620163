"""A line as typed: its fields read and judged, copied from a product or laid over a line that is there."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast

from attrs import evolve

from salespipeline.errors import InvalidValue
from salespipeline.model.action import KEEP, Action, Keep
from salespipeline.model.ids import LineId
from salespipeline.model.line import Line
from salespipeline.model.numbers import Number, rounded
from salespipeline.model.parts import Custom
from salespipeline.model.priced_fields import (
    a_code,
    a_cost,
    a_description,
    a_list_price,
    a_minimum_price,
    a_name,
    a_quantity,
    a_system_discount,
    a_unit,
    a_vat,
    exact,
    is_taxable,
)
from salespipeline.model.pricing import Master, Priced
from salespipeline.model.problem import Problem
from salespipeline.model.product import PriceList, Product, Subscription
from salespipeline.rules.typed import is_a

MASTERS = tuple(master for master in Master if master is not Master.NONE)
_LARGEST = 14  # the exponent of the largest amounts, of 15 digits


def _subscription(value: Any) -> Subscription | None:
    if value is None or is_a(value, Subscription):
        made: Subscription | None = value
        return made
    raise InvalidValue("subscription", value, "give a Subscription, such as Subscription(12, 'month'), or None")


# Every field of a line that can be typed, and how it is read.
_FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": a_name,
    "quantity": a_quantity,
    "list_price": a_list_price,
    "cost": a_cost,
    "minimum_price": a_minimum_price,
    "code": a_code,
    "description": a_description,
    "unit": a_unit,
    "vat": a_vat,
    "taxable": is_taxable,
    "subscription": _subscription,
    "extra": lambda value: Custom(dict(value)),
}
_COPIED = ("name", "code", "description", "list_price", "cost", "minimum_price", "unit", "vat", "taxable", "extra")

Read = tuple[dict[str, Any], list[Problem]]
Outcome = tuple[Line | None, list[Problem]]
P = TypeVar("P", bound=Priced)


def typed_fields(action: Action) -> Read:
    """The fields of a line that an action gives, and what is wrong with them."""
    values: dict[str, Any] = {}
    found: list[Problem] = []
    for name, parse in _FIELDS.items():
        value = getattr(action, name, KEEP)
        if value is KEEP:
            continue
        try:
            values[name] = parse(value)
        except InvalidValue as error:
            found.append(Problem.of(error))
        except (TypeError, ValueError):
            found.append(Problem("invalid-value", name, value, params={"reason": "give names with values"}))
    figures, faults = typed_figures(action)
    return values | figures, found + faults


def typed_figures(action: Action) -> Read:
    """Which of the five figures an action types, as the master with its value; None takes back what was typed."""
    values: dict[str, Any] = {}
    found: list[Problem] = []
    given = [(master, value) for master in MASTERS if (value := getattr(action, master.field)) is not KEEP]
    if len(given) > 1:
        found.append(Problem("two-masters", " and ".join(master.field for master, _ in given)))
    for master, value in given:
        try:
            typed = None if value is None else exact(value, master.field)
        except InvalidValue as error:
            found.append(Problem.of(error))
            continue
        values |= {"master": Master.NONE if typed is None else master, "typed": typed}
    system = getattr(action, "system_discount", KEEP)
    if system is not KEEP:
        try:
            values["system_discount"] = a_system_discount(cast("Number", system))
        except InvalidValue as error:
            found.append(Problem.of(error))
    return values, found


def new_line(action: Any, id: LineId, currency: str, on: Any, *, quantity: object = KEEP) -> Outcome:
    """The line that an action adds; `quantity` is that of something without a product, KEEP: one is asked for."""
    copied, found = _from_product(action, currency, on)
    values, faults = typed_fields(action)
    found += faults
    if "name" not in copied and not found:
        try:
            copied["name"] = _FIELDS["name"](action.what)
        except InvalidValue as error:
            found.append(Problem.of(error))
    if "quantity" not in copied and quantity is not KEEP:
        copied["quantity"] = a_quantity(cast("Number", quantity))
    is_product = action.price_list is not KEEP or is_a(action.what, Product)
    if "quantity" not in {**copied, **values} and action.quantity is KEEP and not is_product:
        found.append(Problem("quantity-required", "quantity"))
    return (None, found) if found else worked_out(lambda: Line(id=id, **copied | values))


def changed_line(line: Line, action: Action) -> Outcome:
    """A line with the typed fields laid over it; the master stays where none of the five is typed."""
    values, found = typed_fields(action)
    return (None, found) if found else worked_out(lambda: evolve(line, **values) if values else line)


def worked_out(make: Callable[[], P]) -> tuple[P | None, list[Problem]]:
    """The line or alternative that is made, unless an earning asks for too much, or it comes to too much."""
    try:
        made = make()
    except InvalidValue as error:
        if error.field != "earning_percent":
            return None, [Problem.of(error)]
        return None, [Problem("earning-too-high", error.field, error.given)]
    if is_too_much(made.subtotal, made.total_cost, made.total):
        return None, [Problem("too-much", "total", made.total)]
    return made, []


def is_too_much(*values: Decimal) -> bool:
    """Whether one of some amounts has more than 15 digits before the point."""
    return any(value and (value.adjusted() > _LARGEST or rounded(value, 4).adjusted() > _LARGEST) for value in values)


def _from_product(action: Any, currency: str, on: date) -> tuple[dict[str, Any], list[Problem]]:
    """What is copied from the product that an action adds, and why its price list does not serve."""
    what, prices = action.what, action.price_list
    if isinstance(prices, Keep):
        return (copied_from(what), []) if is_a(what, Product) else ({}, [])
    if not is_a(prices, PriceList):
        reason = "give the PriceList itself; a pipeline also takes the id of one that it keeps"
        return {}, [Problem("invalid-value", "price_list", prices, params={"reason": reason})]
    found = list(unfit(prices, currency, on))
    product = prices.get(what.id if is_a(what, Product) else what)
    if product is None or not product.in_assortment:
        accepted = [each.id for each in prices.products if each.in_assortment]
        found.append(Problem("unknown-product", "what", what, accepted, {"price_list": prices.id}))
        return {}, found
    return copied_from(product) | {"price_list": prices.id}, found


def unfit(prices: PriceList, currency: str, on: date) -> list[Problem]:
    """Why a price list serves no new lines of a currency on a day."""
    found: list[Problem] = []
    if prices.currency != currency:
        found.append(Problem("price-list-currency", "price_list", prices.id, [currency], {"currency": prices.currency}))
    if not prices.serves(on):
        found.append(Problem("price-list-out-of-use", "price_list", prices.id, params={"today": on}))
    return found


def copied_from(product: Product) -> dict[str, Any]:
    """What a line copies from its product."""
    copied = {name: getattr(product, name) for name in _COPIED}
    return copied | {
        "product": product.id,
        "quantity": product.quantity,
        "subscription": product.subscription,
    }


def repriced(line: Line, product: Product) -> Line:
    """The line with its product's prices and texts as they are now; quantity and what was typed stay."""
    return evolve(line, **{name: getattr(product, name) for name in _COPIED})
