"""Whatever a power cut leaves of a journal opens again, with every acknowledged commit and no part of any other."""

import pytest
from tests.counts import Counted
from tests.storage import scenarios
from tests.storage.scenarios import Scenario, cuts_of
from tests.storage.worlds import check_state


def checked(scenario: Scenario, counted: Counted) -> None:
    """Check every disk that a power cut may leave in a scenario, once each, and count them."""
    cuts = cuts_of(scenario)
    for state in cuts:
        check_state(state, scenario.path)
    counted("disks after power cuts", cuts.distinct, scenario.floor)
    counted("disks after power cuts, equal ones too", cuts.total, 0)


def named(scenario: Scenario) -> str:
    return scenario.name


@pytest.mark.parametrize("scenario", scenarios.WORKING, ids=named)
def test_p_d2_a_power_cut_loses_no_acknowledged_commit(scenario: Scenario, counted: Counted) -> None:
    checked(scenario, counted)


def test_p_d3_without_waiting_for_the_disk_an_earlier_commit_is_left(counted: Counted) -> None:
    checked(scenarios.HASTY, counted)


def test_p_d3_what_arrives_out_of_order_is_refused_or_an_earlier_commit(counted: Counted) -> None:
    checked(scenarios.OUT_OF_ORDER, counted)


def test_p_d4_a_full_disk_leaves_nothing_of_what_it_refused(counted: Counted) -> None:
    checked(scenarios.FULL_DISK, counted)


def test_p_d5_after_a_sync_that_failed_a_commit_is_there_or_not(counted: Counted) -> None:
    checked(scenarios.FAILED_SYNC, counted)


def test_p_d5_after_a_disk_that_failed_nothing_is_built_on_what_it_lacks(counted: Counted) -> None:
    checked(scenarios.STUCK_DISK, counted)


def test_p_d6_a_first_commit_into_a_new_folder_is_as_durable_as_any(counted: Counted) -> None:
    checked(scenarios.CREATING, counted)


def test_p_d7_what_a_killed_writer_left_is_durable_before_it_is_built_on(counted: Counted) -> None:
    checked(scenarios.KILLED_PEER, counted)


@pytest.mark.parametrize("scenario", scenarios.RECOVERING, ids=named)
def test_p_r2_recovery_survives_a_power_cut_at_any_call(scenario: Scenario, counted: Counted) -> None:
    checked(scenario, counted)
