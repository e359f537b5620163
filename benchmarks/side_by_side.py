"""Two pieces of work in turn, A B A B, and the ratio pair by pair: what a noisy machine cannot bend."""

import gc
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

Work = Callable[[], object]


class Ratio(NamedTuple):
    """How many times faster ours is (or, for `costs`, how many times as much it takes), beside its bar."""

    what: str
    against: str
    ours: float
    theirs: float
    ratio: float
    bar: float
    stretch: float
    costs: bool

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.bar if self.costs else self.ratio >= self.bar

    def __str__(self) -> str:
        verdict = "met" if self.is_met else "not yet"
        times = f"{_time(self.ours)} / {_time(self.theirs)}"
        bars = f"{self.bar:g} x ({self.stretch:g} x)"
        return f"{self.what:<46} {self.against:<24} {times:>22} {self.ratio:>8.2f} x {bars:>16}  {verdict}"


HEADING = f"{'what':<46} {'against':<24} {'ours / theirs':>22} {'ratio':>10} {'bar (stretch)':>16}"


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def measured(work: Work, number: int, clock: Callable[[], float]) -> float:
    """Seconds for one call, the mean of `number` calls without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = clock()
        for _ in range(number):
            work()
        return (clock() - start) / number
    finally:
        gc.enable()


def compared(
    ours: Work, theirs: Work, *, number: int, rounds: int = 9, wall: bool = False
) -> tuple[float, float, float]:
    """The median times of both, and the median of theirs / ours over the rounds."""
    clock = time.perf_counter if wall else time.process_time
    ours(), theirs()
    pairs = [(measured(ours, number, clock), measured(theirs, number, clock)) for _ in range(rounds)]
    return (
        median(a for a, _ in pairs),
        median(b for _, b in pairs),
        median(b / a for a, b in pairs),
    )
