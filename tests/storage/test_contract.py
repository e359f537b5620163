"""Every storage keeps the contract; one that breaks it is caught."""

from collections.abc import Callable
from pathlib import Path

import pytest

from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.memory import MemoryStorage
from salespipeline.testing.clause import Clause, MakeStorage
from salespipeline.testing.contract import CONTRACT, NotDeclared


def memory(tmp_path: Path) -> MakeStorage:
    return MemoryStorage().another


def journal(tmp_path: Path) -> MakeStorage:
    return lambda: JsonStorage(tmp_path / "store.jsonl")


def hurried_journal(tmp_path: Path) -> MakeStorage:
    return lambda: JsonStorage(tmp_path / "store.jsonl", durability="process")


@pytest.mark.parametrize("storage", [memory, journal, hurried_journal])
@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
def test_a_storage_keeps_the_contract(clause: Clause, storage: Callable[[Path], MakeStorage], tmp_path: Path) -> None:
    try:
        clause(storage(tmp_path))
    except NotDeclared as reason:
        pytest.skip(str(reason))
