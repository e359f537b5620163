"""A catalog checks itself when it is made, and finds what is in it."""

from typing import Any

import pytest
from attrs import evolve

from salespipeline.errors import BrokenTable, UnknownEntry
from salespipeline.model.catalog import Catalog
from salespipeline.model.currency import Currency
from salespipeline.model.item import items
from salespipeline.model.rates import Rates
from salespipeline.model.stage import Stage
from salespipeline.presets import business_central, contact_manager, superoffice

CATALOG = superoffice.catalog()
LISTS = ("sources", "competitors", "credited", "payment_terms", "kinds", "categories", "products")


def faults_of(**changes: Any) -> tuple[str, ...]:
    with pytest.raises(BrokenTable) as caught:
        evolve(CATALOG, **changes)
    return caught.value.faults


@pytest.mark.parametrize("name", LISTS)
def test_an_entry_twice_is_a_fault(name: str) -> None:
    assert faults_of(**{name: items("Fair", "Fair")}) == (f"'fair' stands twice among the {name}",)


def test_a_type_twice_is_a_fault() -> None:
    assert faults_of(types=(superoffice.add_on(),) * 2) == ("'add-on' stands twice among the types",)


def test_a_currency_twice_is_a_fault() -> None:
    with pytest.raises(BrokenTable, match="EUR"):
        evolve(CATALOG, currencies=(Currency("EUR", 2), Currency("EUR", 4)))


@pytest.mark.parametrize("name", ["stages", "sold_reasons", "lost_reasons", "stalled_reasons"])
def test_a_type_with_something_of_its_own_is_a_fault(name: str) -> None:
    found = faults_of(**{name: ()})
    assert found
    assert all(f"which its list of {name} has not" in fault for fault in found)


def test_a_stage_that_differs_from_the_lists_is_a_fault() -> None:
    changed = tuple(evolve(stage, chance=99) for stage in CATALOG.stages)
    assert len(faults_of(stages=changed)) == 9


def test_a_currency_of_nobody_is_a_fault() -> None:
    (fault,) = faults_of(currency="XBT")
    assert "'XBT'" in fault


def test_all_faults_come_at_once() -> None:
    assert len(faults_of(currency="XBT", sources=items("a", "a"), kinds=items("a", "a"))) == 3


def test_what_is_missing_is_named_with_what_there_is() -> None:
    with pytest.raises(UnknownEntry) as caught:
        CATALOG.type("gone")
    assert (caught.value.given, caught.value.accepted) == ("gone", ("new-business", "add-on"))
    with pytest.raises(UnknownEntry, match="'lead'"):
        CATALOG.stage("gone")
    with pytest.raises(UnknownEntry):
        CATALOG.money("XBT")


def test_what_is_there_is_found() -> None:
    assert CATALOG.type("add-on").name == "Add-on sale"
    assert CATALOG.stage("lead").chance == 1
    assert CATALOG.money("JPY") == Currency("JPY", 0)


def test_its_own_currency_comes_before_the_standards() -> None:
    assert evolve(CATALOG, currencies=(Currency("EUR", 4),)).money("EUR").digits == 4


def test_its_rates_are_against_its_own_currency_unless_given() -> None:
    assert Catalog(currency="NOK").rates == Rates("NOK")
    assert evolve(Catalog(currency="NOK"), currency="EUR").rates == Rates("NOK")


def test_with_type_adds_a_type_with_its_lists() -> None:
    grown = CATALOG.with_type(business_central.cycles()[0])
    assert grown.type("ex-large").stages == business_central.EX_LARGE
    assert grown.stage("ex-large-1").name == "Initial"


def test_with_type_of_another_preset() -> None:
    """Both have a stage "proposal"."""
    assert len(CATALOG.with_type(contact_manager.opportunity()).types) == 3


def test_with_type_replaces_a_type_in_its_place() -> None:
    changed = CATALOG.with_type(evolve(superoffice.new_business(), name="Other", stages=CATALOG.stages[:2]))
    assert [kind.name for kind in changed.types] == ["Other", "Add-on sale"]


def test_with_type_of_another_stage_of_the_same_id() -> None:
    """A stage is shared: the type that brings it anew changes it for all."""
    lead = Stage("lead", "Lead", 2)
    changed = CATALOG.with_type(evolve(superoffice.new_business(), stages=(lead, *CATALOG.stages[1:])))
    assert changed.stage("lead").chance == 2
    meeting = evolve(CATALOG.stages[1], chance=25)
    both = CATALOG.with_type(evolve(superoffice.new_business(), stages=(CATALOG.stages[0], meeting)))
    assert both.type("add-on").stages[0].chance == 25


def test_with_stage_changes_it_in_every_type() -> None:
    changed = CATALOG.with_stage(evolve(CATALOG.stage("proposal"), chance=35))
    assert {kind.id: stage.chance for kind in changed.types if (stage := kind.stage("proposal"))} == {
        "new-business": 35,
        "add-on": 35,
    }


def test_with_stage_adds_one() -> None:
    assert CATALOG.with_stage(Stage("pilot", "Pilot", 60)).stage("pilot").chance == 60


@pytest.mark.parametrize("preset", [superoffice, contact_manager, business_central])
def test_the_presets_are_hashable_and_equal_by_value(preset: Any) -> None:
    assert preset.catalog() == preset.catalog()
    assert hash(preset.catalog()) == hash(preset.catalog())


def test_an_empty_catalog_is_one() -> None:
    assert Catalog().types == ()
