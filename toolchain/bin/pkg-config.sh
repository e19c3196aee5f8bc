#!/bin/sh
# SPDX-License-Identifier: MIT
# pkg-config for the target: finds what is in the sysroot and in PKG_CONFIG_PATH, nothing of the host, also
# where PKG_CONFIG_PATH leads there.
self=$0
[ ! -L "$self" ] || self=$(readlink -f -- "$self")
root=$(cd "${self%/*}/.." && pwd -P) || exit 1
command -v pkg-config >/dev/null || {
    echo "x86_64-unknown-coconut-pkg-config: error: pkg-config is not installed; install the package pkg-config" >&2
    exit 1
}
. "$root/share/coconut/configure/pkg-config-path.sh"
unset PKG_CONFIG_SYSROOT_DIR
PKG_CONFIG_PATH=$own_pkgconfig
PKG_CONFIG_LIBDIR=$root/sysroot/usr/lib/pkgconfig:$root/sysroot/usr/share/pkgconfig
export PKG_CONFIG_PATH PKG_CONFIG_LIBDIR
exec pkg-config --static "$@"
