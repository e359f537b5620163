"""The lock that lets one writer at a time, of any process and thread, add to a journal."""

import os
import sys
from functools import cache
from weakref import WeakSet

if sys.platform != "win32":  # pragma: no branch  # there it does not exist
    from fcntl import LOCK_EX, LOCK_NB, LOCK_UN

from salespipeline.errors import LockTimeout, StorageError
from salespipeline.storage.journal.system import System

__all__ = ["WriterLock"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02  # seconds
_SIGNS = b"0123456789 \n\0"  # what stands in a lock, and what a power cut makes of it
_HOLDER = 20  # the width of the process number in the file: what stood there before is overwritten whole


class WriterLock:
    """The lock of one journal: the kernel's own on a file beside it, which is never removed or cut.

    `flock` and not `lockf`: POSIX record locks vanish when any descriptor of the file is closed in
    the process, and do not separate threads. The lock of a holder that died is free at once.
    `changed_hands` says whether somebody else had it since this was last set to False.
    """

    __slots__ = (
        "__weakref__", "_device", "_fd", "_inode", "_mode", "_path", "_signature", "_system", "_timeout",
        "_windows_lock", "changed_hands",
    )  # fmt: skip

    def __init__(self, system: System, path: str, *, timeout: float, mode: int) -> None:
        self._system = system
        self._path = path
        self._timeout = timeout
        self._mode = mode
        self._fd = -1
        # The process is for people; the lock itself needs neither.
        self._signature = b"%-*d\n%-*d\n" % (_HOLDER, system.getpid(), _HOLDER, id(self))
        self.changed_hands = True
        self._inode = self._device = 0

    if sys.platform == "win32":  # pragma: no cover  # where the kernel's lock is another one

        def acquire(self) -> None:
            """Wait for the lock; raises `LockTimeout`."""
            from filelock import FileLock, Timeout

            self.changed_hands = True
            self._windows_lock = FileLock(self._path, timeout=self._timeout, mode=self._mode)
            try:
                self._windows_lock.acquire()
            except Timeout as error:
                raise self._timed_out("another process") from error

        def release(self) -> None:
            """Free the lock."""
            self._windows_lock.release()

    else:

        def acquire(self) -> None:
            """Wait for the lock; raises `LockTimeout`, and `StorageError` where its file is none."""
            if self._try():
                return
            deadline, pause = self._system.monotonic() + self._timeout, _FIRST_PAUSE
            while not self._try():
                left = deadline - self._system.monotonic()
                if left <= 0:
                    raise self._timed_out(self._holder())
                self._system.sleep(min(pause, left))
                pause = min(pause * 2, _LONGEST_PAUSE)

        def release(self) -> None:
            """Free the lock."""
            self._system.flock(self._fd, LOCK_UN)

        def _try(self) -> bool:
            if self._fd < 0:
                self._open()
            system, fd = self._system, self._fd
            try:
                system.flock(fd, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                return False
            try:
                return self._sign()
            except BaseException:
                self.close()  # nobody is to wait for a lock that was taken for nothing
                raise

        def _sign(self) -> bool:
            """Write down who holds the lock; False where the path leads to another file by now."""
            system, fd = self._system, self._fd
            found = system.stat_or_none(self._path)
            if found is None or found.st_ino != self._inode or found.st_dev != self._device:
                self.close()  # somebody removed the file: what we hold is not what the next writer will find
                return False
            signed = system.pread(fd, len(self._signature) + 1, 0)
            if signed != self._signature:
                if signed.strip(_SIGNS):
                    raise StorageError(
                        self._path, "it is no lock, but what stands there is needed as one; move it away"
                    )
                self.changed_hands = True
                system.pwrite(fd, self._signature, 0)
            return True

        def _open(self) -> None:
            """Open the file, and keep it open: opening it for each commit would cost as much as half a write.

            A child that is forked shares the lock with its parent and would outlive it, so it lets go.
            """
            _locks().add(self)
            self._fd = self._system.open_beside(self._path, self._mode)
            try:
                found = self._system.fstat(self._fd)
            except BaseException:
                self.close()
                raise
            self._inode, self._device = found.st_ino, found.st_dev

    def close(self) -> None:
        """Give the descriptor back, and the lock with it."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._system.close(fd)

    def _holder(self) -> str:
        signed = b"" if self._fd < 0 else self._system.pread(self._fd, _HOLDER, 0).strip()
        return f"process {signed.decode()}" if signed.isdigit() else "another process"

    def _timed_out(self, holder: str) -> LockTimeout:
        reason = f"{holder} has been writing for more than {self._timeout:g} s; try again, or wait longer"
        return LockTimeout(self._path.removesuffix(".lock"), f"{reason} with a larger lock_timeout")


@cache
def _locks() -> WeakSet[WriterLock]:
    """The locks of this process that were ever taken."""
    locks: WeakSet[WriterLock] = WeakSet()

    def let_go() -> None:  # pragma: no cover  # runs in forked children only
        for lock in list(locks):
            lock.close()

    if hasattr(os, "register_at_fork"):  # pragma: no branch  # everywhere but on Windows
        os.register_at_fork(after_in_child=let_go)
    return locks
