"""For other people's tests: the contract that every storage keeps."""

from salespipeline.storage.base import Capabilities
from salespipeline.testing.contract import CONTRACT, ContractBroken, NotDeclared
from salespipeline.testing.report import ContractReport, contract_report

__all__ = ["CONTRACT", "Capabilities", "ContractBroken", "ContractReport", "NotDeclared", "contract_report"]
