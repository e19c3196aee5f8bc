# SPDX-License-Identifier: MIT
"""newlib, unpatched and out of tree, for x86_64-unknown-coconut.

Result: include/ (newlib's own headers), lib/libc.a, lib/libm.a. libc.a lacks the system layer, which
libc-port supplies. docs/decisions/0002-newlib-unpatched.md says why it is done this way.
"""

import shutil
from pathlib import Path

SOURCE = "newlib"
DEPENDS = []
MEMBERS = None

# Headers of ours that newlib's own files include. Only these are put before newlib's, so that a
# change to any other overlay header does not rebuild newlib.
OVERLAY = ["machine/_types.h", "regex.h", "sys/_pthreadtypes.h", "sys/config.h", "sys/dirent.h",
           "sys/features.h", "sys/signal.h", "sys/stat.h", "sys/syslimits.h", "time.h", "utime.h"]
INPUTS = ["localefix.h", "vafix.h"] + [f"../include/{name}" for name in OVERLAY]

OPTIONS = """
    --disable-multilib --disable-newlib-supplied-syscalls --disable-dependency-tracking
    --enable-newlib-reent-thread-local --enable-newlib-retargetable-locking
    --enable-newlib-multithread --enable-newlib-io-long-long --enable-newlib-io-long-double
    --enable-newlib-io-c99-formats --enable-newlib-io-pos-args --enable-newlib-mb
    --enable-newlib-long-time_t --enable-newlib-use-gdtoa
""".split()

# Without HAVE_SYSCONF_PAGESIZE: malloc knows that a page has 4096 bytes, and sysconf's tables are
# not in every program.
CFLAGS = """
    -O2 -g -fPIE -ftls-model=local-exec -fstack-protector-strong -fno-omit-frame-pointer
    -ffunction-sections -fdata-sections -Wno-unknown-pragmas
    -DHAVE_FCNTL -DHAVE_OPENDIR -DHAVE_RENAME -DHAVE_NANOSLEEP -DHAVE_BLKSIZE
    -DSIGNAL_PROVIDED -DCLOCK_PROVIDED
""".split()

# Not compiled by newlib for a system it does not know; these need nothing system-specific.
POSIX = ["posix/collate", "posix/collcmp", "posix/fnmatch", "posix/ftw", "posix/glob", "posix/nftw",
         "posix/regcomp", "posix/regerror", "posix/regexec", "posix/regfree", "posix/scandir",
         "unix/basename", "unix/dirname"]

# lock.o: locks that do not lock. mem*.o: `rep movs` loops, slow for small blocks; libc-port has its
# own. signal.o: empty with SIGNAL_PROVIDED.
LEFT_OUT = ["lock.o", "signal.o", "memcpy.o", "memset.o", "memmove.o"]

# Present but of no use here: stdatomic.h does not compile with clang, which has its own; the others
# include files that exist on other systems only.
HEADERS_LEFT_OUT = ["stdatomic.h", "threads.h", "termios.h", "utmp.h", "devctl.h", "rpc"]


def _flags(context):
    maps = [f"-ffile-prefix-map={context.source}=/newlib", f"-ffile-prefix-map={context.work}=/build",
            f"-ffile-prefix-map={context.folder.parent}=/libc-port"]
    return CFLAGS + ["-include", str(context.folder / "localefix.h")] + maps


def _compiler(context):
    """CC: our headers come before all of newlib's own include options."""
    return ["clang-19", "--target=x86_64-unknown-coconut", "--sysroot=/nonexistent",
            "-D__coconut__=1", "-D__unix__=1", f"-I{context.work}/overlay",
            f"-isystem{context.work}/targ-include", f"-isystem{context.source}/newlib/libc/include"]


def _overlay(context):
    for name in OVERLAY:
        target = context.work / "overlay" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(context.folder.parent / "include" / name, target)


def _configure(context):
    env = {"CC": " ".join(_compiler(context)), "CFLAGS": " ".join(_flags(context)),
           "AR": "llvm-ar-19", "RANLIB": "llvm-ranlib-19", "NM": "llvm-nm-19",
           "STRIP": "llvm-strip-19"}
    # The host name only selects newlib's x86_64 files; the compiler has the real target.
    context.run([context.source / "newlib" / "configure", "--build=x86_64-pc-linux-gnu",
                 "--host=x86_64-coconut-elf", "--prefix=/usr", *OPTIONS], "configure", env)


def _make(context):
    fix = f"-include{context.folder / 'vafix.h'}"
    engines = [f"libc_a_CPPFLAGS_libc_stdio_{s}vf{i}{w}{kind}.c={fix}"
               for s in ("", "s") for i in ("", "i") for w in ("", "w")
               for kind in ("printf", "scanf")]
    context.run(["make", f"-j{context.jobs}", *engines, "libc.a", "libm.a"], "compile", lines=1180)


def _posix(context):
    # Without -o, clang puts the objects of several sources into the current folder.
    sources = [context.source / "newlib/libc" / f"{name}.c" for name in POSIX]
    context.run([*_compiler(context), *_flags(context), "-D_LIBC", "-D_COMPILING_NEWLIB",
                 "-D_GNU_SOURCE", "-w", "-c", *sources], "compile posix parts")
    objects = context.work / "objects"
    objects.mkdir()
    for name in POSIX:
        path = context.work / f"{Path(name).name}.o"
        path.rename(objects / path.name)


def _pack(context):
    """Re-pack both archives with sorted members, so that a parallel build is reproducible."""
    for library in ("libc", "libm"):
        objects = context.work / ("objects" if library == "libc" else "objects-m")
        objects.mkdir(exist_ok=True)
        context.run(["llvm-ar-19", "x", "--output", objects, f"{library}.a"], f"unpack {library}.a")
        members = {}
        for path in sorted(objects.glob("*.o")):
            members[path.name.removeprefix(f"{library}_a-")] = path
        if library == "libc":
            for name in LEFT_OUT:
                del members[name]
        target = context.output / "lib" / f"{library}.a"
        target.parent.mkdir(exist_ok=True)
        context.run(["llvm-ar-19", "rcDP", target, *(members[name] for name in sorted(members))],
                    f"pack {library}.a")


def _headers(context):
    include = context.output / "include"
    shutil.copytree(context.source / "newlib/libc/include", include,
                    ignore=lambda folder, names: [n for n in names if n in HEADERS_LEFT_OUT])
    shutil.copytree(context.work / "targ-include", include, dirs_exist_ok=True,
                    ignore=lambda folder, names: [n for n in names if n in HEADERS_LEFT_OUT])


def build(context):
    """See sdk/deps/build.py."""
    _overlay(context)
    _configure(context)
    _make(context)
    _posix(context)
    _pack(context)
    _headers(context)
    shutil.copyfile(context.source / "COPYING.NEWLIB", context.output / "COPYING.NEWLIB")
