"""The versions of a journal, and how records of an older one are brought up to the newest."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from salespipeline.errors import InvalidValue, StorageError
from salespipeline.storage.base import Change, Record
from salespipeline.storage.incoming import check_change
from salespipeline.storage.journal.header import WRITER
from salespipeline.storage.journal.line import Op
from salespipeline.storage.journal.parsing import keys_of
from salespipeline.storage.jsontext import quote_pairs

__all__ = ["CURRENT", "Migration", "Versions"]

Migration: TypeAlias = Callable[[Record], Record]
_NONE: Mapping[int, Migration] = MappingProxyType({})


class Versions:
    """The newest version, and for each older one the migration that leads to the next.

    A migration is a pure function: it gives a record as the next version has it, of the same kind, id
    and revision. Without migrations there is one version.
    """

    __slots__ = ("_migrations", "newest")

    def __init__(self, migrations: Mapping[int, Migration] = _NONE) -> None:
        self._migrations = dict(migrations)
        self.newest = WRITER + len(self._migrations)
        if sorted(self._migrations) != list(range(WRITER, self.newest)):
            raise InvalidValue("migrations", sorted(self._migrations), f"give one for each version from {WRITER} on")

    def bring_up(self, version: int, where: str, revision: int, op: Op) -> Op:
        """A change of an older version as the newest has it; raises `StorageError` where a migration fails."""
        kind, id, keys, body = op
        if body is None:
            return op
        record = Record(kind=kind, id=id, revision=revision, keys=keys_of(keys), body=body)
        for older in range(version, self.newest):
            record = self._migrated(older, where, record)
        return kind, id, quote_pairs(record.keys), record.body

    def _migrated(self, version: int, where: str, record: Record) -> Record:
        try:
            after = self._migrations[version](record)
            check_change(Change(kind=after.kind, id=after.id, keys=after.keys, body=after.body))
        except Exception as error:  # a migration is foreign code, and the store opens as it is without it
            reason = f"{record.kind} {record.id!r} could not be brought up from version {version}: {error}"
            raise StorageError(where, f"{reason}; the file was left as it is") from error
        if (after.kind, after.id, after.revision) != (record.kind, record.id, record.revision):
            reason = f"the migration from version {version} gives another record for {record.kind} {record.id!r}"
            raise StorageError(where, f"{reason}; the file was left as it is")
        return after


CURRENT = Versions()
