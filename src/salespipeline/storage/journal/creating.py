"""How a new journal comes to be: whole and durable before it has its name."""

import os

from salespipeline.errors import InvalidValue
from salespipeline.storage.journal.header import READER, WRITER, Header, check_store_id, header_text
from salespipeline.storage.journal.line import seal
from salespipeline.storage.journal.system import System, write_whole

__all__ = ["create_journal", "make_directories", "resolved", "sweep"]


def resolved(path: str | os.PathLike[str]) -> str:
    """The path with its directory resolved, once; its last part is taken as it is, and never followed."""
    given = os.fspath(path)
    if not os.path.basename(given) or "\0" in given:
        raise InvalidValue("path", path, "give the path of a file, as text")
    return os.path.join(os.path.realpath(os.path.dirname(given)), os.path.basename(given))


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


def create_journal(system: System, path: str, store: str, mode: int) -> None:
    """Make an empty journal at a path where there is none, under the lock."""
    check_store_id(store)
    header = Header(reader=READER, writer=WRITER, store=store, gen=1, seq=0, records=0, cmds={})
    line, _ = seal(header_text(header))
    new = f"{path}.new-{system.token()}"
    fd = system.create(new, mode)
    try:
        try:
            write_whole(system, fd, line)
            system.sync(fd)
        finally:
            system.close(fd)
        system.replace(new, path)
    except BaseException:
        system.unlink(new)
        raise
    system.sync_directory(os.path.dirname(path))


def sweep(system: System, path: str) -> None:
    """Remove what was left of files that never got their name, under the lock."""
    directory, name = os.path.split(path)
    for other in system.listdir(directory):
        if other.startswith(f"{name}.new-"):
            try:
                system.unlink(os.path.join(directory, other))
            except OSError:  # it may be in use, or pending; the next opening tries again
                continue
