"""How much a run has tried: each harness counts its cases, fails below its floor, and the run ends with a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias, cast

import pytest

__all__ = ["Counted", "counted", "pytest_terminal_summary"]

Counted: TypeAlias = Callable[[str, int, int], None]
_PROPERTY = "counted"


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Counted:
    """Notes how many cases of a kind a test has tried; fails where they are fewer than the floor."""

    def note(kind: str, count: int, floor: int) -> None:
        record_property(_PROPERTY, [kind, count, floor])
        assert count >= floor, f"only {count:,} {kind} were tried, {floor:,} are the least"

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was counted; nothing is asked of tests that did not run."""
    sums = _sums(report for reports in terminalreporter.stats.values() for report in reports)
    if sums:
        terminalreporter.section("counted")
    for kind, (count, floor) in sums.items():
        least = f", floor {floor:,}" if floor else ""
        terminalreporter.write_line(f"counted: {kind} {count:,}{least}")


def _sums(reports: Iterable[object]) -> Mapping[str, tuple[int, int]]:
    """The cases of each kind and their floors, over all tests that counted some, whichever process ran them."""
    sums: dict[str, tuple[int, int]] = {}
    for kind, count, floor in _counted_in(reports):
        before = sums.get(kind, (0, 0))
        sums[kind] = before[0] + count, before[1] + floor
    return dict(sorted(sums.items()))


def _counted_in(reports: Iterable[object]) -> Iterator[tuple[str, int, int]]:
    for report in reports:
        if isinstance(report, pytest.TestReport) and report.when == "call":
            yield from (
                cast("tuple[str, int, int]", value) for name, value in report.user_properties if name == _PROPERTY
            )
