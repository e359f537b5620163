"""What is on offer against what passes, in every cell of every sale that a walk comes by.

A random walk alone misses faults: it asks what it happens to draw. Here a walk only chooses which sales are
visited; each is then asked for every action with every stage, today and on a day that is too early.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.properties.walks import DIALECTS, STAGES, brought_to, new_sale, type_of

from salespipeline.model.action import Action, Moment
from salespipeline.model.actions import ACTIONS, ChangeType, MoveTo, Reopen, Sell, StageMove, Start
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.activity_actions import EditActivity
from salespipeline.model.dialect import Dialect
from salespipeline.model.ids import ActivityId, AlternativeId, LineId, StageId
from salespipeline.model.line import Line
from salespipeline.model.people import Company
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.product import Product
from salespipeline.model.quote import Alternative, Quote, QuoteVersion
from salespipeline.model.quote_life import QuoteStanding
from salespipeline.model.quote_policy import QuoteCheck, QuotePolicy
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing
from salespipeline.presets import business_central
from salespipeline.quoting import (
    AddQuoteLine,
    Approve,
    CopyQuote,
    CreateQuote,
    Disapprove,
    EditQuoteLine,
    LinkQuote,
    LoseQuote,
    NewVersion,
    PlaceOrderOnly,
    SendQuote,
    Validate,
)
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.closing import reasons_of
from salespipeline.rules.offers import Offer, available, known_actions
from salespipeline.testing.asking import possible, quoting_actions_for
from salespipeline.testing.priced import quote_policies
from salespipeline.testing.strategies import actions_for, legal_actions_for, new_sales, sale_types
from salespipeline.testing.values import or_none

SEEN = ("type", "state", "position", "figures", "terms", "parties")
UNKNOWN = "no such stage"
DAY = date(2025, 3, 1)
MAIL = Activity(id=ActivityId("A-1"), kind=ActivityKind.MAIL, due=DAY, done_on=DAY, made_on=DAY)


def targets(type: SaleType) -> list[str]:
    """Every stage there could be: those of the type, retired ones too, and one of nobody."""
    return [*(stage.id for stage in type.stages), UNKNOWN]


def value_for(sale: Sale, need: str, action: type[Action]) -> Any:
    """A value that fits a need."""
    if need == "reason":
        row = sale.type.dialect.lifecycle.row(sale.standing, action)
        assert row is not None
        return next(item.id for item in reasons_of(sale.type, row.target.status) if not item.retired)
    fitting = {"owner": "anna", "type": sale.type, "value": 10, "company": Company("acme", "Acme"), "stage": sale.stage}
    fitting |= {"amount": 10, "chance": 10, "expected_close": date(2031, 1, 1)}
    fitting |= {"title": "Call", "activity": MAIL, "suggestion": UNKNOWN, "activities": UNKNOWN}
    if action is EditActivity and need == "activity":
        return UNKNOWN
    return fitting[need] if need in fitting else value_for_quotes(sale, need)


DESK_PRODUCT = Product(id="desk", name="Desk")


@cache
def a_quote(currency: str) -> Quote:
    """A quote to copy from, with one line."""
    line = Line(id=LineId("L-2"), name="Desk", quantity=1)
    whole = Alternative(id=AlternativeId("ALT-1"), name="Products", lines=[line])
    version = QuoteVersion(rank=1, number="Q", made=Moment(DAY), alternatives=[whole], favourite=whole.id)
    return Quote(currency=currency, versions=[version], made=2)


def value_for_quotes(sale: Sale, need: str) -> Any:
    """A value that fits a need of what is about quotes, product lines and orders."""
    match need:
        case "what":
            return DESK_PRODUCT
        case "quote":
            return a_quote(sale.currency)
        case "name":
            return "Large"
        case "number":
            return sale.document.number if sale.document else "1001"
        case "customer":
            return Company(sale.company, "Acme", is_customer=True) if sale.company else None
        case "alternatives":
            return [each.id for each in sale.quote.active.alternatives] if sale.quote else []
        case "approver" | "by":
            return next(iter(sorted(sale.type.quote_policy.approvers)), "anna")
        case _:
            return {"alternative": UNKNOWN, "line": UNKNOWN, "lines": UNKNOWN, "rank": UNKNOWN}[need]


def filled(sale: Sale, offer: Offer) -> Action:
    given = {need: value_for(sale, need, offer.action) for need in offer.needs}
    return offer.make(**(given | dict(zip(offer.needs[:1], offer.choices[:1], strict=False))))


def asked(action: type[Any], sale: Sale, stage: str) -> Action:
    """The action to one stage, with what it cannot be made without."""
    required = {need: value_for(sale, need, action) for need in action.required() if need != "stage"}
    made: Action = action(**required, stage=stage)
    return made


def disagreements(sale: Sale, on: date) -> Iterator[str]:
    """Where offers and `problems` disagree, in either direction, over every action and every stage."""
    offers = available(sale, on=on)
    for action in known_actions(sale):
        own = [offer for offer in offers if offer.action is action]
        yield from (f"{action.__name__} is not offered" for _ in [()] if not own)
        for offer in own:
            yield from misjudged(sale, offer, on)
        if issubclass(action, (StageMove, Reopen, ChangeType)):
            yield from (
                f"{action.__name__} to {stage!r}: offers and problems disagree"
                for stage in targets(sale.type)
                if unlike(sale, action, stage, own, on)
            )


def misjudged(sale: Sale, offer: Offer, on: date) -> Iterator[str]:
    """What is wrong with one offer: open ones pass once filled, closed ones never do and say why."""
    if offer.is_open:
        found = problems(sale, filled(sale, offer), on=on)
        yield from (f"{offer} does not pass: {problem}" for problem in found)
        if offer.needs and not offer.action.required() and not problems(sale, offer.make(), on=on):
            yield f"{offer} passes without what it needs"
    else:
        missing = {need: value_for(sale, need, offer.action) for need in offer.action.required() if need != "stage"}
        stage = {"stage": None} if offer.action is MoveTo else {}
        found = problems(sale, offer.make(**missing, **stage), on=on)
        said = {problem for problem in offer.problems if problem.code != "nothing-to-choose"}
        yield from (f"{offer} says what is not so: {problem}" for problem in said - set(found))
        if said != set(offer.problems):
            yield from misjudged_choices(sale, offer, on)


def misjudged_choices(sale: Sale, offer: Offer, on: date) -> Iterator[str]:
    """Where nothing is said to be there to choose, and something passes all the same."""
    guide, quote = sale.type.guide, sale.quote
    there = [*(each.id for each in sale.activities), *(each.id for each in (guide.suggestions if guide else ()))]
    there += [line.id for line in sale.lines]
    for each in quote.active.alternatives if quote else ():
        there += [each.id, *(line.id for line in each.lines)]
    there += [str(version.rank) for version in quote.versions] if quote else []
    for value in there:
        if not problems(sale, offer.make(**{offer.needs[0]: value}), on=on) and changes(sale, offer, value, on):
            yield f"{offer}, and {value!r} passes"


def changes(sale: Sale, offer: Offer, value: str, on: date) -> bool:
    """Whether it would do anything: completing what is done is no problem, and nothing to offer."""
    return apply(sale, offer.make(**{offer.needs[0]: value}), on=on) is not sale


def unlike(sale: Sale, action: type[Action], stage: str, offers: list[Offer], on: date) -> bool:
    """Whether a stage is on offer and does not pass, or passes and is not on offer."""
    passes = not cured(problems(sale, asked(action, sale, stage), on=on), offers)
    if issubclass(action, StageMove):
        return passes != any(offer.is_open and offer.stage == stage for offer in offers)
    return passes and not any(offer.is_open for offer in offers)


def cured(found: tuple[Problem, ...], offers: list[Offer]) -> list[Problem]:
    """The problems that are left when everything needed is given."""
    needs = {need for offer in offers for need in offer.needs if need != "stage"}
    return [problem for problem in found if problem.field not in needs]


# On offer and not to be had, until what stands against it is a condition; each has a test of its own below.
KNOWN = (
    ("CopyQuote", "a quote of this process is made for a"),
    ("LinkQuote", "there is quote"),
    ("AddAlternative", "one alternative only"),
    ("Sell", "must be above zero"),
)


def unexpected(sale: Sale, on: date) -> list[str]:
    """The disagreements that are not known."""
    found = disagreements(sale, on)
    return [text for text in found if not any(text.startswith(name) and why in text for name, why in KNOWN)]


class Walk(RuleBasedStateMachine):
    """A life of a sale, with every cell asked wherever it comes by."""

    dialect: Dialect = DIALECTS[0]
    sale: Sale

    def __init__(self) -> None:
        super().__init__()
        self.past: list[tuple[Any, ...]] = []

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        type = data.draw(st.just(type_of(self.dialect.name)) | sale_types(self.dialect))
        self.sale = data.draw(new_sales(evolve(type, quoting=data.draw(or_none(quote_policies())))))

    @property
    def moves_on(self) -> bool:
        return bool(self.sale.type.dialect.lifecycle.leaving(self.sale.standing))

    @precondition(lambda self: self.moves_on)
    @rule(data=st.data(), pause=st.integers(0, 30))
    def do_what_is_legal(self, data: st.DataObject, pause: int) -> None:
        on = self.sale.changed_on + timedelta(days=pause)
        self.ask(data.draw(legal_actions_for(self.sale, on, types=[type_of(self.dialect.name)])), on)

    @precondition(lambda self: any(action.is_quoting for action in possible(self.sale)))
    @rule(data=st.data())
    def do_something_about_quotes_or_lines(self, data: st.DataObject) -> None:
        self.ask(data.draw(quoting_actions_for(self.sale, self.sale.changed_on)), self.sale.changed_on)

    @rule(data=st.data(), pause=st.integers(-30, 30))
    def ask_anything(self, data: st.DataObject, pause: int) -> None:
        on = self.sale.changed_on + timedelta(days=pause)
        self.ask(data.draw(actions_for(self.sale, on)), on)

    def ask(self, action: Action, on: date) -> None:
        """Ask, and check what came of it against what `problems` said before."""
        before, shown, found = self.sale, repr(self.sale), problems(self.sale, action, on=on, by="anna")
        try:
            after = apply(before, action, on=on, by="anna")
        except Refused as refused:
            assert refused.problems == found != ()
            assert repr(before) == shown
        else:
            assert found == ()
            check_history(before, after, on)
            self.past.append(before.history)
            self.sale = after

    @invariant()
    def offers_agree_with_problems(self) -> None:
        for on in (self.sale.changed_on, self.sale.changed_on - timedelta(days=1)):
            assert unexpected(self.sale, on) == []

    @invariant()
    def every_past_is_a_prefix(self) -> None:
        for past in self.past:
            assert all(old is new for old, new in zip(past, self.sale.history, strict=False))
            assert len(past) <= len(self.sale.history)


def check_history(before: Sale, after: Sale, on: date) -> None:
    """One entry for a change that a forecast could see, none for another; nothing changed: the same object."""
    changed = any(getattr(before, name) != getattr(after, name) for name in SEEN)
    assert len(after.history) == len(before.history) + changed
    assert (after is before) == (after == before)
    if changed:
        entry = after.history[-1]
        assert (entry.on, entry.by, entry.type) == (on, "anna", after.type.id)
        assert all(getattr(entry, name) is getattr(after, name) for name in SEEN if name != "type")


EXAMPLES = settings(max_examples=max(6, settings().max_examples // 10), stateful_step_count=10)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_walks(dialect: Dialect) -> None:
    """Invariants 31, 32, 57 and 58, wherever a walk comes by."""
    run_state_machine_as_test(type("Walked", (Walk,), {"dialect": dialect}), settings=EXAMPLES)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("stage", [stage.id for stage in STAGES])
def test_every_cell_of_every_standing(dialect: Dialect, stage: str) -> None:
    """The same without chance: each standing, closed from each stage, over every action and stage."""
    for standing in dialect.lifecycle.standings:
        sale = brought_to(standing, new_sale(type_of(dialect.name)))
        if standing is not Standing.NOT_STARTED:
            sale = evolve(sale, position=evolve(sale.position, stage=StageId(stage)))
        assert unexpected(sale, sale.changed_on) == []
        assert unexpected(sale, sale.changed_on - timedelta(days=1)) == []


# Quotes: each standing of a version under several policies, asked for every action.

DESK = AddQuoteLine("Desk", quantity=1, list_price=10, cost=4)
WARNED: tuple[Action, ...] = (DESK, EditQuoteLine("L-2", total=0), Validate())
LIVES: dict[QuoteStanding, tuple[Action, ...]] = {
    QuoteStanding.NOT_CALCULATED: (DESK,),
    QuoteStanding.CALCULATED: (DESK, Validate()),
    QuoteStanding.NEEDS_APPROVAL: WARNED,
    QuoteStanding.APPROVED: (*WARNED, Approve(by="bob")),
    QuoteStanding.REJECTED: (*WARNED, Disapprove(by="bob")),
    QuoteStanding.SENT: (DESK, Validate(), SendQuote()),
    QuoteStanding.LOST: (DESK, Validate(), SendQuote(), LoseQuote()),
    QuoteStanding.SOLD: (DESK, Validate(), PlaceOrderOnly()),
    QuoteStanding.ARCHIVED: (DESK, Validate(), SendQuote(), NewVersion()),
}
WARNS = QuotePolicy(warns_of=[QuoteCheck.TOTAL_ZERO])
POLICIES = {
    "usual": WARNS,
    "approvers": evolve(WARNS, approvers=["bob"]),
    "discount on total": evolve(WARNS, discount_on_total=True),
    "amount apart": evolve(WARNS, sets_amount=False),
    "lost with the sale": evolve(WARNS, lost_with_sale=True),
    "one alternative": evolve(WARNS, alternatives=False),
}


def living(standing: QuoteStanding, policy: QuotePolicy) -> Sale:
    """A sale with a quote that has a version in a standing."""
    sale = apply(new_sale(evolve(type_of("superoffice"), quoting=policy)), CreateQuote(), on=DAY)
    for action in LIVES[standing]:
        sale = apply(sale, action, on=DAY)
    assert sale.quote is not None
    assert standing in [version.standing for version in sale.quote.versions]
    return sale


def there_are(standing: QuoteStanding, name: str) -> Any:
    return pytest.param(standing, name, id=f"{standing.name}-{name}")


@pytest.mark.parametrize(("standing", "name"), [there_are(standing, name) for standing in LIVES for name in POLICIES])
def test_every_cell_of_every_standing_of_a_quote(standing: QuoteStanding, name: str) -> None:
    sale = living(standing, POLICIES[name])
    assert list(disagreements(sale, sale.changed_on)) == []
    assert list(disagreements(sale, sale.changed_on - timedelta(days=1))) == []


def test_every_standing_of_a_quote_is_asked() -> None:
    assert set(LIVES) == set(QuoteStanding)


def quoted_cycle(*actions: Action, **details: Any) -> Sale:
    """An opportunity in progress of a process whose documents say what it is sold for."""
    sale = new_sale(business_central.cycles()[0], **details)
    for action in (Start(), *actions):
        sale = apply(sale, action, on=DAY)
    return sale


ACME = Company("acme", "Acme", is_customer=True)


def misfits(sale: Sale, action: type[Action]) -> list[str]:
    return [each for offer in available(sale, on=DAY) if offer.action is action for each in misjudged(sale, offer, DAY)]


def test_a_copy_is_not_on_offer_without_a_company() -> None:
    assert misfits(quoted_cycle(), CopyQuote) == []


def test_a_link_is_not_on_offer_beside_a_quote() -> None:
    assert misfits(quoted_cycle(CreateQuote(), DESK, company=ACME), LinkQuote) == []


def test_selling_is_not_on_offer_for_a_quote_of_nothing() -> None:
    assert misfits(quoted_cycle(CreateQuote(), company=ACME), Sell) == []


def test_every_action_has_one_offer_at_least() -> None:
    offers = available(new_sale(type_of("superoffice")), on=date(2025, 3, 1))
    assert [action for action in ACTIONS if action not in {offer.action for offer in offers}] == []


def test_a_need_that_nothing_can_meet_is_a_problem() -> None:
    """A reason is required, and the type has none: selling is not on offer, or the type is refused."""
    strict = evolve(type_of("superoffice with reasons"), stages=())
    try:
        kind = evolve(strict, sold_reasons=())
    except ValueError:
        return
    (offer,) = (offer for offer in available(new_sale(kind), on=date(2025, 3, 1)) if offer.action is Sell)
    assert not offer.is_open
