"""The hint beside a journal: the last commit that was acknowledged, in 64 bytes.

It is written after the journal is safe and never synced itself, so it can lag and cannot lead. A
hint ahead of its journal therefore proves that acknowledged commits are gone, even where the
journal was cut exactly between two lines. Absent or damaged, it says nothing.
"""

import errno
from typing import NamedTuple
from zlib import crc32

from salespipeline.storage.journal.system import System

__all__ = ["UNREADABLE", "Hint", "HintFile"]

_TEXT = 54  # bytes, then a space, the checksum and a newline
_WHOLE = 64
_NO_HINT = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ELOOP, errno.ENXIO, errno.ESPIPE)


class Hint(NamedTuple):
    """Commit `number` of store `store` was acknowledged, in generation `gen`."""

    store: str
    gen: int
    number: int


UNREADABLE = Hint("", 0, -1)  # there may be one, but the system could not read it


class HintFile:
    """The file that holds the hint."""

    __slots__ = ("_fd", "_mode", "_path", "_system")

    def __init__(self, system: System, path: str, mode: int) -> None:
        self._system = system
        self._path = path
        self._mode = mode
        self._fd = -1

    def read(self) -> Hint | None:
        """The hint, None where there is no whole one, `UNREADABLE` where the system could not tell."""
        try:
            fd = self._system.open_to_read(self._path)
            try:
                return _hint_of(self._system.pread(fd, _WHOLE + 1, 0))
            finally:
                self._system.close(fd)
        except OSError as error:
            return None if error.errno in _NO_HINT else UNREADABLE

    def write(self, store: str, gen: int, number: int) -> None:
        """Note an acknowledged commit, under the lock; a failure costs the hint, never the commit."""
        text = f"{store} {gen} {number}".encode("ascii").ljust(_TEXT)
        try:
            if self._fd < 0:
                self._fd = self._system.open_beside(self._path, self._mode)
                if self._system.fstat(self._fd).st_size not in (0, _WHOLE):
                    return self.close()  # it is no hint: somebody else's
            self._system.pwrite(self._fd, b"%b %08x\n" % (text, crc32(text)), 0)
        except OSError:
            self.close()

    def close(self) -> None:
        """Give the descriptor back."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._system.close(fd)


def _hint_of(line: bytes) -> Hint | None:
    text, mark = line[:_TEXT], line[_TEXT:]
    if mark != b" %08x\n" % crc32(text):
        return None
    words = text.decode("ascii", "replace").split()
    if len(words) != 3 or not all(word.isascii() and word.isdigit() for word in words[1:]):
        return None
    return Hint(words[0], int(words[1]), int(words[2]))
