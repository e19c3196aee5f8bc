# SPDX-License-Identifier: MIT
"""What somebody does on a new machine, in order: the words of docs/getting-started.md and README.md."""

from machine import USER

PATH = "PATH=$HOME/coconut-sdk-{version}/bin:$PATH; "


class Step:
    """One step. says: what its output must hold; status: what it must end with."""

    def __init__(self, name, who, command, says="", status=0, seconds=900):
        self.name, self.who, self.command, self.says = name, who, command, says
        self.status, self.seconds = status, seconds


def sdk(version):
    """The SDK from its tarball: install, a service, a program, gdb, a port; then the Debian package."""
    path = PATH.format(version=version)
    clock = f"{path}cd clock; "
    words = f"{path}cd words; "
    return [
        Step("install.needed-to-unpack", "root", "apt-get -qq update && apt-get -qq install -y --no-install-recommends "
             "python3 xz-utils"),
        Step("install.tarball", USER, f"tar -xf /srv/coconut-sdk-{version}.tar.xz"),
        Step("install.doctor-names-the-mend", USER, f"{path}coconut doctor", "mend it with: coconut setup", 1),
        Step("install.setup", "root", f"/home/{USER}/coconut-sdk-{version}/bin/coconut setup", "are installed now"),
        Step("install.doctor", USER, f"{path}coconut doctor", "ok - SDK"),
        Step("service.new", USER, f"{path}coconut new c-service clock", "made clock"),
        Step("service.build", USER, f"{clock}coconut build"),
        Step("service.test", USER, f"{clock}coconut test", "100% tests passed"),
        Step("service.boot", USER, f"{clock}coconut boot --timeout 120 build/clock-image/archive.pkit"),
        Step("program.new", USER, f"{path}coconut new test words"),
        Step("program.build", USER, f"{words}coconut build"),
        Step("program.run", USER, f"{words}coconut run build/words-test"),
        Step("program.trace", USER, f"{words}coconut trace --summary build/words-test", "write"),
        Step("program.debug", USER, f"{words}coconut debug --break main --batch --ex bt build/words-test", "main"),
        Step("library.port-check", USER, f"{path}coconut port-check /lib/x86_64-linux-gnu/libz.so.1"),
        Step("library.port", USER, f"{path}coconut port --prefix prefix zlib && ls prefix/lib/libz.a", "libz.a"),
        Step("install.deb", "root", "apt-get -qq install -y --no-install-recommends "
             f"/srv/coconut-sdk-{version}_amd64.deb && coconut-{version} doctor", "ok - SDK"),
    ]


def clone():
    """The tree: README's quick start, by an ordinary user; what needs root is done by root before."""
    there = "cd coconut; "
    return [
        Step("clone.git", "root", "apt-get -qq install -y --no-install-recommends git"),
        Step("clone.clone", USER, "git clone -q /srv/coconut.git coconut"),
        Step("clone.setup-names-the-mend", USER, f"{there}./coconut demo", "as root, run: apt-get install", 1),
        Step("clone.setup", "root", f"cd /home/{USER}/coconut && ./coconut setup", "are installed now", seconds=1800),
        Step("clone.demo", USER, f"{there}./coconut demo", "of gzip -> the same", seconds=3 * 3600),
        Step("clone.demo-again", USER, f"{there}./coconut demo", "of gzip -> the same"),
        Step("clone.program", USER, f"{there}cp -r samples/hello hello && cmake -G Ninja -S hello -B build-hello "
             "-DCMAKE_TOOLCHAIN_FILE=$PWD/toolchain/coconut.cmake && ninja -C build-hello && "
             "./coconut run build-hello/hello", "Hello"),
        Step("clone.doctor", USER, f"{there}./coconut doctor", "ok - SDK"),
    ]
