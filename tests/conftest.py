"""What holds for all tests."""

import signal

from hypothesis import settings

# How fast a machine is says nothing about whether the code is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# A shell that runs the tests in the background has them ignore Ctrl-C, and with them what they start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
