"""Every call that the journal makes to the operating system, in one object that a test can replace."""

import os
import sys
import time
from os import stat_result

if sys.platform != "win32":  # pragma: no branch  # there it does not exist
    import fcntl

__all__ = ["SYSTEM", "System", "write_whole"]

_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class System:
    """The operating system as the journal sees it: files by descriptor, one lock, a clock for waiting, a die.

    The clock and the die decide waits and the names of temporary files, never what is stored.
    """

    __slots__ = ()

    close = staticmethod(os.close)
    fstat = staticmethod(os.fstat)
    stat = staticmethod(os.lstat)
    replace = staticmethod(os.replace)
    unlink = staticmethod(os.unlink)
    listdir = staticmethod(os.listdir)
    getpid = staticmethod(os.getpid)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)

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
        return os.open(path, os.O_RDONLY | _SAFE)

    def open_beside(self, path: str, mode: int) -> int:
        """A descriptor of a side file, made when it is not there."""
        return os.open(path, os.O_RDWR | os.O_CREAT | _SAFE, mode)

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

    else:
        pread = staticmethod(os.pread)
        pwrite = staticmethod(os.pwrite)
        flock = staticmethod(fcntl.flock)

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
        written += system.write(fd, data[written:])
