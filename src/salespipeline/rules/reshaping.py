"""Taking a stage or a suggestion out of the lists while sales run: what becomes of the catalog, and of each sale.

Contact Manager's own way (B.2): a stage goes from every list, its sales get another stage or none, and its
activities move to the top of the other stage or go with it; an activity goes from every sale, done or not.
Where nothing should be lost, a stage or suggestion is retired instead.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from attrs import evolve

from salespipeline.model.action import Moment
from salespipeline.model.catalog import Catalog
from salespipeline.model.guide import Plans, SalesGuide, StageGuide
from salespipeline.model.ids import StageId
from salespipeline.model.problem import Problem
from salespipeline.model.sale import Sale
from salespipeline.model.sale_type import SaleType
from salespipeline.model.standing import Standing
from salespipeline.rules.apply import entry_of
from salespipeline.rules.building import parts_of, rebuilt
from salespipeline.rules.guidance import Written, on_entering
from salespipeline.rules.probability import entered


class StageRemoval(NamedTuple):
    """The removal of a stage from all types: its sales get `replaced_by`, or no stage at all."""

    stage: str
    replaced_by: str | None = None
    move_activities: bool = False

    def problems(self, catalog: Catalog, sales: Sequence[Sale]) -> Iterator[Problem]:
        """Everything that speaks against it, given the sales of the types that have the stage."""
        stages = {stage.id: stage for stage in catalog.stages}
        if self.stage in _fixed(catalog):
            yield Problem("fixed-stage", "stage", self.stage)
        elif self.stage not in stages:
            yield Problem("unknown-entry", "stage", self.stage, stages)
        if self.move_activities and self.replaced_by is None:
            yield Problem("required", "replaced_by")
        in_use = [stage.id for stage in catalog.stages if not stage.retired and stage.id != self.stage]
        if self.replaced_by is not None:
            found = stages.get(StageId(self.replaced_by))
            if self.replaced_by == self.stage:
                yield Problem("same-stage", "replaced_by", self.replaced_by, in_use)
            elif found is None:
                yield Problem("unknown-entry", "replaced_by", self.replaced_by, in_use)
            elif found.retired:
                yield Problem("retired-stage", "replaced_by", self.replaced_by, in_use)
        for kind in catalog.types:
            here = [sale for sale in sales if sale.type.id == kind.id and self.concerns(sale)]
            still_open = sum(not sale.is_closed for sale in here)
            loses = any(self._lost(sale, [kind]) for sale in sales if sale.type.id == kind.id)
            if self.move_activities and loses and self.replaced_by in in_use:
                left = [stage.id for stage in kind.stages if stage.id != self.stage and not stage.retired]
                yield Problem("stage-of-other-type", "replaced_by", self.replaced_by, left, {"type": kind.id})
            elif kind.dialect.keeps_used_stages and still_open:
                yield Problem("stage-in-use", "stage", self.stage, params={"type": kind.id, "count": still_open})
            else:
                yield from self._stranded(kind, len(here), in_use)

    def _stranded(self, kind: SaleType, count: int, known: list[StageId]) -> Iterator[Problem]:
        """Sales of a type whose only stage goes, or that has not the stage to go to."""
        if not count:
            return
        left = [stage.id for stage in kind.stages if stage.id != self.stage and not stage.retired]
        if not left:
            yield Problem("last-stage", "stage", self.stage, params={"type": kind.id, "count": count})
        elif self.replaced_by in known and kind.stage(self.replaced_by) is None:
            yield Problem("stage-of-other-type", "replaced_by", self.replaced_by, left, {"type": kind.id})

    def concerns(self, sale: Sale) -> bool:
        """Whether a sale stands in the stage."""
        return sale.stage == self.stage

    def catalog(self, before: Catalog) -> Catalog:
        """The catalog without the stage, in no type and no guide."""
        stages = tuple(stage for stage in before.stages if stage.id != self.stage)
        return evolve(before, stages=stages, types=tuple(map(self._type, before.types)))

    def _type(self, kind: SaleType) -> SaleType:
        if kind.stage(self.stage) is None:
            return kind
        stages = tuple(stage for stage in kind.stages if stage.id != self.stage)
        guide = None if kind.guide is None else self._guide(kind.guide, kind)
        if guide is not None and guide.plans is Plans.ON_REQUEST and len(stages) < 2:
            guide = guide.deactivated()
        default = None if kind.default_stage == self.stage else kind.default_stage
        return evolve(kind, stages=stages, guide=guide, default_stage=default)

    def _moves_in(self, kind: SaleType) -> bool:
        """Whether what a type's guide suggests in the stage goes to the other one, which the type has."""
        return self.move_activities and kind.stage(self.replaced_by) is not None

    def _guide(self, guide: SalesGuide, kind: SaleType) -> SalesGuide | None:
        gone, target = guide.stage(self.stage), guide.stage(self.replaced_by)
        left = tuple(content for content in guide.stages if content.stage != self.stage)
        if gone is not None and self.replaced_by is not None and self._moves_in(kind):
            target = target or StageGuide(self.replaced_by)
            both = evolve(
                target,
                activities=(*gone.activities, *target.activities),
                documents=(*gone.documents, *target.documents),
            )
            left = (*(content for content in left if content.stage != both.stage), both)
        return _unless_empty(guide, left)

    def sale(self, sale: Sale, before: Catalog, catalog: Catalog, moment: Moment) -> Sale:
        """A sale out of the stage, and without the activities that went with it, whichever type suggested them."""
        after = catalog.type(sale.type.id)
        changes: dict[str, Any] = {"type": after, "agenda": sale.agenda.without(self._lost(sale, before.types))}
        if not self.concerns(sale):
            return rebuilt(sale, changes)
        stage = after.stage(self.replaced_by)
        moment = Moment(max(moment.on, sale.changed_on), moment.by)
        if sale.is_closed:
            changes["position"] = evolve(sale.position, stage=stage.id if stage else None)
        else:
            sets_chance = stage is not None and sale.standing is Standing.OPEN and after.dialect.stage_sets_chance
            changes["position"] = entered(after, stage, None if sets_chance else sale.chance)
            emptied = rebuilt(sale, changes)
            written = Written(emptied, moment.on, moment.by, len(sale.history) + 1)
            changes |= on_entering(after, stage, written, missing=True)
        moved = rebuilt(sale, changes)
        return rebuilt(moved, {"history": (*sale.history, entry_of(parts_of(moved), "ReplaceStage", moment))})

    def _lost(self, sale: Sale, before: Iterable[SaleType]) -> list[str]:
        gone: set[tuple[str | None, str | None]] = set()
        for kind in before:
            content = kind.guide.stage(self.stage) if kind.guide is not None else None
            if content is not None and not self._moves_in(kind):
                gone |= {(kind.id, suggestion.id) for suggestion in content.suggestions}
        return [each.id for each in sale.activities if (each.guide, each.suggestion) in gone]


