"""Adding sales: what the desk fills in, which ids it gives, and what it refuses."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.desk.desks import TODAY, Desk

from salespipeline import Conflict, Currency, MemoryStorage, Next, Pipeline, Refused, Sale, UnknownEntry
from salespipeline.presets import superoffice
from salespipeline.storage import Record


def codes(refusal: Refused) -> set[tuple[str, str]]:
    return {(problem.code, problem.field) for problem in refusal.problems}


def test_the_day_the_user_and_the_currency_are_filled_in(sale: Sale) -> None:
    assert (sale.registered.on, sale.registered.by, sale.owner, sale.currency) == (TODAY, "anna", "anna", "EUR")


def test_what_is_given_is_not_filled_in(pipeline: Pipeline) -> None:
    sale = pipeline.add("x", type="add-on", owner="bob", currency="JPY", on=date(2024, 12, 31))
    assert (sale.registered.on, sale.owner, sale.currency) == (date(2024, 12, 31), "bob", "JPY")


def test_ids_are_a_series(pipeline: Pipeline) -> None:
    assert [pipeline.add("x", type="add-on").id for _ in range(3)] == ["S-1001", "S-1002", "S-1003"]


def test_an_id_is_not_given_again_after_its_sale_was_deleted(pipeline: Pipeline, sale: Sale) -> None:
    pipeline.delete(sale)
    assert pipeline.add("x", type="add-on").id == "S-1002"


def test_two_desks_give_different_ids(desk: Desk) -> None:
    anna, bob = desk("anna"), desk("bob")
    ids = [who.add("x", type="add-on").id for who in (anna, bob, bob, anna)]
    assert sorted(ids) == ["S-1001", "S-1002", "S-1003", "S-1004"]


def test_a_series_steps_over_ids_that_were_typed(pipeline: Pipeline) -> None:
    pipeline.add("x", type="add-on", id="S-1001")
    assert pipeline.add("y", type="add-on").id == "S-1002"


def test_ids_come_from_a_factory_if_one_is_given(desk: Desk) -> None:
    ids = iter(["north-1", "north-2"])
    pipeline = desk(ids=lambda: next(ids))
    assert [pipeline.add("x", type="add-on").id for _ in range(2)] == ["north-1", "north-2"]


@pytest.mark.parametrize("id", ["S-1001", "s-1001", "\uff33-1001"])
def test_an_id_that_looks_like_a_taken_one_is_refused(pipeline: Pipeline, sale: Sale, id: str) -> None:
    with pytest.raises(Refused) as refused:
        pipeline.add("x", type="add-on", id=id)
    assert ("id-taken", "id") in codes(refused.value) or ("invalid-value", "id") in codes(refused.value)
    assert pipeline.sales() == (sale,)


def test_an_id_that_somebody_else_took_meanwhile_is_a_conflict(desk: Desk) -> None:
    anna, bob = desk("anna"), desk("bob")
    anna.add("x", type="add-on", id="deal-1")
    with pytest.raises(Conflict, match="deal-1"):
        bob.add("y", type="add-on", id="deal-1")


def test_everything_wrong_is_said_at_once(pipeline: Pipeline) -> None:
    with pytest.raises(Refused) as refused:
        pipeline.add(" ", type="nope", amount="1.555", currency="EU", source="moon", chance=120)
    assert codes(refused.value) >= {
        ("unknown-type", "type"),
        ("invalid-value", "title"),
        ("invalid-value", "currency"),
        ("unknown-entry", "source"),
        ("invalid-value", "chance"),
    }
    assert pipeline.sales() == ()


def test_a_currency_of_the_catalog_brings_its_own_digits(desk: Desk) -> None:
    pipeline = desk(catalog=evolve(superoffice.catalog(), currencies=(Currency("XTS", 3),)))
    assert pipeline.add("x", type="add-on", currency="XTS", amount="1.5").amount == Decimal("1.500")


def test_a_new_store_needs_a_catalog(desk: Desk) -> None:
    with pytest.raises(ValueError, match="give one, such as presets"):
        desk(catalog=None)


def test_a_type_without_catalog_entry_is_named(pipeline: Pipeline) -> None:
    with pytest.raises(UnknownEntry, match="'renewal'"):
        pipeline.catalog.type("renewal")


class Counted:
    """A storage that counts how often all sales are read."""

    def __init__(self) -> None:
        self.inner = MemoryStorage()
        self.scans = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        self.scans += kind == "sale"
        return self.inner.scan(kind, where or {})


def test_adding_between_steps_does_not_read_all_sales_again() -> None:
    storage: Any = Counted()
    pipeline = Pipeline.open(storage, catalog=superoffice.catalog())
    for _ in range(3):
        pipeline.apply(pipeline.add("x", type="add-on"), Next())
    assert storage.scans == 1
