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
"""

from salespipeline.testing.clause import Clause, ContractBroken, MakeStorage, NotDeclared
from salespipeline.testing.contract_commits import CLAUSES as ABOUT_COMMITS
from salespipeline.testing.contract_model import CLAUSES as ABOUT_ALL
from salespipeline.testing.contract_records import CLAUSES as ABOUT_RECORDS

__all__ = ["CONTRACT", "Clause", "ContractBroken", "MakeStorage", "NotDeclared"]

CONTRACT: tuple[Clause, ...] = (*ABOUT_RECORDS, *ABOUT_COMMITS, *ABOUT_ALL)
