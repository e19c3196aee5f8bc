# SPDX-License-Identifier: MIT
"""libunwind, libc++abi and libc++, unpatched, for x86_64-unknown-coconut.

Result: include/ (c++/v1, unwind.h, ...), lib/{libunwind,libc++abi,libc++,libc++experimental}.a,
lib/libc++.modules.json and share/libc++/v1 (sources of the modules std and std.compat), LICENSE.TXT. Only headers of the C library are needed to build them, and only those in OVERLAY are there
to be found, so a change to libc-port's sources or to any other header does not rebuild this.
"""

import importlib.util
import shutil

SOURCE = "llvm"
DEPENDS = ["newlib"]
MEMBERS = ["cmake", "runtimes", "llvm/cmake", "llvm/utils/llvm-lit", "llvm/utils/lit", "libunwind",
           "libcxxabi", "libcxx"]
EXCLUDES = ["*/test/*", "*/docs/*", "*/benchmarks/*"]

# Headers of ours that the three libraries include, directly or through others.
OVERLAY = ["dlfcn.h", "fcntl.h", "link.h", "machine/_types.h", "semaphore.h", "stdio.h",
           "sys/_confstr.h", "sys/_pthreadtypes.h", "sys/config.h", "sys/dirent.h", "sys/features.h",
           "sys/random.h", "sys/signal.h", "sys/stat.h", "sys/statvfs.h", "sys/syslimits.h",
           "sys/types.h", "time.h", "unistd.h"]
HEADERS_PY = "../../libc-port/newlib/headers.py"
INPUTS = [HEADERS_PY] + [f"../../libc-port/include/{name}" for name in OVERLAY]

FLAGS = """
    -fPIE -fdirect-access-external-data -ftls-model=local-exec -fstack-protector-strong
    -fno-omit-frame-pointer -ffunction-sections -fdata-sections -gline-tables-only
    -D__coconut__=1 -D__unix__=1 -D__unix=1 -D_GNU_SOURCE
""".split()

# PROVIDES_DEFAULT_RUNE_TABLE: newlib's character classes are plain chars, in which libc++'s masks do
# not fit. USING_GETENTROPY: random_device asks the kernel, not a file.
SITE_DEFINES = "_LIBCPP_PROVIDES_DEFAULT_RUNE_TABLE;_LIBCPP_USING_GETENTROPY"

OPTIONS = {
    "LLVM_ENABLE_RUNTIMES": "libunwind;libcxxabi;libcxx",
    "LLVM_DEFAULT_TARGET_TRIPLE": "x86_64-unknown-coconut",
    "LLVM_ENABLE_PIC": "OFF",  # position independence comes with FLAGS
    "LLVM_INCLUDE_TESTS": "OFF",
    "LLVM_INCLUDE_DOCS": "OFF",
    "LIBUNWIND_ENABLE_SHARED": "OFF",
    "LIBUNWIND_ENABLE_ASSERTIONS": "OFF",
    "LIBUNWIND_USE_COMPILER_RT": "ON",
    "LIBUNWIND_INCLUDE_TESTS": "OFF",
    "LIBCXXABI_ENABLE_SHARED": "OFF",
    "LIBCXXABI_ENABLE_ASSERTIONS": "OFF",
    "LIBCXXABI_USE_LLVM_UNWINDER": "ON",
    "LIBCXXABI_USE_COMPILER_RT": "ON",
    "LIBCXXABI_HAS_PTHREAD_API": "ON",
    "LIBCXXABI_HAS_CXA_THREAD_ATEXIT_IMPL": "ON",
    # The demangler would be in every program that can throw, 100 KiB of it, to make one message of
    # std::terminate() nicer; the host command does that.
    "LIBCXXABI_NON_DEMANGLING_TERMINATE": "ON",
    # `throw;` in a catch (...) that a forced unwinding (pthread_exit, pthread_cancel) has come to: to
    # raise what is unwound as a new exception would end in std::terminate(). The unwinder's other entry
    # point goes on with the unwinding, and does the same as this one for everything else.
    "LIBCXXABI_ADDITIONAL_COMPILE_FLAGS": "-D_Unwind_RaiseException=_Unwind_Resume_or_Rethrow",
    "LIBCXXABI_INCLUDE_TESTS": "OFF",
    "LIBCXX_ENABLE_SHARED": "OFF",
    "LIBCXX_CXX_ABI": "libcxxabi",
    "LIBCXX_USE_COMPILER_RT": "ON",
    "LIBCXX_HAS_PTHREAD_API": "ON",
    "LIBCXX_HARDENING_MODE": "fast",
    "LIBCXX_ENABLE_FILESYSTEM": "ON",
    "LIBCXX_ENABLE_TIME_ZONE_DATABASE": "OFF",
    "LIBCXX_INCLUDE_BENCHMARKS": "OFF",
    "LIBCXX_INCLUDE_TESTS": "OFF",
    "LIBCXX_INSTALL_MODULES": "ON",
    "LIBCXX_EXTRA_SITE_DEFINES": SITE_DEFINES,
    # Checks that link, which cannot be done before there is a C library: answered here. Threads are
    # part of libc.
    "C_SUPPORTS_COMMENT_LIB_PRAGMA": "OFF",
    "LIBUNWIND_HAS_DL_LIB": "OFF",
    "LIBUNWIND_HAS_PTHREAD_LIB": "OFF",
    "LIBCXXABI_HAS_DL_LIB": "OFF",
    "LIBCXXABI_HAS_PTHREAD_LIB": "OFF",
    "LIBCXX_HAS_PTHREAD_LIB": "OFF",
    "LIBCXX_HAS_RT_LIB": "OFF",
    "LIBCXX_HAS_ATOMIC_LIB": "OFF",
}

