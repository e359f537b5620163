"""For other people's tests: the contract that every storage keeps."""

from salespipeline.storage.base import Capabilities
from salespipeline.testing.contract import CONTRACT, ContractBroken, NotDeclared, promises_of
from salespipeline.testing.promises import PROMISES
from salespipeline.testing.report import ContractReport, PromiseCount, contract_report

__all__ = [
    "CONTRACT",
    "PROMISES",
    "Capabilities",
    "ContractBroken",
    "ContractReport",
    "NotDeclared",
    "PromiseCount",
    "contract_report",
    "promises_of",
]
