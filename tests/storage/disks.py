"""A disk in memory that remembers what is durable, and that can fail, or end its process, at any call."""

import errno
import os
import stat

from tests.storage.cuts import FOLDER, PATH, Due, File, Moment, Move, Op, moved

from salespipeline.storage.journal.system import System

__all__ = ["FOLDER", "PATH", "Disk", "Killed"]

_UNLOCK = 8  # LOCK_UN, which not every system has


class Killed(BaseException):
    """The process ended at this call, and makes no other."""


class SharedError(PermissionError):
    """What Windows says of a file that somebody has open."""


class Disk(System):
    """A system of one folder in memory, and of folders in it; a path that ends with a slash gives an empty one.

    `fails_at` is the number of the call that fails, with `error`; `fails_after` whether it fails after it took
    effect, `fails_for_ever` whether all calls behind it fail too. `halves` writes half of the bytes at that call,
    and with `fails_silently` says so instead of failing. `loses_at` is the number of the sync that fails and
    forgets what waited, after which all fails where it `sticks`;
    `dies_at` that of the call at which the process ends.
    """

    def __init__(self, contents: dict[str, bytes] | None = None) -> None:
        self.files: dict[int, File] = {}
        self.names: dict[str, int] = {}
        for number, (name, data) in enumerate((contents or {}).items(), 2):
            self.files[number] = File(data, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG)
            self.names[name.rstrip("/")] = number
        self.durable_names = dict(self.names)
        self.moves: list[Move] = []
        self.fds: dict[int, int] = {}
        self.locked: dict[int, int] = {}
        self.moments: list[Moment] | None = None
        self.due = Due()
        self.calls = self.syncs = 0
        self.fails_at = self.loses_at = self.dies_at = 0
        self.error = errno.EIO
        self.fails_after = self.fails_for_ever = self.fails_silently = self.halves = self.sticks = False
        self.shared_replaces = 0
        self.slept = 0.0
        self.tokens = 0

    def contents(self) -> dict[str, bytes]:
        """What programs see of the files."""
        files = {name: self.files[number] for name, number in self.names.items()}
        return {name: file.data for name, file in files.items() if file.kind == stat.S_IFREG}

    def restarted(self) -> "Disk":
        """The disk as the next process finds it after this one was killed."""
        other = Disk()
        other.files, other.names, other.durable_names = self.files, self.names, self.durable_names
        other.moves, other.tokens, other.moments, other.due = self.moves, self.tokens, self.moments, self.due
        return other

    def note(self) -> None:
        """Remember this moment: the power may be cut here."""
        if self.moments is not None:
            files = {number: file.copy() for number, file in self.files.items()}
            self.moments.append(Moment(files, dict(self.durable_names), tuple(self.moves), self.due))

    def _before(self) -> None:
        self.calls += 1
        if self.fails_at or self.dies_at:
            self._obstruct(after=False)

    def _changed(self) -> None:
        if self.moments is not None:
            self.note()
        if self.fails_at or self.dies_at:
            self._obstruct(after=True)

    def _is_due(self) -> bool:
        return self.calls == self.fails_at or (self.fails_for_ever and self.calls > self.fails_at > 0)

    def _obstruct(self, *, after: bool) -> None:
        if self.calls > self.dies_at > 0 or (self.calls == self.dies_at and after == self.fails_after):
            raise Killed
        if self._is_due() and self.fails_after == after and not self.fails_silently:
            raise OSError(self.error, os.strerror(self.error))

    def _part(self, data: bytes) -> bytes:
        is_part = self.halves and (self._is_due() or self.calls == self.dies_at)
        return data[: max(1, len(data) // 2)] if is_part else data

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
        return os.stat_result((file.kind | file.mode, number, 1, links, file.owner, 0, len(file.data), 0, 0, 0))

    def _made(self, path: str, file: File) -> int:
        if path in self.names:
            raise FileExistsError(errno.EEXIST, "it exists", path)
        number = max(self.files, default=1) + 1
        self.files[number] = file
        self._move(Move(path, number))
        self._changed()
        return number

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
        return [os.path.basename(name) for name in self.names if os.path.dirname(name) == path]

    def getpid(self) -> int:
        return 7

    def monotonic(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def write(self, fd: int, data: bytes) -> int:
        self._before()
        file, data = self.files[self.fds[fd]], self._part(data)
        file.change(Op(len(file.data), data))
        self._changed()
        return len(data)

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        self._before()
        data = self._part(data)
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
        file = File()
        file.mode = mode
        return self._opened(self._made(path, file))

    def belong(self, fd: int, like: os.stat_result) -> None:
        self._before()
        if like.st_uid != 0:
            raise PermissionError(errno.EPERM, "not yours")
        self.files[self.fds[fd]].mode = like.st_mode & 0o7777

    def make_directory(self, path: str) -> None:
        self._before()
        self._made(path, File(kind=stat.S_IFDIR))

    def token(self) -> str:
        self.tokens += 1
        return f"{self.tokens:08x}"

    def flock(self, fd: int, operation: int) -> None:
        number = self.fds[fd]
        if operation == _UNLOCK:  # it asks nothing of the disk, and does not fail
            self.locked.pop(number, None)
            return
        self._before()
        if self.locked.setdefault(number, fd) != fd:
            raise BlockingIOError(errno.EWOULDBLOCK, "somebody else has it")

    def _sync_comes(self) -> None:
        self._before()
        self.syncs += 1
        if self.syncs == self.loses_at and self.sticks:
            self.fails_at, self.fails_for_ever = self.calls, True

    def sync(self, fd: int) -> None:
        self._sync_comes()
        if self.syncs == self.loses_at:
            self.files[self.fds[fd]].lose()
            raise OSError(errno.EIO, "not all of it was written")
        self.files[self.fds[fd]].sync()
        self._changed()

    def sync_data(self, fd: int) -> None:
        self.sync(fd)

    def sync_directory(self, path: str) -> None:
        self._sync_comes()
        if self.syncs == self.loses_at:
            raise OSError(errno.EIO, "not all names were written")
        here = [move for move in self.moves if os.path.dirname(move.name) == path]
        self.durable_names = moved(self.durable_names, here)
        self.moves = [move for move in self.moves if move not in here]
        self._changed()
