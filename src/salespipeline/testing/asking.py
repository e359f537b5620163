"""Hypothesis strategies for what can be asked of a sale: legal actions, and careless ones."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from salespipeline.model.action import Action
from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Edit,
    Link,
    Lose,
    Reopen,
    Revise,
    Sell,
    StageMove,
    Stall,
)
from salespipeline.model.currency import Currency
from salespipeline.model.numbers import Number
from salespipeline.model.parts import Document, DocumentKind
from salespipeline.model.people import Company, Person
from salespipeline.model.product import PriceList, Product, Subscription
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing, Status
from salespipeline.rules.apply import problems
from salespipeline.rules.closing import reasons_of
from salespipeline.rules.moving import reach
from salespipeline.rules.offers import known_actions
from salespipeline.rules.quote_drafting import all_alternatives
from salespipeline.rules.quote_lines import all_lines
from salespipeline.testing.guides import MAKERS as ABOUT_ACTIVITIES
from salespipeline.testing.quoting import MAKERS as ABOUT_QUOTES
from salespipeline.testing.quoting import decided, leading, stands
from salespipeline.testing.values import (
    Choices,
    amounts,
    below,
    companies,
    edits,
    ids,
    kept_or,
    one_of,
    or_none,
    pauses,
    percents,
    persons,
    some_of,
    titles,
    typed,
)

__all__ = ["actions_for", "legal_actions_for", "quoting_actions_for"]


_NAMED = {**ABOUT_ACTIVITIES, **ABOUT_QUOTES}
_AMOUNTS = ("amount", "cost", "profit", "margin", "value")


@frozen
class _Case:
    """What an action is invented for: a sale, a day, and the types that it could change to."""

    draw: DrawFn
    sale: Sale
    on: date
    types: tuple[SaleType, ...]

    @property
    def currency(self) -> Currency:
        return Currency(self.sale.currency, self.sale.figures.digits)

    @property
    def chances(self) -> SearchStrategy[Number]:
        return typed(percents(min(self.sale.type.dialect.percent_places, 2)))

    def coming(self) -> date:
        """A day not before the change."""
        return self.on + self.draw(pauses())

    def closing(self) -> date:
        """A day not before the registration."""
        return self.sale.registered.on + self.draw(pauses())

    def some(self, given: Choices) -> dict[str, Any]:
        """Some of the values that may be typed in the sale's standing."""
        locked = (*self.sale.type.dialect.locked(self.sale.standing), *(_AMOUNTS if decided(self.sale) else ()))
        return some_of(self.draw, {name: values for name, values in given.items() if name not in locked})

    def reason(self, status: Status, action: type[Action]) -> str | None:
        """A reason in use of the status's list; or none, where the action does not need it."""
        in_use = [item.id for item in reasons_of(self.sale.type, status) if not item.retired]
        required = "reason" in self.sale.type.dialect.needed(action)
        return one_of(self.draw, in_use if required else (None, *in_use))


@st.composite
def actions_for(draw: DrawFn, sale: Sale, on: date, *, types: Sequence[SaleType] = ()) -> Action:
    """Actions to ask of a sale on a day, about half of them legal, the rest as careless people type them.

    `types` are sale types to change to, beside the sale's own.
    """
    if possible(sale) and draw(below(2)) == 1:
        return draw(legal_actions_for(sale, on, types=types))
    return _careless(draw, sale)


@st.composite
def legal_actions_for(draw: DrawFn, sale: Sale, on: date, *, types: Sequence[SaleType] = ()) -> Action:
    """Actions that the sale's lifecycle has a row for, with values that fit; for a sale at its end, there are none.

    Of your own actions, those are drawn that can be made without a value.
    """
    actions = possible(sale)
    if not actions:
        return draw(st.nothing())
    return _drawn(_Case(draw, sale, on, (sale.type, *types)), actions)


@st.composite
def quoting_actions_for(draw: DrawFn, sale: Sale, on: date) -> Action:
    """Legal actions about a sale's quote, product lines and orders alone; where it takes none, there are none."""
    actions = [action for action in possible(sale) if action.is_quoting]
    if not actions:
        return draw(st.nothing())
    return _drawn(_Case(draw, sale, on, (sale.type,)), actions)


