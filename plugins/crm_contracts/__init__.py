"""When the CRM, the network or the credentials misbehave, does the program that calls the CRM do the right thing?"""

__version__ = "0.1.0"
