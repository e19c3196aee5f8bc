#!/bin/sh
# SPDX-License-Identifier: MIT
# Stands in for a package's config.sub, which does not know this system, and asks the package's own,
# kept beside it, for all others.
case ${1:-} in
    *-coconut) echo x86_64-unknown-coconut ;;
    *) exec sh "${0%/*}/config.sub.package" "$@" ;;
esac
