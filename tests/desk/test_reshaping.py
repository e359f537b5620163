"""Changing the lists while sales run (Contact Manager, B.2): catalog and sales in one commit, or not at all."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from attrs import evolve
from tests.desk.desks import Desk, clock, desk_on, json_store

from salespipeline import (
    Catalog,
    CatalogRefused,
    Company,
    CompleteActivity,
    InvalidValue,
    MoveTo,
    Pipeline,
    Plans,
    Sale,
    SalesGuide,
    SaleType,
    Stage,
    follow_up,
)
from salespipeline.presets import contact_manager, superoffice
from salespipeline.storage import Storage

ACME = Company("acme", "Acme")


def the_type() -> SaleType:
    """Three stages; Q and P have two activities each."""
    guide = SalesGuide.of(
        ("q", [follow_up("q1"), follow_up("q2")]),
        ("p", [follow_up("p1"), follow_up("p2")]),
        chained=False,
        plans=Plans.ONCE,
    )
    stages = (Stage("q", "Q"), Stage("p", "P"), Stage("r", "R"))
    return evolve(contact_manager.opportunity(), stages=stages, default_stage="q", guide=guide)


def the_catalog() -> Catalog:
    kind = the_type()
    return evolve(contact_manager.catalog(), types=(kind,), stages=kind.stages, owner="maria")


@pytest.fixture
def owner(desk: Desk) -> Pipeline:
    """The owner's desk, with three records in stage Q and one in R."""
    pipeline = desk("maria", catalog=the_catalog())
    for title in ("one", "two", "three"):
        pipeline.add(title, type="opportunity", company=ACME)
    pipeline.add("four", type="opportunity", company=ACME, stage="r")
    return pipeline


def in_q(pipeline: Pipeline) -> tuple[Sale, ...]:
    return pipeline.sales()[:3]


def titles(sale: Sale) -> list[str]:
    return [activity.title for activity in sale.activities]


def suggested(pipeline: Pipeline, stage: str) -> list[str]:
    guide = pipeline.catalog.type("opportunity").guide
    content = guide.stage(stage) if guide else None
    return [each.name for each in content.activities] if content else []


