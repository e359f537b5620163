"""A whole store as one document: readable, sorted, and the same both ways. Golden files: old stores open for ever."""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk.desks import clock

from salespipeline import Conflict, JsonStorage, MemoryStorage, Pipeline, SalesPipelineError, Status
from salespipeline.errors import NewerFormat
from salespipeline.exchange import export_document, import_document
from salespipeline.presets import sample, superoffice

GOLDEN = Path(__file__).parents[1] / "golden"
DOCUMENT = (GOLDEN / "document-v1.json").read_text(encoding="utf-8")


def store_v1(folder: Path) -> JsonStorage:
    """A copy of the store that was written when the format was made; the file itself is never edited."""
    copy = folder / "store-v1.jsonl"
    shutil.copyfile(GOLDEN / "store-v1.jsonl", copy)
    return JsonStorage(copy)


# Old files.


def test_p_v1_a_store_of_format_1_opens_with_everything_in_it(tmp_path: Path) -> None:
    pipeline = Pipeline(store_v1(tmp_path))
    desks, chairs, audit, tables = pipeline.sales()
    assert (desks.status, desks.stage_name, desks.reopen_on) == (Status.STALLED, "First Meeting", date(2026, 3, 2))
    assert [(each.title, each.is_done) for each in desks.activities] == [
        ("Qualify the lead", True),
        ("Getting to know each other", True),
        ("What was said", True),
    ]
    assert desks.custom.get("rate") == Decimal("1.25")
    assert (chairs.standing.value, chairs.amount, chairs.closed_on) == (
        "sold, completed",
        Decimal("880.50"),
        date(2026, 1, 17),
    )
    assert (audit.status, audit.stage_name, audit.currency) == (Status.LOST, "Closed Lost", "JPY")
    assert (tables.stage, tables.chance, len(tables.activities)) == ("ex-large-2", 30, 6)
    assert [sale.number for sale in pipeline.sales()] == ["10001", "10002", "10003", "10004"]


def test_p_v1_its_past_can_be_read(tmp_path: Path) -> None:
    revisions = Pipeline(store_v1(tmp_path)).revisions("S-1001")
    assert [each.action for each in revisions] == [
        "Register",
        "Plan",
        "CompleteActivity",
        "Plan",
        "Next",
        "AddActivity",
        "Stall",
    ]


def test_p_v5_a_store_of_format_1_gives_the_document_it_always_gave(tmp_path: Path) -> None:
    assert export_document(store_v1(tmp_path)) == DOCUMENT


# Both ways.


@pytest.mark.parametrize("json_file", [False, True], ids=["memory", "json"])
def test_p_v5_export_import_export_is_the_same_to_the_byte(tmp_path: Path, json_file: bool) -> None:
    storage = JsonStorage(tmp_path / "new.jsonl") if json_file else MemoryStorage()
    import_document(DOCUMENT, storage, user="maria", clock=clock)
    assert export_document(storage) == DOCUMENT


def test_what_comes_in_is_what_went_out(tmp_path: Path) -> None:
    before = Pipeline(store_v1(tmp_path))
    after = import_document(DOCUMENT, MemoryStorage())
    assert (after.catalog, after.sales()) == (before.catalog, before.sales())
    assert after.sales(number="10002")[0].title == before.get("S-1002").title


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_any_book_comes_back(seed: int) -> None:
    first = Pipeline.open("memory:", catalog=superoffice.catalog(), clock=clock)
    book = sample.book(seed=seed, sales=12)
    first = Pipeline.open("memory:", catalog=book.catalog, clock=clock)
    first.save_all(book.sales)
    text = export_document(first.storage)
    again = import_document(text, MemoryStorage(), clock=clock)
    assert again.sales() == first.sales()
    assert export_document(again.storage) == text


def test_it_is_sorted_and_readable() -> None:
    found = json.loads(DOCUMENT)
    assert list(found["records"]) == sorted(found["records"])
    assert '\n      "S-1001": {\n        "activities": {' in DOCUMENT


# What is refused, with nothing changed.


def changed(**given: object) -> str:
    return json.dumps(json.loads(DOCUMENT) | given)


def without(kind: str, id: str) -> str:
    found = json.loads(DOCUMENT)
    del found["records"][kind][id]
    return json.dumps(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        DOCUMENT[:-20],
        changed(document="something else"),
        changed(format=0),
        changed(format="1"),
        changed(records=[]),
        changed(records={"sale": []}),
        changed(records={"secrets": {}}),
        without("catalog", "catalog"),
        DOCUMENT.replace('"expected_close": "2026-04-01"', '"expected_close": "2026-13-01"'),
        DOCUMENT.replace('"type": "ex-large"', '"type": "gone"'),
        DOCUMENT.replace('"made": 6', '"made": 2'),
    ],
)
def test_what_could_not_be_read_again_is_refused(text: str) -> None:
    storage = MemoryStorage()
    with pytest.raises(SalesPipelineError):
        import_document(text, storage)
    assert storage.number == 0


def test_a_newer_document_is_refused() -> None:
    with pytest.raises(NewerFormat, match="format 2"):
        import_document(changed(format=2), MemoryStorage())


def test_a_store_that_is_not_empty_is_refused() -> None:
    pipeline = Pipeline.open("memory:", catalog=superoffice.catalog(), clock=clock)
    with pytest.raises(Conflict):
        import_document(DOCUMENT, pipeline.storage)
    assert pipeline.sales() == ()
