"""What every test shares."""

import signal

pytest_plugins = ["tests.platform_fixture"]

# A run in the background of a shell is born deaf to Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
