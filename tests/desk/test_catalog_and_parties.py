"""The catalog of a store and its companies, persons and users."""

from datetime import date

import pytest
from attrs import evolve
from tests.desk.desks import Desk

from salespipeline import (
    Action,
    Company,
    Edit,
    InvalidValue,
    Lifecycle,
    Link,
    Moment,
    Next,
    NotFound,
    Person,
    Pipeline,
    Problem,
    Rule,
    Sale,
    SalesPipelineError,
    SaleType,
    Stage,
    User,
)
from salespipeline.presets import superoffice


def test_the_stored_catalog_outlasts_the_argument(desk: Desk, pipeline: Pipeline) -> None:
    pipeline.change_catalog(evolve(pipeline.catalog, sources=()))
    assert desk(catalog=superoffice.catalog()).catalog.sources == ()


def test_a_changed_percentage_changes_no_running_sale(desk: Desk, pipeline: Pipeline, sale: Sale) -> None:
    moved = pipeline.apply(sale, Next())
    pipeline.change_catalog(pipeline.catalog.with_stage(Stage("first-meeting", "First talk", 33)))
    again = desk("bob").get(sale.id)
    assert (again.probability, again.stage_name) == (20, "First talk")
    assert again == moved


def test_work_goes_on_under_a_catalog_that_somebody_changed(desk: Desk, pipeline: Pipeline, sale: Sale) -> None:
    bob = desk("bob")
    bob.change_catalog(bob.catalog.with_stage(Stage("first-meeting", "First talk", 33)))
    assert pipeline.apply(sale, Next()).probability == 33


def test_a_type_that_sales_have_is_not_taken_out(pipeline: Pipeline, sale: Sale) -> None:
    kept = tuple(kind for kind in pipeline.catalog.types if kind.id != sale.type.id)
    with pytest.raises(InvalidValue, match="retire the type instead"):
        pipeline.change_catalog(evolve(pipeline.catalog, types=kept))
    assert pipeline.get(sale.id) == sale


def test_a_type_that_no_sale_has_can_go(pipeline: Pipeline, sale: Sale) -> None:
    kept = tuple(kind for kind in pipeline.catalog.types if kind.id == sale.type.id)
    assert [kind.id for kind in pipeline.change_catalog(evolve(pipeline.catalog, types=kept)).types] == ["new-business"]


def test_parties_are_kept(desk: Desk, pipeline: Pipeline) -> None:
    acme, jo, anna = Company("C-1", "Acme"), Person("P-1", "Jo", "C-1"), User("anna", "Anna", "north")
    for party in (acme, jo, anna):
        pipeline.put(party)
    bob = desk("bob")
    assert (bob.party(Company, "C-1"), bob.parties(Person), bob.party(User, "anna")) == (acme, (jo,), anna)


def test_a_missing_party_is_named(pipeline: Pipeline) -> None:
    with pytest.raises(NotFound, match="company 'C-9'"):
        pipeline.party(Company, "C-9")


def test_sales_are_found_by_their_company(pipeline: Pipeline, sale: Sale) -> None:
    linked = pipeline.apply(sale, Link(company=Company("C-1", "Acme")))
    assert pipeline.sales(company="C-1") == (linked,)


def signed(sale: Sale, action: Action, moment: Moment) -> "list[Problem]":
    return [] if "signed" in sale.custom else [Problem("unsigned", params={"message": "sign it first"})]


SIGNED = Rule(Next, checks=(signed,), name="signed-first")


def legal(dialect_name: str) -> SaleType:
    variant = evolve(superoffice.DIALECT, name=dialect_name, lifecycle=Lifecycle("ours", superoffice.LIFECYCLE.rows))
    return evolve(superoffice.new_business(), id="legal", name="Legal", dialect=variant, rules=(SIGNED,))


def test_own_dialects_and_rules_are_put_back_by_name(desk: Desk) -> None:
    type = legal("ours")
    desk(catalog=superoffice.catalog().with_type(type)).add("x", type="legal", id="L-1")
    again = desk(catalog=None, dialects=[type.dialect], rules=[SIGNED])
    with pytest.raises(SalesPipelineError, match="sign it first"):
        again.apply("L-1", Next())
    again.apply("L-1", Edit(custom={"signed": date(2025, 1, 7)}))
    assert again.apply("L-1", Next()).stage == "first-meeting"


def test_a_dialect_that_is_not_given_is_named(desk: Desk) -> None:
    desk(catalog=superoffice.catalog().with_type(legal("ours")))
    with pytest.raises(SalesPipelineError, match=r"'ours' is .*dialects="):
        desk(catalog=None)


def test_a_rule_that_is_not_given_is_named(desk: Desk) -> None:
    type = legal("ours")
    desk(catalog=superoffice.catalog().with_type(type))
    with pytest.raises(SalesPipelineError, match="signed-first"):
        desk(catalog=None, dialects=[type.dialect])


def test_several_parties_are_one_commit(pipeline: Pipeline) -> None:
    before = pipeline.refresh()
    pipeline.put_all([Company("C-1", "Acme"), Company("C-2", "Bolt"), User("bob", "Bob")])
    assert pipeline.refresh() == before + 1
    assert [company.name for company in pipeline.parties(Company)] == ["Acme", "Bolt"]


def test_what_is_no_party_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(InvalidValue, match="a Company, a Person or a User"):
        pipeline.put("Acme")  # type: ignore[arg-type]
