"""The tests' own process: Ctrl-C reaches what they start, however they were started themselves."""

import signal
import threading

# A shell that starts us in the background has SIGINT ignored, and every program that we start would inherit that.
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    and threading.current_thread() is threading.main_thread()
):
    signal.signal(signal.SIGINT, signal.default_int_handler)
