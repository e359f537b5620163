"""What pruning leaves of the past: the rules that every storage of the library follows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from salespipeline.storage.base import Revision

__all__ = ["NO_ACTION", "deleted_part", "kinds_by_commit", "says_too_much", "still_told"]

NO_ACTION = "null"  # what is left of an action that tells of a deleted record


def deleted_part(past: Sequence[Revision]) -> int:
    """How many of a record's revisions, oldest first, are of one that was deleted, be it made again or not."""
    return next((place + 1 for place in reversed(range(len(past))) if past[place].body is None), 0)


def still_told(past: Sequence[Revision], before: datetime) -> list[Revision]:
    """What stays of all revisions of a record, oldest first, when those recorded before an instant are forgotten."""
    life = past[deleted_part(past) :]
    return [revision for revision in life[:-1] if revision.at >= before] + list(life[-1:])


def says_too_much(deleted: Iterable[str], told: Collection[str]) -> bool:
    """Whether the action of a commit goes, given the kinds of its deleted records and of those still told of.

    What somebody asked for tells of the record it was asked of: registering a sale has its title, and writes
    the series of ids along with it. It stays while another record of the kind is told of.
    """
    return not set(deleted) <= set(told)


def kinds_by_commit(named: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    """The kinds that each commit changed, from pairs of its number and a kind."""
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    for number, kind in named:
        kinds[number].add(kind)
    return kinds