def problems(call: Callable[[], object]) -> list[str]:
    with pytest.raises(CatalogRefused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


# An activity goes.


def test_bc_101_a_deleted_activity_is_gone_from_the_stage_and_from_every_record(owner: Pipeline) -> None:
    for sale in in_q(owner)[:2]:
        owner.apply(sale, CompleteActivity("A-1"))
    owner.remove_suggestion("q1", type="opportunity")
    assert suggested(owner, "q") == ["q2"]
    assert [titles(sale) for sale in in_q(owner)] == [["q2"], ["q2"], ["q2"]]


def test_an_id_that_was_removed_is_not_given_again(owner: Pipeline) -> None:
    owner.remove_suggestion("q2", type="opportunity")
    sale = owner.apply(in_q(owner)[0], MoveTo("p"))
    assert [activity.id for activity in sale.activities] == ["A-1", "A-3", "A-4"]


def test_removing_every_suggestion_leaves_a_type_without_guide(owner: Pipeline) -> None:
    for suggestion in ("q1", "q2", "p1", "p2"):
        owner.remove_suggestion(suggestion, type="opportunity")
    assert owner.catalog.type("opportunity").guide is None


# A stage goes.


def test_bc_102_a_deleted_stages_activities_move_to_the_top_of_its_replacement(owner: Pipeline) -> None:
    owner.remove_stage("q", replaced_by="p", move_activities=True)
    assert [sale.stage for sale in in_q(owner)] == ["p", "p", "p"]
    assert suggested(owner, "p") == ["q1", "q2", "p1", "p2"]


def test_bc_102_what_was_ticked_stays_ticked_in_the_replacement(owner: Pipeline) -> None:
    owner.apply(in_q(owner)[0], CompleteActivity("A-2"))
    owner.remove_stage("q", replaced_by="p", move_activities=True)
    done = [(activity.title, activity.is_done) for activity in in_q(owner)[0].activities]
    assert done == [("q1", False), ("q2", True), ("p1", False), ("p2", False)]


def test_bc_103_without_moving_only_the_replacements_activities_are_left(owner: Pipeline) -> None:
    owner.remove_stage("q", replaced_by="p")
    assert suggested(owner, "p") == ["p1", "p2"]
    assert [(sale.stage, titles(sale)) for sale in in_q(owner)] == [("p", ["p1", "p2"])] * 3


def test_bc_103_replaced_by_blank_the_records_have_no_stage_and_no_such_activities(owner: Pipeline) -> None:
    owner.remove_stage("q")
    assert [(sale.stage, titles(sale)) for sale in in_q(owner)] == [(None, [])] * 3


def test_a_removed_stage_is_in_no_list_any_more(owner: Pipeline) -> None:
    catalog = owner.remove_stage("q")
    assert [stage.id for stage in catalog.stages] == ["p", "r"]
    assert [stage.id for stage in catalog.type("opportunity").stages] == ["p", "r"]


def test_records_elsewhere_stay_as_they_are(owner: Pipeline) -> None:
    before = owner.sales()[3]
    owner.remove_stage("q", replaced_by="p", move_activities=True)
    after = owner.sales()[3]
    assert (after, after.stored.revision) == (before, before.stored.revision)


def test_the_history_tells_of_the_removal_and_keeps_the_name_of_the_stage(owner: Pipeline) -> None:
    owner.remove_stage("q", replaced_by="p")
    told = [(entry.action, entry.stage_name, entry.by) for entry in in_q(owner)[0].history]
    assert told == [("Register", "Q", "maria"), ("ReplaceStage", "P", "maria")]


def test_a_default_stage_that_is_removed_is_cleared(desk: Desk) -> None:
    catalog = the_catalog().with_type(evolve(the_type(), default_stage="q"))
    pipeline = desk("maria", catalog=catalog)
    assert pipeline.remove_stage("q").type("opportunity").default_stage is None


def test_catalog_and_sales_change_in_one_commit(owner: Pipeline) -> None:
    before = owner.refresh()
    owner.remove_stage("q", replaced_by="p")
    assert owner.refresh() == before + 1


def test_what_is_put_into_the_stage_between_look_and_commit_leaves_it_too(tmp_path: Path) -> None:
    desk = desk_on(json_store(tmp_path))
    other = desk("bob", catalog=the_catalog())
    late: list[Sale] = []

    def clock_that_lets_bob_in() -> datetime:
        if armed and not late:
            late.append(other.add("late", type="opportunity", company=ACME))
        return datetime(2025, 1, 7, 9, 30, tzinfo=UTC)

    armed: list[bool] = []
    owner = desk("maria", clock=clock_that_lets_bob_in)
    owner.add("early", type="opportunity", company=ACME)
    armed.append(True)
    owner.remove_stage("q", replaced_by="p")
    assert late
    assert [(sale.title, sale.stage) for sale in owner.sales()] == [("early", "p"), ("late", "p")]


def test_a_reopened_store_has_it_all(desk: Desk, owner: Pipeline) -> None:
    owner.remove_stage("q", replaced_by="p", move_activities=True)
    again = desk("maria")
    assert (again.catalog, again.sales()) == (owner.catalog, owner.sales())


# What cannot be done.


@pytest.mark.parametrize("stage", ["closed-won", "closed-lost"])
def test_bc_104_the_closed_stages_cannot_be_deleted(owner: Pipeline, stage: str) -> None:
    assert problems(lambda: owner.remove_stage(stage)) == ["fixed-stage"]


@pytest.mark.parametrize("stage", [Stage("closed-won", "Ours at last"), Stage("ours", "Closed Won")])
def test_bc_104_the_closed_stages_cannot_be_renamed_or_doubled(stage: Stage) -> None:
    kind = the_type()
    with pytest.raises(ValueError, match="fixed"):
        the_catalog().with_type(evolve(kind, stages=(*kind.stages, stage)))


EDITS: dict[str, Callable[[Pipeline], object]] = {
    "remove a stage": lambda desk: desk.remove_stage("q"),
    "remove an activity": lambda desk: desk.remove_suggestion("q1", type="opportunity"),
    "rename a stage": lambda desk: desk.change_catalog(desk.catalog.with_stage(Stage("q", "Renamed"))),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_bc_105_only_the_owner_edits_the_lists(desk: Desk, owner: Pipeline, edit: Callable[[Pipeline], object]) -> None:
    before = owner.catalog, owner.sales()
    assert problems(lambda: edit(desk("bob"))) == ["not-owner"]
    owner.refresh()
    assert (owner.catalog, owner.sales()) == before


def test_a_catalog_without_owner_is_everybodys(desk: Desk) -> None:
    pipeline = desk("bob", catalog=evolve(the_catalog(), owner=None))
    assert pipeline.change_catalog(pipeline.catalog.with_stage(Stage("q", "Renamed"))).stage("q").name == "Renamed"


def test_all_problems_of_a_removal_come_at_once(desk: Desk, owner: Pipeline) -> None:
    bob = desk("bob")
    assert problems(lambda: bob.remove_stage("nowhere", replaced_by="x")) == [
        "not-owner",
        "unknown-entry",
        "unknown-entry",
    ]
    assert problems(lambda: owner.remove_stage("q", move_activities=True)) == ["required"]
    assert problems(lambda: owner.remove_stage("q", replaced_by="q")) == ["same-stage"]


def test_the_last_stage_in_use_is_not_removed_under_its_sales(desk: Desk) -> None:
    kind = evolve(the_type(), stages=(Stage("q", "Q"),), guide=None)
    pipeline = desk("maria", catalog=evolve(the_catalog(), types=(kind,), stages=kind.stages))
    pipeline.add("one", type="opportunity", company=ACME)
    assert problems(lambda: pipeline.remove_stage("q")) == ["last-stage"]
    assert pipeline.sales()[0].stage == "q"


def test_a_replacement_belongs_to_the_types_that_have_sales_to_move(desk: Desk) -> None:
    pipeline = desk("anna")
    pipeline.add("one", type="add-on", stage="proposal")
    assert problems(lambda: pipeline.remove_stage("proposal", replaced_by="short-list")) == ["stage-of-other-type"]


def test_a_catalog_that_drops_a_stage_under_its_sales_is_refused(desk: Desk) -> None:
    pipeline = desk("anna")
    sale = pipeline.add("one", type="new-business", stage="proposal")
    kind = superoffice.new_business()
    shorter = evolve(kind, stages=kind.stages[:2])
    with pytest.raises(InvalidValue, match="retire the stage, or take it out with remove_stage"):
        pipeline.change_catalog(pipeline.catalog.with_type(shorter))
    assert pipeline.get(sale.id) == sale


# Moving stages, and where new ones start.


def test_bc_107_a_stage_that_is_moved_takes_its_activities_along(owner: Pipeline) -> None:
    moved = owner.catalog.type("opportunity").reordered(["p", "q"])
    owner.change_catalog(owner.catalog.with_type(moved))
    kind = owner.catalog.type("opportunity")
    assert [stage.id for stage in kind.stages] == ["p", "q", "r"]
    assert [suggestion.name for suggestion in kind.suggestions_in_use] == ["p1", "p2", "q1", "q2"]


def test_new_records_start_in_the_default_stage_until_it_is_cleared(owner: Pipeline) -> None:
    def start() -> str | None:
        return owner.add("new", type="opportunity", company=ACME).stage

    kind = owner.catalog.type("opportunity")
    owner.change_catalog(owner.catalog.with_type(evolve(kind, default_stage="r")))
    assert start() == "r"
    owner.change_catalog(owner.catalog.with_type(evolve(kind, default_stage=None)))
    assert start() is None


# SuperOffice's way: nothing is lost.


def test_editing_a_stages_percentage_changes_no_running_sale(desk: Desk) -> None:
    pipeline = desk("anna")
    sale = pipeline.add("one", type="new-business", stage="proposal")
    pipeline.change_catalog(pipeline.catalog.with_stage(Stage("proposal", "Proposal", 45)))
    assert (pipeline.get(sale.id).probability, pipeline.get(sale.id).history) == (30, sale.history)
    assert pipeline.add("two", type="new-business", stage="proposal").probability == 45


def test_a_removal_in_an_unguided_process_sets_the_replacements_probability(desk: Desk) -> None:
    pipeline = desk("anna")
    sale = pipeline.add("one", type="new-business", stage="proposal", on=date(2025, 1, 2))
    pipeline.remove_stage("proposal", replaced_by="short-list")
    after = pipeline.get(sale.id)
    assert (after.stage, after.probability, after.changed_on) == ("short-list", 80, clock().date())


def test_storages_know_nothing_of_it(tmp_path: Path) -> None:
    """The same removal on two storages gives the same catalog and sales."""
    from tests.desk.desks import memory_store

    def after(store: Callable[[Path], Callable[[], Storage]]) -> tuple[Catalog, tuple[Sale, ...]]:
        pipeline = desk_on(store(tmp_path))("maria", catalog=the_catalog())
        pipeline.add("one", type="opportunity", company=ACME)
        return pipeline.remove_stage("q", replaced_by="p"), pipeline.sales()

    assert after(memory_store) == after(json_store)
