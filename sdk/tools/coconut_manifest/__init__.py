# SPDX-License-Identifier: MIT
"""Manifests of services: read, checked, compiled, drawn."""
