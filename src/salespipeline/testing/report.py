"""The promises that a storage keeps, as a report: what was run, what is not declared, what is broken."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from salespipeline.testing.clause import ContractBroken, MakeStorage, NotDeclared
from salespipeline.testing.contract import CONTRACT


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

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        total = len(self.kept) + len(self.undeclared) + len(self.broken)
        yield f"{total} promises: {len(self.kept)} kept, {len(self.undeclared)} not declared, {len(self.broken)} broken"
        yield from (f"kept          {_words(name)}" for name in self.kept)
        yield from (f"not declared  {_words(name)}: {reason}" for name, reason in self.undeclared)
        yield from (f"BROKEN        {_words(name)}: {seen}" for name, seen in self.broken)


def _words(name: str) -> str:
    return name.replace("_", " ")


def contract_report(new_store: Callable[[], MakeStorage]) -> ContractReport:
    """Run the whole contract; `new_store` gives, for each clause, a function whose calls open one new store.

    For a storage in memory: `contract_report(lambda: MemoryStorage().another)`. Any exception but those of
    the contract is passed on: it is a fault of the storage, or of its opening.
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
