# SPDX-License-Identifier: MIT
"""Named byte streams between programs in the machine and sockets of the host: option --port."""

import atexit
import errno
import os
import re
import socket

from coconut_cli import interrupt
from coconut_cli.fault import Fault, reason

MAX = 4  # as the kernel's HOST_PORT_MAX
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,30}")  # as its host_port_name_ok()
FORM = "a port such as NAME=tcp:2321, NAME=unix:PATH or NAME=keep:FOLDER"


class Port:
    """One port. kind: "tcp", "unix" or "keep"; place: a port number, a path, or the folder where a keeper.Keeper keeps
    files. Or "served": place is what serves it in this process, such as a keeper.Keeper: attach() gets its end of the port,
    receive() is called when something has come."""

    def __init__(self, name, kind, place):
        self.name, self.kind, self.place = name, kind, place


def parse(text):
    """Convert the option's value; ValueError says what is expected. A number alone is a port without a name: named.py."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return Port("", "tcp", int(text))
    name, equals, where = text.partition("=")
    kind, colon, place = where.partition(":")
    if not equals or not colon or not place or kind not in ("tcp", "unix", "keep"):
        raise ValueError(FORM)
    if not NAME.fullmatch(name):
        raise ValueError("a port whose name is 1 to 31 letters, digits, '-', '_' and '.', not '.' first")
    if kind == "tcp":
        if not place.isascii() or not place.isdigit() or not int(place) < 65536:
            raise ValueError(f"{FORM}; a TCP port is 0 (any free one) to 65535")
        place = int(place)
    return Port(name, kind, place)


def _kept(port):
    """Return the served port for one of kind "keep", with its folder taken for this run."""
    from coconut_cli import keeper  # costs start time
    folder = keeper.take(f"--port {port.name}=keep:{port.place}", port.place)
    return Port(port.name, "served", keeper.Keeper(folder, port.place))


def _serve(port):
    """Give what serves a port its end; return the machine's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    ours.setblocking(False)
    theirs.set_inheritable(True)
    port.place.attach(ours)
    return theirs


def _listen(port):
    if port.kind == "served":
        return _serve(port)
    if port.kind == "tcp":
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        address, text = ("127.0.0.1", port.place), f"port {port.place} of 127.0.0.1"
    else:
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address = text = port.place
    try:
        one.bind(address)
        one.listen(8)
    except OSError as error:
        one.close()
        hint = "; another program has it, take another port" if error.errno == errno.EADDRINUSE else ""
        raise Fault(f"--port {port.name}: cannot listen at {text}: {reason(error)}{hint}") from error
    one.set_inheritable(True)
    return one


def check_free(option, ports):
    """Raise Fault, which names the option, if one of the TCP ports cannot be listened at."""
    for port in ports:
        if port.kind == "tcp":
            try:
                _listen(port).close()
            except Fault as fault:
                raise Fault(f"{option}{str(fault).removeprefix('--port')}") from fault


class Listeners:
    """The sockets of a machine's ports; close() must be called after QEMU has started, unlink() after its end, at the
    latest at that of this process."""

    @interrupt.whole
    def __init__(self, ports):
        names = [port.name for port in ports]
        if "" in names:
            raise Fault("--port: a number alone is for what has ports of its own, such as vtpm; others need NAME=tcp:NUMBER", 2)
        if len(names) > MAX:
            raise Fault(f"--port: {len(names)} ports; a machine has {MAX} at most", 2)
        for name in names:
            if names.count(name) > 1:
                raise Fault(f"--port: the name {name} is given twice", 2)
        self._open, self._paths = [], []
        ports = [_kept(port) if port.kind == "keep" else port for port in ports]
        atexit.register(self.unlink)
        self.served = [port.place for port in ports if port.kind == "served"]
        try:
            for port in ports:
                self._open.append((port, _listen(port)))
                self._paths += [port.place] if port.kind == "unix" else []
        except Fault:
            self.close()
            self.unlink()
            raise

    def notes(self):
        """Return a line for each port whose number the system has chosen."""
        return [f"port {port.name}: tcp {one.getsockname()[1]} of 127.0.0.1"
                for port, one in self._open if port.place == 0]

    def arguments(self):
        """Return QEMU's arguments for the device and its ports."""
        if not self._open:
            return []
        words = ["-device", f"virtio-serial-device,id=ports,max_ports={len(self._open) + 1}"]
        for number, (port, one) in enumerate(self._open):
            listens = "" if port.kind == "served" else "server=on,wait=off,"
            words += ["-chardev", f"socket,id=port{number},{listens}fd={one.fileno()}",
                      "-device", f"virtserialport,bus=ports.0,chardev=port{number},name={port.name}"]
        return words

    def close(self):
        """Close our side of the sockets; QEMU keeps its own."""
        for _, one in self._open:
            one.close()
        self._open = []

    def unlink(self):
        """Remove the names of UNIX sockets, and close our ends of served ports, after the machine's end."""
        for server in self.served:
            if server.socket is not None:
                server.socket.close()
                server.attach(None)
        for path in self._paths:
            try:
                os.unlink(path)
            except FileNotFoundError:
                pass
        self._paths = []
