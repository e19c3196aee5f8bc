# SPDX-License-Identifier: MIT
"""The coconut command, one module per command or part. Python 3.11 standard library only."""
