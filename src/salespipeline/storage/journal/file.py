"""One open journal file: what was read of it, what others added since, and how a commit is added to it."""

import errno
from stat import S_ISREG

from salespipeline.errors import CommitUncertain, CorruptStore, ForeignFile, StorageError, StorageFull
from salespipeline.storage.base import Commit, Revision
from salespipeline.storage.journal.archive import Generation, archived, revisions_at
from salespipeline.storage.journal.doubt import mark_doubt
from salespipeline.storage.journal.line import Senseless, commit_text, ops_of, seal
from salespipeline.storage.journal.reading import NewLine, follow, load
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import System, write_whole
from salespipeline.storage.journal.versions import CURRENT, Versions

__all__ = ["NO_PERMISSION", "NO_RIGHT", "JournalFile"]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_PERMISSION = (errno.EACCES, errno.EPERM, errno.EROFS)
NO_RIGHT = "there is no permission to write it"


class JournalFile:
    """The file, its records as of some commit (`state`), and the commits read beyond it (`news`).

    A handle's view moves only when it says so: what other writers added waits in `news`, where
    expectations are checked against it, until `adopt` takes it into the state. `obstacle` says why
    it can only be read, and is empty where it can be written. `is_durable`: who has it open waits for
    the disk.
    """

    __slots__ = (
        "_system", "base", "end", "fd", "gen", "identity", "is_durable", "mark", "news", "obstacle", "path", "pruned",
        "seq", "state", "store", "version", "versions",
    )  # fmt: skip

    def __init__(self, system: System, path: str, versions: Versions = CURRENT, *, is_durable: bool = True) -> None:
        """Open and read the file; raises `FileNotFoundError` where there is none."""
        self._system = system
        self.path = path
        self.versions = versions
        self.is_durable = is_durable
        self.obstacle = ""
        self.fd = self._open()
        try:
            self.identity = self._identity()
            header, self.state, self.base, self.end, self.mark = load(system, self.fd, path, versions)
        except BaseException:
            self.close()
            raise
        self.store, self.gen, self.seq = header.store, header.gen, header.seq
        self.version, self.pruned = header.writer, header.pruned
        if header.writer > versions.newest:
            self.obstacle = "a newer version of the library made it"
        self.news: list[NewLine] = []

    def _open(self) -> int:
        if not S_ISREG(self._system.stat(self.path).st_mode):
            raise ForeignFile(self.path, "it is no regular file; give the path of the file itself, not of a link to it")
        try:
            return self._system.open_to_append(self.path)
        except OSError as error:
            if error.errno not in NO_PERMISSION:
                raise
            self.obstacle = NO_RIGHT
            return self._system.open_to_read(self.path)

    def _identity(self) -> tuple[int, int]:
        found = self._system.fstat(self.fd)
        return found.st_dev, found.st_ino

    def reopen(self) -> None:
        """Go on in the file that has the name by now, which has the same bytes."""
        before, self.fd = self.fd, self._open()
        self._system.close(before)
        self.identity = self._identity()

    @property
    def is_writable(self) -> bool:
        """Whether commits can be added to it."""
        return not self.obstacle

    @property
    def number(self) -> int:
        """The number of the newest commit that was read, adopted or not."""
        return self.news[-1].commit.number if self.news else self.state.number

    def revision(self, kind: str, id: str) -> int | None:
        """The newest revision of a record, None where there is none."""
        for line in reversed(self.news):
            for its_kind, its_id, _, body in line.commit.ops:
                if its_id == id and its_kind == kind:
                    return None if body is None else line.commit.number
        return self.state.revision(kind, id)

    def command(self, command: str) -> int | None:
        """The number of the commit that was made under a command id, None where there is none."""
        for line in self.news:
            if line.commit.command == command:
                return line.commit.number
        return self.state.commands.get(command)

    def catch_up(self) -> bool | None:
        """Read what others added; False when a line is unfinished there, None when the file must be read anew."""
        try:
            found = self._system.stat(self.path)
        except FileNotFoundError as error:
            reason = "the file was removed while it was open; put it back, or open it anew"
            raise StorageError(self.path, reason) from error
        if (found.st_dev, found.st_ino) != self.identity or found.st_size < self.end:
            return None
        if found.st_size == self.end:
            return True
        try:
            self.read_on(found.st_size)
        except CorruptStore:  # perhaps read while it was written; reading anew will tell
            return None
        if self.end == found.st_size:
            return True
        return None if b"\n" in self.tail(found.st_size) else False

    def is_in_place(self) -> bool:
        """Whether the path still leads to the file that is open here."""
        found = self._system.stat_or_none(self.path)
        return found is not None and (found.st_dev, found.st_ino) == self.identity

    def read_on(self, size: int) -> None:
        """Read the commits between what was read and `size`, as far as they are whole and intact."""
        for line in follow(
            self._system, self.fd, self.path, end=self.end, size=size, mark=self.mark, number=self.number
        ):
            self.news.append(line)
            self.end, self.mark = line.end, line.mark

    def tail(self, size: int) -> bytes:
        """What stands between the last intact line and `size`."""
        return self._system.pread(self.fd, size - self.end, self.end)

    def adopt(self) -> State:
        """Take what was read into the state."""
        for line in self.news:
            try:
                self.state.apply(line.commit, line.offset)
            except Senseless as error:
                raise CorruptStore(self.path, str(error), line.offset) from error
        self.news.clear()
        return self.state

    def append(self, commit: Commit, *, is_durable: bool, limit: int) -> int:
        """Add a commit at the end and give its number; the caller holds the lock and has caught up.

        Raises `StorageFull` or `StorageError` when nothing of it was kept, `CommitUncertain` when
        nobody can know: the file must not be used any more then.
        """
        number, ops, start = self.number + 1, ops_of(commit), self.end
        data, mark = seal(commit_text(number, self.mark, commit, ops))
        if len(data) > limit:
            raise StorageError(
                self.path, f"a commit of {len(data):,} bytes is too large; make it several, {limit:,} fit"
            )
        try:
            write_whole(self._system, self.fd, data)
        except OSError as error:
            self._roll_back(start, error)
            kind = StorageFull if error.errno in _NO_ROOM else StorageError
            raise kind(self.path, f"nothing of the commit was kept: {error.strerror}") from error
        if is_durable:
            try:
                self._system.sync_data(self.fd)
            except OSError as error:
                self._roll_back(start, error)
                raise _uncertain(self.path, error) from error
        self.end, self.mark = start + len(data), mark
        if self.news:
            self.adopt()
        self.state.take(number, commit.command, ops, start)
        return number

    def _roll_back(self, end: int, cause: OSError) -> None:
        try:
            self._system.truncate(self.fd, end)
            self._system.sync(self.fd)
        except OSError as error:
            mark_doubt(self._system, self.path)
            raise _uncertain(self.path, cause) from error

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        """Every revision of a record up to the state, read from the lines that wrote them, and from the archives."""
        revisions, continues = revisions_at(self._system, self.fd, self.path, self.state, kind, id)
        if not continues:
            return tuple(revisions)
        before = Generation(self.store, self.gen - 1, self.seq)
        return (*archived(self._system, self.path, before, kind, id, self.versions), *revisions)

    def close(self) -> None:
        """Give the descriptor back."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            self._system.close(fd)


def _uncertain(path: str, cause: OSError) -> CommitUncertain:
    reason = f"whether the commit is on the disk is not known ({cause.strerror}); open it anew and look,"
    return CommitUncertain(path, f"{reason} or repeat the commit under the same command id")
