# SPDX-License-Identifier: MIT
# Runs parts of BusyBox's own tests with the programs that BusyBox itself is, in a machine that has no others.
#
#   busybox sh tests.sh BUSYBOX applets NAME ...     what testsuite/runtest does, in the folder testsuite
#   busybox sh tests.sh BUSYBOX ash FOLDER ...       what shell/ash_test/run-all does, in that folder
busybox=$1 kind=$2
shift 2

for applet in $("$busybox" --list); do
    "$busybox" mkdir -p /bin && "$busybox" ln -s "$busybox" "/bin/$applet" || exit
done
ln -s "$busybox" /bin/busybox
export PATH=/bin HOME=/tmp
mkdir -p /usr/bin # the tests of cpio copy it

case $kind in
applets)
    mkdir /built
    ln -s "$busybox" /built/busybox
    bbconfig >/built/.config
    bindir=/built tsdir=$PWD ./runtest "$@"
    ;;
ash)
    bbconfig >.config
    ln -s "$busybox" ash
    ./run-all "$@"
    for difference in *.fail; do
        [ ! -f "$difference" ] || cat "$difference"
    done
    ;;
*)
    echo "tests.sh: '$kind' is neither 'applets' nor 'ash'" >&2
    exit 2
    ;;
esac
