"""Values that flow through the house: stdlib only, frozen, and known to every other room.

An exchange flows in one direction: the lab observes it, the run gathers it into a `Journal`, the checks look at
the journal and give a `Finding` each, and the reports show them. No value here opens a socket or a file.
"""
