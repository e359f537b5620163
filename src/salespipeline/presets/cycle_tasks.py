"""The tasks that Business Central's demonstration cycles plan on entering a stage: activities and their steps.

Days, kinds and priorities are those of the demonstration data (A.9); each step counts from the day of entering.
"""

from salespipeline.model.activity import ActivityKind
from salespipeline.model.guide import Advance, Plans, SalesGuide, StageGuide, SuggestedActivity
from salespipeline.model.parts import Priority

_TASK, _CALL, _MEETING = ActivityKind.TASK, ActivityKind.CALL, ActivityKind.MEETING
_LOW, _NORMAL, _HIGH = Priority.LOW, Priority.NORMAL, Priority.HIGH
_DAY = 24 * 60

Step = tuple[str, ActivityKind, str, Priority]

# Each activity by its code: date formula, kind, what to do, priority.
ACTIVITIES: dict[str, tuple[Step, ...]] = {
    "INIT": (
        ("", _TASK, "Check the opportunity", _HIGH),
        ("1W", _TASK, "Find out who decides", _NORMAL),
    ),
    "NEEDS": (
        ("", _TASK, "Estimate the needs", _LOW),
        ("3D", _CALL, "Arrange a meeting", _NORMAL),
        ("2W", _MEETING, "Discuss expectations and needs", _HIGH),
        ("3W", _TASK, "Confirm or correct the needs", _NORMAL),
    ),
    "QUAL": (
        ("", _TASK, "Estimate the needs", _NORMAL),
        ("1W", _TASK, "Send an introduction", _NORMAL),
        ("2W", _CALL, "Ask about the introduction", _HIGH),
        ("2W+1D", _TASK, "Confirm or correct the needs", _HIGH),
    ),
    "C-PRES": (
        ("", _TASK, "Invite the decision makers", _HIGH),
        ("1W", _TASK, "Ask when the showroom is free", _NORMAL),
        ("1W", _CALL, "Confirm the day", _HIGH),
        ("1W", _TASK, "Book the showroom", _NORMAL),
        ("2W", _TASK, "Fit the presentation to the customer", _HIGH),
    ),
    "P-PRES": (
        ("", _CALL, "Arrange the product presentation", _NORMAL),
        ("2D", _TASK, "Confirm it in writing", _HIGH),
        ("2D", _TASK, "Book the equipment", _NORMAL),
    ),
    "P-WORK": (
        ("", _CALL, "Arrange the presentation or workshop", _NORMAL),
        ("3D", _TASK, "Confirm it in writing", _LOW),
        ("3D", _TASK, "Book the equipment", _LOW),
        ("3D", _TASK, "Make sure of our own people", _NORMAL),
    ),
    "WORKSHOP": (
        ("", _CALL, "Arrange the workshop", _NORMAL),
        ("3D", _TASK, "Confirm it in writing", _HIGH),
        ("3D", _TASK, "Make sure of our own people", _HIGH),
    ),
    "PROPOSAL": (
        ("", _TASK, "Draft the proposal", _HIGH),
        ("3D", _TASK, "Have the proposal approved", _HIGH),
        ("1W", _CALL, "Agree on a day to present it", _HIGH),
        ("2W", _MEETING, "Present it and agree on what follows", _HIGH),
    ),
    "SIGN": (
        ("", _TASK, "Check that the products can be delivered", _LOW),
        ("1W", _MEETING, "Sign the contract", _HIGH),
        ("2W", _TASK, "Hand the contract to administration", _NORMAL),
        ("6M", _TASK, "Ask whether the customer is content", _NORMAL),
    ),
}


def cycle_guide(stages: tuple[tuple[str, str], ...]) -> SalesGuide:
    """The guide of a cycle from its stages, each with the code of its activity: all tasks planned on entering."""
    return SalesGuide(
        stages=tuple(StageGuide(stage, _suggestions(stage, ACTIVITIES[code])) for stage, code in stages),
        chained=False,
        plans=Plans.ON_ENTRY,
        advance=Advance.NEVER,
    )


def _suggestions(stage: str, steps: tuple[Step, ...]) -> tuple[SuggestedActivity, ...]:
    return tuple(
        SuggestedActivity(f"{stage}-task-{number}", name, kind=kind, after=after, duration=_DAY, priority=priority)
        for number, (after, kind, name, priority) in enumerate(steps, 1)
    )