TOOLCHAIN = """
set(CMAKE_SYSTEM_NAME Coconut)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
list(PREPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}/modules")
foreach(language C CXX ASM)
    set(CMAKE_${language}_COMPILER_TARGET x86_64-unknown-coconut)
    set(CMAKE_${language}_FLAGS_RELEASE "-O2 -DNDEBUG")
endforeach()
set(CMAKE_C_COMPILER clang-19)
set(CMAKE_ASM_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_AR /usr/bin/llvm-ar-19)
set(CMAKE_RANLIB /usr/bin/llvm-ranlib-19)
"""


def _sysroot(context):
    """The C library's headers, laid out as they will be installed."""
    spec = importlib.util.spec_from_file_location("headers", context.folder / HEADERS_PY)
    headers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(headers)
    overlay = context.work / "overlay"
    for name in OVERLAY:
        target = overlay / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(context.folder / "../../libc-port/include" / name, target)
    include = context.work / "sysroot" / "usr" / "include"
    include.parent.mkdir(parents=True)
    headers.lay_out(context.dependency("newlib") / "include", overlay, include)
    return context.work / "sysroot"


def _toolchain(context):
    """A CMake toolchain file of the least content; the SDK's own needs libraries that do not exist."""
    platform = context.work / "modules" / "Platform" / "Coconut.cmake"
    platform.parent.mkdir(parents=True)
    platform.write_text("set(UNIX 1)\n", encoding="utf-8")
    path = context.work / "toolchain.cmake"
    path.write_text(TOOLCHAIN, encoding="utf-8")
    return path


def build(context):
    """See sdk/deps/build.py."""
    maps = [f"-ffile-prefix-map={context.source}=/llvm", f"-ffile-prefix-map={context.work}=/build"]
    flags = " ".join([*FLAGS, f"--sysroot={_sysroot(context)}", *maps])
    context.run(
        ["cmake", "-G", "Ninja", "-S", context.source / "runtimes", "-B", "b",
         f"-DCMAKE_TOOLCHAIN_FILE={_toolchain(context)}", "-DCMAKE_BUILD_TYPE=Release",
         "-DCMAKE_INSTALL_PREFIX=/usr",
         *(f"-DCMAKE_{language}_FLAGS={flags}" for language in ("C", "CXX", "ASM")),
         *(f"-D{name}={value}" for name, value in OPTIONS.items())], "configure")
    context.run(["ninja", "-C", "b", f"-j{context.jobs}"], "compile", lines=1240)
    installed = context.work / "installed"
    context.run(["cmake", "--install", "b"], "install", env={"DESTDIR": str(installed)})
    for folder in ("include", "lib", "share"):
        shutil.move(installed / "usr" / folder, context.output / folder)
    shutil.copyfile(context.source / "libcxx" / "LICENSE.TXT", context.output / "LICENSE.TXT")
