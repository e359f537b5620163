"""A durable save in the journal, against the disk's own append and fsync of as many bytes."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.decoding import a_full_sale
from benchmarks.side_by_side import Ratio, in_turn, quick
from salespipeline import JsonStorage, Sale, Sell
from salespipeline.codec import encode_action, encode_sale, sale_keys
from salespipeline.storage import Change, Commit, Expect, Storage

AT = datetime(2025, 1, 7, tzinfo=UTC)
SAVED = "S-7"


def filled(storage: Storage, count: int) -> None:
    """Put so many sales into a new storage, in one commit."""
    sale = a_full_sale()
    body, keys = encode_sale(sale), sale_keys(sale)
    changes = tuple(Change(kind="sale", id=f"S-{number}", keys=keys, body=body) for number in range(count))
    storage.commit(Commit(changes=changes, at=AT))


def saving(storage: Storage, sale: Sale) -> Callable[[], None]:
    """What saves one changed sale: its keys and its text are given, the commit is made, checked and written."""
    body, keys, action = encode_sale(sale), sale_keys(sale), encode_action(Sell("price"))
    present = storage.read("sale", SAVED)
    revision = None if present is None else present.revision

    def save() -> None:
        nonlocal revision
        expect = (Expect(kind="sale", id=SAVED, revision=revision),)
        change = Change(kind="sale", id=SAVED, keys=keys, body=body)
        revision = storage.commit(Commit(changes=(change,), expect=expect, at=AT, by="anna", action=action))

    return save


def ratios(counts: Sequence[int] = (1_000, 10_000, 100_000)) -> Iterator[Ratio]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        journals = [_journal(Path(folder, f"{count}.jsonl"), count, stack) for count in counts]
        saves = [saving(journal, a_full_sale()) for journal in journals]
        plain = _appending(Path(folder, "plain"), _size_of_a_line(Path(folder, f"{counts[0]}.jsonl"), saves[0]), stack)
        theirs, *ours = [quick(times) for times in in_turn(plain, *saves, rounds=1_500)]
    for count, mine in zip(counts, ours, strict=True):
        yield Ratio(f"durable save at {count:,} sales", "append + fsync", mine, theirs, mine / theirs, 1.6, 1.3, True)
    if len(counts) > 1:
        many, few = ours[-1], ours[0]
        what, against = f"durable save at {counts[-1]:,} sales", f"at {counts[0]:,} sales"
        yield Ratio(what, against, many, few, many / few, 1.2, 1.1, True)


def _journal(path: Path, count: int, stack: ExitStack) -> JsonStorage:
    """A journal that was opened with so many sales in it, each with a text of its own."""
    storage = JsonStorage(path)
    filled(storage, count)
    storage.close()
    storage = JsonStorage(path)
    stack.callback(storage.close)
    return storage


def _size_of_a_line(path: Path, save: Callable[[], None]) -> int:
    before = os.path.getsize(path)
    save()
    return os.path.getsize(path) - before


def _appending(path: Path, size: int, stack: ExitStack) -> Callable[[], None]:
    line = b"x" * size
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    stack.callback(os.close, file)

    def append() -> None:
        os.write(file, line)
        os.fsync(file)

    return append
