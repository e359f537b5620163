"""The promises that a storage keeps, as a report: what was run, what is not declared, what is broken."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from salespipeline.testing.clause import ContractBroken, MakeStorage, NotDeclared
from salespipeline.testing.contract import CONTRACT, promises_of
from salespipeline.testing.promises import PROMISES


class PromiseCount(NamedTuple):
    """A promise by its id, such as P-A4, and how many clauses about it are kept, not declared and broken."""

    promise: str
    kept: int
    undeclared: int
    broken: int

    @property
    def is_kept(self) -> bool:
        """Whether a clause about it is kept, and none is broken."""
        return self.kept > 0 and not self.broken

    def __str__(self) -> str:
        counts = ((self.kept, "kept"), (self.undeclared, "not declared"), (self.broken, "BROKEN"))
        return f"{self.promise}  {PROMISES[self.promise]}: " + ", ".join(f"{n} {what}" for n, what in counts if n)


class ContractReport(NamedTuple):
    """The clauses of the contract by what came of them; `str()` is for the log.

    `undeclared` are about what the storage does not say it can, with the reason; `broken` say what was seen.
    """

    kept: tuple[str, ...]
    undeclared: tuple[tuple[str, str], ...]
    broken: tuple[tuple[str, str], ...]

    @property
    def is_kept(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken

    @property
    def promises(self) -> tuple[PromiseCount, ...]:
        """The promises that clauses are about, with what came of each."""
        ran = dict.fromkeys(self.kept, 0)
        ran |= {name: 1 for name, _ in self.undeclared} | {name: 2 for name, _ in self.broken}
        counts = Counter((promise, ran[each.__name__]) for each in CONTRACT for promise in promises_of(each))
        about = [promise for promise in PROMISES if any(counts[promise, came] for came in range(3))]
        return tuple(PromiseCount(promise, *(counts[promise, came] for came in range(3))) for promise in about)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        total = len(self.kept) + len(self.undeclared) + len(self.broken)
        yield f"{total} clauses: {len(self.kept)} kept, {len(self.undeclared)} not declared, {len(self.broken)} broken"
        promises = self.promises
        yield f"{len(promises)} promises: {sum(each.is_kept for each in promises)} kept"
        yield from (f"  {each}" for each in promises)
        yield from (f"kept          {_words(name)}" for name in self.kept)
        yield from (f"not declared  {_words(name)}: {reason}" for name, reason in self.undeclared)
        yield from (f"BROKEN        {_words(name)}: {seen}" for name, seen in self.broken)


def _words(name: str) -> str:
    return name.replace("_", " ")


def contract_report(new_store: Callable[[], MakeStorage]) -> ContractReport:
    """Run the whole contract; `new_store` gives, for each clause, a function whose calls open one new store.

    For a storage in memory: `contract_report(lambda: MemoryStorage().another)`. What happens while a store
    is made, before its clause begins, is passed on.
    """
    kept: list[str] = []
    undeclared: list[tuple[str, str]] = []
    broken: list[tuple[str, str]] = []
    for clause in CONTRACT:
        try:
            clause(new_store())
        except NotDeclared as reason:
            undeclared.append((clause.__name__, str(reason)))
        except ContractBroken as error:
            broken.append((clause.__name__, error.detail))
        else:
            kept.append(clause.__name__)
    return ContractReport(tuple(kept), tuple(undeclared), tuple(broken))
