"""Files over time: what an earlier version wrote is read, what a later one wrote is refused or kept."""

import json
import shutil
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.determinism.a_day import Clock, spend

from salespipeline import Edit, JsonStorage, MemoryStorage, Pipeline
from salespipeline.codec.format import opened
from salespipeline.errors import NewerFormat
from salespipeline.exchange import export_document, import_document
from salespipeline.storage import Change, Commit, Storage
from salespipeline.storage.sql import SqlStorage

GOLDEN = Path(__file__).parents[1] / "golden"
AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A copy of a store that a day was spent at."""
    spend(tmp_path)
    return tmp_path / "store.jsonl"


def rewritten(storage: Storage, kind: str, id: str, **fields: object) -> None:
    """Write a record as another version would: with fields changed or added."""
    record = storage.read(kind, id)
    assert record is not None
    body = json.dumps(json.loads(record.body) | fields)
    storage.commit(Commit(changes=(Change(kind=kind, id=id, keys=record.keys, body=body),), at=AT))


def body(storage: Storage, kind: str, id: str) -> Mapping[str, Any]:
    record = storage.read(kind, id)
    assert record is not None
    fields: dict[str, Any] = json.loads(record.body)
    return fields


# P-V1.


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("store-v*.jsonl")), ids=lambda path: path.stem)
def test_p_v1_every_old_store_is_opened_edited_compacted_and_exported(golden: Path, tmp_path: Path) -> None:
    path = Path(shutil.copyfile(golden, tmp_path / "old.jsonl"))
    storage = JsonStorage(path)
    before = json.loads(export_document(storage))
    pipeline = Pipeline(storage, clock=Clock())
    sale, *others = pipeline.sales()
    pipeline.apply(sale, Edit(note="after all these years"))
    past = pipeline.revisions(sale.id)
    storage.compact()
    assert pipeline.revisions(sale.id) == past
    pipeline.close()
    reopened = JsonStorage(path)
    after = json.loads(export_document(reopened))
    assert Pipeline(reopened).sales() == (past[-1].sale, *others)
    changed = [id for id in before["records"]["sale"] if before["records"]["sale"][id] != after["records"]["sale"][id]]
    assert changed == [str(sale.id)]
    assert {**after["records"], "sale": 0} == {**before["records"], "sale": 0}
    reopened.close()


def test_p_v1_there_is_a_store_of_every_format() -> None:
    assert [path.stem for path in sorted(GOLDEN.glob("store-v*.jsonl"))] == ["store-v1"]


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("store-v*.jsonl")), ids=lambda path: path.stem)
def test_p_v1_reading_an_old_store_leaves_it_as_it_is(golden: Path, tmp_path: Path) -> None:
    path = Path(shutil.copyfile(golden, tmp_path / "old.jsonl"))
    before = path.read_bytes()
    with Pipeline.open(path) as pipeline:
        for sale in pipeline.sales():
            _ = sale.history, sale.activities, pipeline.revisions(sale.id)
    assert path.read_bytes() == before == golden.read_bytes()


# P-V2.


def test_p_v2_a_record_of_a_newer_format_is_refused_and_left_as_it_is(store: Path) -> None:
    storage = JsonStorage(store)
    rewritten(storage, "sale", "V-2", format=99)
    storage.close()
    before = store.read_bytes()
    with Pipeline.open(store, clock=Clock()) as pipeline:
        assert pipeline.get("V-1").id == "V-1"
        with pytest.raises(NewerFormat, match="format 99"):
            pipeline.get("V-2")
        with pytest.raises(NewerFormat, match="format 99"):
            pipeline.apply("V-2", Edit(note="x"))
    assert store.read_bytes() == before


def test_p_v2_a_catalog_of_a_newer_format_is_refused(store: Path) -> None:
    storage = JsonStorage(store)
    rewritten(storage, "catalog", "catalog", format=99)
    storage.close()
    before = store.read_bytes()
    with pytest.raises(NewerFormat, match="format 99"):
        Pipeline.open(store)
    assert store.read_bytes() == before


# P-V3.


NEW: dict[str, Any] = {
    "mood": "hopeful",
    "scores": [{"by": "anna", "points": [1, 2, {"deep": None}]}],
    "Ünïcode": " ✓ ",
}


def test_p_v3_unknown_fields_of_a_sale_survive_every_change_of_it(store: Path) -> None:
    storage = JsonStorage(store)
    rewritten(storage, "sale", "V-2", **NEW)
    with Pipeline.open(storage, clock=Clock(), user="anna") as pipeline:
        pipeline.apply("V-2", Edit(title="Better chairs"))
        storage.compact()
        pipeline.apply("V-2", Edit(note="twice"))
        pipeline.undo("V-2")
        seen = body(storage, "sale", "V-2")
        assert (seen["title"], {name: seen[name] for name in NEW}) == ("Better chairs", NEW)


@pytest.mark.parametrize(
    ("kind", "id"), [("company", "vos"), ("person", "kim"), ("user", "bob"), ("catalog", "catalog")]
)
def test_p_v3_unknown_fields_of_what_is_not_written_stay(kind: str, id: str, store: Path) -> None:
    storage = JsonStorage(store)
    rewritten(storage, kind, id, **NEW)
    with Pipeline.open(storage, clock=Clock(), user="anna") as pipeline:
        pipeline.add("More desks", type="new-business", id="V-9")
        storage.compact()
    reopened = JsonStorage(store)
    assert {name: body(reopened, kind, id)[name] for name in NEW} == NEW
    reopened.close()


def test_p_v3_unknown_kinds_survive_compaction_and_the_desk(store: Path) -> None:
    storage = JsonStorage(store)
    strange = Change(kind="weather", id="2026-04-01", keys={"sky": "grey"}, body=' {"rain" : [ 1 ] } ')
    storage.commit(Commit(changes=(strange,), at=AT))
    with Pipeline.open(storage, clock=Clock(), user="anna") as pipeline:
        pipeline.apply("V-2", Edit(note="x"))
        storage.compact()
        storage.compact()
    reopened = JsonStorage(store)
    record = reopened.read("weather", "2026-04-01")
    assert record is not None
    assert (record.keys, record.body) == ((("sky", "grey"),), ' {"rain" : [ 1 ] } ')
    reopened.close()


# P-V4.


def renamed(fields: dict[str, Any]) -> dict[str, Any]:
    """From 1 to 2: what was a name is a title."""
    return {**{name: value for name, value in fields.items() if name != "name"}, "title": fields["name"]}


def priced(fields: dict[str, Any]) -> dict[str, Any]:
    """From 2 to 3: an amount in cents."""
    return {**fields, "amount": f"{fields['cents'] // 100}.{fields['cents'] % 100:02}"}


OLD = '{"format":1,"name":"Desks","cents":1005,"lines":[{"n":1}]}'


def test_p_v4_a_record_is_brought_up_step_by_step_to_the_newest_format() -> None:
    due = {"title": "Desks", "cents": 1005, "lines": [{"n": 1}], "amount": "10.05"}
    assert opened("sale", "S-1", OLD, 3, {1: renamed, 2: priced}) == due
    assert opened("sale", "S-1", OLD, 2, {1: renamed}) == {"title": "Desks", "cents": 1005, "lines": [{"n": 1}]}


def test_p_v4_migrating_twice_gives_the_same_and_shares_nothing() -> None:
    first, second = (opened("sale", "S-1", OLD, 3, {1: renamed, 2: priced}) for _ in range(2))
    due = deepcopy(second)
    first["lines"].append("scribble")
    assert second == due


# P-V5.


def test_p_v5_a_document_is_the_same_from_every_storage(store: Path) -> None:
    document = (store.parent / "document.json").read_text(encoding="utf-8")
    for storage in (MemoryStorage(), JsonStorage(store.parent / "new"), SqlStorage(f"sqlite:///{store.parent / 'db'}")):
        with import_document(document, storage, clock=Clock()) as pipeline:
            assert export_document(pipeline.storage) == document
    assert json.dumps(json.loads(document), indent=2, sort_keys=True) + "\n" == document
