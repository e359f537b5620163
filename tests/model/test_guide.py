"""Guides as plain data: what they refuse, and how they are edited."""

from datetime import timedelta

import pytest
from attrs import evolve

from salespipeline import (
    Advance,
    DateFormula,
    InvalidValue,
    Plans,
    Priority,
    SalesGuide,
    StageGuide,
    UnknownEntry,
    document,
    follow_up,
)
from salespipeline.presets import guides, superoffice

GUIDE = SalesGuide.of(
    ("lead", [follow_up("Call", kind="call"), follow_up("Meet", kind="meeting", after="1W"), document("Letter")]),
    ("proposal", [follow_up("Call", kind="call", after=3)]),
)


def ids(guide: SalesGuide) -> list[str]:
    return [suggestion.id for suggestion in guide.suggestions]


# What is typed.


def test_texts_and_numbers_stand_for_the_values_they_mean() -> None:
    typed = follow_up("Call", kind="call", after=3, duration=90, priority="high")
    assert (typed.after, typed.duration, typed.priority) == (DateFormula("3D"), timedelta(minutes=90), Priority.HIGH)
    guide = SalesGuide.of(("lead", [typed]), plans="once", advance="last-done")
    assert (guide.plans, guide.advance) == (Plans.ONCE, Advance.LAST_DONE)
    assert StageGuide("lead", [typed], starts="CM+1D").starts == DateFormula("CM+1D")


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: follow_up("Call", kind="telegram"), "'phone-log'"),
        (lambda: follow_up("Call", after="1X"), "at character 2"),
        (lambda: follow_up("Call", duration=-1), "whole minutes"),
        (lambda: follow_up("Call", priority="urgent"), "'high'"),
        (lambda: SalesGuide.of(("lead", [follow_up("Call")]), plans="sometimes"), "'on-entry'"),
        (lambda: follow_up("   "), "required"),
        (lambda: StageGuide("lead", starts="every day"), "at character 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_would_do(make: object, hint: str) -> None:
    with pytest.raises(InvalidValue, match=hint):
        make()  # type: ignore[operator]  # a function each


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (SalesGuide.of, "suggests nothing"),
        (lambda: SalesGuide.of(("lead", [])), "suggests nothing"),
        (lambda: SalesGuide.of(("lead", [follow_up("A")]), ("lead", [follow_up("B")])), "not in a circle"),
        (lambda: SalesGuide.of(("lead", [follow_up("A"), follow_up("A")])), "stands twice"),
        (lambda: follow_up("A", kind="note"), "not something to plan"),
        (lambda: StageGuide("lead", [document("Letter")]), "follow-ups come first"),  # type: ignore[list-item]
        (lambda: evolve(superoffice.add_on(), guide=GUIDE), "which the type has not"),
        (
            lambda: evolve(
                superoffice.add_on(),
                stages=superoffice.STAGES[:1],
                guide=SalesGuide.of(("lead", [follow_up("A")])),
            ),
            "at least two stages",
        ),
    ],
)
def test_a_guide_that_cannot_lead_is_refused(make: object, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        make()  # type: ignore[operator]  # a function each


def test_a_name_that_comes_again_takes_the_stage_before_its_id() -> None:
    assert ids(GUIDE) == ["call", "meet", "letter", "proposal-call"]


# Editing.


def test_a_suggestion_is_added_last_or_at_a_place() -> None:
    new = follow_up("Qualify", kind="task")
    assert ids(GUIDE.with_suggestion("lead", new)) == ["call", "meet", "qualify", "letter", "proposal-call"]
    assert ids(GUIDE.with_suggestion("lead", new, at=0)) == ["qualify", "call", "meet", "letter", "proposal-call"]
    assert ids(GUIDE.with_suggestion("lead", document("Offer"), at=0)) == [
        "call",
        "meet",
        "offer",
        "letter",
        "proposal-call",
    ]


def test_a_suggestion_of_a_known_id_takes_its_place() -> None:
    after = GUIDE.with_suggestion("lead", follow_up("Ring", id="call", kind="call"))
    assert [suggestion.name for suggestion in after.suggestions] == ["Ring", "Meet", "Letter", "Call"]


def test_a_stage_that_the_guide_did_not_have_can_be_added() -> None:
    assert ids(GUIDE.with_suggestion("short-list", follow_up("Negotiate")))[-1] == "negotiate"


def test_deleting_a_suggestion_retires_it() -> None:
    after = GUIDE.without_suggestion("meet")
    assert [suggestion.id for suggestion in after.suggestions if suggestion.retired] == ["meet"]


def test_follow_ups_of_a_stage_change_their_order() -> None:
    assert ids(GUIDE.reordered("lead", ["meet"])) == ["meet", "call", "letter", "proposal-call"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda: GUIDE.without_suggestion("dance"),
        lambda: GUIDE.reordered("lead", ["dance"]),
        lambda: GUIDE.reordered("nowhere", ["call"]),
        lambda: superoffice.new_business().reordered(["nowhere"]),
        lambda: superoffice.catalog().with_guide("nothing", GUIDE),
    ],
)
def test_what_is_not_there_cannot_be_edited(edit: object) -> None:
    with pytest.raises(UnknownEntry):
        edit()  # type: ignore[operator]  # a function each


def test_deactivated_and_reactivated_it_is_what_it_was() -> None:
    assert GUIDE.deactivated().reactivated() == GUIDE
    assert superoffice.catalog().with_guide("new-business", GUIDE.deactivated()).type("new-business").has_guide is False


# The three that come with the library.


@pytest.mark.parametrize("type", [guides.prospects(), guides.existing_customers(), guides.long_processes()])
def test_every_stage_of_a_ready_made_guide_suggests_a_follow_up(type: object) -> None:
    kind = guides.guided_catalog().type(type.id)  # type: ignore[attr-defined]
    assert kind.guide is not None
    assert all((content := kind.guide.stage(stage.id)) and content.activities for stage in kind.stages)


def test_the_guided_catalog_has_all_three_beside_the_plain_ones() -> None:
    assert [kind.id for kind in guides.guided_catalog().types if kind.has_guide] == [
        "prospects",
        "existing-customers",
        "long-processes",
    ]
