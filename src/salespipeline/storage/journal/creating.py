"""How a new journal comes to be: whole and durable before it has its name."""

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress

from salespipeline.errors import InvalidValue, StorageError
from salespipeline.storage.journal.header import Header, check_store_id, header_text
from salespipeline.storage.journal.line import seal
from salespipeline.storage.journal.system import System, write_whole

__all__ = ["create_beside", "create_journal", "make_directories", "put_in_place", "resolved", "sweep"]

_TRIES = 20  # at a name that nobody has
_BLOCK = 1 << 20


def resolved(path: str | os.PathLike[str]) -> str:
    """The path with its directory resolved, once; its last part is taken as it is, and never followed."""
    given = os.fspath(path)
    if not os.path.basename(given) or "\0" in given or not _encodes(given):
        raise InvalidValue("path", path, "give the path of a file, as text")
    return os.path.join(os.path.realpath(os.path.dirname(given)), os.path.basename(given))


def _encodes(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def make_directories(system: System, directory: str) -> None:
    """Make what is missing of a directory's path, and make each new name durable."""
    missing: list[str] = []
    while system.stat_or_none(directory) is None:
        missing.append(directory)
        directory = os.path.dirname(directory)
    for path in reversed(missing):
        try:
            system.make_directory(path)
        except FileExistsError:  # somebody else made it meanwhile
            continue
        system.sync_directory(os.path.dirname(path))


def create_journal(system: System, path: str, store: str, mode: int, version: int) -> None:
    """Make an empty journal of a version at a path where there is none, under the lock."""
    check_store_id(store)
    header = Header(reader=version, writer=version, store=store, gen=1, seq=0, records=0, cmds={})
    line, _ = seal(header_text(header))
    put_in_place(system, path, [line], mode)


def put_in_place(
    system: System,
    path: str,
    lines: Iterable[bytes],
    mode: int,
    *,
    finish: Callable[[int], None] | None = None,
    replace: Callable[[str, str], None] | None = None,
) -> None:
    """Write a file under another name, make it durable, and give it its name; what failed leaves nothing.

    `finish` gets the descriptor of the written file, and may refuse it by raising.
    """
    new, fd = create_beside(system, f"{path}.new-", mode)
    try:
        try:
            _write_blocks(system, fd, lines)
            if finish is not None:
                finish(fd)
            system.sync(fd)
        finally:
            system.close(fd)
        (replace or system.replace)(new, path)
    except BaseException:
        with suppress(OSError):  # the next opening sweeps it away
            system.unlink(new)
        raise
    system.sync_directory(os.path.dirname(path))


def create_beside(system: System, beginning: str, mode: int) -> tuple[str, int]:
    """A new file whose name begins like that, and its descriptor."""
    for _ in range(_TRIES):
        name = f"{beginning}{system.token()}"
        with suppress(FileExistsError):
            return name, system.create(name, mode)
    raise StorageError(beginning, f"{_TRIES} names beginning like this are taken; remove what was left there")


def _write_blocks(system: System, fd: int, lines: Iterable[bytes]) -> None:
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= _BLOCK:
            write_whole(system, fd, b"".join(waiting))
            waiting.clear()
            size = 0
    write_whole(system, fd, b"".join(waiting))


def sweep(system: System, path: str) -> None:
    """Remove what was left of files that never got their name, under the lock."""
    directory, name = os.path.split(path)
    for other in system.listdir(directory):
        if re.match(rf"{re.escape(name)}(\.past-[0-9]+|\.v[0-9]+-backup)?\.new-", other):
            try:
                system.unlink(os.path.join(directory, other))
            except OSError:  # it may be in use, or pending; the next opening tries again
                continue
