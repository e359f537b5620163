"""Processes for the clauses that are about several: copies of this one, each with one thing to do."""

import os
import selectors
import signal
import time
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeAlias

from salespipeline.testing.clause import NotDeclared, must

__all__ = ["Forked", "Say", "run_forked"]

Say: TypeAlias = Callable[[object], None]

_LONGEST = 120.0  # seconds until a process that does not end is a failure


class Forked:
    """A process that does one thing, and whose sayings are read line by line; killed at the end of a `with`."""

    def __init__(self, action: Callable[[Say], None]) -> None:
        if not hasattr(os, "fork"):
            raise NotDeclared("this system makes no process that could open the store by itself")
        self._reading, writing = os.pipe()
        self._unread = b""
        self._deadline = time.monotonic() + _LONGEST
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # with threads; the child uses nothing of theirs
            self._pid = os.fork()
        if not self._pid:
            _do(action, writing)
        os.close(writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def lines(self, count: int | None = None) -> list[str]:
        """The next lines it says, as they come; all until it ends when no count is given."""
        while count is None or self._unread.count(b"\n") < count:
            must(self._speaks(), f"after {_LONGEST:g} s a process is not done")
            more = os.read(self._reading, 1 << 16)
            self._unread += more
            if not more:
                break
        *whole, _ = self._unread.split(b"\n")
        taken = whole[:count]
        self._unread = self._unread[sum(len(line) + 1 for line in taken) :]
        return [line.decode() for line in taken]

    def _speaks(self) -> bool:
        with selectors.DefaultSelector() as ears:  # `select` itself refuses the numbers that a busy process gets
            ears.register(self._reading, selectors.EVENT_READ)
            return bool(ears.select(max(0.0, self._deadline - time.monotonic())))

    def kill(self) -> list[str]:
        """End it at once, wherever it is, and give what it had said."""
        if not self._pid:
            return []
        os.kill(self._pid, signal.SIGKILL)
        said = self.lines()
        os.close(self._reading)
        os.waitpid(self._pid, 0)
        self._pid = 0
        return said


def run_forked(actions: list[Callable[[], None]]) -> None:
    """Do several things at a time, each in a process of its own; breaks the clause when one of them fails."""
    running = [Forked(_saying_done(action)) for action in actions]
    try:
        said = [process.lines() for process in running]
    finally:
        for process in running:
            process.kill()
    must(said == [["done"]] * len(actions), f"processes ended with {said!r}")


def _saying_done(action: Callable[[], None]) -> Callable[[Say], None]:
    def act(say: Say) -> None:
        action()
        say("done")

    return act


def _do(action: Callable[[Say], None], writing: int) -> None:  # pragma: no cover  # runs in forked children only
    """Do it, and end this process without what its parent would do at its end."""
    try:
        action(lambda word: _write(writing, f"{word}\n"))
    except BaseException as error:
        _write(writing, f"it raised {error!r}\n".replace("\n", " ") + "\n")
    finally:
        os._exit(0)


def _write(writing: int, text: str) -> None:  # pragma: no cover  # runs in forked children only
    os.write(writing, text.encode("utf-8", "backslashreplace"))
