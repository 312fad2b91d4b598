"""The caller's side of the python driver: it makes the caller's object and calls its methods.

This folder runs in the caller's own interpreter, any Python from 3.8 on, and needs the standard library alone:

    python child/__main__.py run SOCKET         one run, in a fresh interpreter
    python child/__main__.py zygote SOCKET      imports the caller's module once and forks a process for every run

SOCKET is an inherited file descriptor. JSON lines cross it both ways; stdin, stdout and stderr stay the caller's own.
When its other end closes, the process ends itself and its group. It is a folder and not one file so that its bytecode
is kept: a script would be compiled anew at every start.
"""
