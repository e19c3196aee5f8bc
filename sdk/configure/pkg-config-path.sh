# SPDX-License-Identifier: MIT
# For the scripts of bin/: sets own_pkgconfig to the folders of PKG_CONFIG_PATH, without the host's own:
# what stands there is not for this platform. The same rule is in toolchain/coconut.cmake.
host_pkgconfig='(/usr(/local)?)?/(lib[0-9x]*(/[^/]+)?|share)/pkgconfig'
own_pkgconfig=
rest=${PKG_CONFIG_PATH:-}:
while [ -n "$rest" ]; do
    folder=${rest%%:*}
    rest=${rest#*:}
    real=$(cd "${folder:-/nowhere}" 2>/dev/null && pwd -P) || continue
    printf '%s\n' "$real" | grep -Eqx "$host_pkgconfig" || own_pkgconfig=${own_pkgconfig:+$own_pkgconfig:}$real
done
