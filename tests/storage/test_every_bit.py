"""Every cut, every changed bit, and damage at random: refused with its place, put right, or of no effect; never silent.

All of it on a file with every kind of line, and on the archive of a compacted one.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from tests.counts import Counted
from tests.storage.every_kind import FILE, LINES
from tests.storage.journals import (
    SNAPSHOT,
    opened,
    overwrite,
    saving,
    sealed,
    seen,
    with_commits,
    without_hint,
)
from tests.storage.lively import lively

from salespipeline.errors import ForeignFile, NewerFormat, StorageError

HINT = b"by-hand 2 8".ljust(54) + b" e94bdf1f\n"  # commit 8 was acknowledged
Due = dict[int, object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "s"
    path.write_bytes(FILE)
    return path


def view(path: Path) -> tuple[int, object]:
    storage = opened(path)
    try:
        return storage.number, [list(storage.scan(kind)) for kind in ("sale", "note", "a")]
    finally:
        storage.close()


def due_at_each_end(path: Path) -> Due:
    """What the file gives that ends with each of its commits."""
    due: Due = {}
    for count in range(1 + len(SNAPSHOT), 1 + len(LINES)):
        without_hint(path)
        overwrite(path, sealed(LINES[:count]))
        number, due[number] = view(path)
    return due


def outcome(path: Path, data: bytes, due: Due) -> str:
    """What comes of opening these bytes: a refusal that leaves them alone, or the view after one of the commits."""
    overwrite(path, data)
    os.utime(path, ns=(1, 1))
    try:
        number, found = view(path)
    except StorageError as error:
        assert (path.read_bytes(), path.stat().st_mtime_ns) == (data, 1)
        assert isinstance(error, ForeignFile | NewerFormat) or 0 <= getattr(error, "offset", -1) <= len(data)
        return "refused"
    assert found == due[number]
    for torn in path.parent.glob("s.torn-*"):
        torn.unlink()
    return "whole" if number == max(due) else "earlier"


@pytest.mark.parametrize("is_acknowledged", [False, True], ids=["without hint", "with hint"])
def test_p_r1_a_file_is_cut_at_every_byte(path: Path, is_acknowledged: bool, counted: Counted) -> None:
    """Inside of a line that line is lost; where it was acknowledged, the cut is refused."""
    due = due_at_each_end(path)
    hint = path.with_name("s.head")
    hint.touch()
    outcomes: Counter[str] = Counter()
    for size in range(len(FILE)):
        overwrite(hint, HINT if is_acknowledged else b"")
        outcomes[outcome(path, FILE[:size], due)] += 1
    start = len(sealed(LINES[: 1 + len(SNAPSHOT)]))
    expected = {"refused": start, "earlier": len(FILE) - start - 1, "whole": 1}
    if is_acknowledged:
        expected = {"refused": len(FILE) - 1, "whole": 1}
    assert outcomes == expected
    counted("damaged files", outcomes.total(), len(FILE))


def test_p_r4_no_changed_bit_passes_silently(path: Path, counted: Counted) -> None:
    due = due_at_each_end(path)
    outcomes: Counter[str] = Counter()
    for place in range(len(FILE) * 8):
        data = bytearray(FILE)
        data[place // 8] ^= 1 << place % 8
        without_hint(path)
        outcomes[outcome(path, bytes(data), due)] += 1
    assert outcomes == {"refused": len(FILE) * 8 - 8, "whole": 8}  # a changed newline at the end is put right
    counted("damaged files", outcomes.total(), len(FILE) * 8)


def test_p_r4_no_changed_bit_of_the_past_passes_silently(tmp_path: Path, counted: Counted) -> None:
    storage = lively(tmp_path / "s")
    storage.compact()
    due, archive = storage.past("sale", "S-1"), tmp_path / "s.past-1"
    whole = archive.read_bytes()
    for place in range(len(whole) * 8):
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        overwrite(archive, data)
        with pytest.raises(StorageError):
            storage.past("sale", "S-1")
    for size in range(len(whole)):
        overwrite(archive, whole[:size])
        with pytest.raises(StorageError):
            storage.past("sale", "S-1")
    overwrite(archive, whole)
    assert storage.past("sale", "S-1") == due
    counted("damaged archives", len(whole) * 9, 8_000)


def test_p_r4_no_vandalised_file_passes_silently(path: Path, counted: Counted) -> None:
    due = due_at_each_end(path)
    outcomes: Counter[str] = Counter()
    for data in vandalised(2_000):
        without_hint(path)
        outcomes[outcome(path, data, due)] += 1
    assert outcomes["refused"] > 1_000
    counted("damaged files", outcomes.total(), 2_000)


def vandalised(count: int) -> Iterator[bytes]:
    """Copies with a stretch of bytes taken out, doubled, zeroed, made up, reversed, or moved elsewhere."""
    chance = Random(7)
    for _ in range(count):
        start, end = sorted(chance.randrange(len(FILE) + 1) for _ in range(2))
        part, to = FILE[start:end], chance.randrange(len(FILE) + 1)
        rest = FILE[:start] + FILE[end:]
        kind = chance.randrange(6)
        made = (part * 2, bytes(len(part)), chance.randbytes(len(part)), part[::-1], b"")
        yield rest[:to] + part + rest[to:] if kind == 5 else FILE[:start] + made[kind] + FILE[end:]


def test_p_r1_a_torn_last_line_is_cut_at_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "s"
    *_, start, end = with_commits(path, 3)
    data = path.read_bytes()
    for size in range(start + 1, end - 1):
        overwrite(path, data[:size])
        assert seen(path)[0] == 2
        assert path.read_bytes() == data[:start]


def test_p_r1_a_compacted_file_is_cut_at_every_byte(tmp_path: Path, counted: Counted) -> None:
    """Every cut is refused or put right, and gives nothing but what was committed."""
    path = tmp_path / "s"
    storage = lively(path)
    storage.compact()
    due = {6: view(path)[1]}
    storage.commit(saving("S-4", "[ 1 ]"))
    due[7] = view(path)[1]
    data = path.read_bytes()
    outcomes: Counter[str] = Counter()
    for size in range(len(data)):
        without_hint(path)
        outcomes[outcome(path, data[:size], due)] += 1
    assert min(outcomes["refused"] - 300, outcomes["earlier"] - 50, outcomes["whole"]) > 0
    counted("damaged files", outcomes.total(), 500)
