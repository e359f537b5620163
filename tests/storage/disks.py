"""A disk in memory that knows what a power cut may leave of it, and that can fail at any call."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import NamedTuple

from salespipeline.storage.journal.system import System

FOLDER = "/simulated"
PATH = f"{FOLDER}/s"


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

    def __init__(self, durable: bytes = b"") -> None:
        self.data = self.durable = durable
        self.waiting: list[Op] = []
        self.mode = 0o600
        self.owner = 0

    def change(self, op: Op) -> None:
        self.data = changed(self.data, op)
        self.waiting.append(op)

    def sync(self) -> None:
        self.durable = self.data
        self.waiting.clear()

    def copy(self) -> "File":
        other = File(self.durable)
        other.data, other.waiting = self.data, list(self.waiting)
        return other


class Moment(NamedTuple):
    """The disk at one call, and the commits that were acknowledged, and begun, by then."""

    files: dict[int, File]
    names: dict[str, int]
    waiting: tuple[Move, ...]
    acknowledged: int
    begun: int


class Disk(System):
    """A system of one folder in memory.

    `fails_at` is the number of the call that fails, `fails_on` whether it fails after it took effect,
    `fails_for_ever` whether all calls behind it fail too.
    """

    def __init__(self, contents: dict[str, bytes] | None = None) -> None:
        self.files = {number: File(data) for number, data in enumerate((contents or {}).values(), 2)}
        self.names = {name: number for number, name in enumerate(contents or {}, 2)}
        self.durable_names = dict(self.names)
        self.moves: list[Move] = []
        self.fds: dict[int, int] = {}
        self.locked: dict[int, int] = {}
        self.moments: list[Moment] | None = None
        self.acknowledged = self.begun = 0
        self.calls = 0
        self.fails_at = 0
        self.error = errno.EIO
        self.fails_after = self.fails_for_ever = False
        self.shared_replaces = 0
        self.slept = 0.0
        self.tokens = 0

    def contents(self) -> dict[str, bytes]:
        """What programs see."""
        return {name: self.files[number].data for name, number in self.names.items()}

    def restarted(self) -> "Disk":
        """The disk as the next process finds it after this one was killed."""
        other = Disk()
        other.files, other.names, other.durable_names = self.files, self.names, self.durable_names
        other.moves, other.tokens = self.moves, self.tokens
        return other

    def _moment(self) -> None:
        if self.moments is not None:
            files = {number: file.copy() for number, file in self.files.items()}
            moment = Moment(files, dict(self.durable_names), tuple(self.moves), self.acknowledged, self.begun)
            self.moments.append(moment)

    def _before(self) -> None:
        self.calls += 1
        self._fail(after=False)

    def _fail(self, *, after: bool) -> None:
        is_due = self.calls == self.fails_at or (self.fails_for_ever and self.calls > self.fails_at > 0)
        if is_due and self.fails_after == after:
            raise OSError(self.error, os.strerror(self.error))

    def _changed(self) -> None:
        self._moment()
        self._fail(after=True)

    def _move(self, move: Move) -> None:
        self.names = moved(self.names, [move])
        self.moves.append(move)

    def _number(self, path: str) -> int:
        if path not in self.names:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        return self.names[path]

    def _opened(self, number: int) -> int:
        fd = max(self.fds, default=2) + 1
        self.fds[fd] = number
        return fd

    def _stat(self, number: int) -> os.stat_result:
        links = list(self.names.values()).count(number)
        file = self.files[number]
        return os.stat_result((stat.S_IFREG | file.mode, number, 1, links, file.owner, 0, len(file.data), 0, 0, 0))

    def close(self, fd: int) -> None:
        number = self.fds.pop(fd)
        if self.locked.get(number) == fd:
            del self.locked[number]

    def fstat(self, fd: int) -> os.stat_result:
        self._before()
        return self._stat(self.fds[fd])

    def stat(self, path: str) -> os.stat_result:
        self._before()
        if path == FOLDER:
            return os.stat_result((stat.S_IFDIR | 0o700, 1, 1, 2, 0, 0, 0, 0, 0, 0))
        return self._stat(self._number(path))

    def replace(self, source: str, target: str) -> None:
        self._before()
        if self.shared_replaces > 0:
            self.shared_replaces -= 1
            raise SharedError(errno.EACCES, "somebody has it open", target)
        self._move(Move(target, self._number(source), source))
        self._changed()

    def is_shared(self, error: OSError) -> bool:
        return isinstance(error, SharedError)

    def unlink(self, path: str) -> None:
        self._before()
        self._number(path)
        self._move(Move(path, None))
        self._changed()

    def listdir(self, path: str) -> list[str]:
        self._before()
        return [os.path.basename(name) for name in self.names]

    def getpid(self) -> int:
        return 7

    def monotonic(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def write(self, fd: int, data: bytes) -> int:
        self._before()
        file = self.files[self.fds[fd]]
        file.change(Op(len(file.data), data))
        self._changed()
        return len(data)

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        self._before()
        self.files[self.fds[fd]].change(Op(offset, data))
        self._changed()
        return len(data)

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        self._before()
        return self.files[self.fds[fd]].data[offset : offset + size]

    def truncate(self, fd: int, size: int) -> None:
        self._before()
        self.files[self.fds[fd]].change(Op(size, None))
        self._changed()

    def open_to_append(self, path: str) -> int:
        self._before()
        return self._opened(self._number(path))

    def open_to_read(self, path: str) -> int:
        self._before()
        return self._opened(self._number(path))

    def open_beside(self, path: str, mode: int) -> int:
        if path in self.names:
            return self.open_to_append(path)
        return self.create(path, mode)

    def create(self, path: str, mode: int) -> int:
        self._before()
        if path in self.names:
            raise FileExistsError(errno.EEXIST, "it exists", path)
        number = max(self.files, default=1) + 1
        self.files[number] = File()
        self.files[number].mode = mode
        self._move(Move(path, number))
        self._changed()
        return self._opened(number)

    def belong(self, fd: int, like: os.stat_result) -> None:
        self._before()
        if like.st_uid != 0:
            raise PermissionError(errno.EPERM, "not yours")
        self.files[self.fds[fd]].mode = like.st_mode & 0o7777

    def make_directory(self, path: str) -> None:
        raise NotImplementedError

    def token(self) -> str:
        self.tokens += 1
        return f"{self.tokens:08x}"

    def flock(self, fd: int, operation: int) -> None:
        self._before()
        self.locked[self.fds[fd]] = fd

    def sync(self, fd: int) -> None:
        self._before()
        self.files[self.fds[fd]].sync()
        self._changed()

    def sync_data(self, fd: int) -> None:
        self.sync(fd)

    def sync_directory(self, path: str) -> None:
        self._before()
        self.durable_names = dict(self.names)
        self.moves.clear()
        self._changed()


class SharedError(PermissionError):
    """What Windows says of a file that somebody has open."""


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


def surviving(moment: Moment, step: int) -> Iterator[dict[str, bytes]]:
    """What a power cut may leave: any of the waiting changes of names, any beginning of those of a file.

    The last change of a file may be torn at every `step`th byte, or have grown the file with zeros.
    """
    for names in {tuple(moved(moment.names, some).items()) for some in subsets(moment.waiting)}:
        variants = [sorted(contents_after_cut(moment.files[number], name, step)) for name, number in names]
        for contents in product(*variants):
            yield dict(zip((name for name, _ in names), contents, strict=True))


def subsets(moves: tuple[Move, ...]) -> Iterator[tuple[Move, ...]]:
    if len(moves) > 6:  # in their order, as file systems with a journal keep them
        yield from (moves[:count] for count in range(len(moves) + 1))
        return
    for count in range(len(moves) + 1):
        yield from combinations(moves, count)


def contents_after_cut(file: File, name: str, step: int) -> set[bytes]:
    if name.endswith(".lock"):
        return {file.data}
    if name.endswith(".head"):
        latest = file.data
        return {file.durable, latest, latest[:-3] + b"??\n"[: len(latest)]}
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
