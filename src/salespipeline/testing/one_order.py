"""Whether one order explains what several users did to a store and saw of it: that of the commits' numbers.

Finding such an order takes a search in general. Here commits are numbered, so the only order that
can be right is known, and is merely compared with what happened: in n log n, and nothing is missed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import NamedTuple

__all__ = ["Look", "Write", "order_faults"]


class Write(NamedTuple):
    """An acknowledged commit of a value: when it was called and returned, and the revision that it expected."""

    user: int
    called: int
    returned: int
    number: int
    value: object
    expected: int


class Look(NamedTuple):
    """What a user saw after a refresh: when that was called and the value was there, and the view's number."""

    user: int
    called: int
    returned: int
    number: int
    value: object


def order_faults(writes: Iterable[Write], looks: Iterable[Look]) -> Iterator[str]:
    """What the order of the numbers does not explain; the first write is the one that all begin with.

    Times are instants of one clock, of any unit.
    """
    writes = sorted(writes, key=attrgetter("number"))
    looks = list(looks)
    yield from _faults_of_writes(writes)
    yield from _faults_of_values(writes, looks)
    yield from _stale_looks(writes, looks)
    yield from _ways_back(writes, looks)


def _faults_of_writes(writes: list[Write]) -> Iterator[str]:
    latest = 0  # when the latest of the commits with lower numbers was called
    for before, after in pairwise(writes):
        latest = max(latest, before.called)
        if after.number == before.number:
            yield f"two commits were given the number {after.number}"
        elif after.expected != before.number:
            yield f"commit {after.number} expected {after.expected} to be the newest, and overwrote {before.number}"
        if after.returned < latest:
            yield f"commit {after.number} was done before one with a lower number was begun"


def _faults_of_values(writes: list[Write], looks: list[Look]) -> Iterator[str]:
    numbers = [write.number for write in writes]
    latest = list(accumulate((write.called for write in writes), max))
    for look in looks:
        place = bisect_right(numbers, look.number)
        due = writes[place - 1].value if place else None
        if look.value != due:
            yield f"the view of commit {look.number} showed {look.value!r}, and should show {due!r}"
        if place and latest[place - 1] > look.returned:
            yield f"the view of commit {look.number} was seen before that was begun"


def _stale_looks(writes: list[Write], looks: list[Look]) -> Iterator[str]:
    done = sorted(writes, key=attrgetter("returned"))
    ends = [write.returned for write in done]
    newest = list(accumulate((write.number for write in done), max))
    for look in looks:
        place = bisect_left(ends, look.called)
        if place and look.number < newest[place - 1]:
            yield f"a refresh led to commit {look.number} when commit {newest[place - 1]} was done before it"


def _ways_back(writes: list[Write], looks: list[Look]) -> Iterator[str]:
    last: dict[int, int] = {}
    both: list[Write | Look] = [*writes, *looks]
    for each in sorted(both, key=attrgetter("called")):
        if each.number < last.get(each.user, 0):
            yield f"user {each.user} went from commit {last[each.user]} back to {each.number}"
        last[each.user] = each.number
