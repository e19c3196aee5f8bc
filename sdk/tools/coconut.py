# SPDX-License-Identifier: MIT
"""Entry of the coconut command; started by the shell script of that name with `python3 -IS`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from coconut_cli import main  # noqa: E402  (the path above must come first)

sys.exit(main.main(sys.argv[1:]))
