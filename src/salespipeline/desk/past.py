"""The past of stored sales: what was saved when, by whom and by which action; and going back to it.

Two clocks: the history of a sale says when something happened in business, its revisions say when it was
recorded. What was put right later differs between the two.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from attrs import evolve

from salespipeline.errors import InvalidValue, NotFound, PastNotKept, one_of
from salespipeline.model.action import Moment
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.quote import Quote
from salespipeline.model.sale import Sale
from salespipeline.rules.apply import entry_of
from salespipeline.rules.building import parts_of, rebuilt
from salespipeline.storage.base import PruningStorage, Record, Revision, Storage
from salespipeline.storage.jsontext import loads

_RESTORED = ("type", "card", "state", "position", "figures", "terms", "parties", "origin", "custom", "document")
_SEEN = ("type", "state", "position", "figures", "terms", "parties")


class SaleRevision(NamedTuple):
    """One saving of a sale: the number of the commit, when (UTC), by whom, what was asked, and the sale as saved.

    `action` is the name of the action, `told` its text with everything it was given.
    """

    number: int
    at: datetime
    by: str
    action: str
    told: str
    sale: Sale

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M} {self.by or 'somebody'}: {self.action}"


class Past:
    """Reads the revisions of sales from a storage that keeps them; `PastNotKept` from one that does not."""

    __slots__ = ("_decoded", "_storage")

    def __init__(self, storage: Storage, decoded: Callable[[Record], Sale]) -> None:
        self._storage = storage
        self._decoded = decoded

    def revisions(self, id: str) -> tuple[SaleRevision, ...]:
        """Every saving of a sale, oldest first; `NotFound` for one that is not there, or was deleted."""
        kept = tuple(self._storage.past("sale", id))
        if not kept or kept[-1].body is None:
            raise NotFound("sale", id)
        return tuple(self._revision(id, each) for each in _since_deletion(kept))

    def _revision(self, id: str, kept: Revision) -> SaleRevision:
        record = Record(kind="sale", id=id, revision=kept.number, keys=kept.keys, body=kept.body or "")
        return SaleRevision(kept.number, kept.at, kept.by, _name_of(kept.action), kept.action, self._decoded(record))

    def begun_by(self, number: int) -> Sale:
        """The sale that a commit began, as it is now; `NotFound` when it was deleted since.

        Raises `PastNotKept` where that may be forgotten.
        """
        for record in self._storage.scan("sale"):
            first = next(_since_deletion(tuple(self._storage.past("sale", record.id))))
            if first.number == number:
                return self._decoded(record)
        if self._pruned_before() is not None:
            raise PastNotKept(f"commit {number}", "which sale it began is forgotten; look for the sale itself")
        raise NotFound("sale of commit", str(number))

    def recorded_by(self, id: str, at: datetime) -> Sale | None:
        """The sale as it was recorded at an instant; None before it was there.

        Raises `PastNotKept` where that is forgotten.
        """
        kept = tuple(_since_deletion(tuple(self._storage.past("sale", id))))
        before = [each for each in kept if each.at <= at]
        if before:
            return self._revision(id, before[-1]).sale
        pruned = self._pruned_before()
        if pruned is not None and _name_of(kept[0].action) != "Register":
            reason = f"what it was then may be forgotten: the past was pruned up to {pruned:%Y-%m-%d %H:%M} UTC"
            raise PastNotKept(f"sale {id}", f"{reason}; ask for a later instant, or for a day")
        return None

    def _pruned_before(self) -> datetime | None:
        """Up to which instant the storage has forgotten the past, if it has."""
        return self._storage.pruned_before if isinstance(self._storage, PruningStorage) else None


def _since_deletion(kept: tuple[Revision, ...]) -> Iterator[Revision]:
    """The revisions of the sale that is there now: one of the same id that was deleted is gone for good."""
    start = max((place + 1 for place, each in enumerate(kept) if each.body is None), default=0)
    return iter(kept[start:])


def _name_of(action: str) -> str:
    told: Any = loads(action)
    name = told.get("action") if isinstance(told, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return name if isinstance(name, str) else ""


def target_of(revisions: tuple[SaleRevision, ...], to: int | None) -> SaleRevision:
    """The revision to go back to: the one before the last, or the one with a number.

    Raises `Refused` when there is nothing to go back to, `InvalidValue` for a number that is none of its revisions.
    """
    if to is None:
        *_, last = revisions
        if len(revisions) < 2:
            present = last.sale
            raise Refused(present.id, "Undo", present.standing.value, [Problem("nothing-to-undo")])
        return revisions[-2]
    found = next((each for each in revisions if each.number == to), None)
    if found is None:
        raise InvalidValue("revision", to, one_of([each.number for each in revisions]))
    return found


def _with_ids_of(earlier: Quote | None, present: Quote | None) -> Quote | None:
    if earlier is None or present is None or earlier.made >= present.made:
        return earlier
    return evolve(earlier, made=present.made)


def restored(present: Sale, earlier: Sale, moment: Moment) -> Sale:
    """The present sale with the values of an earlier one; its history grows by the undoing, ids are not used twice."""
    changes: dict[str, Any] = {name: getattr(earlier, name) for name in _RESTORED}
    changes["lines"] = earlier.lines
    changes["quote"] = _with_ids_of(earlier.quote, present.quote)
    changes["agenda"] = earlier.agenda._replace(made=max(present.agenda.made, earlier.agenda.made))
    after = rebuilt(present, changes)
    if after == present or all(getattr(after, name) == getattr(present, name) for name in _SEEN):
        return after
    moment = Moment(max(moment.on, present.changed_on), moment.by)
    return rebuilt(after, {"history": (*present.history, entry_of(parts_of(after), "Undo", moment))})
