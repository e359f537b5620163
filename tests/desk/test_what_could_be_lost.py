"""What would make a store unreadable, or a result silently wrong, is refused before it is saved."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.desk.desks import TODAY, Desk

from salespipeline import (
    Assign,
    BulkRefused,
    ChangeType,
    Company,
    InvalidValue,
    Lose,
    MemoryStorage,
    MoveTo,
    Next,
    Pipeline,
    Refused,
    Sale,
    SalesPipelineError,
    Stall,
    User,
    apply,
    register,
)
from salespipeline.presets import contact_manager, superoffice
from salespipeline.storage import Commit

FOREIGN = evolve(superoffice.new_business(), id="foreign")


def test_a_type_that_the_catalog_has_not_is_not_taken(pipeline: Pipeline, sale: Sale) -> None:
    with pytest.raises(Refused, match="'foreign' is not in the catalog"):
        pipeline.apply(sale, ChangeType(FOREIGN))
    assert pipeline.sales() == (sale,)


def test_the_catalogs_own_type_is_taken(pipeline: Pipeline, sale: Sale) -> None:
    other = evolve(superoffice.add_on(), stages=())
    assert pipeline.apply(sale, ChangeType(other)).stage == "first-meeting"


def test_a_sale_of_a_foreign_type_is_not_saved(pipeline: Pipeline) -> None:
    with pytest.raises(Refused, match="not in the catalog"):
        pipeline.save(register(FOREIGN, id="F-1", title="x", on=TODAY, currency="EUR"))
    assert pipeline.sales() == ()


def test_a_sale_in_a_stage_that_its_type_has_not_is_not_saved(pipeline: Pipeline) -> None:
    twin = evolve(superoffice.new_business(), id="add-on")
    with pytest.raises(Refused, match="'lead'"):
        pipeline.save(register(twin, id="F-1", title="x", on=TODAY, currency="EUR"))


def test_two_new_sales_that_look_alike_are_not_saved_together(pipeline: Pipeline) -> None:
    type = pipeline.catalog.type("add-on")
    made = [register(type, id=id, title="x", on=TODAY, currency="EUR") for id in ("A-1", "a-1")]
    with pytest.raises(BulkRefused, match="taken"):
        pipeline.save_all(made)


def test_an_entry_that_is_in_no_list_is_refused_from_the_beginning(pipeline: Pipeline) -> None:
    with pytest.raises(Refused, match="source 'nonsense'"):
        pipeline.add("x", type="add-on", source="nonsense")


@pytest.mark.parametrize("value", [Decimal("1E-60"), Decimal("1E+60"), 2**70, 1.5])
def test_a_custom_value_that_could_not_be_read_again_is_refused(pipeline: Pipeline, value: Any) -> None:
    with pytest.raises(Refused, match="custom field 'rate'"):
        pipeline.add("x", type="add-on", custom={"rate": value})


def test_ids_of_another_desk_are_seen_in_the_end(desk: Desk) -> None:
    anna, bob = desk("anna"), desk("bob")
    bob.add("1", type="add-on")
    anna.add("3", type="add-on", id="S-1003")
    assert [bob.add("x", type="add-on").id for _ in range(2)] == ["S-1002", "S-1004"]


def test_a_type_that_another_desk_has_used_is_not_taken_out(desk: Desk) -> None:
    anna, bob = desk("anna"), desk("bob")
    bob.add("x", type="add-on", id="B-1")
    kept = tuple(kind for kind in anna.catalog.types if kind.id != "add-on")
    with pytest.raises(InvalidValue, match="'B-1'"):
        anna.change_catalog(evolve(anna.catalog, types=kept))
    assert bob.get("B-1").type.id == "add-on"


def test_a_dialect_that_strands_a_sale_is_refused(pipeline: Pipeline, sale: Sale) -> None:
    pipeline.apply(sale, Stall())
    types = [evolve(kind, dialect=contact_manager.DIALECT) for kind in pipeline.catalog.types]
    with pytest.raises(InvalidValue, match="is stalled, which dialect 'contact-manager' does not know"):
        pipeline.change_catalog(evolve(pipeline.catalog, types=tuple(types)))


def test_a_variant_needs_a_name_of_its_own(desk: Desk) -> None:
    strict = evolve(superoffice.DIALECT, needs=((Lose, ("reason",)),))
    catalog = superoffice.catalog().with_type(evolve(superoffice.add_on(), dialect=strict))
    with pytest.raises(InvalidValue, match="name of its own"):
        desk(catalog=catalog)
    named = superoffice.catalog().with_type(evolve(FOREIGN, dialect=evolve(strict, name="strict")))
    assert desk(catalog=named).catalog.type("foreign").dialect.name == "strict"


def test_the_group_is_that_of_the_owner(pipeline: Pipeline, sale: Sale) -> None:
    pipeline.put(User("bob", "Bob", "north"))
    assert pipeline.apply(sale, Assign("bob")).parties.group == "north"
    assert pipeline.add("x", type="add-on", owner="bob").parties.group == "north"
    assert pipeline.add("y", type="add-on", owner="bob", group="south").parties.group == "south"


NONSENSE: dict[str, Callable[[Pipeline], object]] = {
    "add without type": lambda p: p.add("x", type=None),  # type: ignore[arg-type]
    "add with a list as currency": lambda p: p.add("x", type="add-on", currency=["EUR"]),  # type: ignore[arg-type]
    "apply to a number": lambda p: p.apply(5, Next()),  # type: ignore[arg-type]
    "apply a class": lambda p: p.apply(p.add("x", type="add-on"), Next),  # type: ignore[arg-type]
    "delete a number": lambda p: p.delete(5),  # type: ignore[arg-type]
    "save a number": lambda p: p.save(5),  # type: ignore[arg-type]
    "another catalog": lambda p: p.change_catalog(5),  # type: ignore[arg-type]
    "a party of no kind": lambda p: p.party(Sale, "x"),  # type: ignore[type-var]
    "a filter by company": lambda p: p.sales(company=Company("C-1", "Acme")),
    "a status that is none": lambda p: p.sales(status="OPEN"),
    "an option that is none": lambda p: Pipeline.open("memory:", gaurds=[]),  # type: ignore[call-arg]
    "a storage that is none": lambda p: Pipeline.open(5),  # type: ignore[arg-type]
    "a dialect that is none": lambda p: Pipeline.open("memory:", dialects=[5]),  # type: ignore[list-item]
}


@pytest.mark.parametrize("asked", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_refused_in_the_librarys_own_words(pipeline: Pipeline, asked: Callable[[Pipeline], object]) -> None:
    with pytest.raises(SalesPipelineError):
        asked(pipeline)


def test_a_sale_changed_outside_is_saved_at_its_revision(pipeline: Pipeline, sale: Sale) -> None:
    moved = apply(sale, MoveTo("proposal"), on=date(2025, 1, 8))
    assert pipeline.save(moved) == moved


class Interrupted:
    """A storage whose next commit comes just after somebody else's."""

    def __init__(self, inner: MemoryStorage) -> None:
        self.inner = inner
        self.before: Callable[[], object] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def commit(self, commit: Commit) -> int:
        hook, self.before = self.before, None
        if hook:
            hook()
        return self.inner.commit(commit)


def test_a_sale_that_comes_between_puts_the_catalog_back() -> None:
    first = MemoryStorage()
    bob = Pipeline.open(first, catalog=superoffice.catalog())
    storage: Any = Interrupted(first.another())
    anna = Pipeline.open(storage, catalog=superoffice.catalog())
    storage.before = lambda: bob.add("x", type="add-on", id="B-1")
    kept = tuple(kind for kind in anna.catalog.types if kind.id != "add-on")
    with pytest.raises(InvalidValue, match="'B-1'"):
        anna.change_catalog(evolve(anna.catalog, types=kept))
    bob.refresh()
    assert bob.get("B-1").stage == "first-meeting"
    assert anna.catalog == bob.catalog == superoffice.catalog()
