"""Lint of contracts: everything that is wrong in a contract's files, each with its place, and what is worth a thought."""

from crm_contracts.contracts.lint.lint import advise_contract, lint_contract

__all__ = ["advise_contract", "lint_contract"]
