"""How large a file of a user may be. A contract of 600 operations has 4 MB and is 40 levels deep."""

SIZE = 8 * 1024 * 1024
"""Bytes of one file."""
DEPTH = 100
"""Levels of nesting."""
MOST_PROBLEMS = 100
"""Problems that are told of one file."""
