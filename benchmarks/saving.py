"""A durable save at the desk's storage, against the disk's own append and fsync of as many bytes."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.decoding import a_full_sale
from benchmarks.side_by_side import Ratio, compared
from salespipeline import JsonStorage, Sell
from salespipeline.codec import encode_action, encode_sale, sale_keys
from salespipeline.storage.base import Change, Commit, Expect

AT = datetime(2025, 1, 7, tzinfo=UTC)


def ratios() -> Iterator[Ratio]:
    for count in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            yield _at(count, Path(folder))


def _at(count: int, folder: Path) -> Ratio:
    sale = a_full_sale()
    body, keys, action = encode_sale(sale), sale_keys(sale), encode_action(Sell("price"))
    storage = JsonStorage(folder / "sales.jsonl")
    changes = tuple(Change(kind="sale", id=f"S-{n}", keys=keys, body=body) for n in range(count))
    revision = storage.commit(Commit(changes=changes, at=AT))
    before = os.path.getsize(folder / "sales.jsonl")

    def ours() -> None:
        nonlocal revision
        expect = (Expect(kind="sale", id="S-7", revision=revision),)
        change = Change(kind="sale", id="S-7", keys=keys, body=body)
        revision = storage.commit(Commit(changes=(change,), expect=expect, at=AT, by="anna", action=action))

    ours()
    line = b"x" * (os.path.getsize(folder / "sales.jsonl") - before)
    file = os.open(folder / "plain", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def theirs() -> None:
        os.write(file, line)
        os.fsync(file)

    mine, other, ratio = compared(ours, theirs, number=40, rounds=15, wall=True)
    os.close(file)
    storage.close()
    return Ratio(f"durable save at {count:,} sales", "append + fsync", mine, other, 1 / ratio, 1.6, 1.3, True)
