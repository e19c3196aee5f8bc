# SPDX-License-Identifier: MIT
"""compiler-rt's runtimes of the undefined-behaviour sanitizer, unpatched: the full one and the minimal one.

Result: lib/libclang_rt.ubsan_standalone.a, lib/libclang_rt.ubsan_minimal.a.

The runtimes' headers refuse a system they do not know. Of those they know, Fuchsia asks least of them: no interceptors,
no signals, no files. They are built under its name, with two headers of ours for the types of it that they mention,
and system.cpp in place of their own file for that system. The minimal one is built as for a kernel, which only means that
it gives its lines to a function of ours, message.cpp.
"""

import importlib.util
import shutil

SOURCE = "llvm"
DEPENDS = ["newlib"]
MEMBERS = ["compiler-rt/lib/ubsan", "compiler-rt/lib/ubsan_minimal", "compiler-rt/lib/sanitizer_common"]
EXCLUDES = ["*/tests/*"]
# Headers of ours that system.cpp includes, directly or through others.
OVERLAY = ["fcntl.h", "limits.h", "link.h", "machine/_types.h", "pthread.h", "sched.h", "stdio.h", "sys/_confstr.h", "sys/_pthreadtypes.h",
           "sys/config.h", "sys/cpuset.h", "sys/features.h", "sys/mman.h", "sys/signal.h", "sys/stat.h", "sys/syslimits.h",
           "sys/types.h", "time.h", "unistd.h"]
HEADERS_PY = "../../libc-port/newlib/headers.py"
STAND_INS = ["zircon/sanitizer.h", "zircon/syscalls/object.h"]
INPUTS = ["system.cpp", "message.cpp", HEADERS_PY, *(f"include/{name}" for name in STAND_INS),
          *(f"../../libc-port/include/{name}" for name in OVERLAY)]

FLAGS = """
    --target=x86_64-unknown-coconut -D__coconut__=1 -D__unix__=1 -D__Fuchsia__=1
    -D_GNU_SOURCE -std=c++17 -O2 -g -fPIE -ftls-model=local-exec -fstack-protector-strong
    -fno-omit-frame-pointer -ffunction-sections -fdata-sections -fno-exceptions -fno-rtti -nostdinc++ -fno-builtin
""".split()
KIND_FLAGS = {"minimal": ["-DKERNEL_USE"]}

# The checks of a C++ object's dynamic type (-fsanitize=vptr) are not there: clang has them for systems it knows.
FULL = {
    "ubsan": """ubsan_diag ubsan_diag_standalone ubsan_flags ubsan_handlers ubsan_init ubsan_init_standalone
        ubsan_monitor ubsan_value""",
    "sanitizer_common": """sanitizer_allocator sanitizer_common sanitizer_common_libcdep sanitizer_file
        sanitizer_flag_parser sanitizer_flags sanitizer_libc sanitizer_mutex sanitizer_printf sanitizer_stacktrace
        sanitizer_stacktrace_libcdep sanitizer_stacktrace_printer sanitizer_suppressions sanitizer_symbolizer
        sanitizer_symbolizer_libcdep sanitizer_symbolizer_markup sanitizer_symbolizer_markup_fuchsia
        sanitizer_symbolizer_report sanitizer_termination""",
}


def _include(context):
    """The C library's headers, laid out as they will be installed."""
    spec = importlib.util.spec_from_file_location("headers", context.folder / HEADERS_PY)
    headers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(headers)
    overlay, include = context.work / "overlay", context.work / "sysroot" / "usr" / "include"
    for name in OVERLAY:
        target = overlay / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(context.folder / "../../libc-port/include" / name, target)
    include.parent.mkdir(parents=True)
    headers.lay_out(context.dependency("newlib") / "include", overlay, include)
    return context.work / "sysroot"


def build(context):
    """See sdk/deps/build.py."""
    lib = context.source / "compiler-rt" / "lib"
    flags = [*FLAGS, f"--sysroot={_include(context)}", f"-I{context.folder / 'include'}", f"-I{lib}",
             f"-ffile-prefix-map={context.source}=/llvm", f"-ffile-prefix-map={context.work}=/build",
             f"-ffile-prefix-map={context.folder}=/ubsan"]
    full = [lib / folder / f"{name}.cpp" for folder, names in FULL.items() for name in names.split()]
    parts = {"standalone": [*full, context.folder / "system.cpp"],
             "minimal": [lib / "ubsan_minimal" / "ubsan_minimal_handlers.cpp", context.folder / "message.cpp"]}
    (context.output / "lib").mkdir()
    for kind, sources in parts.items():
        objects = [f"{kind}-{source.stem}.o" for source in sources]
        for source, name in zip(sources, objects):
            context.run(["clang++-19", *flags, *KIND_FLAGS.get(kind, ()), "-c", source, "-o", name], f"compile {source.name}")
        context.run(["llvm-ar-19", "rcDP", context.output / "lib" / f"libclang_rt.ubsan_{kind}.a", *objects],
                    f"pack {kind} runtime")
