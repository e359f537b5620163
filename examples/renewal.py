"""A process of one's own: renewals, where nobody gets past the legal review and every close has a reason."""

from salespipeline import (
    Assign,
    Dialect,
    Edit,
    Lifecycle,
    Link,
    Lose,
    Next,
    Previous,
    Reopen,
    Revise,
    Row,
    SaleType,
    Sell,
    Skip,
    Stage,
    Standing,
    items,
    weeks,
)
from salespipeline.model.activity_actions import ACTIVITY_ACTIONS
from salespipeline.model.lifecycle import rows_in_place
from salespipeline.model.moves import IN_PLACE, NEXT, PREVIOUS, SKIP_ONE

OPEN, SOLD, LOST = Standing.OPEN, Standing.SOLD, Standing.LOST

RENEWAL = Dialect(
    name="renewal",
    lifecycle=Lifecycle(
        "Renewal",
        (
            *rows_in_place((Next, Previous, Skip, Revise, Edit, Assign, Link), (OPEN,), "while it is open"),
            *rows_in_place(ACTIVITY_ACTIONS, (OPEN, SOLD, LOST), "there is always something to do"),
            Row(OPEN, Sell, SOLD, "renewed, and we know why"),
            Row(OPEN, Lose, LOST, "not renewed, and we know why"),
            Row(LOST, Reopen, OPEN, "they think again"),
        ),
    ),
    moves=(NEXT, PREVIOUS, SKIP_ONE, IN_PLACE),
    needs=((Sell, ("reason",)), (Lose, ("reason",))),
)


def renewals() -> SaleType:
    """Four stages; the legal review may not be passed over, the two before it may."""
    return SaleType(
        id="renewal",
        name="Renewal",
        dialect=RENEWAL,
        stages=(
            Stage("due", "Due", 60, allow_skip=True),
            Stage("offered", "Offered", 75, allow_skip=True),
            Stage("legal-review", "Legal review", 85),
            Stage("signature", "Signature", 95),
        ),
        duration=weeks(8),
        sold_reasons=items("Content", "No alternative"),
        lost_reasons=items("Too dear", "Not used", "Competitor"),
    )
