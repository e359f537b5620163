"""Pieces of work in turn, A B A B, and their ratio: what a noisy machine cannot bend."""

import gc
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

Work = Callable[[], object]


class Ratio(NamedTuple):
    """How many times as fast ours is, or for `costs` how many times as much it takes; beside its bar, if it has one."""

    what: str
    against: str
    ours: float
    theirs: float
    ratio: float
    bar: float | None = None
    stretch: float | None = None
    costs: bool = False

    @property
    def verdict(self) -> str:
        if self.bar is None:
            return ""
        return "met" if (self.ratio <= self.bar if self.costs else self.ratio >= self.bar) else "not yet"

    def __str__(self) -> str:
        times = f"{_time(self.ours)} / {_time(self.theirs)}"
        stretch = "" if self.stretch is None else f" ({self.stretch:g} x)"
        bars = "" if self.bar is None else f"{self.bar:g} x{stretch}"
        meaning = "as much" if self.costs else "as fast"
        ratio = f"{self.ratio:.2f} x {meaning}"
        return f"{self.what:<46} {self.against:<24} {times:>22} {ratio:>17} {bars:>14}  {self.verdict}".rstrip()


HEADING = f"{'what':<46} {'against':<24} {'ours / theirs':>22} {'ratio':>17} {'bar (stretch)':>14}"


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def measured(work: Work, number: int, clock: Callable[[], float]) -> float:
    """Seconds for one call, the mean of `number` calls."""
    start = clock()
    for _ in range(number):
        work()
    return (clock() - start) / number


def in_turn(
    *works: Work, rounds: int, number: int = 1, clock: Callable[[], float] = time.perf_counter, collecting: bool = False
) -> list[list[float]]:
    """The seconds of each in every round, in which each has its turn; without the garbage collector unless wanted."""
    for work in works:
        work()
    gc.collect()
    gc.freeze()  # what was built before is not for the collector to go through each time
    if not collecting:
        gc.disable()
    try:
        rounds_of_all = [[measured(work, number, clock) for work in works] for _ in range(rounds)]
    finally:
        gc.enable()
        gc.unfreeze()
    return [list(times) for times in zip(*rounds_of_all, strict=True)]


def compared(ours: Work, theirs: Work, *, number: int, rounds: int = 9) -> tuple[float, float, float]:
    """The median seconds of both on the processor, and the median of theirs / ours over the rounds."""
    mine, others = in_turn(ours, theirs, rounds=rounds, number=number, clock=time.process_time)
    return median(mine), median(others), median(b / a for a, b in zip(mine, others, strict=True))


def quick(times: list[float]) -> float:
    """What one in ten calls took, or less: the work and the disk, without what others did to the machine meanwhile."""
    return sorted(times)[len(times) // 10]
