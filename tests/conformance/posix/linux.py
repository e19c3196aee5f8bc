# SPDX-License-Identifier: MIT
"""The yardstick: the same tests as static Linux programs of glibc and of musl, in the same emulator.

glibc is the host's, musl and the kernel are the lock file's Debian packages. The driver is the guest's first
process; clock and processor are those that our own kernel gets.
"""

import os
import subprocess
import sys
from pathlib import Path

from boots import MACHINE_SECONDS, TEST_SECONDS
from cases import TOP, SuiteError, fetch
from compiler import Target

sys.path.insert(0, str(TOP / "sdk" / "tools"))

from coconut_cli import linuxguest, machine, places  # noqa: E402  (found by the line above)

BATCH = 450
MEMORY = 3072
PASSWD = b"root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"


def glibc():
    """glibc as the host has it."""
    compiler = ["clang-19", "-static", "-fuse-ld=lld"]
    return Target("glibc", compiler, [*compiler, "-Wl,-s"])


def musl(build):
    """musl of the lock file's Debian package, unpacked below build."""
    package, folder = fetch("musl-dev"), build / "musl-dev"
    stamp = build / "musl-dev.stamp"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != str(package):
        done = subprocess.run(["dpkg-deb", "--extract", package, folder], check=False)
        if done.returncode != 0:
            raise SuiteError(f"{package} could not be unpacked")
        stamp.write_text(str(package), encoding="utf-8")
    headers, library = (folder / "usr" / part / "x86_64-linux-musl" for part in ("include", "lib"))
    builtins = subprocess.run(["clang-19", "-rtlib=compiler-rt", "-print-libgcc-file-name"],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return Target("musl", ["clang-19", "-nostdlibinc", "-isystem", headers],
                  ["clang-19", "-static", "-nostdlib", "-fuse-ld=lld", "-Wl,-s", library / "crt1.o",
                   library / "crti.o"],
                  ["-Wl,--start-group", library / "libc.a", builtins, "-Wl,--end-group", library / "crtn.o"])


def versions():
    """What the results are of, in one line."""
    glibc_version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libc6-dev"],
                                   stdout=subprocess.PIPE, text=True, check=True).stdout
    packages = ", ".join(fetch(name).name for name in ("musl-dev", "linux-cloud"))
    return f"libc6-dev {glibc_version}, {packages}"


class LinuxMachine:
    """Boots Debian's kernel with a batch."""

    batch = BATCH

    def __init__(self, driver, folder):
        self._driver, self._folder = driver, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._kernel = linuxguest.kernel(str(folder))

    def run(self, number, programs, lines, reader):
        """Run one boot; returns what is to be said of its end if the driver was not done."""
        contents = {f"pts/{name}": Path(path).read_bytes() for name, path in programs.items()}
        contents["init"] = self._driver.read_bytes()
        contents["driver/list"] = "".join(f"{line}\n" for line in lines).encode()
        contents["etc/passwd"] = PASSWD
        initrd, output = (self._folder / f"{part}-{number}" for part in ("initrd", "output"))
        initrd.write_bytes(linuxguest.initramfs(contents, ("pts", "tmp")))
        words = [places.qemu(), "-machine", "q35", "-accel", "tcg", "-cpu", machine.EXACT_CPU, "-m",
                 str(MEMORY), "-nodefaults", "-display", "none", "-no-reboot", "-monitor", "none",
                 "-serial", f"file:{output}", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                 "-kernel", self._kernel, "-initrd", initrd, "-append",
                 f"{linuxguest.KERNEL_WORDS} -- /driver/list {TEST_SECONDS}", *machine.VIRTUAL]
        try:
            subprocess.run(words, stdin=subprocess.DEVNULL, timeout=MACHINE_SECONDS, check=False,
                           stdout=subprocess.DEVNULL)
            message = "the machine stopped"
        except subprocess.TimeoutExpired:
            message = f"no end within {MACHINE_SECONDS} s"
        os.unlink(initrd)
        for line in output.read_text(encoding="utf-8", errors="replace").replace("\r", "").splitlines():
            reader.take(line)
        return message
