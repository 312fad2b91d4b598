"""Payload cases: answers that are drawn and asked of a caller until one is found that it does not bear."""
