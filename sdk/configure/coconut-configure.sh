#!/bin/sh
# SPDX-License-Identifier: MIT
# coconut-configure SOURCE [OPTIONS]: run the Autotools configure script of SOURCE for this platform,
# in the current folder.
#
# The package's source is not changed: a copy is made in ./coconut-source, whose config.sub answers for
# this system. Programs the script builds are never run on this machine (--build is always given).
set -eu

fail() {
    echo "coconut-configure: error: $1" >&2
    exit 1
}

self=$0
if [ -L "$self" ]; then
    self=$(readlink -f "$self")
fi
case $self in
    */*) ;;
    *) self=./$self ;;
esac
root=$(cd "${self%/*}/.." && pwd -P)
prefix=$root/bin/x86_64-unknown-coconut-
case $root in
    *[[:space:]]*) # configure scripts and make take a command with a blank in it for several words
        ln -sfn "$root" coconut-sdk
        prefix=$(pwd -P)/coconut-sdk/bin/x86_64-unknown-coconut-
        ;;
esac

case ${1:-} in
    '' | -*) fail "usage: coconut-configure SOURCE-FOLDER [CONFIGURE-OPTIONS]" ;;
esac
source=$1
shift
[ -f "$source/configure" ] || fail "$source: no configure script there; run autoreconf first"
source=$(cd "$source" && pwd -P)
here=$(pwd -P)
case $here/ in
    "$source"/*) fail "run it from a build folder outside of the source folder" ;;
esac

rm -rf coconut-source.new
mkdir coconut-source.new
cp -pR "$source/." coconut-source.new/
find coconut-source.new -name config.sub -type f | while IFS= read -r file; do
    mv "$file" "$file.package"
    cp "$root/share/coconut/configure/config-sub.sh" "$file"
    chmod +x "$file"
done
rm -rf coconut-source
mv coconut-source.new coconut-source

build=$(sh "$(find coconut-source -name config.guess -type f | head -n 1)" 2>/dev/null) ||
    build=$(uname -m)-pc-linux-gnu

CONFIG_SITE=${CONFIG_SITE:-$root/share/coconut/config.site}
# For scripts that call plain pkg-config: what the SDK's own sees, the sysroot and prefixes of the user's. No
# PKG_CONFIG_SYSROOT_DIR: it would be put before the paths of those prefixes, too.
. "$root/share/coconut/configure/pkg-config-path.sh"
unset PKG_CONFIG_SYSROOT_DIR
PKG_CONFIG_PATH=$own_pkgconfig
PKG_CONFIG_LIBDIR=$root/sysroot/usr/lib/pkgconfig:$root/sysroot/usr/share/pkgconfig
export CONFIG_SITE PKG_CONFIG_PATH PKG_CONFIG_LIBDIR
PATH=$root/bin:$PATH
export PATH

exec ./coconut-source/configure --build="$build" --host=x86_64-unknown-coconut \
    CC="${prefix}clang" CXX="${prefix}clang++" AR="${prefix}ar" RANLIB="${prefix}ranlib" \
    NM="${prefix}nm" STRIP="${prefix}strip" LD="${prefix}ld" PKG_CONFIG="${prefix}pkg-config" "$@"
