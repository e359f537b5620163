"""The power cuts find every bug that is planted: a harness that finds nothing is worth nothing."""

from collections.abc import Iterator

import pytest
from tests.counts import Counted
from tests.storage.seeded_bugs import BUGS, Bug
from tests.storage.worlds import Cuts, State, check_state

from salespipeline.errors import StorageError


@pytest.mark.parametrize("bug", BUGS, ids=lambda each: each.name)
def test_a_planted_bug_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch, counted: Counted) -> None:
    bug.plant(monkeypatch)
    try:
        for state in states_of(bug):
            check_state(state, bug.path)
    except (AssertionError, StorageError):
        counted("planted bugs found", 1, 1)
    else:
        pytest.fail("no state showed it")


def states_of(bug: Bug) -> Iterator[State]:
    cuts = Cuts()
    for moments in bug.runs():
        for way in bug.ways:
            yield from cuts.new(moments, way)
