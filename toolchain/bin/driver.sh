#!/bin/sh
# SPDX-License-Identifier: MIT
# x86_64-unknown-coconut-clang, -clang++ and their other usual names: clang with this prefix's
# configuration. Which compiler it runs follows from the name it is called by.
self=$0
case ${self##*/} in
    *++) compiler=clang++-19 ;;
    *) compiler=clang-19 ;;
esac
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in
        /*) self=$link ;;
        *) self=${self%/*}/$link ;;
    esac
done
case $self in
    */*) ;;
    *) self=./$self ;;
esac
root=$(cd "${self%/*}/.." && pwd -P) || exit 1

command -v "$compiler" >/dev/null || {
    echo "${0##*/}: error: $compiler is not installed; install the packages clang-19, lld-19, llvm-19" >&2
    exit 1
}

# clang does not hand these on to the program it links with, and warns about some; the link driver
# reads them here. Each round takes the first argument off and appends it again if it is to stay.
COCONUT_LINK_OPTIONS=
for argument; do
    shift
    case $argument in
        -no-pie | -nolibc)
            COCONUT_LINK_OPTIONS="$COCONUT_LINK_OPTIONS $argument"
            continue
            ;;
        -nodefaultlibs | -pie | -static-pie)
            COCONUT_LINK_OPTIONS="$COCONUT_LINK_OPTIONS $argument"
            ;;
    esac
    set -- "$@" "$argument"
done
export COCONUT_LINK_OPTIONS

exec "$compiler" --target=x86_64-unknown-coconut --config-system-dir="$root/etc" "$@"
