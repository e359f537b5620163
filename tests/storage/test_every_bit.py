"""Every cut, every changed bit, and damage at random: refused with its place, put right, or of no effect; never silent.

All of it on a file with every kind of line, and on the archive of a compacted one.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from tests.counts import Counted
from tests.storage.disks import PATH, Disk
from tests.storage.every_kind import FILE, LINES
from tests.storage.journals import SNAPSHOT, overwrite, saving, sealed, seen, with_commits
from tests.storage.lively import lively
from tests.storage.worlds import opened_on

from salespipeline.errors import ForeignFile, NewerFormat, StorageError

HINT = b"by-hand 2 8".ljust(54) + b" e94bdf1f\n"  # commit 8 was acknowledged
Due = dict[int, object]


def view(disk: Disk) -> tuple[int, object]:
    storage = opened_on(disk)
    try:
        return storage.number, [list(storage.scan(kind)) for kind in ("sale", "note", "a")]
    finally:
        storage.close()


def due_at_each_end() -> Due:
    """What the file gives that ends with each of its commits."""
    return dict(view(Disk({PATH: sealed(LINES[:count])})) for count in range(1 + len(SNAPSHOT), 1 + len(LINES)))


def outcome(data: bytes, due: Due, hint: bytes = b"") -> str:
    """What comes of opening these bytes: a refusal that leaves them alone, or the view after one of the commits."""
    disk = Disk({PATH: data, f"{PATH}.head": hint})
    try:
        number, found = view(disk)
    except StorageError as error:
        assert disk.contents()[PATH] == data
        assert isinstance(error, ForeignFile | NewerFormat) or 0 <= getattr(error, "offset", -1) <= len(data)
        return "refused"
    assert found == due[number]
    return "whole" if number == max(due) else "earlier"


@pytest.mark.parametrize("hint", [b"", HINT], ids=["without hint", "with hint"])
def test_p_r1_a_file_is_cut_at_every_byte(hint: bytes, counted: Counted) -> None:
    """Inside of a line that line is lost; where it was acknowledged, the cut is refused."""
    due = due_at_each_end()
    outcomes = Counter(outcome(FILE[:size], due, hint) for size in range(len(FILE)))
    start = len(FILE) - 1 if hint else len(sealed(LINES[: 1 + len(SNAPSHOT)]))
    assert outcomes == Counter(refused=start, earlier=len(FILE) - start - 1, whole=1)
    counted("damaged files", outcomes.total(), len(FILE))


def test_p_r4_no_changed_bit_passes_silently(counted: Counted) -> None:
    due = due_at_each_end()
    outcomes = Counter(outcome(flipped(FILE, place), due) for place in range(len(FILE) * 8))
    assert outcomes == Counter(refused=len(FILE) * 8 - 8, whole=8)  # a changed newline at the end is put right
    counted("damaged files", outcomes.total(), len(FILE) * 8)


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_p_r4_no_changed_bit_of_the_past_passes_silently(tmp_path: Path, counted: Counted) -> None:
    storage = lively(tmp_path / "s")
    storage.compact()
    due, archive = storage.past("sale", "S-1"), tmp_path / "s.past-1"
    whole = archive.read_bytes()
    for place in range(len(whole) * 8):
        overwrite(archive, flipped(whole, place))
        with pytest.raises(StorageError):
            storage.past("sale", "S-1")
    for size in range(len(whole)):
        overwrite(archive, whole[:size])
        with pytest.raises(StorageError):
            storage.past("sale", "S-1")
    overwrite(archive, whole)
    assert storage.past("sale", "S-1") == due
    counted("damaged archives", len(whole) * 9, 8_000)


def test_p_r4_no_vandalised_file_passes_silently(counted: Counted) -> None:
    due = due_at_each_end()
    outcomes = Counter(outcome(data, due) for data in vandalised(2_000))
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
    storage = lively(tmp_path / "s")
    storage.compact()
    before = (tmp_path / "s").read_bytes()
    storage.commit(saving("S-4", "[ 1 ]"))
    data = (tmp_path / "s").read_bytes()
    due = dict(view(Disk({PATH: each})) for each in (before, data))
    outcomes = Counter(outcome(data[:size], due) for size in range(len(data)))
    assert outcomes == Counter(refused=len(before), earlier=len(data) - len(before) - 1, whole=1)
    counted("damaged files", outcomes.total(), 500)
