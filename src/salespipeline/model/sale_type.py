"""A sale type: decides the stages, dialect, reasons, defaults and the method of a sale's probability."""

from collections.abc import Iterable
from enum import Enum

from attrs import evolve, field, frozen

from salespipeline.errors import BrokenTable, UnknownEntry, repeated
from salespipeline.model.dialect import Dialect
from salespipeline.model.guide import Plans, SalesGuide, SuggestedActivity, Suggestion
from salespipeline.model.ids import StageId, TypeId, stage_id, type_id
from salespipeline.model.item import Item
from salespipeline.model.moves import Stages
from salespipeline.model.period import Period
from salespipeline.model.quote_policy import QuotePolicy
from salespipeline.model.rule import Rule
from salespipeline.model.stage import Stage
from salespipeline.model.standing import Status
from salespipeline.model.text import line
from salespipeline.model.value import Value


class ProbabilityMethod(Enum):
    """How a probability follows from chance and completion (Business Central, A.5; AVERAGE is its *Add*)."""

    CHANCE = "chance"
    MULTIPLY = "multiply"
    AVERAGE = "average"
    COMPLETION = "completion"


def _name(value: str) -> str:
    return line(value, "name of a sale type", 239, required=True)


def _default_stage(value: str | None) -> StageId | None:
    return None if value is None else stage_id(value)


@frozen(kw_only=True, eq=False, repr=False)
class SaleType(Value):
    """The master switch of a sale.

    `stages` are in the order of the process and may be none. `duration` from registration gives a new
    sale's expected close. The three reason lists are separate. `default_stage` is where new sales start
    (the first enterable stage when None). `guide` suggests what to do in each stage while it is active.
    `quoting` says how its quotes are judged (as its dialect has it when None).
    `rules` are further rows for sales of this type. A `retired` type takes no new sales.
    """

    id: TypeId = field(converter=type_id)
    name: str = field(converter=_name)
    dialect: Dialect = field(repr=lambda dialect: repr(dialect.name))
    stages: tuple[Stage, ...] = field(default=(), converter=tuple[Stage, ...])
    method: ProbabilityMethod = ProbabilityMethod.CHANCE
    duration: Period = Period(0)
    category: str = ""
    description: str = ""
    default_stage: StageId | None = field(default=None, converter=_default_stage)
    sold_reasons: tuple[Item, ...] = field(default=(), converter=tuple[Item, ...])
    lost_reasons: tuple[Item, ...] = field(default=(), converter=tuple[Item, ...])
    stalled_reasons: tuple[Item, ...] = field(default=(), converter=tuple[Item, ...])
    guide: SalesGuide | None = None
    has_stakeholders: bool = False
    quoting: QuotePolicy | None = None
    rules: tuple[Rule, ...] = field(default=(), converter=tuple[Rule, ...], repr=False)
    retired: bool = False

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise BrokenTable(f"sale type {self.id!r}", faults)

    def __hash__(self) -> int:
        return hash(self.id)  # types are looked up in every step, and told apart by their ids

    def stage(self, id: str | None) -> Stage | None:
        """The stage of this type with the id, or None."""
        for stage in self.stages:
            if stage.id == id:
                return stage
        return None

    @property
    def first_stage(self) -> Stage | None:
        """Where a new sale starts: the default stage, else the first that is not retired.

        Where a guide leads, it is always the first (SuperOffice, 3.4); where a process starts in the default
        stage alone, there may be none (Contact Manager, B.2).
        """
        default = None if self.leads else self.stage(self.default_stage)
        if self.dialect.starts_in_default:
            return default
        return default or next((stage for stage in self.stages if not stage.retired), None)

    @property
    def quote_policy(self) -> QuotePolicy:
        """How its quotes are judged: its own policy, or its dialect's."""
        return self.quoting or self.dialect.quoting

    @property
    def has_guide(self) -> bool:
        """Whether it leads its sales by a guide: it has one, and that is active."""
        return self.guide is not None and self.guide.active

    @property
    def leads(self) -> bool:
        """Whether its guide leads step by step, rather than plan by itself: then sales begin in the first stage."""
        return self.guide is not None and self.guide.active and self.guide.plans is Plans.ON_REQUEST

    @property
    def suggested(self) -> tuple[tuple[SuggestedActivity, bool], ...]:
        """The follow-ups of its active guide in the order of the process, each with whether it is in use.

        A suggestion that is retired, or in a retired stage, is not.
        """
        if self.guide is None or not self.guide.active:
            return ()
        contents = ((stage, self.guide.stage(stage.id)) for stage in self.stages)
        return tuple(
            (suggestion, not (stage.retired or suggestion.retired))
            for stage, content in contents
            for suggestion in (content.activities if content else ())
        )

    @property
    def suggestions_in_use(self) -> tuple[Suggestion, ...]:
        """What its active guide suggests in the stages that are in use, documents too; retired suggestions left out."""
        if self.guide is None or not self.guide.active:
            return ()
        contents = (self.guide.stage(stage.id) for stage in self.stages if not stage.retired)
        return tuple(each for content in contents if content for each in content.suggestions if not each.retired)

    def reordered(self, ids: Iterable[str]) -> "SaleType":
        """The type with its stages in another order, each with what the guide suggests there.

        Those that are not named follow as they were. Raises `UnknownEntry` for a stage that it does not have.
        """
        by_id = {str(stage.id): stage for stage in self.stages}
        wanted = tuple(ids)
        for id in wanted:
            if id not in by_id:
                raise UnknownEntry("stage", id, by_id)
        return evolve(self, stages=tuple(by_id[id] for id in dict.fromkeys((*wanted, *by_id))))

    def around(self, id: str | None) -> tuple[Stages, Stage | None, Stages]:
        """The stages behind a stage, the stage itself and those ahead; before the start all are ahead."""
        for place, stage in enumerate(self.stages):
            if stage.id == id:
                return self.stages[:place], stage, self.stages[place + 1 :]
        return (), None, self.stages


