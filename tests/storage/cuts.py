"""What is on a disk and what waits to be, and what a power cut may leave of it."""

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import NamedTuple

FOLDER = "/simulated"
PATH = f"{FOLDER}/s"

History = tuple[int, ...]  # the commits that were made, oldest first, by their places in a list of them


class Op(NamedTuple):
    """A change that waits to become durable: bytes at an offset of a file, or a cut (`data` None)."""

    offset: int
    data: bytes | None


class Move(NamedTuple):
    """A change of names that waits: a file gets `name`, losing `before`; without a file the name goes."""

    name: str
    file: int | None
    before: str | None = None


class File:
    """A file: what programs see of it, what is durable, and what waits."""

    def __init__(self, durable: bytes = b"", kind: int = stat.S_IFREG) -> None:
        self.data = self.durable = durable
        self.waiting: list[Op] = []
        self.kind, self.mode, self.owner = kind, 0o600, 0

    def change(self, op: Op) -> None:
        self.data = changed(self.data, op)
        self.waiting.append(op)

    def sync(self) -> None:
        for op in self.waiting:
            self.durable = changed(self.durable, op)
        self.waiting.clear()

    def lose(self) -> None:
        """Forget that bytes wait, as Linux does when they could not be written: they are seen, and never written."""
        self.waiting = [op for op in self.waiting if op.data is None]

    def copy(self) -> "File":
        other = File(self.durable, self.kind)
        other.data, other.waiting = self.data, list(self.waiting)
        return other


class Due(NamedTuple):
    """What must be true of a disk whenever its power is cut.

    It has one of the histories; the past of its records, if `keeps_past`; and the `torn` bytes, in a file of
    their own or where they were. `may_refuse`: or it is refused, as damaged.
    """

    histories: frozenset[History] = frozenset({()})
    keeps_past: bool = True
    torn: bytes = b""
    may_refuse: bool = False


class Moment(NamedTuple):
    """The disk after one call, and what is due by then."""

    files: dict[int, File]
    names: dict[str, int]
    waiting: tuple[Move, ...]
    due: Due


def changed(data: bytes, op: Op) -> bytes:
    if op.data is None:
        return data[: op.offset]
    return data[: op.offset].ljust(op.offset, b"\0") + op.data + data[op.offset + len(op.data) :]


def moved(names: dict[str, int], moves: Iterable[Move]) -> dict[str, int]:
    names = dict(names)
    for move in moves:
        if move.before is not None:
            names.pop(move.before, None)
        if move.file is None:
            names.pop(move.name, None)
        else:
            names[move.name] = move.file
    return names


class Way(NamedTuple):
    """How what waits may arrive: torn at every `step`th byte, or, given the size of a page, any pages of it."""

    step: int = 1
    page: int = 0


def surviving(moment: Moment, way: Way) -> Iterator[dict[str, bytes]]:
    """What a power cut may leave: any of the changes of names that wait, and any beginning or pages of those of a file.

    The part of a file that did not arrive may be missing, or be zeros.
    """
    for names in {tuple(moved(moment.names, some).items()) for some in subsets(moment.waiting)}:
        there = {name for name, _ in names}
        kept = [(name, number) for name, number in names if os.path.dirname(name) in there | {FOLDER}]
        variants = [sorted(left_of(moment.files[number], name, way)) for name, number in kept]
        labels = [name + "/" * (moment.files[number].kind == stat.S_IFDIR) for name, number in kept]
        for contents in product(*variants):
            yield dict(zip(labels, contents, strict=True))


def subsets(moves: tuple[Move, ...]) -> Iterator[tuple[Move, ...]]:
    if len(moves) > 6:  # in their order, as file systems with a journal keep them
        yield from (moves[:count] for count in range(len(moves) + 1))
        return
    for count in range(len(moves) + 1):
        yield from combinations(moves, count)


def left_of(file: File, name: str, way: Way) -> set[bytes]:
    """What may be left of a file: of the lock nothing matters, of the hint the newest, the oldest and a broken one."""
    latest = file.data
    if name.endswith(".lock"):
        return {b""}
    if name.endswith(".head"):
        earlier = {changed(b"", op) for op in file.waiting[-2:]}
        return {file.durable, latest, *earlier, latest[:-3] + b"??\n"[: len(latest)]}
    return pages_arrived(file, way.page) if way.page else beginnings_arrived(file, way.step)


def beginnings_arrived(file: File, step: int) -> set[bytes]:
    """The changes in their order up to one that may be torn."""
    data, found = file.durable, {file.durable}
    for op in file.waiting:
        found |= {changed(data, torn) for torn in torn_ops(op, step)}
        data = changed(data, op)
        found.add(data)
    return found


def torn_ops(op: Op, step: int) -> Iterator[Op]:
    if op.data is None:
        return
    for size in range(1, len(op.data), step):
        yield op._replace(data=op.data[:size])
        yield op._replace(data=op.data[:size].ljust(len(op.data), b"\0"))
        yield op._replace(data=bytes(size) + op.data[size:])
    yield op._replace(data=bytes(len(op.data)))


def pages_arrived(file: File, size: int) -> set[bytes]:
    """Any of the pages that were written, of which only the last may be missing without leaving zeros."""
    new, found = file.data, {file.durable, file.data}
    for old in {file.durable, *(file.durable[: op.offset] for op in file.waiting if op.data is None)}:
        starts = [at for at in range(0, len(new), size) if new[at : at + size] != old[at : at + size]]
        for some in arrivals(starts):
            parts = ((new if at in some else old)[at : at + size].ljust(size, b"\0") for at in range(0, len(new), size))
            data = b"".join(parts)[: len(new)]
            found |= {data, data[: max([len(old), *(at + size for at in some)])]}
    return found


def arrivals(starts: list[int]) -> Iterator[tuple[int, ...]]:
    """Any of a few pages; of many the first, the last, one alone and all but one."""
    if len(starts) <= 6:
        for count in range(len(starts) + 1):
            yield from combinations(starts, count)
        return
    for place in range(len(starts)):
        yield from (tuple(starts[:place]), tuple(starts[place:]), (starts[place],))
        yield tuple(starts[:place] + starts[place + 1 :])
