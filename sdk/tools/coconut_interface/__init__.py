# SPDX-License-Identifier: MIT
"""Interfaces of services: read, checked, and turned into C, documentation and a fuzz target."""
