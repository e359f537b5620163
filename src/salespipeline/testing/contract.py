"""The storage contract: one plain function for each promise that a storage makes.

Each takes a function whose calls open the same store anew, a new one for each clause, and raises
`ContractBroken` when the promise is not kept, or `NotDeclared` where the storage does not declare
what the clause is about::

    @pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
    def test_my_storage(clause, tmp_path):
        try:
            clause(lambda: MyStorage(tmp_path / "store"))
        except NotDeclared as reason:
            pytest.skip(str(reason))

What a storage can do beyond the protocol is declared by having it: a method `compact()`, a method
`prune_history(before=...)`. That newer formats are refused is tried where the function has an
attribute `make_newer`: a function that makes the store one of a later version.
"""

from salespipeline.testing.clause import Clause, ContractBroken, MakeStorage, NotDeclared, promises_of
from salespipeline.testing.contract_commits import CLAUSES as ABOUT_COMMITS
from salespipeline.testing.contract_crowds import CLAUSES as ABOUT_CROWDS
from salespipeline.testing.contract_model import CLAUSES as ABOUT_ALL
from salespipeline.testing.contract_past import CLAUSES as ABOUT_THE_PAST
from salespipeline.testing.contract_records import CLAUSES as ABOUT_RECORDS
from salespipeline.testing.contract_refusals import CLAUSES as ABOUT_REFUSALS
from salespipeline.testing.contract_upkeep import CLAUSES as ABOUT_UPKEEP

__all__ = ["CONTRACT", "Clause", "ContractBroken", "MakeStorage", "NotDeclared", "promises_of"]

CONTRACT: tuple[Clause, ...] = (
    *ABOUT_RECORDS,
    *ABOUT_REFUSALS,
    *ABOUT_COMMITS,
    *ABOUT_THE_PAST,
    *ABOUT_CROWDS,
    *ABOUT_UPKEEP,
    *ABOUT_ALL,
)
