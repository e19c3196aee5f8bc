# SPDX-License-Identifier: MIT
"""One QEMU process: its command line, its start, its end.

QEMU gets two sockets by number: the host link (a port of a virtio console, as QEMU holds a port's writer
back but drops what a console's reader does not take in time) and the serial line. It runs in
a process group of its own, so a Ctrl-C reaches this process only, and dies with this process,
however that ends.
"""

import _signal as signal  # signal and socket would cost start time
import _socket as socket
import os
import sys
import time

from coconut_cli import interrupt, places
from coconut_cli.fault import Fault, reason

#: QEMU's status for the words that the kernel writes to the debug exit device.
QUIT_OK = 0x10 * 2 + 1
QUIT_FAILED = 0x11 * 2 + 1
EXIT_SECONDS = 60.0
SOCKET_BUFFER = 1 << 20
EXACT = ("-icount", "shift=0,sleep=off,align=off", "-seed", "1",
         "-rtc", "base=2025-01-01T00:00:00,clock=vm")
#: Time is counted in instructions, 16 ns each, slower than the emulator is; idle time is skipped.
VIRTUAL = ("-icount", "shift=4,sleep=off,align=off", *EXACT[2:])
#: The emulator counts each byte of a string instruction when it counts instructions.
EXACT_CPU = "max,-erms,-fsrm"


class Config:
    """What machine to start. memory in MiB; append: kernel command line."""

    def __init__(self, kernel, archive_fd):
        self.kernel, self.archive_fd = kernel, archive_fd
        self.cpus, self.memory = 1, 256
        self.machine = "microvm,acpi=off,isa-serial=on"
        self.append = ""
        self.ports = []  # hostports.Port
        self.kvm = self.icount = self.virtual_time = False
        self.extra = []  # arguments of QEMU behind all others


def arguments(config, link_fd, serial_fd, ports=()):
    """Return QEMU's arguments, its name left out. ports: the words for the host ports."""
    counted = config.icount or config.virtual_time
    words = ["-machine", config.machine, "-smp", str(config.cpus), "-m", str(config.memory),
             "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    if config.kvm:
        words += ["-accel", "kvm", "-cpu", "host"]
    else:
        words += ["-accel", "tcg", "-cpu", EXACT_CPU if counted else "max"]
    if counted:
        words += EXACT if config.icount else VIRTUAL
    words += ["-kernel", config.kernel, "-initrd", f"/proc/self/fd/{config.archive_fd}",
              "-append", config.append,
              "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
              "-chardev", f"socket,id=serial,fd={serial_fd}", "-serial", "chardev:serial"]
    if config.machine.startswith("microvm"):
        words += ["-chardev", f"socket,id=link,fd={link_fd}",
                  "-device", "virtio-serial-device,id=link,max_ports=2,emergency-write=off",
                  "-device", "virtserialport,bus=link.0,nr=1,chardev=link", *ports]
    words += config.extra
    return words


def _pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
    ours.setblocking(False)
    os.set_inheritable(theirs.fileno(), True)
    return ours, theirs


def _with_death_signal(words):
    """Have the kernel kill QEMU when this process is gone, even by SIGKILL."""
    helper = places.find_program("setpriv")
    return [helper, "--pdeathsig", "KILL", "--", *words] if helper else words


def _listeners(ports):
    """Return the listening sockets of the host ports, or None."""
    if not ports:
        return None
    from coconut_cli import hostports  # costs start time where there are none
    listeners = hostports.Listeners(ports)
    for note in listeners.notes():
        print(f"coconut: {note}", file=sys.stderr)
    return listeners


class Machine:
    """A running QEMU. link and serial are non-blocking sockets; served: what serves host ports in this process, see
    hostports.Port; stop() must be called."""

    def __init__(self, config):
        emulator = places.qemu()
        self._ports = _listeners(config.ports)
        self.served = self._ports.served if self._ports else []
        self.link, link_end = _pair()
        self.serial, serial_end = _pair()
        self._messages = os.memfd_create("qemu-messages")
        os.set_inheritable(config.archive_fd, True)
        self.started = time.monotonic()
        words = [emulator, *arguments(config, link_end.fileno(), serial_end.fileno(),
                                     self._ports.arguments() if self._ports else ())]
        self._pid = self._spawn(_with_death_signal(words))
        if self._ports:
            self._ports.close()
        link_end.close()
        serial_end.close()
        os.set_inheritable(config.archive_fd, False)
        self.status = None

    def _spawn(self, words):
        actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_DUP2, self._messages, 1),
                   (os.POSIX_SPAWN_DUP2, self._messages, 2)]
        reset = [signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTTIN]
        try:
            return os.posix_spawn(words[0], words, os.environ, file_actions=actions, setpgroup=0,
                                  setsigmask=(), setsigdef=reset)
        except OSError as error:
            raise Fault(f"cannot start {words[0]}: {reason(error)}") from error

    def wait(self):
        """Wait for QEMU's end after its sockets closed; returns its exit status (-n: signal n)."""
        limit = time.monotonic() + EXIT_SECONDS
        while self.status is None and time.monotonic() < limit:
            if not self._reap(os.WNOHANG):
                time.sleep(0.001)
        if self.status is None:
            self.stop()
        return self.status

    @interrupt.whole
    def _reap(self, options):
        """Take QEMU's status if it has ended; whether it has."""
        pid, status = os.waitpid(self._pid, options)
        if pid:
            self.status = os.waitstatus_to_exitcode(status)
        return pid != 0

    def stop(self):
        """Kill QEMU if it still runs, and close the sockets. May be called twice."""
        if self.status is None:
            try:
                os.kill(self._pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._reap(0)
        self.link.close()
        self.serial.close()
        if self._ports:
            self._ports.unlink()

    def messages(self):
        """Return what QEMU itself said, at most 4 KiB."""
        return os.pread(self._messages, 4096, 0).decode("utf-8", "replace").strip()
