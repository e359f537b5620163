"""Probability and stages: invariants 25 to 27, 37 and 40 to 44."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.properties.walks import DIALECTS, STAGES, TODAY, WALKED, Change, changes, minimal, new_sale, type_of

from salespipeline.errors import InvalidValue
from salespipeline.model.actions import (
    Assign,
    ChangeType,
    Edit,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Revise,
    Sell,
    StageMove,
)
from salespipeline.model.numbers import HUNDRED, ZERO
from salespipeline.model.problem import Refused
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import ProbabilityMethod
from salespipeline.model.standing import Standing, Status
from salespipeline.presets import business_central, superoffice
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.probability import probability
from salespipeline.testing.strategies import actions_for, guides, percents, sale_types, sales

NAMES = [dialect.name for dialect in DIALECTS]


IN_USE = [stage.id for stage in STAGES if not stage.retired]


WHOLE = st.integers(0, 100)


def at(sale: Sale, action: Any) -> Sale:
    return apply(sale, action, on=sale.changed_on)


@WALKED
@given(sales())
def test_percentages_lie_from_0_to_100(sale: Sale) -> None:
    """Invariant 25: chance, completion and probability lie from 0 to 100, now and in all of the history."""
    for position in (sale.position, *(entry.position for entry in sale.history)):
        assert all(0 <= percent <= 100 for percent in (position.chance, position.completion, position.probability))


@WALKED
@given(sale_types(superoffice.DIALECT).flatmap(sales))
def test_a_chance_is_whole_where_the_process_says_so(sale: Sale) -> None:
    """Invariant 25: whole numbers where the system says so."""
    chances = [entry.position.chance for entry in sale.history]
    assert [chance for chance in chances if chance != int(chance)] == []


class TestEnteringAStage:
    @given(st.sampled_from(IN_USE), st.sampled_from(IN_USE), WHOLE)
    def test_sets_the_chance_of_the_stage(self, start: str, end: str, typed: int) -> None:
        """Invariant 26: entering a stage sets the probability to the stage's, whatever stood before."""
        sale = at(new_sale(type_of("superoffice"), stage=start), Revise(chance=typed))
        after = at(sale, MoveTo(end))
        stage = sale.type.stage(end)
        assert stage is not None
        assert after.probability == (stage.chance if start != end else typed)

    @given(changes())
    @WALKED
    def test_is_all_that_ends_a_typed_chance(self, change: Change) -> None:
        """Invariant 26: a typed chance stands until the next change of stage (closing and reopening are such)."""
        steps = (StageMove, Revise, Sell, Lose, Reopen, ChangeType)
        if not isinstance(change.action, steps):
            assert change.after.position == change.before.position

    @given(WHOLE, st.sampled_from(["third", None]))
    def test_takes_a_typed_chance_along(self, typed: int, stage: str | None) -> None:
        """Invariant 26: a chance typed with the move stands in the new stage."""
        sale = at(new_sale(type_of("superoffice"), stage="second"), Next(stage, chance=typed))
        assert (sale.stage, sale.chance, sale.probability) == ("third", typed, typed)


def is_worthless(sale: Sale) -> bool:
    """Whether a document says what the sale is sold for, and says nothing: such a sale is not sold (X6)."""
    return sale.type.dialect.quote_sets_value and sale.quote_value is not None and sale.quote_value <= 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("action", [Sell, Lose])
@given(sale=st.data())
@WALKED
def test_closing_sets_100_or_0(name: str, action: type[Sell | Lose], sale: st.DataObject) -> None:
    """Invariant 27: sold is 100 %, lost is 0 %, from any open state, whatever was typed before."""
    before = sale.draw(sales(type_of(name)))
    row = before.type.dialect.lifecycle.row(before.standing, action)
    if row is not None:
        closing = minimal(action, before)
        assume(not is_worthless(before) or action is Lose)
        after = at(before, closing)
        assert after.probability == (100 if action is Sell else 0)
        assert (after.completion, after.stage) == (100, before.stage)


