"""The journal and the storage in memory do the same, whatever is asked of them."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.journals import AT, opened

from salespipeline.errors import SalesPipelineError
from salespipeline.storage.base import Change, Commit, Expect, Storage
from salespipeline.storage.memory import MemoryStorage

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(['"', "\\", '["put",', "a/b"])
kinds, ids = st.sampled_from(["sale", "note"]), st.sampled_from(["a", "b", "é", "a/b", '"'])
bodies = st.sampled_from(["1", " { } ", '["put","sale/a",{},1]', '["del","sale/a"]', '{"ops":[["put",2]],"cmd":"x"}'])
changes = st.builds(
    Change, kind=kinds, id=ids, keys=st.dictionaries(words, words, max_size=2), body=st.none() | bodies
)  # fmt: skip
commits = st.builds(
    Commit,
    changes=st.lists(changes, max_size=3, unique_by=lambda change: (change.kind, change.id)).map(tuple),
    expect=st.lists(
        st.builds(Expect, kind=kinds, id=ids, revision=st.none() | st.integers(1, 4)), max_size=1
    ).map(tuple),
    at=st.just(AT),
    by=words,
    action=bodies,
    command=st.none() | words,
)  # fmt: skip
steps = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["refresh", "reopen"]) | commits), max_size=12)


class Pair:
    """Two handles of one store."""

    def __init__(self, make: Callable[[], Storage]) -> None:
        self.make = make
        self.handles = [make(), make()]

    def outcome(self, which: int, step: str | Commit) -> object:
        """What a step gives or raises, and what the handle sees then."""
        handle = self.handles[which]
        try:
            if isinstance(step, Commit):
                result: object = handle.commit(step)
            elif step == "refresh":
                result = handle.refresh()
            else:
                handle.close()
                handle = self.handles[which] = self.make()
                result = None
        except SalesPipelineError as error:
            result = (type(error), error.args)
        return result, [(each.number, list(each.scan("sale")), list(each.scan("note"))) for each in self.handles]

    def past(self) -> object:
        return [list(self.handles[0].past(kind, id)) for kind in ("sale", "note") for id in ("a", "b", "é", "a/b", '"')]


@settings(max_examples=60)
@given(steps)
def test_both_storages_do_the_same(steps: list[tuple[int, str | Commit]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        memory, journal = Pair(MemoryStorage().another), Pair(lambda: opened(Path(folder) / "s"))
        for which, step in steps:
            assert journal.outcome(which, step) == memory.outcome(which, step)
        assert journal.past() == memory.past()
        for handle in journal.handles:
            handle.close()
