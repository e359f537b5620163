"""Opening a store by what it is called."""

import os
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from salespipeline import InvalidValue, JsonStorage, MemoryStorage, Pipeline
from salespipeline.desk.opening import storage_of
from salespipeline.presets import superoffice


def test_a_bare_path_is_a_json_journal(tmp_path: Path) -> None:
    with Pipeline.open(tmp_path / "acme.jsonl", catalog=superoffice.catalog()):
        assert (tmp_path / "acme.jsonl").exists()


def test_json_with_a_path_is_the_same(tmp_path: Path) -> None:
    with Pipeline.open(f"json:{tmp_path}/acme.jsonl", catalog=superoffice.catalog()) as pipeline:
        pipeline.add("120 desks", type="add-on")
    with Pipeline.open(tmp_path / "acme.jsonl") as pipeline:
        assert [sale.title for sale in pipeline.sales()] == ["120 desks"]


def test_memory_is_a_new_store() -> None:
    assert isinstance(storage_of("memory:"), MemoryStorage)
    with pytest.raises(InvalidValue, match="no name"):
        storage_of("memory:acme")


def test_a_storage_stands_for_itself() -> None:
    storage = MemoryStorage()
    assert storage_of(storage) is storage


def test_a_path_with_a_colon_is_given_as_a_path(tmp_path: Path) -> None:
    storage = storage_of(tmp_path / "redis:acme")
    assert isinstance(storage, JsonStorage)
    storage.close()


def test_sqlite_is_a_database(tmp_path: Path) -> None:
    with Pipeline.open(f"sqlite:///{tmp_path}/acme.db", catalog=superoffice.catalog()) as pipeline:
        pipeline.add("120 desks", type="add-on")
    with Pipeline.open(f"sqlite:///{tmp_path}/acme.db") as pipeline:
        assert [sale.title for sale in pipeline.sales()] == ["120 desks"]


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidValue, match="'json:', 'memory:', 'postgresql:', 'sqlite:'"):
        storage_of("redis://localhost/0")


def test_another_packages_storage_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """The group that packages register in, with a real entry point to a function of this file."""
    entry = EntryPoint("drawer", f"{__name__}:drawer", "salespipeline.storages")

    def entry_points(group: str) -> EntryPoints:
        return EntryPoints([entry]).select(group=group)

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    assert isinstance(storage_of("drawer:top"), MemoryStorage)


def drawer(where: str) -> MemoryStorage:
    assert where == "drawer:top"
    return MemoryStorage()


@pytest.mark.skipif(os.name == "nt", reason="a drive letter is no scheme")
def test_a_single_letter_is_no_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    storage = storage_of("c:acme.jsonl")
    assert isinstance(storage, JsonStorage)
    storage.close()
