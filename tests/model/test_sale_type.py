"""A sale type checks itself when it is made."""

from typing import Any

import pytest
from attrs import evolve

from salespipeline.errors import BrokenTable, InvalidValue
from salespipeline.model.actions import Lose, Sell, Stall
from salespipeline.model.ids import StageId
from salespipeline.model.item import items
from salespipeline.model.rule import Rule
from salespipeline.model.sale_type import SaleType
from salespipeline.model.stage import Stage
from salespipeline.presets import superoffice

TYPE = superoffice.new_business()
LEAD = TYPE.stages[0]
PRICE = items("Price")
OLD = (*PRICE, evolve(items("Old")[0], retired=True))
STRICT = evolve(
    superoffice.DIALECT, name="strict", needs=((Sell, ("reason",)), (Lose, ("reason",)), (Stall, ("reason",)))
)


def faults_of(**changes: Any) -> tuple[str, ...]:
    with pytest.raises(BrokenTable) as caught:
        evolve(TYPE, **changes)
    assert "'new-business'" in str(caught.value)
    return caught.value.faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"stages": (LEAD, LEAD)}, "stage 'lead' stands twice"),
        ({"sold_reasons": PRICE * 2}, "sold reason 'price' stands twice"),
        ({"lost_reasons": PRICE * 3}, "lost reason 'price' stands twice"),
        ({"stalled_reasons": PRICE * 2}, "stalled reason 'price' stands twice"),
        ({"default_stage": "nowhere"}, "default stage 'nowhere' is not one of the stages in use"),
        ({"default_stage": "lead", "stages": (evolve(LEAD, retired=True),)}, "default stage 'lead' is not one"),
        ({"rules": (Rule(Sell),)}, "a rule row without a name cannot be stored"),
        ({"stages": (evolve(LEAD, chance="0.5"),)}, "stage 'lead' has percents finer"),
        ({"stages": (evolve(LEAD, completion="0.5"),)}, "stage 'lead' has percents finer"),
        ({"dialect": STRICT, "sold_reasons": ()}, "the dialect needs a sold reason"),
        ({"dialect": STRICT, "lost_reasons": OLD[1:]}, "the dialect needs a lost reason"),
        ({"dialect": STRICT, "stalled_reasons": ()}, "the dialect needs a stalled reason"),
    ],
)
def test_a_contradiction_is_a_fault(changes: dict[str, Any], fault: str) -> None:
    (found,) = faults_of(**changes)
    assert found.startswith(fault)


def test_all_faults_come_at_once() -> None:
    assert len(faults_of(stages=(LEAD, LEAD), sold_reasons=PRICE * 2, default_stage="x", rules=(Rule(Sell),))) == 4


def test_the_same_reason_may_be_of_two_kinds() -> None:
    assert evolve(TYPE, sold_reasons=PRICE, lost_reasons=PRICE, stalled_reasons=PRICE).lost_reasons == PRICE


@pytest.mark.parametrize("name", ["", " ", "x" * 240, "a\nb", None, 5])
def test_a_type_has_a_name(name: Any) -> None:
    with pytest.raises(InvalidValue):
        evolve(TYPE, name=name)


@pytest.mark.parametrize("id", ["", " a", "a/b", "..", None])
def test_a_type_has_an_id(id: Any) -> None:
    with pytest.raises(InvalidValue):
        evolve(TYPE, id=id)


def test_the_first_stage_is_the_default_one() -> None:
    assert evolve(TYPE, default_stage=StageId("proposal")).first_stage == TYPE.stage("proposal")


def test_the_first_stage_is_else_the_first_in_use() -> None:
    retired = (evolve(LEAD, retired=True), *TYPE.stages[1:])
    assert evolve(TYPE, stages=retired).first_stage == TYPE.stages[1]


def test_a_type_may_have_no_stages() -> None:
    assert evolve(TYPE, stages=()).first_stage is None


def test_a_stage_is_found_by_id() -> None:
    assert TYPE.stage("lead") is LEAD
    assert TYPE.stage("nowhere") is None
    assert TYPE.stage(None) is None


def test_around_a_stage() -> None:
    behind, current, ahead = TYPE.around("proposal")
    assert ([s.id for s in behind], current, len(ahead)) == (["lead", "first-meeting"], TYPE.stage("proposal"), 3)


def test_lists_are_kept_as_tuples() -> None:
    made = SaleType(id="a", name="A", dialect=superoffice.DIALECT, stages=[LEAD], sold_reasons=list(PRICE))
    assert made.stages == (LEAD,)
    assert hash(made)


@pytest.mark.parametrize(
    "arguments",
    [
        ("", "Lead"),
        ("lead", ""),
        ("lead", "Lead", "101"),
        ("lead", "Lead", "-1"),
        ("lead", "Lead", 0.5),
        ("lead", "L\n"),
    ],
)
def test_a_stage_refuses_nonsense(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        Stage(*arguments)
