# SPDX-License-Identifier: MIT
"""compiler-rt's minimal runtime of the undefined-behaviour sanitizer: one source file.

Result: lib/libclang_rt.ubsan_minimal.a.
"""

SOURCE = "llvm"
DEPENDS = ["newlib"]
MEMBERS = ["compiler-rt/lib/ubsan_minimal", "compiler-rt/lib/sanitizer_common"]
EXCLUDES = ["*/tests/*"]
INPUTS = []

# The runtime's headers refuse a system they do not know. Of those they know, the one named here has no
# effect on this file but to be known.
FLAGS = """
    --target=x86_64-unknown-coconut --sysroot=/nonexistent -D__coconut__=1 -D__unix__=1 -D__Fuchsia__=1
    -D_GNU_SOURCE -std=c++17 -O2 -g -fPIE -ftls-model=local-exec -fstack-protector-strong
    -fno-omit-frame-pointer -ffunction-sections -fdata-sections -fno-exceptions -fno-rtti -nostdinc++
""".split()


def build(context):
    """See sdk/deps/build.py."""
    include = context.dependency("newlib") / "include"
    lib = context.source / "compiler-rt" / "lib"
    context.run(["clang++-19", *FLAGS, f"-idirafter{include}", f"-I{lib}",
                 f"-ffile-prefix-map={context.source}=/llvm",
                 f"-ffile-prefix-map={context.work}=/build", f"-ffile-prefix-map={include}=/include",
                 "-c", lib / "ubsan_minimal" / "ubsan_minimal_handlers.cpp", "-o", "handlers.o"],
                "compile")
    target = context.output / "lib" / "libclang_rt.ubsan_minimal.a"
    target.parent.mkdir()
    context.run(["llvm-ar-19", "rcDP", target, "handlers.o"], "pack archive")
