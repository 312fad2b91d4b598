"""Payloads: what a CRM may answer though nobody expects it (`valid`), and what it should not (`mutations`).

`mutations` needs the standard library alone; `valid` and `mutated` draw with Hypothesis, which the extra `[payloads]` brings.
"""
