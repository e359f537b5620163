"""Every call that the journal makes to the operating system, in one object that a test can replace."""

import errno
import os
import sys
import time
from os import stat_result

if sys.platform != "win32":  # pragma: no branch  # there it does not exist
    import fcntl

__all__ = ["SYSTEM", "System", "write_whole"]

_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # else opening a pipe would wait for its other end
_SHARING = (5, 32, 33)  # what Windows says of a file that somebody has open


class System:
    """The operating system as the journal sees it: files by descriptor, one lock, a clock for waiting, a die.

    The clock and the die decide waits and the names of temporary files, never what is stored.
    """

    __slots__ = ()

    close = staticmethod(os.close)
    fstat = staticmethod(os.fstat)
    getpid = staticmethod(os.getpid)
    monotonic = staticmethod(time.monotonic)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def stat(self, path: str) -> stat_result:
        """What the system knows of the path itself, links not followed."""
        return os.lstat(path)

    def replace(self, source: str, target: str) -> None:
        """Give a file another file's name, in one step."""
        os.replace(source, target)

    def is_shared(self, error: OSError) -> bool:
        """Whether a call failed because somebody has the file open, which only Windows minds."""
        return getattr(error, "winerror", None) in _SHARING

    def unlink(self, path: str) -> None:
        """Remove a name."""
        os.unlink(path)

    def listdir(self, path: str) -> list[str]:
        """The names in a directory."""
        return os.listdir(path)

    def write(self, fd: int, data: bytes) -> int:
        """Write at the end, and give how many bytes were taken."""
        return os.write(fd, data)

    def truncate(self, fd: int, size: int) -> None:
        """Cut a file."""
        os.ftruncate(fd, size)

    def open_to_append(self, path: str) -> int:
        """A descriptor that reads anywhere and writes at the end."""
        return os.open(path, os.O_RDWR | os.O_APPEND | _SAFE)

    def open_to_read(self, path: str) -> int:
        """A descriptor that only reads."""
        return os.open(path, os.O_RDONLY | _NO_WAIT | _SAFE)

    def open_beside(self, path: str, mode: int) -> int:
        """A descriptor of a side file, made when it is not there."""
        return os.open(path, os.O_RDWR | os.O_CREAT | _NO_WAIT | _SAFE, mode)

    def create(self, path: str, mode: int) -> int:
        """A descriptor of a file that was not there before."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFE, mode)

    def make_directory(self, path: str) -> None:
        """Make one directory."""
        os.mkdir(path)

    def token(self) -> str:
        """Eight hexadecimal digits that nobody had before."""
        return os.urandom(4).hex()

    if sys.platform == "win32":  # pragma: no cover  # it has no pread, and journals names by itself

        def pread(self, fd: int, size: int, offset: int) -> bytes:
            """Up to `size` bytes from `offset`; the caller holds the handle's thread lock."""
            os.lseek(fd, offset, os.SEEK_SET)
            return os.read(fd, size)

        def pwrite(self, fd: int, data: bytes, offset: int) -> int:
            """Write at `offset`; the caller holds the handle's thread lock."""
            os.lseek(fd, offset, os.SEEK_SET)
            return os.write(fd, data)

        def sync_directory(self, path: str) -> None:
            """Nothing: NTFS journals the names by itself."""

        def belong(self, fd: int, like: stat_result) -> None:
            """Nothing: a new file takes its rights from its directory."""

    else:
        pread = staticmethod(os.pread)

        def pwrite(self, fd: int, data: bytes, offset: int) -> int:
            """Write at `offset`."""
            return os.pwrite(fd, data, offset)

        def flock(self, fd: int, operation: int) -> None:
            """Take or give back the lock of an open file."""
            fcntl.flock(fd, operation)

        def belong(self, fd: int, like: stat_result) -> None:
            """Give a file the owner, group and mode of another one."""
            found = os.fstat(fd)
            if (found.st_uid, found.st_gid) != (like.st_uid, like.st_gid):
                os.fchown(fd, like.st_uid, like.st_gid)
            os.fchmod(fd, like.st_mode & 0o7777)

        def sync_directory(self, path: str) -> None:
            """Make the names in a directory survive a power cut."""
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                self.sync(fd)
            finally:
                os.close(fd)

    if sys.platform == "darwin":  # pragma: no cover  # its fsync is a weaker one

        def sync(self, fd: int) -> None:
            """Make a file's bytes survive a power cut: fsync alone leaves them in the drive's cache here."""
            try:
                fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            except OSError:  # a file system that does not know it
                os.fsync(fd)

    else:

        def sync(self, fd: int) -> None:
            """Make a file's bytes survive a power cut."""
            os.fsync(fd)

    def sync_data(self, fd: int) -> None:
        """Make a file's bytes and its size survive a power cut, which is all that reading it takes."""
        if sys.platform == "linux":
            os.fdatasync(fd)
        else:  # pragma: no cover  # macOS and Windows have one way only
            self.sync(fd)

    def stat_or_none(self, path: str) -> stat_result | None:
        """What `stat` says of the path itself, links not followed; None where there is nothing."""
        try:
            return self.stat(path)
        except FileNotFoundError:
            return None


SYSTEM = System()


def write_whole(system: System, fd: int, data: bytes) -> None:
    """Write all of the bytes, also where the system takes them in parts."""
    written = system.write(fd, data)
    while written < len(data):
        more = system.write(fd, data[written:])
        if more < 1:
            raise OSError(errno.ENOSPC, "the system took no more bytes")
        written += more
