"""Every storage keeps the contract; one that breaks it is caught."""

from collections.abc import Callable
from pathlib import Path

import pytest

from salespipeline.storage.base import Capabilities, Storage
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.memory import MemoryStorage
from salespipeline.testing.clause import Clause, MakeStorage
from salespipeline.testing.contract import CONTRACT, NotDeclared
from salespipeline.testing.contract_crowds import what_was_acknowledged_survives_a_kill


class Journal:
    """Opens handles on one journal, which it can make one of a later version; "hurried" does not wait for the disk."""

    def __init__(self, folder: Path, compact_after: int | None = None, *, is_hurried: bool = False) -> None:
        self.path = folder / "store.jsonl"
        self.compact_after = compact_after
        self.is_hurried = is_hurried

    def __call__(self) -> Storage:
        if self.is_hurried:
            return JsonStorage(self.path, durability="process")
        return JsonStorage(self.path, compact_after=self.compact_after)

    def make_newer(self) -> None:
        self.path.write_bytes(self.path.read_bytes().replace(b'"reader":1', b'"reader":2', 1))


def memory(tmp_path: Path) -> MakeStorage:
    return MemoryStorage().another


def journal(tmp_path: Path) -> MakeStorage:
    return Journal(tmp_path)


def hurried_journal(tmp_path: Path) -> MakeStorage:
    return Journal(tmp_path, is_hurried=True)


def compacting_journal(tmp_path: Path) -> MakeStorage:
    """One that compacts by itself, again and again, in the larger clauses."""
    return Journal(tmp_path, compact_after=2_000)


# What each does not declare; everything else is kept, and not left out.
PAST, PROCESSES, KILL = (
    "a_storage_without_the_past_says_so",
    "processes_lose_no_update",
    "what_was_acknowledged_survives_a_kill",
)
COMPACT, NEWER = "compacting_changes_nothing_that_can_be_read", "a_newer_format_is_refused"
LEFT_OUT: dict[Callable[[Path], MakeStorage], set[str]] = {
    memory: {PAST, PROCESSES, KILL, COMPACT, NEWER},
    journal: {PAST},
    hurried_journal: {PAST, KILL},
    compacting_journal: {PAST},
}


@pytest.mark.parametrize("storage", LEFT_OUT)
@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
def test_a_storage_keeps_the_contract(clause: Clause, storage: Callable[[Path], MakeStorage], tmp_path: Path) -> None:
    try:
        clause(storage(tmp_path))
    except NotDeclared as reason:
        assert clause.__name__ in LEFT_OUT[storage]
        pytest.skip(str(reason))


class Declaring(JsonStorage):
    """One that takes the end of a process for all that durability is about."""

    __slots__ = ()

    @property
    def capabilities(self) -> Capabilities:
        return super().capabilities._replace(durable=True)


def test_p_d3_a_hurried_journal_survives_a_kill(tmp_path: Path) -> None:
    what_was_acknowledged_survives_a_kill(lambda: Declaring(tmp_path / "store.jsonl", durability="process"))


def test_the_storage_of_the_how_to_takes_less_than_a_hundred_lines() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-storage.md"
    blocks = [block.partition("```")[0] for block in page.read_text(encoding="utf-8").split("```python\n")[1:]]
    own = [block for block in blocks if "CREATE TABLE" in block or "class SqliteStorage" in block]
    assert len(own) == 2
    assert 50 < sum(bool(line.strip()) for block in own for line in block.splitlines()) < 100
