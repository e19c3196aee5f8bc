# SPDX-License-Identifier: MIT
"""Entry of the coconut command; started by the shell script of that name with `python3 -IS`."""

import sys

try:
    import os

    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

    from coconut_cli import main  # the path above must come first

    STATUS = main.main(sys.argv[1:])
except KeyboardInterrupt:  # before or after main() could take it
    STATUS = 130
sys.exit(STATUS)
