"""The Business Contact Manager way: edited freely until it is closed, and closed for good.

Rules: section B of the Contact Manager reference. An opportunity is linked to just one company or
person; a probability is typed; closing sets it to 100 or 0 % and locks the record.
"""

from collections.abc import Iterator

from salespipeline.model.action import Moment
from salespipeline.model.actions import Assign, Edit, Link, Lose, MoveTo, Register, Revise, Sell
from salespipeline.model.activity_actions import ACTIVITY_ACTIONS
from salespipeline.model.catalog import Catalog
from salespipeline.model.dialect import Dialect
from salespipeline.model.guide import Advance, Plans, SalesGuide, follow_up
from salespipeline.model.item import items
from salespipeline.model.lifecycle import Lifecycle, Row, rows_in_place
from salespipeline.model.moves import FREE, IN_PLACE
from salespipeline.model.problem import Problem
from salespipeline.model.quote_actions import LINE_ACTIONS
from salespipeline.model.rule import Rule
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing

_OPEN, _SOLD, _LOST = Standing.OPEN, Standing.SOLD, Standing.LOST

LIFECYCLE = Lifecycle(
    "Business Contact Manager",
    (
        Row(_OPEN, MoveTo, _OPEN, "the stage is an entry of a list"),
        Row(_OPEN, Revise, _OPEN, "the probability is typed"),
        Row(_OPEN, Edit, _OPEN, "any field"),
        Row(_OPEN, Assign, _OPEN, "to any user of the database"),
        Row(_OPEN, Link, _OPEN, "the link can change later"),
        Row(_OPEN, Sell, _SOLD, "closed won: 100 %, locked"),
        Row(_OPEN, Lose, _LOST, "closed lost: 0 %, locked"),
        *rows_in_place(ACTIVITY_ACTIONS, (_OPEN,), "activities, until the record locks"),
        *rows_in_place(LINE_ACTIONS, (_OPEN,), "product lines, until the record locks"),
    ),
)


def linked_to_one(sale: Sale, action: Register, moment: Moment) -> Iterator[Problem]:
    """An opportunity begins with a link to one account or one business contact (B.1)."""
    asked = dict(action.details)
    if sale.company is None and sale.person is None and not (asked.get("company") or asked.get("person")):
        yield Problem("party-required", "company")


DIALECT = Dialect(
    name="contact-manager",
    lifecycle=LIFECYCLE,
    moves=(FREE, IN_PLACE),
    stage_sets_chance=False,
    one_party=True,
    people_listed=True,
    starts_in_default=True,
    closed_stages=(Stage("closed-won", "Closed Won", 100), Stage("closed-lost", "Closed Lost", 0)),
    rules=(Rule(Register, checks=(linked_to_one,)),),
)

# The stages of 2007; the percentages of the form were not published, so none are set.
STAGES = (
    Stage("prospecting", "Prospecting"),
    Stage("qualification", "Qualification"),
    Stage("needs-analysis", "Needs Analysis"),
    Stage("proposal", "Proposal/Price Quote"),
    Stage("negotiation", "Negotiation/Review"),
)
REASONS = items("Price", "Competitor", "Relationship")


def activities() -> SalesGuide:
    """A set of activities to start with, in days from entering the stage; each record has those of its stage (B.2).

    An activity is planned the first time a record enters the stage, with a reminder when it takes time.
    """
    return SalesGuide.of(
        ("prospecting", [follow_up("Find the decision maker", kind="task", after=3)]),
        (
            "qualification",
            [follow_up("Call", kind="call", after=2), follow_up("Check the budget", kind="task", after=7)],
        ),
        ("needs-analysis", [follow_up("Meet the customer", kind="meeting", after=7)]),
        ("proposal", [follow_up("Write the proposal", kind="task", after=5)]),
        ("negotiation", [follow_up("Agree on the terms", kind="meeting", after=7)]),
        chained=False,
        plans=Plans.ONCE,
        advance=Advance.NEVER,
        reminders=True,
    )


def opportunity() -> SaleType:
    """The one type of opportunity there is."""
    return SaleType(
        id="opportunity",
        name="Opportunity",
        dialect=DIALECT,
        stages=STAGES,
        sold_reasons=REASONS,
        lost_reasons=REASONS,
        default_stage="prospecting",
        guide=activities(),
    )


def catalog() -> Catalog:
    """A catalog with the lists that Contact Manager ships."""
    return Catalog(
        types=(opportunity(),),
        stages=STAGES,
        sold_reasons=REASONS,
        lost_reasons=REASONS,
        kinds=items("New customer", "Existing customer"),
        sources=items("Advertisement", "Direct mail", "Referral", "Website"),
        payment_terms=items(
            ("1-10-net-30", "1% 10 Net 30"),
            ("2-10-net-30", "2% 10 Net 30"),
            "Net 15",
            "Net 30",
            ("cod", "COD"),
        ),
    )
