r"""YAML and JSON files of users, read as hostile text: limits, no aliases, no duplicate keys, a position for every value.

>>> document = parse(b"scenario: cut\nduring: []\n", file="cut.yaml")
>>> str(document.position(("during",)))
'cut.yaml:2:9'
"""

from crm_contracts.documents.document import Document, Place
from crm_contracts.documents.file import parse, read
from crm_contracts.documents.validation import validate

__all__ = ["Document", "Place", "parse", "read", "validate"]
