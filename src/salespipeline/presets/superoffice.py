"""The SuperOffice way: four statuses, free movement through the stages, completed as a separate tick.

Rules: sections 2 and 3 of the SuperOffice sales reference. A stalled sale may be sold or lost directly; a
closed one may reopen until it is completed; a completed one takes nothing but the tick's removal.
"""

from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Complete,
    Edit,
    Link,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Revise,
    Sell,
    Stall,
    Uncomplete,
)
from salespipeline.model.activity_actions import ACTIVITY_ACTIONS
from salespipeline.model.catalog import Catalog
from salespipeline.model.dialect import Dialect
from salespipeline.model.item import items
from salespipeline.model.lifecycle import Lifecycle, Row, rows_in_place
from salespipeline.model.moves import FREE, IN_PLACE, NEXT, PREVIOUS
from salespipeline.model.period import months, weeks
from salespipeline.model.quote_actions import QUOTE_ACTIONS, PlaceOrder
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Standing

_OPEN, _STALLED = Standing.OPEN, Standing.STALLED
_SOLD, _LOST = Standing.SOLD, Standing.LOST
_SOLD_DONE, _LOST_DONE = Standing.SOLD_COMPLETED, Standing.LOST_COMPLETED

LIFECYCLE = Lifecycle(
    "SuperOffice",
    (
        Row(_OPEN, Next, _OPEN, "the stage sets the probability"),
        Row(_OPEN, Previous, _OPEN, "the stage sets the probability"),
        Row(_OPEN, MoveTo, _OPEN, "any direction, stages may be skipped"),
        Row(_OPEN, Revise, _OPEN, "figures stay consistent"),
        Row(_OPEN, Edit, _OPEN, "any field"),
        Row(_OPEN, Assign, _OPEN, "the owner can change"),
        Row(_OPEN, Link, _OPEN, "the parties can change"),
        Row(_OPEN, ChangeType, _OPEN, "the new type decides the stages"),
        Row(_OPEN, Stall, _STALLED, "stage and probability stay"),
        Row(_OPEN, Sell, _SOLD, "100 %, dated today unless given"),
        Row(_OPEN, Lose, _LOST, "0 %, dated today unless given"),
        Row(_STALLED, Resume, _OPEN, "back as it was"),
        Row(_STALLED, Sell, _SOLD, "closing needs no detour"),
        Row(_STALLED, Lose, _LOST, "closing needs no detour"),
        Row(_STALLED, Revise, _STALLED, "figures, not the chance"),
        Row(_STALLED, Edit, _STALLED, "also re-open date and reason"),
        Row(_STALLED, Assign, _STALLED, "the owner can change"),
        Row(_STALLED, Link, _STALLED, "the parties can change"),
        Row(_SOLD, Lose, _LOST, "sold after all not"),
        Row(_SOLD, Reopen, _OPEN, "the stage's probability again"),
        Row(_SOLD, Complete, _SOLD_DONE, "only closed sales may carry the tick"),
        Row(_SOLD, Revise, _SOLD, "amount, cost and date can be put right"),
        Row(_SOLD, Edit, _SOLD, "also the reason"),
        Row(_SOLD, Assign, _SOLD, "the owner can change"),
        Row(_SOLD, Link, _SOLD, "the parties can change"),
        Row(_LOST, Sell, _SOLD, "lost after all not"),
        Row(_LOST, Reopen, _OPEN, "the stage's probability again"),
        Row(_LOST, Complete, _LOST_DONE, "only closed sales may carry the tick"),
        Row(_LOST, Revise, _LOST, "amount, cost and date can be put right"),
        Row(_LOST, Edit, _LOST, "also the reason"),
        Row(_LOST, Assign, _LOST, "the owner can change"),
        Row(_LOST, Link, _LOST, "the parties can change"),
        Row(_SOLD_DONE, Uncomplete, _SOLD, "completed sales are read-only"),
        Row(_LOST_DONE, Uncomplete, _LOST, "completed sales are read-only"),
        *rows_in_place(ACTIVITY_ACTIONS, (_OPEN, _STALLED, _SOLD, _LOST), "activities, until the sale is completed"),
        *rows_in_place(QUOTE_ACTIONS, (_OPEN, _STALLED), "the quote, while the sale runs"),
        Row(_OPEN, PlaceOrder, _SOLD, "the customer accepts the quote"),
        Row(_STALLED, PlaceOrder, _SOLD, "the customer accepts the quote"),
    ),
)

DIALECT = Dialect(
    name="superoffice",
    lifecycle=LIFECYCLE,
    moves=(NEXT, PREVIOUS, FREE, IN_PLACE),
    locks=tuple((standing, ("chance",)) for standing in (_STALLED, _SOLD, _LOST)),
    percent_places=0,
)

STAGES = (
    Stage("lead", "Lead", 1),
    Stage("first-meeting", "First Meeting", 20),
    Stage("proposal", "Proposal", 30),
    Stage("second-meeting", "Second Meeting", 50),
    Stage("short-list", "Short List", 80),
    Stage("verbal-acceptance", "Verbal Acceptance", 90),
)
SOLD_REASONS = items("Price", "Quality", "Relationship", "Delivery time")
LOST_REASONS = items("Price", "Competitor", "No budget", "No decision", "Missing feature")
STALLED_REASONS = items("Budget", "Reorganisation", "Waiting for decision", "No capacity")


def new_business() -> SaleType:
    """The full process for a new customer: six stages, three months."""
    return SaleType(
        id="new-business",
        name="New business",
        dialect=DIALECT,
        stages=STAGES,
        duration=months(3),
        category="Acquisition",
        sold_reasons=SOLD_REASONS,
        lost_reasons=LOST_REASONS,
        stalled_reasons=STALLED_REASONS,
        has_stakeholders=True,
    )


def add_on() -> SaleType:
    """The short process for an existing customer: three stages, six weeks."""
    return SaleType(
        id="add-on",
        name="Add-on sale",
        dialect=DIALECT,
        stages=(STAGES[1], STAGES[2], STAGES[5]),
        duration=weeks(6),
        category="Existing customers",
        sold_reasons=SOLD_REASONS,
        lost_reasons=LOST_REASONS,
        stalled_reasons=STALLED_REASONS,
    )


def catalog() -> Catalog:
    """A catalog to start with: two sale types, the stage list of the demo database, and short lists."""
    return Catalog(
        types=(new_business(), add_on()),
        stages=STAGES,
        sold_reasons=SOLD_REASONS,
        lost_reasons=LOST_REASONS,
        stalled_reasons=STALLED_REASONS,
        sources=items("Website", "Referral", "Fair", "Mailing", "Existing customer"),
        competitors=items("Alphacorp", "Betasoft", "Gammaline"),
        credited=items("Sales", "Partners", "Marketing"),
        payment_terms=items("Net 30", "Net 15", "Prepaid"),
    )
