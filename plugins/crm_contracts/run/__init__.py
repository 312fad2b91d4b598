"""One run from its plan to its verdict: `execute.execute` drives the phases and gathers the journal, `judge.judge` concludes.

Nothing is imported here: only the lab executes and only the runner judges, and neither pays for what the other needs.
"""
