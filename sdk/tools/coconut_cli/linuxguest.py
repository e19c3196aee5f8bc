# SPDX-License-Identifier: MIT
"""Runs a static Linux program as PID 1 of Debian's kernel in the same emulator, for comparisons.

The kernel is the lock file's Debian package, fetched on first use and unpacked into build/bench.
"""

import os
import subprocess
import sys
import tarfile

from coconut_cli import hostcommand, machine, places
from coconut_cli.fault import Fault, reason

KERNEL_PACKAGE = "linux-cloud"
KERNEL_WORDS = "console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check random.trust_cpu=on"
SECONDS = 900
MEMORY = 256
MODE_PROGRAM, MODE_FOLDER = 0o100755, 0o040755


def _record(name, mode, data, inode):
    """Return one record of a newc archive."""
    encoded = name.encode() + b"\0"
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def initramfs(programs, folders=()):
    """Return the bytes of an initramfs with the files {path: content}, the folders they are in, and empty ones."""
    needed = {"dev", "proc", "sys", "tmp", *folders}
    for path in programs:
        while "/" in path:
            path = path.rpartition("/")[0]
            needed.add(path)
    records = [_record(name, MODE_FOLDER, b"", number) for number, name in enumerate(sorted(needed), 1)]
    records += [_record(name, MODE_PROGRAM, data, number)
                for number, (name, data) in enumerate(programs.items(), len(needed) + 1)]
    return b"".join(records) + _record("TRAILER!!!", 0, b"", 0)


def package(name):
    """Return the path of a Debian package by its name in the lock file, fetching it if need be."""
    fetch = os.path.join(places.source_root(), "sdk", "deps", "fetch.py")
    done = subprocess.run([sys.executable, "-B", fetch, "--path", name], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode != 0:
        raise Fault(f"{name} for the comparison could not be fetched; --no-linux does without it", 1)
    return done.stdout.strip()


def kernel(folder):
    """Return the path of the kernel image, unpacked into folder."""
    deb = package(KERNEL_PACKAGE)
    image = os.path.join(folder, os.path.basename(deb) + ".vmlinuz")
    if os.path.isfile(image):
        return image
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as unpack:
        with tarfile.open(fileobj=unpack.stdout, mode="r|") as archive:
            for member in archive:
                if member.isfile() and member.name.startswith("./boot/vmlinuz-"):
                    fresh = f"{image}.{os.getpid()}"  # two benchmarks may run at a time
                    with open(fresh, "wb") as stream:
                        stream.write(archive.extractfile(member).read())
                    os.replace(fresh, image)
    if not os.path.isfile(image):
        raise Fault(f"{deb} holds no kernel image", 1)
    return image


def compile_static(sources, output, options=(), compiler="clang-19"):
    """Compile a static Linux program with the host's C library."""
    words = [compiler, "-O2", "-static", "-fuse-ld=lld", *sources, *options, "-o", output]
    with open(hostcommand.log_path("bench-linux"), "ab") as log:
        hostcommand.must(words, "bench-linux", log, f"compiling {hostcommand.shown(sources[0])}")


def run(folder, programs, exact, cpus=1, memory=None):
    """Boot Linux with the programs ({name: path}, init among them) and, beside their files, this many MiB of memory;
    returns its serial output."""
    contents = {}
    for name, path in programs.items():
        with open(path, "rb") as stream:
            contents[name] = stream.read()
    memory = (memory or MEMORY) + 2 * (sum(map(len, contents.values())) >> 20)  # the archive, and its files
    image = kernel(folder)
    # Named by the process: another benchmark may run at the same time, in the same folder.
    initrd, output = (os.path.join(folder, f"{name}-{os.getpid()}") for name in ("initrd", "linux.out"))
    with open(initrd, "wb") as stream:
        stream.write(initramfs(contents))
    words = [places.qemu(), "-machine", "q35", "-accel", "tcg", "-cpu", machine.EXACT_CPU, "-m", str(memory), "-smp", str(cpus),
             "-nodefaults", "-display", "none", "-no-reboot", "-monitor", "none",
             "-serial", f"file:{output}", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
             "-kernel", image, "-initrd", initrd, "-append", KERNEL_WORDS,
             *(machine.EXACT if exact else ())]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Fault(f"Linux did not end within {SECONDS} s; its output: {output}", 1) from None
    except OSError as error:
        raise Fault(f"cannot start {words[0]}: {reason(error)}") from error
    finally:
        os.unlink(initrd)
    with open(output, encoding="utf-8", errors="replace") as stream:
        text = stream.read().replace("\r", "")
    if done.returncode != machine.QUIT_OK:
        said = [line[2:] for line in text.splitlines() if line.startswith("E ")]
        raise Fault(f"Linux ended with QEMU status {done.returncode}{': ' + said[0] if said else ''}; its output: {output}", 1)
    os.unlink(output)
    return text
