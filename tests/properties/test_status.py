"""Statuses and what leads to them: invariants 28 to 36."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.walks import DIALECTS, STAGES, TODAY, WALKED, Change, brought_to, changes, new_sale, type_of

from salespipeline.model.actions import (
    ACTIONS,
    Complete,
    Lose,
    Reopen,
    Resume,
    Sell,
    Stall,
    Uncomplete,
)
from salespipeline.model.problem import Refused
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing, Status
from salespipeline.model.state import Open, Stalled
from salespipeline.rules.apply import apply, problems
from salespipeline.rules.closing import reasons_of
from salespipeline.rules.offers import available
from salespipeline.testing.strategies import actions_for, sales

NAMES = [dialect.name for dialect in DIALECTS]


IN_USE = [stage.id for stage in STAGES if not stage.retired]


def at(sale: Sale, action: Any) -> Sale:
    return apply(sale, action, on=sale.changed_on)


@WALKED
@given(sales(type_of("superoffice")))
def test_stalling_and_resuming_restore_the_sale(sale: Sale) -> None:
    """Invariant 28: stalling keeps chance and stage, resuming restores exactly the state before."""
    if sale.standing is Standing.OPEN:
        stalled = at(sale, Stall())
        assert (stalled.position, stalled.status) == (sale.position, Status.STALLED)
        assert evolve(at(stalled, Resume()), history=sale.history) == sale


@pytest.mark.parametrize("closed", [Standing.SOLD, Standing.LOST])
@given(sale=sales(type_of("superoffice")), stage=st.sampled_from([None, *IN_USE]))
@WALKED
def test_reopening(closed: Standing, sale: Sale, stage: str | None) -> None:
    """Invariant 29: reopened is open, with the stage's chance, without closing day, with its history."""
    sold = brought_to(closed, sale)
    after = at(sold, Reopen(stage))
    entered = sale.type.stage(stage or sold.stage)
    assert entered is not None
    assert after.status is Status.OPEN
    assert (after.stage, after.chance) == (entered.id, entered.chance)
    assert (after.closed_on, after.reason) == (None, None)
    assert after.history[:-1] == sold.history


@WALKED
@given(changes())
def test_the_stage_when_closed(change: Change) -> None:
    """Invariant 30: the stage when closed is the one just before closing, and is kept while closed."""
    before, after = change.before, change.after
    if after.is_closed:
        assert after.stage_when_closed == before.stage == after.stage
    else:
        assert after.stage_when_closed is None


@WALKED
@given(sales(), st.data())
def test_a_refused_action_changes_nothing_and_explains_itself(sale: Sale, data: st.DataObject) -> None:
    """Invariant 31: a refused step leaves the sale as it was, and says why, in words."""
    action, before = data.draw(actions_for(sale, sale.changed_on)), repr(sale)
    found = problems(sale, action, on=sale.changed_on)
    try:
        apply(sale, action, on=sale.changed_on)
    except Refused as refused:
        assert refused.problems == found != ()
        assert all(str(problem) in str(refused) for problem in found)
    else:
        assert found == ()
    assert repr(sale) == before


@WALKED
@given(sales(), st.data())
def test_what_is_allowed_does_not_raise(sale: Sale, data: st.DataObject) -> None:
    """Invariant 32: what can be asked, with the stage it names, passes; what passes was on offer."""
    offers = available(sale, on=sale.changed_on)
    for offer in offers:
        if offer.is_open and not offer.needs:
            at(sale, offer.make())
    action = data.draw(actions_for(sale, sale.changed_on))
    if not problems(sale, action, on=sale.changed_on):
        assert any(offer.is_open for offer in offers if offer.action is type(action))


class TestTheTable:
    @pytest.mark.parametrize("name", NAMES)
    @given(data=st.data())
    @WALKED
    def test_is_never_left(self, name: str, data: st.DataObject) -> None:
        """Invariant 33: no sequence of actions, however careless, leads outside of the table."""
        sale = new_sale(type_of(name))
        lifecycle = sale.type.dialect.lifecycle
        for _ in range(data.draw(st.integers(1, 8))):
            action, source = data.draw(actions_for(sale, sale.changed_on)), sale.standing
            if not problems(sale, action, on=sale.changed_on):
                sale = at(sale, action)
                row = lifecycle.row(source, type(action))
                assert row is not None
                assert sale.standing is row.target

    @pytest.mark.parametrize("name", NAMES)
    def test_is_reachable_everywhere(self, name: str) -> None:
        """Invariant 33: every standing of the table is reached by real actions."""
        sale = new_sale(type_of(name))
        standings = sale.type.dialect.lifecycle.standings
        assert [brought_to(standing, sale).standing for standing in standings] == list(standings)

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("action", ACTIONS)
    def test_says_what_is_not_in_it(self, name: str, action: type[Any]) -> None:
        """Invariant 32: an action without a row is refused in every standing, with the actions that have one."""
        start = new_sale(type_of(name))
        lifecycle = start.type.dialect.lifecycle
        for standing in lifecycle.standings:
            sale = brought_to(standing, start)
            needs = {"stage": "third", "owner": "bob", "type": sale.type}
            asked = action(**{name: needs.get(name, "nothing") for name in action.required()})
            codes = [problem.code for problem in problems(sale, asked, on=TODAY)]
            assert (codes == ["no-such-step"]) == (lifecycle.row(standing, action) is None)


@WALKED
@given(changes())
def test_completed_is_closed(change: Change) -> None:
    """Invariant 34: only a sold or lost sale is completed; no step but completing or closing makes it so."""
    for sale in (change.before, change.after):
        assert sale.is_closed or not sale.is_completed
    if change.after.is_completed and not change.before.is_completed:
        assert isinstance(change.action, (Complete, Sell, Lose))


@pytest.mark.parametrize("closed", [Standing.SOLD_COMPLETED, Standing.LOST_COMPLETED])
def test_reopening_comes_after_the_tick_is_off(closed: Standing) -> None:
    """Invariant 34: reopening clears the tick, since a completed sale does not reopen."""
    sale = brought_to(closed, new_sale(type_of("superoffice")))
    with pytest.raises(Refused):
        at(sale, Reopen())
    assert not at(at(sale, Uncomplete()), Reopen()).is_completed


@WALKED
@given(sales())
def test_reasons_never_mix(sale: Sale) -> None:
    """Invariant 35: the reason in force is of its own kind's list, at every point of the history."""
    for entry in sale.history:
        reason = None if isinstance(entry.state, Open) else entry.state.reason
        listed = [item.id for item in reasons_of(sale.type, entry.state.standing.status)]
        assert reason is None or reason in listed


@WALKED
@given(sales())
def test_a_reopen_date_is_of_stalled_sales_only(sale: Sale) -> None:
    """Invariant 36: there is a re-open date only while the sale is stalled."""
    assert (sale.reopen_on is not None) == isinstance(sale.state, Stalled)
