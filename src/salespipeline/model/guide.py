"""A sales guide: what to do and what to write in each stage of a sale type, as plain data to edit.

A guide suggests and never gets in the way: nothing in it decides a status or a stage.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import Enum

from attrs import evolve, field, frozen

from salespipeline.errors import BrokenTable, UnknownEntry, repeated
from salespipeline.model.activity import FOLLOW_UP_KINDS, ActivityKind, kind_of, length
from salespipeline.model.choice import choice
from salespipeline.model.date_formula import DateFormula, as_formula
from salespipeline.model.ids import StageId, SuggestionId, stage_id, suggestion_id
from salespipeline.model.parts import Priority
from salespipeline.model.period import Period
from salespipeline.model.text import line, note
from salespipeline.model.value import Value


class Advance(Enum):
    """When moving to the next stage is suggested; it never happens by itself (SuperOffice, 3.5)."""

    ALL_DONE = "all-done"
    LAST_DONE = "last-done"
    NEVER = "never"


class Plans(Enum):
    """When a guide plans its follow-ups: when asked, or all of a stage's by itself on entering it.

    With ONCE, entering again plans what is not there; with ON_ENTRY, everything anew (Business Central, A.7).
    """

    ON_REQUEST = "on-request"
    ON_ENTRY = "on-entry"
    ONCE = "once"


def _starts(value: "DateFormula | str | int | None") -> DateFormula | None:
    return None if value is None else as_formula(value)


def _priority(value: Priority | str) -> Priority:
    return choice(value, Priority, "priority")


def _advance(value: Advance | str) -> Advance:
    return choice(value, Advance, "advance")


def _plans(value: Plans | str) -> Plans:
    return choice(value, Plans, "plans")


def _name(value: str) -> str:
    return line(value, "name of a suggestion", 239, required=True)


def _purpose(value: str) -> str:
    return line(value, "purpose", 254)


def _text(value: str) -> str:
    return note(value, "text", 2047)


def _subject(value: str) -> str:
    return line(value, "subject", 219)


def _reference(value: str) -> str:
    return line(value, "reference", 99)


def _template(value: str) -> str:
    return line(value, "template", 254)


@frozen(eq=False, repr=False)
class SuggestedActivity(Value):
    """A follow-up that a guide suggests in a stage.

    `after` is a date formula or a number of days: from the previous follow-up, or from the day the stage
    was entered, as the guide counts. `duration` is in minutes or a timedelta. With `auto_suggest` it is
    offered when the previous one is completed. A `retired` one plans no more; what it planned stays.
    """

    id: SuggestionId = field(converter=suggestion_id)
    name: str = field(converter=_name)
    kind: ActivityKind = field(default=ActivityKind.FOLLOW_UP, converter=kind_of, kw_only=True)
    purpose: str = field(default="", converter=_purpose, kw_only=True)
    after: DateFormula = field(default=DateFormula(""), converter=as_formula, kw_only=True)
    duration: timedelta = field(default=timedelta(), converter=length, kw_only=True)
    text: str = field(default="", converter=_text, kw_only=True)
    priority: Priority = field(default=Priority.NORMAL, converter=_priority, kw_only=True)
    auto_suggest: bool = field(default=False, kw_only=True)
    retired: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.kind not in FOLLOW_UP_KINDS:
            kinds = ", ".join(repr(kind.value) for kind in FOLLOW_UP_KINDS)
            raise BrokenTable(f"suggestion {self.id!r}", [f"a {self.kind.value} is not something to plan; use {kinds}"])


@frozen(eq=False, repr=False)
class SuggestedDocument(Value):
    """A document that a guide suggests in a stage: from which template, with which subject and our ref."""

    id: SuggestionId = field(converter=suggestion_id)
    name: str = field(converter=_name)
    purpose: str = field(default="", converter=_purpose, kw_only=True)
    template: str = field(default="", converter=_template, kw_only=True)
    subject: str = field(default="", converter=_subject, kw_only=True)
    reference: str = field(default="", converter=_reference, kw_only=True)
    retired: bool = field(default=False, kw_only=True)


Suggestion = SuggestedActivity | SuggestedDocument


@frozen(eq=False, repr=False)
class StageGuide(Value):
    """What a guide suggests in one stage, in order; how long the stage takes, and the day formula of its start.

    `starts` counts from the start of the stage before (Business Central, A.7), `duration` to the start of
    the next where that has no formula of its own; both serve to plan ahead and bind nobody. Where entering
    plans and nothing is suggested, a `blank_task` is planned (Business Central: an activity without steps).
    """

    stage: StageId = field(converter=stage_id)
    activities: tuple[SuggestedActivity, ...] = field(default=(), converter=tuple[SuggestedActivity, ...])
    documents: tuple[SuggestedDocument, ...] = field(default=(), converter=tuple[SuggestedDocument, ...])
    starts: DateFormula | None = field(default=None, converter=_starts, kw_only=True)
    duration: Period | None = field(default=None, kw_only=True)
    blank_task: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        faults = [
            f"{getattr(each, 'id', each)!r} is no {kind.__name__}; follow-ups come first, then the documents"
            for own, kind in ((self.activities, SuggestedActivity), (self.documents, SuggestedDocument))
            for each in own
            if type(each) is not kind
        ]
        if faults:
            raise BrokenTable(f"guide of stage {self.stage!r}", faults)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """All that it suggests: the follow-ups, then the documents."""
        return (*self.activities, *self.documents)


@frozen(kw_only=True, eq=False, repr=False)
class SalesGuide(Value):
    """The guide of a sale type: what is suggested in each stage; the type has their order.

    With `chained`, a follow-up is counted from the one before, otherwise from the day its stage was entered.
    `plans` says whether entering a stage plans its follow-ups. `advance` says when moving on is
    suggested; `reminders` sets one on each follow-up that is not due at once. A guide that is not `active`
    shows and suggests nothing and keeps everything. Raises `BrokenTable` with every fault.
    """

    stages: tuple[StageGuide, ...] = field(converter=tuple[StageGuide, ...])
    chained: bool = True
    plans: Plans = field(default=Plans.ON_REQUEST, converter=_plans)
    advance: Advance = field(default=Advance.ALL_DONE, converter=_advance)
    reminders: bool = False
    active: bool = True

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise BrokenTable("sales guide", faults)

    @classmethod
    def of(
        cls, *stages: StageGuide | tuple[str, Iterable[Suggestion]], **settings: bool | str | Advance | Plans
    ) -> "SalesGuide":
        """A guide from stages and what is suggested there; `settings` are its other fields.

        A suggestion whose id stands in an earlier stage already takes the stage's id before its own.

        >>> guide = SalesGuide.of(
        ...     ("first-meeting", [follow_up("Customer meeting", kind="meeting"), document("Meeting confirmation")]),
        ...     ("quotation", [follow_up("Quotation preparation", after="1W"), document("Quotation")]),
        ... )
        >>> [suggestion.id for suggestion in guide.suggestions]
        ['customer-meeting', 'meeting-confirmation', 'quotation-preparation', 'quotation']
        """
        used: set[str] = set()
        contents: list[StageGuide] = []
        for stage in stages:
            content = stage if isinstance(stage, StageGuide) else _content(*stage, used)
            used.update(suggestion.id for suggestion in content.suggestions)
            contents.append(content)
        return cls(stages=contents, **settings)  # type: ignore[arg-type]  # each setting is of its own kind

    def stage(self, id: str | None) -> StageGuide | None:
        """What it suggests in a stage, or None."""
        return next((content for content in self.stages if content.stage == id), None)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """All suggestions, retired ones too."""
        return tuple(suggestion for content in self.stages for suggestion in content.suggestions)

    def suggestion(self, id: object) -> Suggestion | None:
        """The suggestion with an id, or None."""
        return next((suggestion for suggestion in self.suggestions if suggestion.id == id), None)

    # Editing: each gives another guide.

    def deactivated(self) -> "SalesGuide":
        """The guide put aside: it suggests nothing and keeps everything."""
        return evolve(self, active=False)

    def reactivated(self) -> "SalesGuide":
        """The guide in use again, as it was."""
        return evolve(self, active=True)

    def with_stage(self, content: StageGuide) -> "SalesGuide":
        """The guide with other content for a stage, or for one more."""
        if self.stage(content.stage) is None:
            return evolve(self, stages=(*self.stages, content))
        return evolve(self, stages=tuple(content if old.stage == content.stage else old for old in self.stages))

    def with_suggestion(self, stage: str, suggestion: Suggestion, *, at: int | None = None) -> "SalesGuide":
        """The guide with a suggestion added to a stage, last or at a place; or in the place of the one with its id."""
        known = self.suggestion(suggestion.id)
        if known is not None and type(known) is not type(suggestion):
            raise BrokenTable("sales guide", [f"suggestion {suggestion.id!r} is of the other kind; give another id"])
        if known is not None:
            return evolve(self, stages=tuple(_replaced(content, suggestion) for content in self.stages))
        content = self.stage(stage) or StageGuide(stage)
        if isinstance(suggestion, SuggestedActivity):
            place = len(content.activities) if at is None else at
            before, behind = content.activities[:place], content.activities[place:]
            return self.with_stage(evolve(content, activities=(*before, suggestion, *behind)))
        place = len(content.documents) if at is None else at
        return self.with_stage(
            evolve(content, documents=(*content.documents[:place], suggestion, *content.documents[place:]))
        )

    def without_suggestion(self, id: str) -> "SalesGuide":
        """The guide with a suggestion retired: what it planned stays on the sales (SuperOffice, 3.7).

        Raises `UnknownEntry` for an id that it does not have.
        """
        found = self.suggestion(id)
        if found is None:
            raise UnknownEntry("suggestion", id, [suggestion.id for suggestion in self.suggestions])
        retired = evolve(found, retired=True)
        return evolve(self, stages=tuple(_replaced(content, retired) for content in self.stages))

    def reordered(self, stage: str, ids: Iterable[str]) -> "SalesGuide":
        """The guide with the follow-ups of a stage in another order; those that are not named follow as they were.

        Raises `UnknownEntry` for a stage or id that it does not have.
        """
        content = self.stage(stage)
        if content is None:
            raise UnknownEntry("stage of the guide", stage, [content.stage for content in self.stages])
        by_id = {str(suggestion.id): suggestion for suggestion in content.activities}
        wanted = tuple(ids)
        for id in wanted:
            if id not in by_id:
                raise UnknownEntry("suggestion", id, by_id)
        order = dict.fromkeys((*wanted, *by_id))
        return self.with_stage(evolve(content, activities=tuple(by_id[id] for id in order)))


def _replaced(content: StageGuide, new: Suggestion) -> StageGuide:
    """The content with a suggestion in the place of the one with its id; of the other kind, it is another one."""
    if isinstance(new, SuggestedActivity):
        return evolve(content, activities=[new if old.id == new.id else old for old in content.activities])
    return evolve(content, documents=[new if old.id == new.id else old for old in content.documents])


def _faults(guide: SalesGuide) -> Iterable[str]:
    yield from (
        f"stage {id!r} stands twice: a guide goes through each stage once, not in a circle"
        for id in repeated(content.stage for content in guide.stages)
    )
    ids = [suggestion.id for suggestion in guide.suggestions]
    yield from (f"suggestion {id!r} stands twice" for id in repeated(ids))
    if not ids and (guide.plans is Plans.ON_REQUEST or not guide.stages):
        yield "it suggests nothing; give at least one follow-up or document, or no guide"


# Building one by hand.


def follow_up(
    name: str,
    *,
    kind: ActivityKind | str = ActivityKind.FOLLOW_UP,
    after: DateFormula | str | int = "",
    id: str | None = None,
    purpose: str = "",
    duration: timedelta | int = 0,
    text: str = "",
    priority: Priority | str = Priority.NORMAL,
    auto: bool = False,
) -> SuggestedActivity:
    """A suggested follow-up: `follow_up("Call about the quotation", kind="call", after="1W", auto=True)`.

    The id is made of the name unless given; `auto` stands for `auto_suggest`.
    """
    return SuggestedActivity(
        _slug(name) if id is None else id,
        name,
        kind=kind,
        after=after,
        purpose=purpose,
        duration=duration,
        text=text,
        priority=priority,
        auto_suggest=auto,
    )


def document(
    name: str, *, id: str | None = None, purpose: str = "", template: str = "", subject: str = "", reference: str = ""
) -> SuggestedDocument:
    """A suggested document: `document("Quotation", template="quotation.docx")`."""
    made = _slug(name) if id is None else id
    return SuggestedDocument(made, name, purpose=purpose, template=template, subject=subject, reference=reference)


def _content(stage: str, suggestions: Iterable[Suggestion], used: set[str]) -> StageGuide:
    own = [evolve(each, id=f"{stage}-{each.id}") if each.id in used else each for each in suggestions]
    activities = [each for each in own if isinstance(each, SuggestedActivity)]
    return StageGuide(stage, activities, [each for each in own if isinstance(each, SuggestedDocument)])


def _slug(name: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in name.lower()).split()
    return "-".join(words)[:64] or "suggestion"
