"""An activity of a sale: a follow-up that was planned, or a note, call, mail or document that it left behind."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from attrs import field, frozen

from salespipeline.errors import InvalidValue, shown
from salespipeline.model.choice import choice
from salespipeline.model.ids import ActivityId, CampaignId, CompanyId, PersonId, SuggestionId, TypeId, UserId
from salespipeline.model.parts import Priority
from salespipeline.model.value import Value


class ActivityKind(Enum):
    """What an activity is.

    The first five are follow-ups: planned, then done or cancelled. The others record what happened, or
    what was written, and are done the moment they are made.
    """

    FOLLOW_UP = "follow-up"
    MEETING = "meeting"
    CALL = "call"
    TASK = "task"
    APPOINTMENT = "appointment"
    NOTE = "note"
    PHONE_LOG = "phone-log"
    MAIL = "mail"
    LETTER = "letter"
    DOCUMENT = "document"
    FILE = "file"

    @property
    def is_follow_up(self) -> bool:
        """Whether it is something to do; the others are done when they are made."""
        return self in _FOLLOW_UPS


_FOLLOW_UPS = frozenset(
    {
        ActivityKind.FOLLOW_UP,
        ActivityKind.MEETING,
        ActivityKind.CALL,
        ActivityKind.TASK,
        ActivityKind.APPOINTMENT,
    }
)
FOLLOW_UP_KINDS = tuple(kind for kind in ActivityKind if kind.is_follow_up)


def kind_of(value: object) -> ActivityKind:
    """A kind, or the text of one: `"phone-log"`; `InvalidValue` with those there are."""
    return choice(value, ActivityKind, "kind")


_MOST = timedelta(days=366)
_MINUTE = timedelta(minutes=1)


def length(value: object) -> timedelta:
    """How long something takes, in whole minutes, from 0 to 366 days; an int counts minutes."""
    if type(value) is int and 0 <= value <= _MOST // _MINUTE:
        return timedelta(minutes=value)
    if isinstance(value, timedelta) and timedelta() <= value <= _MOST and not value % _MINUTE:
        return value
    raise InvalidValue("duration", value, "give whole minutes, from 0 to 366 days, as an int or a timedelta")


@frozen(kw_only=True, eq=False, repr=False)
class Activity(Value):
    """One activity of a sale.

    `due` is the day it is planned for, or the day it happened; `start` an instant in UTC (for a note, its
    time stamp). An activity is planned until it has a `done_on` or a `cancelled_on`. `guide` and
    `suggestion` are the sale type and the suggestion of its guide that it came from. `company`, `person`,
    `campaign` and `segment` are what the sale was linked to when it was made, `entry` the number of the
    history entry that the sale stood at. `target` is where a mail, document or file lies, never its contents.
    """

    id: ActivityId
    kind: ActivityKind = field(converter=kind_of)
    title: str = ""
    text: str = ""
    due: date
    start: datetime | None = None
    duration: timedelta = timedelta()
    done_on: date | None = None
    cancelled_on: date | None = None
    reminder: datetime | None = None
    priority: Priority = Priority.NORMAL
    owner: UserId | None = None
    guide: TypeId | None = None
    suggestion: SuggestionId | None = None
    target: str = ""
    template: str = ""
    reference: str = ""
    company: CompanyId | None = None
    person: PersonId | None = None
    campaign: CampaignId | None = None
    segment: str | None = None
    made_on: date
    made_by: UserId | None = None
    entry: int = 0

    def __attrs_post_init__(self) -> None:
        if self.done_on is not None and self.cancelled_on is not None:
            raise InvalidValue("cancelled_on", self.cancelled_on, "what is done is not cancelled; keep one")
        if self.done_on is None and not self.kind.is_follow_up:
            raise InvalidValue("done_on", None, f"a {self.kind.value} is done when it is made; give the day")

    def __str__(self) -> str:
        """In one line, for people: `A-1 call 'Ask about the quotation', due 2025-01-14`."""
        day = next((f"{word} {on}" for word, on in self._ends() if on), f"due {self.due}")
        return f"{self.id} {self.kind.value} {shown(self.title)}, {day}"

    def _ends(self) -> tuple[tuple[str, date | None], ...]:
        return ("done", self.done_on), ("cancelled", self.cancelled_on)

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be done."""
        return self.done_on is None and self.cancelled_on is None

    @property
    def is_done(self) -> bool:
        """Whether it is done."""
        return self.done_on is not None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.cancelled_on is not None


class Agenda(NamedTuple):
    """The activities of a sale in the order they were made, and how many there ever were: ids are not used twice."""

    activities: tuple[Activity, ...] = ()
    made: int = 0

    def get(self, id: object) -> Activity | None:
        """The activity with an id, or None."""
        return next((activity for activity in self.activities if activity.id == id), None)

    def with_new(self, activities: Iterable[Activity]) -> "Agenda":
        """The agenda with more activities at its end."""
        added = tuple(activities)
        return Agenda(self.activities + added, self.made + len(added))

    def with_changed(self, changed: Iterable[Activity]) -> "Agenda":
        """The agenda with some activities in the place of those with their ids; the same when none differs."""
        by_id = {activity.id: activity for activity in changed}
        after = tuple(by_id.get(activity.id, activity) for activity in self.activities)
        return self if after == self.activities else Agenda(after, self.made)

    def without(self, ids: Iterable[str]) -> "Agenda":
        """The agenda without some activities; the same when it has none of them."""
        gone = frozenset(ids)
        after = tuple(activity for activity in self.activities if activity.id not in gone)
        return self if len(after) == len(self.activities) else Agenda(after, self.made)


NO_AGENDA = Agenda()


def activity_id(number: int) -> ActivityId:
    """The id of the n-th activity of a sale: `A-1`."""
    return ActivityId(f"A-{number}")
