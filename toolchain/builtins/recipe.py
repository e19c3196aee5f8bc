# SPDX-License-Identifier: MIT
"""compiler-rt's builtins: the functions the compiler calls for what the processor cannot do.

Result: lib/libclang_rt.builtins.a.
"""

SOURCE = "llvm"
DEPENDS = ["newlib"]
MEMBERS = ["cmake", "llvm/cmake", "compiler-rt/cmake", "compiler-rt/lib/builtins",
           "compiler-rt/CMakeLists.txt", "compiler-rt/include"]
EXCLUDES = ["*/test/*", "*/docs/*"]
INPUTS = []

CFLAGS = "-fPIE -fno-omit-frame-pointer -ffunction-sections -fdata-sections -D__coconut__=1 " \
         "-D__unix__=1"


def _flags(context):
    # newlib's headers as they are: the builtins use integer types and limits only.
    include = context.dependency("newlib") / "include"
    return (f"{CFLAGS} --sysroot=/nonexistent -isystem {include} "
            f"-ffile-prefix-map={context.source}=/llvm -ffile-prefix-map={context.work}=/build")


def build(context):
    """See sdk/deps/build.py."""
    flags = _flags(context)
    context.run(
        ["cmake", "-G", "Ninja", "-S", context.source / "compiler-rt/lib/builtins", "-B", "b",
         "-DCMAKE_SYSTEM_NAME=Generic", "-DCMAKE_SYSTEM_PROCESSOR=x86_64",
         "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_COMPILER=clang-19",
         "-DCMAKE_ASM_COMPILER=clang-19", "-DCMAKE_AR=/usr/bin/llvm-ar-19",
         "-DCMAKE_RANLIB=/usr/bin/llvm-ranlib-19",
         "-DCMAKE_C_COMPILER_TARGET=x86_64-unknown-coconut",
         "-DCMAKE_ASM_COMPILER_TARGET=x86_64-unknown-coconut",
         f"-DCMAKE_C_FLAGS={flags}", f"-DCMAKE_ASM_FLAGS={flags}",
         "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY", "-DCOMPILER_RT_DEFAULT_TARGET_ONLY=ON",
         "-DCOMPILER_RT_BAREMETAL_BUILD=ON", "-DCOMPILER_RT_OS_DIR=", "-DLLVM_CONFIG_PATH=",
         "-DCOMPILER_RT_HAS_FPIC_FLAG=OFF",
         # Atomic objects wider than 16 bytes: not part of a bare-metal build by default.
         "-DCOMPILER_RT_EXCLUDE_ATOMIC_BUILTIN=OFF"], "configure")
    context.run(["ninja", "-C", "b", f"-j{context.jobs}"], "compile", lines=170)
    _pack(context)


def _pack(context):
    """Re-pack with sorted members; assembler members win over C ones of the same name, as built."""
    built = sorted((context.work / "b").rglob("libclang_rt.builtins*.a"))
    if len(built) != 1:
        raise RuntimeError(f"expected one archive, found {len(built)}")
    objects = context.work / "objects"
    objects.mkdir()
    context.run(["llvm-ar-19", "x", "--output", objects, built[0]], "unpack archive")
    target = context.output / "lib" / "libclang_rt.builtins.a"
    target.parent.mkdir()
    context.run(["llvm-ar-19", "rcDP", target, *sorted(objects.iterdir())], "pack archive")
