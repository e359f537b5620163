"""Three ready-made guides to start from: for prospects, for existing customers, and for long processes.

Plain data: edit them with the methods of `SalesGuide`, or take them as a pattern for your own.
"""

from attrs import evolve

from salespipeline.model.catalog import Catalog
from salespipeline.model.guide import SalesGuide, StageGuide, document, follow_up
from salespipeline.model.period import months, weeks
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.presets.superoffice import add_on, catalog, new_business

PROSPECTS = SalesGuide.of(
    (
        "lead",
        [
            follow_up("Qualify the lead", kind="task", purpose="Is there a need, a budget and somebody who decides?"),
            follow_up("First call", kind="call", after="2D", duration=20, auto=True, purpose="Arrange a meeting"),
            document("Letter of introduction", template="introduction", subject="Getting to know each other"),
        ],
    ),
    (
        "first-meeting",
        [
            follow_up("First meeting", kind="meeting", after="1W", duration=60, auto=True),
            follow_up("Write down the needs", kind="task", after="1D", auto=True),
            document("Meeting confirmation", template="meeting-confirmation", subject="Our meeting"),
            document("Minutes", template="minutes"),
        ],
    ),
    (
        "proposal",
        [
            follow_up("Prepare the quotation", kind="task", after="3D", duration=240, auto=True),
            follow_up("Call about the quotation", kind="call", after="1W", duration=15, auto=True),
            document("Quotation", template="quotation", subject="Our quotation"),
        ],
    ),
    ("second-meeting", [follow_up("Meeting about the quotation", kind="meeting", after="1W", duration=60, auto=True)]),
    (
        "short-list",
        [
            follow_up("References", kind="task", after="2D", purpose="Bring the customer together with another one"),
            follow_up("Negotiate", kind="meeting", after="1W", duration=90, auto=True),
            document("Final quotation", template="quotation", subject="Our final quotation"),
        ],
    ),
    (
        "verbal-acceptance",
        [
            follow_up("Sign the contract", kind="meeting", after="1W", duration=60, auto=True),
            document("Contract", template="contract"),
        ],
    ),
)

EXISTING_CUSTOMERS = SalesGuide.of(
    (
        "first-meeting",
        [
            follow_up("Call about the new need", kind="call", duration=20),
            document("Meeting confirmation", template="meeting-confirmation"),
        ],
    ),
    (
        "proposal",
        [
            follow_up("Prepare the quotation", kind="task", after="2D", duration=120, auto=True),
            follow_up("Call about the quotation", kind="call", after="4D", duration=15, auto=True),
            document("Quotation", template="quotation"),
        ],
    ),
    (
        "verbal-acceptance",
        [
            follow_up("Confirm the order", kind="task", after="1D", auto=True),
            document("Order confirmation", template="order-confirmation"),
        ],
    ),
)

LONG_STAGES = (
    Stage("identified", "Identified", 5),
    Stage("qualified", "Qualified", 10),
    Stage("needs-analysis", "Needs Analysis", 20),
    Stage("solution-design", "Solution Design", 35),
    Stage("pilot", "Pilot", 50),
    Stage("tender", "Tender", 65),
    Stage("negotiation", "Negotiation", 80),
    Stage("contract", "Contract", 90),
)

LONG_PROCESSES = SalesGuide(
    stages=(
        StageGuide(
            "identified",
            [
                follow_up("Research the organisation", kind="task"),
                follow_up("Find a sponsor", kind="call", after="1W", auto=True),
            ],
            duration=weeks(2),
        ),
        StageGuide(
            "qualified",
            [
                follow_up("Qualification meeting", kind="meeting", after="1W", duration=60, auto=True),
                follow_up("Decide to pursue", kind="task", after="2D", auto=True),
            ],
            [document("Qualification sheet", template="qualification")],
            duration=weeks(3),
        ),
        StageGuide(
            "needs-analysis",
            [
                follow_up("Interviews", kind="meeting", after="1W", duration=240, auto=True),
                follow_up("Report on the needs", kind="task", after="2W", auto=True),
            ],
            [document("Needs report", template="needs")],
            duration=weeks(6),
        ),
        StageGuide(
            "solution-design",
            [
                follow_up("Design workshop", kind="meeting", after="1W", duration=480, auto=True),
                follow_up("Calculate the costs", kind="task", after="1W", auto=True),
            ],
            [document("Solution description", template="solution")],
            duration=weeks(6),
        ),
        StageGuide(
            "pilot",
            [
                follow_up("Start the pilot", kind="meeting", after="1W", duration=120, auto=True),
                follow_up("Look at the pilot halfway", kind="call", after="2W", duration=30, auto=True),
                follow_up("Evaluate the pilot", kind="meeting", after="2W", duration=120, auto=True),
            ],
            [document("Pilot agreement", template="pilot"), document("Evaluation", template="evaluation")],
            duration=months(2),
        ),
        StageGuide(
            "tender",
            [
                follow_up("Answer the tender", kind="task", after="2W", auto=True),
                follow_up("Present the answer", kind="meeting", after="2W", duration=120, auto=True),
            ],
            [document("Tender answer", template="tender")],
            duration=months(2),
        ),
        StageGuide(
            "negotiation",
            [
                follow_up("Negotiate the terms", kind="meeting", after="1W", duration=120, auto=True),
                follow_up("Have the terms checked", kind="task", after="1W", auto=True),
            ],
            duration=weeks(4),
        ),
        StageGuide(
            "contract",
            [follow_up("Sign the contract", kind="meeting", after="1W", duration=60, auto=True)],
            [document("Contract", template="contract")],
            duration=weeks(2),
        ),
    )
)


def prospects() -> SaleType:
    """New business, led from the first lead to the contract in six stages."""
    return evolve(new_business(), id="prospects", name="Prospects, guided", guide=PROSPECTS)


def existing_customers() -> SaleType:
    """The short process for an existing customer, led through three stages."""
    return evolve(add_on(), id="existing-customers", name="Existing customers, guided", guide=EXISTING_CUSTOMERS)


def long_processes() -> SaleType:
    """A process of a year with many stages and activities, each with a length of its own."""
    return evolve(
        new_business(),
        id="long-processes",
        name="Long processes, guided",
        stages=LONG_STAGES,
        duration=months(12),
        guide=LONG_PROCESSES,
    )


def guided_catalog() -> Catalog:
    """The SuperOffice catalog with a guided type for each of the three guides."""
    return catalog().with_type(prospects()).with_type(existing_customers()).with_type(long_processes())
