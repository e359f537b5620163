"""Validating a quote: what the checks of its type find, how bad it is, and where that leads."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve

from salespipeline.model.action import Moment
from salespipeline.model.ids import AlternativeId, PriceListId
from salespipeline.model.line import Line
from salespipeline.model.numbers import ZERO, rounded
from salespipeline.model.product import PriceList
from salespipeline.model.quote import Alternative, Finding, Quote, QuoteVersion, Severity
from salespipeline.model.quote_actions import UpdatePrices, Validate
from salespipeline.model.quote_life import QuoteStep
from salespipeline.model.quote_policy import DISCOUNT_OVER_LIMIT, EARNING_UNDER_LIMIT, QuoteCheck, QuotePolicy
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.rules.quote_drafting import quote_of
from salespipeline.rules.quote_lines import lists_of, updated
from salespipeline.rules.quote_parts import moved, with_active, with_quote

_STEPS = {
    Severity.OK: QuoteStep.CLEAN,
    Severity.INFO: QuoteStep.CLEAN,
    Severity.WARNING: QuoteStep.WARN,
    Severity.ERROR: QuoteStep.FAIL,
}


def judge(
    version: QuoteVersion, policy: QuotePolicy, on: date, price_lists: Iterable[PriceList] = ()
) -> tuple[Finding, ...]:
    """What the checks find on a day, the alternatives' lines first; what a check set to OK finds is nothing.

    A discount over or an earning under the limit of the type is a warning: strictly over, strictly under
    (SuperOffice, 5.4). Lines are held against those price lists that are given.
    """
    lists = {prices.id: prices for prices in price_lists}
    severity = {check: policy.severity(check) for check in QuoteCheck}
    found: list[Finding] = []
    for alternative in version.alternatives:
        for line in alternative.lines:
            found += (Finding(c.value, severity[c], alternative.id, line.id) for c in _of_line(line, lists, on))
        found += (Finding(c.value, severity[c], alternative.id) for c in _of_total(alternative.total))
        found += _limits(alternative, policy)
    return tuple(each for each in found if each.severity is not Severity.OK)


def _of_line(line: Line, lists: Mapping[PriceListId, PriceList], on: date) -> Iterator[QuoteCheck]:
    if line.price_list is not None and line.price_list in lists:
        prices = lists[line.price_list]
        product = prices.get(line.product)
        if product is None or not product.in_assortment:
            yield QuoteCheck.NOT_IN_ASSORTMENT
        if not prices.serves(on):
            yield QuoteCheck.PRICE_LIST_OUT_OF_USE
    if line.is_below_minimum:
        yield QuoteCheck.BELOW_MINIMUM_PRICE
    if line.quantity > ZERO and line.total < line.total_cost:
        yield QuoteCheck.BELOW_COST
    yield from _of_total(line.total)


def _of_total(total: Decimal) -> Iterator[QuoteCheck]:
    if not total:
        yield QuoteCheck.TOTAL_ZERO
    elif total < ZERO:
        yield QuoteCheck.TOTAL_NEGATIVE


def _limits(alternative: Alternative, policy: QuotePolicy) -> Iterator[Finding]:
    discount, earning = alternative.whole_discount_percent, alternative.pricing.earned_percent
    if discount is not None and policy.max_discount is not None and _settled(discount) > policy.max_discount:
        yield _limit(DISCOUNT_OVER_LIMIT, alternative.id)
    if earning is not None and policy.min_earning is not None and _settled(earning) < policy.min_earning:
        yield _limit(EARNING_UNDER_LIMIT, alternative.id)


def _settled(share: Decimal) -> Decimal:
    """A percentage to 20 decimals: what was cut off of one without end shall break no limit."""
    return rounded(share, 20)


def _limit(code: str, alternative: AlternativeId) -> Finding:
    return Finding(code, Severity.WARNING, alternative)


def validated(sale: Sale, action: Any, moment: Moment) -> QuoteVersion:
    """The active version as validating leaves it: its findings, and the standing that the table has for the worst.

    What is no draft any more stays as it is.
    """
    return _judged(sale, quote_of(sale).active, action, moment)


def _judged(sale: Sale, version: QuoteVersion, action: Any, moment: Moment) -> QuoteVersion:
    if not version.standing.is_draft:
        return version
    findings = judge(version, sale.type.quote_policy, moment.on, lists_of(action))
    judged = evolve(version, findings=findings)
    return moved(judged, _STEPS[judged.severity])


def update(sale: Sale, action: UpdatePrices, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """New prices and texts on every line, calculated and judged at once (SuperOffice, 5.13)."""
    changed = updated(sale, action)
    if "quote" not in changed:
        return changed
    quote: Quote = changed["quote"]
    return with_quote(sale, with_active(quote, _judged(sale, quote.active, action, moment)))


def validate(sale: Sale, action: Validate, moment: Moment, target: Standing) -> Mapping[str, Any]:
    """What is found is kept on the version."""
    quote = quote_of(sale)
    version = validated(sale, action, moment)
    return {} if version == quote.active else with_quote(sale, with_active(quote, version))
