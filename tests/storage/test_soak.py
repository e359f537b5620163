"""The same harnesses for longer, from other seeds: programs made up at random, many more kills, hours of neighbours."""

import json
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tests.counts import Counted
from tests.storage.cuts import PATH
from tests.storage.disks import Disk
from tests.storage.every_kind import FILE
from tests.storage.hostile import files, lines
from tests.storage.hostile.entries import document, import_text, read_all, refusal
from tests.storage.hostile.foreign import FOREIGN
from tests.storage.hostile.texts import TEXTS
from tests.storage.processes import Processes, processes
from tests.storage.rambles import rambling
from tests.storage.test_kill_cycles import killed
from tests.storage.test_transfers import carried_out
from tests.storage.worlds import check_state

from salespipeline.storage.journal.salvage import salvage

__all__ = ["processes"]

pytestmark = pytest.mark.long

STATES = 20_000  # of each of a hundred seeds


@pytest.mark.parametrize("seed", range(100))
def test_p_d2_a_power_cut_in_any_program_loses_no_acknowledged_commit(seed: int, counted: Counted) -> None:
    cuts = rambling(seed, STATES)
    for state in cuts:
        check_state(state)
    counted("disks after power cuts, random programs", cuts.distinct, STATES)


@pytest.mark.parametrize("seed", range(2, 12))
def test_p_d1_what_was_acknowledged_survives_many_kills(
    seed: int, tmp_path: Path, processes: Processes, counted: Counted
) -> None:
    killed(tmp_path, processes, counted, seed)


@pytest.mark.parametrize("minute", range(3))
def test_p_a1_transfers_are_seen_wholly_or_not_at_all_for_long(
    minute: int, tmp_path: Path, processes: Processes, counted: Counted
) -> None:
    transfers, looks = carried_out(tmp_path / f"s-{minute}", 60, processes)
    counted("transfers by four writers", transfers, 1_000)
    counted("sums by two readers", looks, 1_000)


@pytest.mark.parametrize("seed", range(20))
def test_p_r9_neighbours_of_hostile_files_are_refused_or_harmless(seed: int, counted: Counted) -> None:
    chance, tried = Random(seed), 5_000
    groups = (files.SHORTER, files.TRUNCATED, files.LINE_ENDS, files.MERGED, files.ZEROED, files.COPIED, FOREIGN)
    given = [FILE, *lines.HEADERS.values(), *(data for group in groups for data in group.values())]
    for _ in range(tried):
        data = neighbour(chance.choice(given), chance)
        disk = Disk({PATH: data})
        error = refusal(partial(read_all, PATH, disk))
        assert error is None or disk.contents()[PATH] == data
        refusal(partial(salvage, PATH, f"{PATH}2", new_id=lambda: "saved", system=disk))
    counted("neighbours of hostile files", tried, tried)


@pytest.mark.parametrize("seed", range(20))
def test_p_s3_neighbours_of_hostile_texts_are_refused_or_harmless(seed: int, counted: Counted) -> None:
    chance, tried = Random(seed), 2_000
    given = [text for group in TEXTS.values() for text in group.values() if len(text) < 10_000]
    given += [document()] * len(given)
    for _ in range(tried):
        text = neighbour(chance.choice(given).encode("utf-8", "surrogatepass"), chance).decode("utf-8", "replace")
        refusal(partial(import_text, text))
    counted("neighbours of hostile texts", tried, tried)


def neighbour(data: bytes, chance: Random) -> bytes:
    """The same with one to three bytes or stretches changed, taken out or put in."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        to = at + chance.choice((1, 1, 4, 40))
        put = chance.choice((b"", b"\0", b"\n", b'"', b"{", b"[", b",", b"9", b"\\", b"\xff", chance.randbytes(3)))
        put = chance.choice((put, data[at:to] * 2, json.dumps(data[at:to].decode("latin-1")).encode()))
        data = data[:at] + put + data[to:]
    return data