@WALKED
@given(sales())
def test_weighted(sale: Sale) -> None:
    """Invariants 37 and 42: weighted = amount x probability / 100; sold: the amount, lost: 0; never more."""
    assert sale.weighted * 100 == sale.amount * sale.probability
    assert abs(sale.weighted) <= abs(sale.amount)
    if sale.status is Status.SOLD:
        assert sale.weighted == sale.amount
    if sale.status is Status.LOST:
        assert sale.weighted == sale.value == 0


def test_without_an_amount_nothing_is_expected() -> None:
    """Invariant 42: nothing to sell, nothing expected."""
    assert new_sale(type_of("contact-manager"), chance=50).weighted == 0


class TestFormulas:
    @given(percents(4), percents(4))
    def test_stay_from_0_to_100(self, chance: Decimal, completion: Decimal) -> None:
        """Invariant 40: every method stays from 0 to 100."""
        assert all(0 <= probability(method, chance, completion) <= 100 for method in ProbabilityMethod)

    @pytest.mark.parametrize("method", ProbabilityMethod)
    def test_agree_at_the_ends(self, method: ProbabilityMethod) -> None:
        """Invariant 40: all agree on nothing and on everything."""
        assert [probability(method, both, both) for both in (ZERO, HUNDRED)] == [0, 100]

    @given(percents(4), percents(4))
    def test_stand_in_order(self, chance: Decimal, completion: Decimal) -> None:
        """Invariant 40: multiply <= the lower of the two <= average <= the higher of the two."""
        multiplied = probability(ProbabilityMethod.MULTIPLY, chance, completion)
        average = probability(ProbabilityMethod.AVERAGE, chance, completion)
        assert multiplied <= min(chance, completion) <= average <= max(chance, completion)

    @given(percents(4), percents(4))
    def test_are_exact(self, chance: Decimal, completion: Decimal) -> None:
        """Invariant 40: chance x completion / 100, and half of the sum, with nothing rounded."""
        assert probability(ProbabilityMethod.MULTIPLY, chance, completion) * 100 == chance * completion
        assert probability(ProbabilityMethod.AVERAGE, chance, completion) * 2 == chance + completion
        assert probability(ProbabilityMethod.CHANCE, chance, completion) == chance
        assert probability(ProbabilityMethod.COMPLETION, chance, completion) == completion

    @pytest.mark.parametrize(
        ("method", "expected"),
        [("multiply", "10.5"), ("average", "32.5"), ("chance", "30"), ("completion", "35")],
    )
    def test_of_a_chance_of_30_at_35_done(self, method: str, expected: str) -> None:
        """The worked example of Business Central, A.5."""
        assert probability(ProbabilityMethod(method), Decimal(30), Decimal(35)) == Decimal(expected)

    @pytest.mark.parametrize("method", ProbabilityMethod)
    @given(sale=st.data())
    @WALKED
    def test_hold_on_every_open_sale(self, method: ProbabilityMethod, sale: st.DataObject) -> None:
        """Invariant 40: what a sale shows is what its type's method makes of its chance and completion."""
        type = evolve(type_of("business-central"), method=method)
        walked = sale.draw(sales(type))
        if walked.status is Status.OPEN:
            assert walked.probability == probability(method, walked.chance, walked.completion)


@WALKED
@given(sales(business_central.cycles()[0]), st.data())
def test_closed_the_business_central_way(sale: Sale, data: st.DataObject) -> None:
    """Invariant 41: won is 100/100, lost has chance 0, completion 100 and value 0; no update after that."""
    if sale.is_closed:
        assert (sale.chance, sale.completion) == ((100 if sale.status is Status.SOLD else 0), 100)
        assert sale.status is Status.SOLD or sale.value == 0
        action = data.draw(actions_for(sale, sale.changed_on))
        if isinstance(action, (StageMove, Revise, Sell, Lose, Reopen, Assign)):
            assert problems(sale, action, on=sale.changed_on)


