"""A lab that is served by hand: the consumers that it is open for, the faults that are on, and the way to it from a second
terminal.

The way is a Unix socket in a folder that belongs to the user alone. It carries one line of JSON each way; it is no part of
the CRM's side, and nobody else can reach it.
"""

from crm_contracts.serving.control import Answer, Control, NoLabServed, Order, ask
from crm_contracts.serving.rendezvous import NameTaken, Rendezvous, running
from crm_contracts.serving.served import Served, Switched

__all__ = [
    "Answer",
    "Control",
    "NameTaken",
    "NoLabServed",
    "Order",
    "Rendezvous",
    "Served",
    "Switched",
    "ask",
    "running",
]
