# SPDX-License-Identifier: MIT
"""Reader and emitters for the tables that define the COCONUT system call interface."""
