"""The Business Central way: a cycle that is started, moved through step by step, and closed for good.

Rules: section A of the Business Central reference. The reach of a move, whose chance wins and how a move
is logged are in the moves table; a probability follows from chance and completion by the cycle's method.
"""

from attrs import evolve

from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Edit,
    Jump,
    Link,
    Lose,
    Next,
    Previous,
    Register,
    Revise,
    Sell,
    Skip,
    Start,
)
from salespipeline.model.activity_actions import ACTIVITY_ACTIONS
from salespipeline.model.catalog import Catalog
from salespipeline.model.dialect import Dialect
from salespipeline.model.item import items
from salespipeline.model.lifecycle import Lifecycle, Row, rows_in_place
from salespipeline.model.moves import IN_PLACE, JUMP, JUMP_ONE, NEXT, PREVIOUS, SKIP, SKIP_ONE, START
from salespipeline.model.quote_actions import (
    AddQuoteLine,
    CancelOrder,
    CopyQuote,
    CreateQuote,
    DeleteQuote,
    EditAlternative,
    EditQuoteLine,
    LinkQuote,
    PlaceOrder,
    PlaceOrderOnly,
    PostInvoice,
    RemoveQuoteLine,
    UnlinkQuote,
    UpdatePrices,
)
from salespipeline.model.quote_policy import QuotePolicy
from salespipeline.model.rule import Check, Rule
from salespipeline.model.sale_type import ProbabilityMethod, SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing
from salespipeline.presets.cycle_rules import RULES, complete, quote_on_entry, quote_on_leaving
from salespipeline.presets.cycle_tasks import cycle_guide

_NEW, _OPEN = Standing.NOT_STARTED, Standing.OPEN
_SOLD, _LOST = Standing.SOLD, Standing.LOST

_QUOTING = (
    CreateQuote,
    CopyQuote,
    DeleteQuote,
    AddQuoteLine,
    EditQuoteLine,
    RemoveQuoteLine,
    EditAlternative,  # the discount on the whole, which the product calls an invoice discount
    UpdatePrices,
    LinkQuote,
    UnlinkQuote,
)

LIFECYCLE = Lifecycle(
    "Business Central",
    (
        Row(_NEW, Start, _OPEN, "the first stage is activated"),
        Row(_NEW, Edit, _NEW, "any field"),
        Row(_NEW, Assign, _NEW, "the salesperson can change"),
        Row(_NEW, Link, _NEW, "the contact can change"),
        Row(_NEW, ChangeType, _NEW, "the cycle can change until it is started"),
        Row(_NEW, Sell, _SOLD, "closing needs no start"),
        Row(_NEW, Lose, _LOST, "closing needs no start"),
        Row(_OPEN, Next, _OPEN, "one stage forward"),
        Row(_OPEN, Previous, _OPEN, "one stage back"),
        Row(_OPEN, Skip, _OPEN, "over stages that may be skipped"),
        Row(_OPEN, Jump, _OPEN, "back to any earlier stage"),
        Row(_OPEN, Revise, _OPEN, "chance and value in place"),
        Row(_OPEN, Edit, _OPEN, "any field"),
        Row(_OPEN, Assign, _OPEN, "the salesperson can change"),
        Row(_OPEN, Link, _OPEN, "the contact can change"),
        Row(_OPEN, Sell, _SOLD, "won, with a code and a value"),
        Row(_OPEN, Lose, _LOST, "lost, with a code"),
        Row(_SOLD, Edit, _SOLD, "what the lock leaves free"),
        Row(_LOST, Edit, _LOST, "what the lock leaves free"),
        *rows_in_place(ACTIVITY_ACTIONS, (_NEW, _OPEN, _SOLD, _LOST), "tasks are records of their own"),
        *rows_in_place(_QUOTING, (_OPEN,), "a quote, once the process has begun"),
        Row(_OPEN, PlaceOrder, _SOLD, "the order closes the opportunity as won"),
        *rows_in_place((PlaceOrderOnly, PostInvoice), (_SOLD,), "a quote that is left is ordered, an order invoiced"),
        Row(_SOLD, CancelOrder, _LOST, "the order was deleted"),
    ),
    initial=_NEW,
)