def _drawn(case: _Case, actions: list[type[Action]]) -> Action:
    """One of the actions; every other one leads the quote on, where there is one, and now and then begins it."""
    on, leads = leading(case.sale, actions), case.draw(below(2 if case.sale.quote else 6)) == 1
    action = one_of(case.draw, on if on and leads else actions)
    return _mended(case, _made(case.draw, case, action))


def _made(draw: DrawFn, case: _Case, action: type[Action]) -> Action:
    if issubclass(action, StageMove):
        return _move(action, case)
    if action in _NAMED:
        return _NAMED[action][0](draw, case.sale, case.on)
    maker = _MAKERS.get(action)
    return maker(case) if maker else action()


def _mended(case: _Case, action: Action) -> Action:
    """The action with what the process's own rules ask for; where only a quote helps, the quote is given first."""
    fitting = {"amount": "1000", "value": "1000", "chance": "50", "expected_close": case.on + timedelta(days=30)}
    found = problems(case.sale, action, on=case.on)
    if any(problem.code == "quote-required" for problem in found):
        return Edit(document=Document(DocumentKind.QUOTE, "Q-1", Decimal(1000)))
    names = {problem.field for problem in found} & set(fitting) & {each.name for each in action.parameters()}
    mended = evolve(action, **{name: fitting[name] for name in sorted(names)}) if names else action
    return mended if not problems(case.sale, mended, on=case.on) else Edit()


def possible(sale: Sale) -> list[type[Action]]:
    """The actions that can be invented for a sale: with a row from where it stands, and something to reach."""
    rows = sale.type.dialect.lifecycle.leaving(sale.standing)
    return [row.action for row in rows if _can_make(row.action, sale)]


def _can_make(action: type[Action], sale: Sale) -> bool:
    if issubclass(action, StageMove):
        return bool(reach(sale, action))
    if action.is_quoting and not stands(sale, action):
        return False
    if action in _NAMED:
        choices = _NAMED[action][1]
        return choices is None or any(True for _ in choices(sale))
    return action in _MAKERS or not action.required()


def _move(action: type[StageMove], case: _Case) -> Action:
    stage = one_of(case.draw, reach(case.sale, action))
    given = case.some({"chance": case.chances, "amount": typed(amounts(case.currency))})
    if case.draw(st.booleans()):
        given["expected_close"] = case.coming()
    return action(stage.id, **given)


def _revision(case: _Case) -> Action:
    money, margins = typed(amounts(case.currency)), typed(percents(4))
    given = case.some({"chance": case.chances})
    figures = () if decided(case.sale) else (("amount",), ("cost",), ("profit",), ("margin",), ("amount", "cost"))
    for name in one_of(case.draw, (*figures, ())):
        given[name] = case.draw(margins if name == "margin" else money)
    if case.draw(st.booleans()):
        given["closed_on" if case.sale.is_closed else "expected_close"] = (
            case.closing() if case.sale.is_closed else case.coming()
        )
    return Revise(**given)


def _editing(case: _Case) -> Action:
    given = case.some({**edits(case.currency), "title": titles()})
    closing = {Status.SOLD: Sell, Status.LOST: Lose, Status.STALLED: Stall}.get(case.sale.status)
    if closing and case.draw(st.booleans()) and "reason" not in case.sale.type.dialect.locked(case.sale.standing):
        given["reason"] = case.reason(case.sale.status, closing)
    if case.sale.status is Status.STALLED and case.draw(st.booleans()):
        given["reopen_on"] = case.coming()
    return Edit(**given)


def _stalling(case: _Case) -> Action:
    return Stall(one_of(case.draw, (None, case.coming())), case.reason(Status.STALLED, Stall))


