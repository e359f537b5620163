"""What can be reached in a table of steps."""

from collections.abc import Iterable
from typing import TypeVar

S = TypeVar("S")


def reached(steps: Iterable[tuple[S, S]], start: S) -> set[S]:
    """Where steps, each from one place to another, lead from a start; the start is among it."""
    steps = tuple(steps)
    found: set[S] = set()
    fresh = {start}
    while fresh:
        found |= fresh
        fresh = {target for source, target in steps if source in found} - found
    return found