class SuggestionRemoval(NamedTuple):
    """The removal of a suggestion from the guide of a type, and of what it led to from every sale, done or not."""

    type: str
    suggestion: str

    def problems(self, catalog: Catalog, sales: Sequence[Sale]) -> Iterator[Problem]:
        """Everything that speaks against it."""
        kind = next((kind for kind in catalog.types if kind.id == self.type), None)
        if kind is None:
            yield Problem("unknown-type", "type", self.type, [kind.id for kind in catalog.types])
            return
        known = [] if kind.guide is None else [suggestion.id for suggestion in kind.guide.suggestions]
        if self.suggestion not in known:
            yield Problem("unknown-suggestion", "suggestion", self.suggestion, known, {"type": self.type})

    def concerns(self, sale: Sale) -> bool:
        """Whether a sale has an activity that came from the suggestion."""
        return any(each.guide == self.type and each.suggestion == self.suggestion for each in sale.activities)

    def catalog(self, before: Catalog) -> Catalog:
        """The catalog without the suggestion; a guide that suggests nothing any more goes."""
        kind = before.type(self.type)
        if kind.guide is None:
            return before
        left = tuple(_without(content, self.suggestion) for content in kind.guide.stages)
        guide = _unless_empty(kind.guide, left)
        types = (evolve(kind, guide=guide) if each.id == kind.id else each for each in before.types)
        return evolve(before, types=tuple(types))

    def sale(self, sale: Sale, before: Catalog, catalog: Catalog, moment: Moment) -> Sale:
        """The sale without what the suggestion led to; the type stays the one it has by now."""
        after = catalog.type(sale.type.id)
        gone = [each.id for each in sale.activities if each.guide == self.type and each.suggestion == self.suggestion]
        return rebuilt(sale, {"type": after, "agenda": sale.agenda.without(gone)})


Removal = StageRemoval | SuggestionRemoval


def _fixed(catalog: Catalog) -> set[str]:
    return {stage.id for kind in catalog.types for stage in kind.dialect.closed_stages}


def _unless_empty(guide: SalesGuide, contents: tuple[StageGuide, ...]) -> SalesGuide | None:
    has_some = any(each.suggestions or each.blank_task or each.starts or each.duration for each in contents)
    if guide.plans is Plans.ON_REQUEST:  # it has to suggest something, or it is no guide
        has_some = any(content.suggestions for content in contents)
    return evolve(guide, stages=contents) if has_some else None


def _without(content: StageGuide, suggestion: str) -> StageGuide:
    return evolve(
        content,
        activities=[each for each in content.activities if each.id != suggestion],
        documents=[each for each in content.documents if each.id != suggestion],
    )


def not_owned(catalog: Catalog, user: str | None) -> Iterable[Problem]:
    """Only the owner of a catalog changes it (Contact Manager, B.2); one without owner is everybody's."""
    if catalog.owner is not None and catalog.owner != user:
        yield Problem("not-owner", "user", user, [catalog.owner])
