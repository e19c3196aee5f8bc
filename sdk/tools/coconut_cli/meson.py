# SPDX-License-Identifier: MIT
"""`coconut meson`: the cross file of Meson for this SDK, wherever it stands."""

import os

from coconut_cli import files, places
from coconut_cli.options import Command, Option

COMMAND = Command(
    "meson", "[OPTIONS]",
    "Print the cross file that Meson builds programs of the platform with.",
    (Option("--output", "FILE", "write it there"),), """
  coconut meson --output coconut.ini
  meson setup --cross-file coconut.ini build && meson test -C build
Tests run in the kernel. The file holds the place of this SDK; write it anew when the SDK has moved.""")

PREFIX = "x86_64-unknown-coconut-"
TEXT = """# Meson cross file of the COCONUT SDK; made by 'coconut meson'.
[binaries]
c = '@BIN@clang'
cpp = '@BIN@clang++'
ar = '@BIN@ar'
ranlib = '@BIN@ranlib'
strip = '@BIN@strip'
nm = '@BIN@nm'
objcopy = '@BIN@objcopy'
pkg-config = '@BIN@pkg-config'
pkgconfig = '@BIN@pkg-config'
cmake = 'cmake'
exe_wrapper = ['@SDK@/bin/coconut', 'run']

[built-in options]
default_library = 'static'

[properties]
needs_exe_wrapper = true
cmake_toolchain_file = '@SDK@/toolchain/coconut.cmake'

[host_machine]
system = 'coconut'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
"""


def text():
    """Return the cross file."""
    quoted = places.SDK.replace("\\", "\\\\").replace("'", "\\'")
    return TEXT.replace("@BIN@", os.path.join(quoted, "bin", PREFIX)).replace("@SDK@", quoted)


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    if values["output"] is None:
        print(text(), end="")
    else:
        files.write_whole(values["output"], text().encode())
    return 0
