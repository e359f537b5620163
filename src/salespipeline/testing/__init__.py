"""For other people's tests: the contract that every storage keeps."""

from salespipeline.testing.contract import CONTRACT, ContractBroken, NotDeclared

__all__ = ["CONTRACT", "ContractBroken", "NotDeclared"]
