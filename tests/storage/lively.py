"""A store with a history: records that were changed, deleted and made again, and a command."""

from pathlib import Path

from tests.storage.journals import AT, opened, saving

from salespipeline.storage.base import Change, Commit
from salespipeline.storage.json_journal import JsonStorage

MANY = Commit(
    changes=(Change(kind="sale", id="S-1", body='"é"'), Change(kind="note", id="n", keys={"a": "b"}, body="[1]")), at=AT
)


def lively(path: Path) -> JsonStorage:
    """A store with changed, deleted and made-again records, and a command: six commits."""
    storage = opened(path)
    steps = (
        saving("S-1"),
        saving("S-2", "2", command="c"),
        MANY,
        saving("S-2", None),
        saving("S-3"),
        saving("S-2", "3"),
    )
    for step in steps:
        storage.commit(step)
    return storage


def everything(storage: JsonStorage) -> object:
    """What the handle's view gives, and the past of its sales."""
    ids = [record.id for record in storage.scan("sale")]
    return (
        storage.number,
        list(storage.scan("sale")),
        list(storage.scan("note")),
        [storage.past("sale", id) for id in ids],
    )