def _selling(case: _Case) -> Action:
    value: Number | None = case.draw(typed(amounts(case.currency, least=1)))  # some processes take no other
    if decided(case.sale) or ("value" not in case.sale.type.dialect.needed(Sell) and case.draw(st.booleans())):
        value = None
    closed_on = one_of(case.draw, (None, case.closing()))
    reason = case.reason(Status.SOLD, Sell)
    return Sell(reason, closed_on=closed_on, value=value, competitor=case.draw(kept_or(ids())))


def _losing(case: _Case) -> Action:
    closed_on = one_of(case.draw, (None, case.closing()))
    return Lose(case.reason(Status.LOST, Lose), closed_on=closed_on, competitor=case.draw(kept_or(ids())))


def _reopening(case: _Case) -> Action:
    return Reopen(one_of(case.draw, (None, *_in_use(case.sale.type))))


def _assignment(case: _Case) -> Action:
    owner = one_of(case.draw, (case.sale.owner or "anna", "bob", case.draw(ids())))
    return Assign(owner, group=case.draw(kept_or(ids())))


def _linking(case: _Case) -> Action:
    return Link(**links(case.draw, one_party=case.sale.type.dialect.one_party))


def _retyping(case: _Case) -> Action:
    fitting = [kind for kind in case.types if not problems(case.sale, ChangeType(kind), on=case.on)]
    kind = one_of(case.draw, fitting or [case.sale.type])
    stages = () if case.sale.standing is Standing.NOT_STARTED else _in_use(kind)
    return ChangeType(kind, one_of(case.draw, (None, *stages)))


_MAKERS: dict[type[Action], Callable[[_Case], Action]] = {
    Revise: _revision,
    Edit: _editing,
    Stall: _stalling,
    Sell: _selling,
    Lose: _losing,
    Reopen: _reopening,
    Assign: _assignment,
    Link: _linking,
    ChangeType: _retyping,
}

# What careless people and programs give for anything.
_PRODUCT = Product(id="desk", name="Desk", list_price=100, minimum_price="99.5")
_CARELESS: tuple[Any, ...] = (
    *(None, "", " ", "nowhere", "12", "-1", "100.5", "1e5", "NaN", "1_000", "a\nb", "\ud800", "x" * 300),
    "\uff11\uff12",  # digits, but not those of ASCII
    *(0, -1, 10**15, 10**30, 1.5, float("nan"), True, b"12", ("a",), ["a", 1], {"a", "b"}, {"a": 1}, {"a": 1.5}),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+20"), Decimal("0.000001"), Decimal("33.3")),
    *(date(2025, 2, 28), date.max, datetime(9999, 12, 31, tzinfo=UTC), Company("c", "C"), Person),
    *(_PRODUCT, PriceList(id="p", name="P", currency="USD", products=(_PRODUCT,)), Subscription(12, "month")),
    datetime(2025, 1, 1),  # noqa: DTZ001  # without a zone, as it is typed all too often
)


def _careless(draw: DrawFn, sale: Sale) -> Action:
    action = one_of(draw, known_actions(sale))
    required = action.required()
    optional = [parameter.name for parameter in action.parameters() if parameter.name not in required]
    chosen = {one_of(draw, optional) for _ in range(draw(below(4)) if optional else 0)}
    known = (*(stage.id for stage in sale.type.stages), *(activity.id for activity in sale.activities))
    lines = (*(line.id for line in sale.lines), *all_lines(sale), *all_alternatives(sale))
    values = (*_CARELESS, *known, *lines)
    return action(**{name: one_of(draw, values) for name in (*required, *sorted(chosen))})


def links(draw: DrawFn, *, one_party: bool) -> dict[str, Any]:
    """Parties that go together: a company with or without one of its persons, or just one of both."""
    company, person = draw(companies()), draw(persons())
    if one_party:
        return one_of(draw, ({"company": company}, {"person": person}))
    linked = {"company": company, "person": one_of(draw, (None, evolve(person, company=company.id)))}
    return linked | some_of(draw, {"project": or_none(ids()), "campaign": or_none(ids())})


def _in_use(type: SaleType) -> list[str]:
    return [stage.id for stage in type.stages if not stage.retired]
