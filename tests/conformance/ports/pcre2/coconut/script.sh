# SPDX-License-Identifier: MIT
# Runs one of PCRE2's own test scripts in a machine that has no programs but BusyBox's.
#
#   busybox sh script.sh BUSYBOX SCRIPT
busybox=$1 script=$2
set --

"$busybox" mkdir -p /bin || exit
for applet in $("$busybox" --list); do
    "$busybox" ln -s "$busybox" "/bin/$applet" || exit
done
export PATH=/bin
. "$script"
