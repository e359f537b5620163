"""What errors say stays short, however much is wrong; what they know, they keep whole."""

from salespipeline.errors import BrokenTable, StorageError, UnknownEntry, repeated
from salespipeline.exchange import FileRefused

NAMES = tuple(f"name-{number}" for number in range(30_000))


def test_twelve_of_many_faults_are_told() -> None:
    error = BrokenTable("catalog", (f"{name} stands twice" for name in NAMES))
    assert str(error).startswith("cannot make catalog: name-0 stands twice; name-1 stands twice; ")
    assert str(error).endswith("name-11 stands twice; and 29,988 faults more")
    assert len(error.faults) == 30_000


def test_all_of_twelve_faults_are_told() -> None:
    assert str(BrokenTable("rates", "abcdefghijkl")) == "cannot make rates: a; b; c; d; e; f; g; h; i; j; k; l"


def test_twelve_of_many_names_are_told() -> None:
    assert str(UnknownEntry("stage", "x", NAMES)).endswith("'name-10', 'name-11', …")
    refused = FileRefused("deals.csv", "its first row is blank", NAMES)
    assert str(refused).endswith("blank; the file has " + ", ".join(f"'name-{each}'" for each in range(12)) + ", …")
    assert refused.columns == NAMES


def test_of_a_long_path_the_end_is_told() -> None:
    path = f"/{'folder/' * 100}deals.past-1"
    assert str(StorageError(path, "it is gone")).endswith("folder/folder/deals.past-1': it is gone")
    assert len(str(StorageError(path, "it is gone"))) < 350
    assert path[:200] in str(StorageError(path[:200], "it is gone"))


def test_what_stands_twice_is_found_once_in_its_order() -> None:
    assert repeated("abcbcab") == ["a", "b", "c"]
    assert repeated(NAMES) == []
    assert repeated((*NAMES, "name-29999", "name-7")) == ["name-7", "name-29999"]
