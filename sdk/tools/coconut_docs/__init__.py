# SPDX-License-Identifier: MIT
"""The documents as a site, and the commands in them."""
