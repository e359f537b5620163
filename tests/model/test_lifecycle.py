"""A lifecycle checks itself when it is made."""

import pytest
from attrs import frozen

from salespipeline.errors import BrokenTable
from salespipeline.model.action import Action
from salespipeline.model.actions import Complete, Edit, Lose, Next, Reopen, Resume, Sell, Stall, Start, Uncomplete
from salespipeline.model.lifecycle import Lifecycle, Row
from salespipeline.model.standing import Standing
from salespipeline.presets import business_central, contact_manager, superoffice

NEW, OPEN, STALLED = Standing.NOT_STARTED, Standing.OPEN, Standing.STALLED
SOLD, LOST = Standing.SOLD, Standing.LOST
SOLD_DONE, LOST_DONE = Standing.SOLD_COMPLETED, Standing.LOST_COMPLETED

CLOSING = (Row(OPEN, Sell, SOLD), Row(OPEN, Lose, LOST))


def faults_of(*rows: Row, initial: Standing = OPEN) -> tuple[str, ...]:
    with pytest.raises(BrokenTable) as caught:
        Lifecycle("mine", rows, initial)
    assert "lifecycle 'mine'" in str(caught.value)
    return caught.value.faults


def test_a_cell_twice_is_a_fault() -> None:
    assert faults_of(*CLOSING, Row(OPEN, Sell, SOLD_DONE)) == ("Sell from 'open' stands twice",)


def test_a_standing_out_of_reach_is_a_fault() -> None:
    assert faults_of(*CLOSING, Row(STALLED, Resume, OPEN)) == ("'stalled' cannot be reached from 'open'",)


def test_an_open_sale_without_an_end_is_a_fault() -> None:
    assert faults_of(Row(OPEN, Next, OPEN)) == ("a sale that is 'open' can never be closed",)


def test_a_stalled_sale_without_an_end_is_a_fault() -> None:
    assert faults_of(*CLOSING, Row(OPEN, Stall, STALLED)) == ("a sale that is 'stalled' can never be closed",)


def test_a_table_without_rows_is_a_fault() -> None:
    assert faults_of() == ("a sale that is 'open' can never be closed",)


@pytest.mark.parametrize(
    "row",
    [
        Row(OPEN, Sell, LOST),
        Row(OPEN, Lose, SOLD),
        Row(OPEN, Edit, SOLD),
        Row(OPEN, Next, STALLED),
        Row(OPEN, Complete, SOLD_DONE),
        Row(SOLD, Complete, LOST_DONE),
        Row(SOLD_DONE, Uncomplete, LOST),
        Row(SOLD, Resume, OPEN),
        Row(STALLED, Reopen, OPEN),
        Row(NEW, Reopen, OPEN),
    ],
    ids=lambda row: f"{row.action.__name__}-{row.source.name}-{row.target.name}",
)
def test_a_row_without_data_for_its_target_is_a_fault(row: Row) -> None:
    """No row leads where its action has no data for."""
    with pytest.raises(BrokenTable, match=f"{row.action.__name__} leads from '{row.source.value}'"):
        Lifecycle("mine", (*CLOSING, row))


def test_all_faults_come_at_once() -> None:
    found = faults_of(
        Row(OPEN, Sell, LOST), Row(OPEN, Sell, LOST), Row(STALLED, Resume, OPEN), Row(NEW, Edit, NEW), initial=NEW
    )
    assert len(found) == 2 + 1 + 3 + 1


def test_an_own_action_without_brings_stays_where_it_is() -> None:
    @frozen
    class Praise(Action):
        pass

    assert Lifecycle("mine", (*CLOSING, Row(OPEN, Praise, OPEN))).row(OPEN, Praise)
    assert faults_of(*CLOSING, Row(OPEN, Praise, SOLD))


class TestAnswers:
    TABLE = superoffice.LIFECYCLE

    def test_row(self) -> None:
        row = self.TABLE.row(OPEN, Stall)
        assert row is not None
        assert row.target is STALLED

    def test_no_row(self) -> None:
        assert self.TABLE.row(SOLD_DONE, Sell) is None

    def test_leaving(self) -> None:
        assert [row.action for row in self.TABLE.leaving(SOLD_DONE)] == [Uncomplete]

    def test_standings_are_in_their_natural_order(self) -> None:
        assert self.TABLE.standings == (OPEN, STALLED, SOLD, LOST, SOLD_DONE, LOST_DONE)
        assert business_central.LIFECYCLE.standings == (NEW, OPEN, SOLD, LOST)
        assert contact_manager.LIFECYCLE.standings == (OPEN, SOLD, LOST)

    def test_actions_are_in_the_order_of_the_rows(self) -> None:
        assert business_central.LIFECYCLE.actions[:2] == (Start, Edit)

    def test_every_row_says_why(self) -> None:
        tables = (superoffice.LIFECYCLE, contact_manager.LIFECYCLE, business_central.LIFECYCLE)
        assert [row for table in tables for row in table.rows if not row.because] == []
