"""What can be asked about a sale's activities, one class each: plan, add, edit, tick, call off, remove, link.

As with every action, values are kept as typed and judged by `problems`.
"""

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta
from typing import ClassVar

from attrs import field, frozen

from salespipeline.model.action import KEEP, Action, Keep
from salespipeline.model.activity import Activity, ActivityKind
from salespipeline.model.guide import SuggestedActivity, SuggestedDocument, Suggestion
from salespipeline.model.parts import Priority


class ActivityAction(Action):
    """The base of what is done about a sale's activities: it changes no status, stage or figure."""

    __slots__ = ()
    of_sale: ClassVar[bool] = False


@frozen(kw_only=True, eq=False, repr=False)
class _Described(ActivityAction):
    """What can be said of an activity: `due` is a day, `start` and `reminder` aware instants, `duration` minutes."""

    kind: ActivityKind | str | Keep = KEEP
    text: str | Keep = KEEP
    due: date | Keep = KEEP
    start: datetime | Keep | None = KEEP
    duration: timedelta | int | Keep = KEEP
    reminder: datetime | Keep | None = KEEP
    priority: Priority | Keep = KEEP
    owner: str | Keep | None = KEEP
    target: str | Keep = KEEP
    reference: str | Keep = KEEP


def _its_id(value: str | Suggestion) -> str:
    return value.id if isinstance(value, (SuggestedActivity, SuggestedDocument)) else value


@frozen(eq=False, repr=False)
class Plan(_Described):
    """Make what the guide suggests: `Plan("customer-meeting")`, or the suggestion itself.

    What is not given is filled in from the suggestion.

    A follow-up is due as the guide counts, `now` ignores that and takes the day itself. One that is there
    already is made again only with `another`. A document is done as soon as it is made.
    """

    suggestion: str = field(converter=_its_id)  # pyright: ignore[reportGeneralTypeIssues]  # what it plans comes first
    title: str | Keep = field(default=KEEP, kw_only=True)
    now: bool = field(default=False, kw_only=True)
    another: bool = field(default=False, kw_only=True)


@frozen(eq=False, repr=False)
class AddActivity(_Described):
    """Add an activity that no guide suggested: a follow-up to come, or a note, call or mail that was.

    The kind is a follow-up, the owner who adds it, and the day the present one, unless given.
    """

    title: str


@frozen(eq=False, repr=False)
class EditActivity(_Described):
    """Change what is said of an activity: `EditActivity("A-1", due=day)`."""

    activity: str
    title: str | Keep = field(default=KEEP, kw_only=True)


@frozen(eq=False, repr=False)
class OnActivities(ActivityAction):
    """The base of what is done to activities by their ids: one, or several at once."""

    activities: str | Sequence[str] | Set[str]


@frozen(eq=False, repr=False)
class CompleteActivity(OnActivities):
    """Tick activities off, as done on the present day unless given.

    Of several, those that would each have the guide suggest what comes next are left unticked, unless
    there is just one: `left_unticked` tells which (SuperOffice, 3.4).
    """

    done_on: date | None = field(default=None, kw_only=True)


class ReopenActivity(OnActivities):
    """Take up activities again that were done or cancelled."""

    __slots__ = ()


class CancelActivity(OnActivities):
    """Call planned activities off; they stay to be seen."""

    __slots__ = ()


class DeleteActivity(OnActivities):
    """Remove activities for good."""

    __slots__ = ()


@frozen(eq=False, repr=False)
class LinkActivity(ActivityAction):
    """Put an existing activity, such as a mail, on the sale; it gets an id of the sale's own."""

    activity: Activity


ACTIVITY_ACTIONS: tuple[type[ActivityAction], ...] = (
    Plan,
    AddActivity,
    EditActivity,
    CompleteActivity,
    ReopenActivity,
    CancelActivity,
    DeleteActivity,
    LinkActivity,
)