def _leaving(check: Check) -> Check:
    return quote_on_leaving if check is quote_on_entry else check


_CLOSED_LOCK = ("priority", "segment", "document", "reason")

DIALECT = Dialect(
    name="business-central",
    lifecycle=LIFECYCLE,
    moves=(START, NEXT, PREVIOUS, SKIP, JUMP, IN_PLACE),
    needs=((Sell, ("reason",)), (PlaceOrder, ("reason",)), (Lose, ("reason",))),
    locks=((_NEW, ("document",)), (_SOLD, _CLOSED_LOCK), (_LOST, _CLOSED_LOCK)),
    deletable=frozenset({_SOLD, _LOST}),
    value_aside=True,
    people_listed=True,
    keeps_used_stages=True,
    close_from_today=True,
    closing_cancels=True,
    stage_sets_close=True,
    lone_reason=True,
    quote_sets_value=True,
    quoting=QuotePolicy(
        alternatives=False, discount_on_total=True, sets_amount=False, needs_company=True, needs_customer=True
    ),
    rules=RULES,
)

# The other readings, where the product's code and its documents differ (X1 to X4), and the wizard's way of asking:
# take one, or mix them by evolve.
DELETES_NEVER_STARTED = evolve(
    DIALECT, name="business-central-deletes-never-started", deletable=frozenset({_NEW, _SOLD, _LOST})
)
REACHES_ONE = evolve(
    DIALECT,
    name="business-central-reaches-one",
    moves=(START, NEXT, PREVIOUS, SKIP_ONE, JUMP_ONE, IN_PLACE),
)
ASKS_AS_THE_WIZARD = evolve(
    DIALECT, name="business-central-asks-as-the-wizard", rules=(*RULES, Rule(Register, checks=(complete,)))
)
QUOTE_ON_LEAVING = evolve(
    DIALECT,
    name="business-central-quote-on-leaving",
    rules=tuple(evolve(rule, checks=tuple(map(_leaving, rule.checks))) for rule in RULES),
)
QUOTES_FOR_PERSONS = evolve(
    DIALECT, name="business-central-quotes-for-persons", quoting=evolve(DIALECT.quoting, needs_company=False)
)

WON_CODES = items(
    ("BUSINESS_W", "Business relations"),
    ("CONSULT_W", "Consultancy"),
    ("RELATION_W", "Relationship"),
    ("PRICE_W", "Price"),
    ("PRODUCT_W", "Product"),
    ("PRES_W", "Presentation"),
    ("SALESREP_W", "Salesperson"),
    ("CP", "Campaign"),
)
LOST_CODES = items(
    ("BUSINESS_L", "Business relations"),
    ("CONSULT_L", "Consultancy"),
    ("RELATION_L", "Relationship"),
    ("PRICE_L", "Price"),
    ("PRODUCT_L", "Product"),
    ("PRES_L", "Presentation"),
    ("SALESREP_L", "Salesperson"),
    ("TIMEWST_L", "No decision in time"),
    ("POSTPND_L", "Postponed"),
    ("WALKED_L", "Walked away"),
)

_NO_FLAGS = ""


def _stages(cycle: str, *rows: tuple[str, str, int, int, str]) -> tuple[Stage, ...]:
    """Stages from rows of id, name, completion, chance and flags: Q quote required, S may be skipped."""
    return tuple(
        Stage(
            f"{cycle}-{id}",
            name,
            chance,
            completion=completion,
            quote_required="Q" in flags,
            allow_skip="S" in flags,
        )
        for id, name, completion, chance, flags in rows
    )