def _faults(type: SaleType) -> Iterable[str]:
    lists: tuple[tuple[str, list[str]], ...] = (
        ("stage", [stage.id for stage in type.stages]),
        ("sold reason", [item.id for item in type.sold_reasons]),
        ("lost reason", [item.id for item in type.lost_reasons]),
        ("stalled reason", [item.id for item in type.stalled_reasons]),
    )
    for what, ids in lists:
        yield from (f"{what} {id!r} stands twice" for id in repeated(ids))
    default = type.stage(type.default_stage)
    if type.default_stage is not None and (default is None or default.retired):
        yield f"default stage {type.default_stage!r} is not one of the stages in use"
    yield from _unmet(type)
    yield from _unguided(type)
    if any(not rule.name for rule in type.rules):
        yield "a rule row without a name cannot be stored with the type"


def _unguided(type: SaleType) -> Iterable[str]:
    """Where the guide does not fit the stages (SuperOffice, 3.2: at least two are needed for a guide)."""
    if type.guide is None:
        return
    known = {stage.id for stage in type.stages}
    strange = (content.stage for content in type.guide.stages if content.stage not in known)
    yield from (f"its guide has stage {id!r}, which the type has not" for id in strange)
    if type.leads and len(type.stages) < 2:
        yield "a guide leads through at least two stages; add one, or deactivate the guide"


def _unmet(type: SaleType) -> Iterable[str]:
    """What the dialect asks for and the type cannot give."""
    dialect = type.dialect
    fixed = {text for stage in dialect.closed_stages for text in (stage.id, stage.name)}
    for stage in type.stages:
        if not fixed.isdisjoint((stage.id, stage.name)):
            yield f"stage {stage.id!r} is fixed in its dialect: it stands for closed sales, and is no step to be in"
        finest = max(-int(value.as_tuple().exponent) for value in (stage.chance, stage.completion))
        if finest > dialect.percent_places:
            yield f"stage {stage.id!r} has percents finer than the dialect takes ({dialect.percent_places} decimals)"
    lists = {Status.SOLD: type.sold_reasons, Status.LOST: type.lost_reasons, Status.STALLED: type.stalled_reasons}
    for status in dict.fromkeys(
        row.target.status for row in dialect.lifecycle.rows if "reason" in dialect.needed(row.action)
    ):
        if all(item.retired for item in lists.get(status, ())):
            yield f"the dialect needs a {status.value} reason, and the type has none in use"
