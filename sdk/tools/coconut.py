# SPDX-License-Identifier: MIT
"""Entry of the coconut command; started by the shell script of that name with `python3 -IS`."""

try:
    import _signal  # signal takes longer

    # Within an import Python may lose a Ctrl-C, and complain; main() takes it. The shell script has blocked it already.
    _signal.pthread_sigmask(_signal.SIG_BLOCK, {_signal.SIGINT})
    import os
    import sys

    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

    from coconut_cli import main  # the path above must come first

    STATUS = main.main(sys.argv[1:])
except KeyboardInterrupt:  # before or after main() could take it
    STATUS = 130
raise SystemExit(STATUS)
