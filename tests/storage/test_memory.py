"""The storage in memory, where it differs from the others."""

import sys

from tests.storage.journals import saving

from salespipeline.storage.base import Capabilities
from salespipeline.storage.memory import MemoryStorage


def test_it_declares_what_it_is() -> None:
    assert MemoryStorage().capabilities == Capabilities(keeps_past=True, durable=False, multi_process=False)


def test_two_storages_share_nothing() -> None:
    one, two = MemoryStorage(), MemoryStorage()
    one.commit(saving("S-1"))
    assert two.refresh() == 0


def test_a_store_outlives_the_handle_that_made_it() -> None:
    one = MemoryStorage()
    one.commit(saving("S-1"))
    two = one.another()
    one.close()
    assert two.read("sale", "S-1") is not None
    assert two.another().number == 1


def test_a_commit_copies_no_records() -> None:
    storage = MemoryStorage()
    for number in range(2_000):
        storage.commit(saving(f"S-{number}"))
    before = sys.getallocatedblocks()
    storage.commit(saving("S-0"))
    assert sys.getallocatedblocks() - before < 200