class TestChangingTheType:
    @given(sale=sales(type_of("superoffice")), data=st.data())
    @WALKED
    def test_sets_stage_and_probability(self, sale: Sale, data: st.DataObject) -> None:
        """Invariant 43: a type with a guide starts at its first stage; else the stage stays, or is the first one."""
        if sale.standing is not Standing.OPEN:
            return
        stages = tuple(data.draw(st.lists(st.sampled_from(STAGES), unique=True)))
        method = data.draw(st.sampled_from(ProbabilityMethod))
        guide = data.draw(guides(stages)) if len(stages) > 1 and data.draw(st.booleans()) else None
        new = evolve(sale.type, id="new", stages=stages, method=method, guide=guide)
        after, shared = at(sale, ChangeType(new)), new.stage(sale.stage)
        stays = shared is not None and not shared.retired and not new.has_guide
        expected = shared if stays else new.first_stage
        assert after.type is new
        assert after.stage == (expected.id if expected else None)
        assert after.probability == probability(method, after.chance, after.completion)
        if expected:
            assert after.completion == expected.completion
            assert after.chance == (sale.chance if stays else expected.chance)

    def test_is_undone_by_changing_back(self) -> None:
        sale = new_sale(type_of("superoffice"), stage="third")
        new = evolve(sale.type, id="new", stages=STAGES[:2])
        back = at(at(sale, ChangeType(new)), ChangeType(sale.type, "third"))
        assert evolve(back, history=sale.history) == sale

    def test_to_its_own_type_is_nothing(self) -> None:
        sale = new_sale(type_of("superoffice"), stage="third", chance=7)
        assert at(sale, ChangeType(sale.type)) is sale


class TestARetiredStage:
    """Invariant 44: a retired stage still loads, shows and can be left; it cannot be entered."""

    @pytest.fixture
    def sale(self) -> Sale:
        stages = (*STAGES[:2], evolve(STAGES[2], retired=True), *STAGES[3:])
        before = new_sale(type_of("superoffice"), stage="third")
        return evolve(before, type=evolve(before.type, stages=stages))

    def test_shows(self, sale: Sale) -> None:
        assert (sale.stage_name, sale.chance) == ("Third", 60)

    @pytest.mark.parametrize(
        ("action", "stage"), [(Next(), "last"), (Previous(), "second"), (MoveTo("first"), "first")]
    )
    def test_can_be_left(self, sale: Sale, action: Any, stage: str) -> None:
        assert at(sale, action).stage == stage

    @pytest.mark.parametrize("action", [MoveTo("gone"), Next("gone"), Previous("gone")])
    def test_cannot_be_entered(self, sale: Sale, action: Any) -> None:
        assert [problem.code for problem in problems(sale, action, on=TODAY)] == ["retired-stage"]

    def test_is_no_place_to_begin(self, sale: Sale) -> None:
        with pytest.raises(Refused, match="retired"):
            new_sale(sale.type, stage="third")

    def test_reopens_where_it_closed(self, sale: Sale) -> None:
        assert at(at(sale, Sell()), Reopen()).stage == "third"

    def test_is_passed_over(self) -> None:
        assert at(new_sale(type_of("superoffice"), stage="third"), Next()).stage == "last"

    @WALKED
    @given(changes(evolve(type_of("business-central"), stages=(*STAGES, evolve(STAGES[0], id="old", retired=True)))))
    def test_is_never_walked_into(self, change: Change) -> None:
        entered = change.after.type.stage(change.after.stage)
        assert entered is None or not entered.retired


def test_a_stage_is_as_fine_as_its_process() -> None:
    """Invariant 25: a process of whole percentages has no stage of 33.3 %."""
    with pytest.raises(ValueError, match="percent"):
        evolve(superoffice.new_business(), stages=(evolve(STAGES[0], chance="33.3"),))


@pytest.mark.parametrize(
    "percent", ["-1", "100.01", "NaN", 1.5, True, None, Decimal("1E-60"), Decimal("0." + "3" * 40)]
)
def test_a_stage_takes_percentages_only(percent: Any) -> None:
    """Invariant 25: a stage's percentages lie from 0 to 100, with few decimals."""
    for name in ("chance", "completion"):
        with pytest.raises(InvalidValue):
            evolve(STAGES[0], **{name: percent})


@pytest.mark.parametrize("action", [Edit(title="Other"), Assign("bob")])
def test_other_changes_leave_a_typed_chance(action: Any) -> None:
    """Invariant 26: a typed chance stands until the next change of stage."""
    assert at(new_sale(type_of("superoffice"), chance=77), action).chance == 77
