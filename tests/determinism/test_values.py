"""Values are immutable all the way down: nothing that is given or got can alter what is stored."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any

import attrs
import pytest
from tests.determinism.a_day import Clock, spend

from salespipeline import JsonStorage, MemoryStorage, Pipeline, ReadOnly, Sale
from salespipeline.insight import forecast, overview
from salespipeline.presets import business_central, contact_manager, superoffice
from salespipeline.storage import Change, Commit, Record

PLAIN = (str, int, bool, Decimal, date, datetime, timedelta, type(None), bytes, Enum, type, FunctionType)


def mutable_parts(value: Any, place: str, seen: dict[int, object]) -> Iterator[str]:
    """Where in a value there is something that could be changed, however deep; private names are its own affair."""
    if isinstance(value, PLAIN) or id(value) in seen:
        return
    seen[id(value)] = value  # kept, so that no other value gets its id
    parts = parts_of(value)
    if parts is None:
        yield f"{place}: {type(value).__name__}"
    else:
        for name, part in parts:
            yield from mutable_parts(part, f"{place}.{name}", seen)


def parts_of(value: Any) -> Any:
    """The parts of an immutable value with their names or places; None of what could be changed."""
    kind: Any = value.__class__
    if issubclass(kind, (tuple, frozenset)):
        return enumerate(value)
    if issubclass(kind, MappingProxyType):
        return value.items()
    if attrs.has(kind) and is_frozen(value):
        names = [attribute.name for attribute in attrs.fields(kind) if not attribute.name.startswith("_")]
        return [(name, getattr(value, name)) for name in names]
    return None


def is_frozen(value: Any) -> bool:
    kind: Any = value.__class__
    name = attrs.fields(kind)[0].name
    try:
        setattr(value, name, getattr(value, name))
    except AttributeError:
        return not hasattr(value, "__dict__") and not is_dataclass(value)
    return False


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("day")
    spend(folder)
    with Pipeline.open(JsonStorage(folder / "store.jsonl"), clock=Clock()) as pipeline:
        yield pipeline


def test_p_t4_what_a_desk_gives_is_immutable_all_the_way_down(pipeline: Pipeline) -> None:
    sales = pipeline.sales()
    given = {
        "sales": sales,
        "histories": tuple(sale.history for sale in sales),
        "activities": tuple(sale.activities for sale in sales),
        "revisions": pipeline.revisions("V-1"),
        "offers": pipeline.available("V-2"),
        "catalog": pipeline.catalog,
        "overview": overview(sales, on=date(2026, 4, 1)),
        "forecast": forecast(sales, by="owner").cells,
    }
    seen: dict[int, object] = {}
    assert [fault for name, value in given.items() for fault in mutable_parts(value, name, seen)] == []
    assert len(seen) > 400


@pytest.mark.parametrize("preset", [superoffice, contact_manager, business_central])
def test_p_t4_a_preset_cannot_be_changed_for_everybody(preset: Any) -> None:
    assert list(mutable_parts(preset.catalog(), "catalog", {})) == []


@pytest.mark.parametrize("kind", [list, dict, set, bytearray, object])
def test_p_t4_what_can_be_changed_is_seen(kind: type) -> None:
    assert list(mutable_parts((1, (kind(),)), "given", {})) != []


def test_p_t4_setting_an_attribute_shows_the_way_that_works(pipeline: Pipeline) -> None:
    sale: Any = pipeline.get("V-2")
    before = repr(sale)
    for name in [attribute.name for attribute in attrs.fields(Sale)] + ["amount", "anything"]:
        with pytest.raises((ReadOnly, AttributeError)):
            setattr(sale, name, None)
    assert repr(sale) == before


def test_p_t4_what_was_given_can_be_changed_without_effect() -> None:
    pipeline = Pipeline.open(MemoryStorage(), catalog=superoffice.catalog(), clock=Clock())
    categories, competitors, custom = ["a", "b"], {"x", "y"}, {"rate": Decimal("1.5")}
    sale = pipeline.add("Desks", type="new-business", categories=categories, competitors=competitors, custom=custom)
    categories.append("c")
    competitors.clear()
    custom["rate"] = Decimal("9")
    for seen in (sale, pipeline.get(sale.id)):
        assert (seen.card.categories, set(seen.origin.competitors)) == (("a", "b"), {"x", "y"})
        assert seen.custom.get("rate") == Decimal("1.5")


def test_p_t4_a_change_and_a_filter_are_taken_as_they_are_given(tmp_path: Path) -> None:
    storage, keys = JsonStorage(tmp_path / "s"), {"status": "open"}
    change = Change(kind="note", id="a", keys=keys, body="1")
    keys["status"] = "sold"
    storage.commit(Commit(changes=(change,), at=datetime(2026, 1, 1, tzinfo=UTC)))
    keys.clear()
    due = Record(kind="note", id="a", revision=1, keys=(("status", "open"),), body="1")
    assert [storage.read("note", "a"), *storage.scan("note", {"status": "open"})] == [due, due]
    storage.close()
