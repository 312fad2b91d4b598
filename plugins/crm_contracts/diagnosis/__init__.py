"""The diagnosis of one request that is at hand: as raw HTTP, a curl command or a HAR entry, read byte by byte."""

from crm_contracts.diagnosis.comparison import Difference, differences
from crm_contracts.diagnosis.given import Given, Unreadable
from crm_contracts.diagnosis.reading import Reading, read
from crm_contracts.diagnosis.recognised import given
from crm_contracts.diagnosis.strictly import Subject, findings, subject_of

__all__ = [
    "Difference",
    "Given",
    "Reading",
    "Subject",
    "Unreadable",
    "differences",
    "findings",
    "given",
    "read",
    "subject_of",
]
