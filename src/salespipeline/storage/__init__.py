"""Where records are kept: the protocol, and the storages that come with the library."""

from salespipeline.storage.base import (
    Capabilities,
    Change,
    Commit,
    Expect,
    Keys,
    PruningStorage,
    Record,
    Revision,
    Storage,
)
from salespipeline.storage.journal.recovery import Recovery
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.jsontext import JsonText
from salespipeline.storage.memory import MemoryStorage

__all__ = [
    "Capabilities",
    "Change",
    "Commit",
    "Expect",
    "JsonStorage",
    "JsonText",
    "Keys",
    "MemoryStorage",
    "PruningStorage",
    "Record",
    "Recovery",
    "Revision",
    "Storage",
]