EX_LARGE = _stages(
    "ex-large",
    ("1", "Initial", 2, 10, "S"),
    ("2", "Understanding needs meeting", 35, 25, "S"),
    ("3", "Product presentation/workshop", 70, 60, "QS"),
    ("4", "Proposal", 85, 80, "Q"),
    ("5", "Sign contract", 95, 100, "Q"),
)
EX_SMALL = _stages(
    "ex-small",
    ("1", "Initial", 2, 20, "S"),
    ("2", "Presentation", 50, 40, "S"),
    ("3", "Proposal", 80, 60, "Q"),
    ("4", "Sign contract", 95, 80, "Q"),
)
FIRST_LARGE = _stages(
    "first-large",
    ("1", "Initial", 2, 10, "S"),
    ("2", "Qualification", 5, 20, _NO_FLAGS),
    ("3", "Company presentation", 20, 30, _NO_FLAGS),
    ("4", "Product presentation", 40, 40, _NO_FLAGS),
    ("5", "Workshop", 50, 60, "QS"),
    ("6", "Proposal", 80, 80, "QS"),
    ("7", "Sign contract", 95, 100, "Q"),
)
FIRST_SMALL = _stages(
    "first-small",
    ("1", "Initial", 2, 20, _NO_FLAGS),
    ("2", "Qualification", 5, 40, _NO_FLAGS),
    ("3", "Presentation", 40, 60, "QS"),
    ("4", "Proposal", 60, 80, "Q"),
    ("5", "Sign contract", 95, 100, "Q"),
)
EXISTING = _stages(
    "existing",
    ("1", "Initial", 2, 10, "S"),
    ("2", "Presentation", 50, 40, "S"),
    ("3", "Proposal", 80, 80, "Q"),
    ("4", "Sign contract", 95, 100, "Q"),
)
NEW = _stages(
    "new",
    ("1", "Initial", 2, 10, _NO_FLAGS),
    ("2", "Qualification", 5, 20, _NO_FLAGS),
    ("3", "Presentation", 40, 50, "QS"),
    ("4", "Proposal", 60, 75, "Q"),
    ("5", "Sign contract", 95, 100, "Q"),
)

# The activities of a cycle, stage by stage.
_LARGE = "INIT NEEDS P-WORK PROPOSAL SIGN"
_SMALL = "INIT P-WORK PROPOSAL SIGN"
_FIRST_LARGE = "INIT QUAL C-PRES P-PRES WORKSHOP PROPOSAL SIGN"
_FIRST_SMALL = "INIT QUAL P-WORK PROPOSAL SIGN"

_CYCLES: tuple[tuple[str, str, tuple[Stage, ...], ProbabilityMethod, str], ...] = (
    ("ex-large", "Existing customer, large", EX_LARGE, ProbabilityMethod.MULTIPLY, _LARGE),
    ("ex-small", "Existing customer, small", EX_SMALL, ProbabilityMethod.AVERAGE, _SMALL),
    ("first-large", "First sale, large", FIRST_LARGE, ProbabilityMethod.MULTIPLY, _FIRST_LARGE),
    ("first-small", "First sale, small", FIRST_SMALL, ProbabilityMethod.AVERAGE, _FIRST_SMALL),
    ("existing", "Existing customer", EXISTING, ProbabilityMethod.COMPLETION, _SMALL),
    ("new", "New customer", NEW, ProbabilityMethod.CHANCE, _FIRST_SMALL),
)


def cycles() -> tuple[SaleType, ...]:
    """The six sales cycles of the demonstration data, with its close codes and the tasks of each stage."""
    return tuple(
        SaleType(
            id=id,
            name=name,
            dialect=DIALECT,
            stages=stages,
            method=method,
            guide=cycle_guide(tuple((stage.id, code) for stage, code in zip(stages, tasks.split(), strict=True))),
            sold_reasons=WON_CODES,
            lost_reasons=LOST_CODES,
        )
        for id, name, stages, method, tasks in _CYCLES
    )


def catalog() -> Catalog:
    """A catalog with the six cycles of the demonstration data."""
    return Catalog(
        types=cycles(),
        stages=tuple(stage for _, _, stages, _, _ in _CYCLES for stage in stages),
        sold_reasons=WON_CODES,
        lost_reasons=LOST_CODES,
    )
