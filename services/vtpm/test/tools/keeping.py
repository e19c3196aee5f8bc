# SPDX-License-Identifier: MIT
"""The service with a keeper of its state's files: no answer before what it tells is kept, and none after a failure."""

import os
import pty
import signal
import struct
import threading
import time
import tty

import wire
from service import HANG_SECONDS, Failure, Service, need
from wire import code_of

INDEX = 0x01500001
FAILURE, INITIALIZE = 0x101, 0x100
WRITE, REMOVE, READ, PART_OF, BEGIN = 1, 2, 3, 4, 5
PART = 65536
FRAME = 4096  #: what a port takes whole or not at all
HEAD = struct.Struct(">4sIIII")
#: Answers that are none, by what is asked.
WRONG = {
    "refused": lambda number: struct.pack(">II", number, 28),
    "another number": lambda number: struct.pack(">II", number + 1, 0),
    "an earlier number": lambda number: struct.pack(">II", number - 1, 0),
    "cut": lambda number: struct.pack(">II", number, 0)[:7],
}


class Keeper(threading.Thread):
    """The other end of a pseudo terminal. files: what is kept; answer: a function of a request's number, None for none;
    left: what another process has not read; begins: the answer to who begins, a function of number and mark."""

    def __init__(self, left=b"", begins=lambda number, mark: struct.pack(">II", number, 0) + mark):
        super().__init__(daemon=True)
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.slave, self.path = slave, os.ttyname(slave)
        self.files, self.operations, self.held, self.parts = {}, [], b"", b""
        self.left, self.begins = left, begins
        self.answer = lambda number: struct.pack(">II", number, 0)
        self.allowed = threading.Event()
        self.allowed.set()
        self.start()

    def take(self, size):
        """Exactly size bytes."""
        while len(self.held) < size:
            self.held += os.read(self.master, 65536)
        data, self.held = self.held[:size], self.held[size:]
        return data

    def part(self, number, name, place):
        """The answer to a request to read."""
        if name not in self.files:
            return struct.pack(">II", number, 2)
        found = self.files[name][place:place + PART]
        return struct.pack(">III", number, 0, len(found)) + found

    def run(self):
        try:
            while True:
                magic, number, operation, length, size = HEAD.unpack(self.take(HEAD.size))
                name, data = self.take(length).decode(), self.take(size)
                if operation == BEGIN:
                    os.write(self.master, self.left + self.begins(number, data))
                    continue
                if HEAD.size + length + size > FRAME:
                    self.operations.append(("too long", name))
                if operation == PART_OF:
                    self.parts += data
                    continue
                data, self.parts = self.parts + data, b""
                self.operations.append((operation, name) if magic == b"CKEP" else ("no request", magic))
                self.allowed.wait()
                answer = self.answer(number)
                if operation == READ and answer == struct.pack(">II", number, 0):
                    answer = self.part(number, name, *struct.unpack(">I", data))
                elif answer is not None and answer == struct.pack(">II", number, 0):
                    self.files[name] = data
                    if operation == REMOVE:
                        del self.files[name]
                if answer is not None:
                    os.write(self.master, answer)
                if answer is None or len(answer) < 8:
                    return
        except OSError:
            pass  # the service has gone, and end() was called
        finally:
            self.leave()

    def listens(self):
        """Whether somebody is there. Known before the service can see it: the thread may end long after its files."""
        return self.master >= 0

    def leave(self):
        """Nobody is there any more. For this thread alone: were the master closed while it is about to read, it would take
        what is meant for the next keeper, whose master has the same number."""
        master, self.master = self.master, -1
        os.close(master)

    def end(self):
        """Once no service has the terminal: without the last slave the thread cannot read on, and leaves."""
        os.close(self.slave)


def keeping(runner, keeper, option):
    """Starts a service that has this keeper."""
    return lambda state, port: (*runner.command(state, port), option, keeper.path)


def started(runner, name, keeper, option="--keep"):
    """A service that has this keeper, started, with an index."""
    service = runner.service(name, keeping(runner, keeper, option))
    need(code_of(service.execute(wire.startup())) == 0, "no start")
    need(code_of(service.execute(wire.nv_define(INDEX, 8))) == 0, "no index")
    return service


def directory(service):
    """The files of its state, the lock left out."""
    return {file.name: file.read_bytes() for file in service.state.iterdir() if file.name != "lock"}


def kept(runner):
    """Each change is kept before it is answered; suspending is, too."""
    keeper = Keeper()
    service = started(runner, "kept", keeper)
    need(set(keeper.files) == {"permanent.state", "authority.der"}, f"{set(keeper.files)} is kept of a new TPM")
    need(keeper.operations[:3] == [(WRITE, "authority.der"), (WRITE, "permanent.state"), (REMOVE, "volatile.state")],
         f"a new TPM is kept as {keeper.operations}")
    keeper.allowed.clear()
    with service.stream() as stream:
        stream.send(wire.nv_write(INDEX, b"changed."))
        stream.socket.settimeout(1)
        try:
            stream.socket.recv(1)
        except TimeoutError:
            keeper.allowed.set()
        else:
            raise Failure("answered before it was kept")
        stream.socket.settimeout(HANG_SECONDS)
        need(code_of(stream.receive()) == 0, "not written")
    need(keeper.files == directory(service), "what is kept is not what is there")
    service.process.send_signal(signal.SIGINT)
    need(service.wait() == 0, "it did not end well")
    need(set(keeper.files) == {"permanent.state", "authority.der", "volatile.state"}, "the suspended state is not kept")
    need(keeper.files == directory(service), "what is kept in the end is not what is there")
    service.kill()
    keeper.end()
    again = runner.service("kept")
    need(b"changed." in again.execute(wire.nv_read(INDEX, 8)), "it does not go on from what was suspended")
    again.kill()


def keeper_fails(runner):
    """An answer that is none, or nobody there: the command fails, and all after it, also with new power, until the keeper
    answers again: with new power it then goes on from what the source of the state has, which both have."""
    for option in ("--keep", "--keeper"):
        for name, answer in {**WRONG, "gone": lambda number: None}.items():
            keeper = Keeper()
            service = started(runner, f"keeper{option}-{name.replace(' ', '-')}", keeper, option)
            before, name = dict(keeper.files), f"{option}, {name}"
            keeper.answer = answer
            need(code_of(service.execute(wire.nv_write(INDEX, b"changed."))) == FAILURE, f"{name}: written")
            for power in range(2):
                need(code_of(service.execute(wire.get_random())) == (INITIALIZE if power else FAILURE), f"{name}: it goes on")
                need(keeper.files == before, f"{name}: what is kept changed")
                need(service.signal(17) == 1, f"{name}: it has power again")
            keeper.answer = lambda number: struct.pack(">II", number, 0)
            if keeper.listens():
                need(service.signal(17) == 0, f"{name}: it has no power though the keeper keeps files again")
                need(code_of(service.execute(wire.startup())) == 0, f"{name}: no start")
                need(b"changed." not in service.execute(wire.nv_read(INDEX, 8)), f"{name}: written after all")
                need(directory(service) == keeper.files, f"{name}: the directory is not the keeper's")
                need(code_of(service.execute(wire.nv_write(INDEX, b"changed."))) == 0, f"{name}: not written")
                need(keeper.files != before and directory(service) == keeper.files, f"{name}: not kept")
            service.kill()
            keeper.end()


def keeper_has_another(runner):
    """A keeper that is not the source, and has nothing or another TPM, fails: with new power it gets the one that is here."""
    other = runner.service("keeper-other")
    other.kill()
    for name, files in {"empty": {}, "another": directory(other)}.items():
        keeper, made = Keeper(), Keeper()
        service = started(runner, f"keeper-is-{name}", made)
        need(code_of(service.execute(wire.nv_write(INDEX, b"mine...."))) == 0, f"{name}: not written")
        service.kill()
        made.end()
        keeper.files = dict(files)
        service = runner.service(f"keeper-is-{name}", keeping(runner, keeper, "--keep"))
        keeper.answer = WRONG["refused"]
        need(code_of(service.execute(wire.startup())) == FAILURE, f"{name}: a start that is not kept")
        before = directory(service)
        need(service.signal(17) == 1 and keeper.files == files, f"{name}: it has power though nothing is kept")
        need(directory(service) == before, f"{name}: the directory changed")
        keeper.answer = lambda number: struct.pack(">II", number, 0)
        need(service.signal(17) == 0 and code_of(service.execute(wire.startup())) == 0, f"{name}: no start")
        need(b"mine...." in service.execute(wire.nv_read(INDEX, 8)), f"{name}: it is another TPM")
        need(directory(service) == keeper.files, f"{name}: the keeper does not have what is here")
        service.kill()
        keeper.end()


def here_fails(runner):
    """What the keeper has and could not be written here: with new power both have what the source has."""
    for option in ("--keep", "--keeper"):
        keeper = Keeper()
        service = started(runner, f"here-fails{option}", keeper, option)
        before = dict(keeper.files)
        obstacle = service.state / "permanent.state.new"
        obstacle.mkdir()
        need(code_of(service.execute(wire.nv_write(INDEX, b"changed."))) == FAILURE, f"{option}: written")
        need(keeper.files != before, f"{option}: the keeper does not have it first")
        obstacle.rmdir()
        need(service.signal(17) == 0 and directory(service) == keeper.files, f"{option}: the directory is not the keeper's")
        need((keeper.files == before) == (option == "--keep"), f"{option}: they do not have what the source has")
        service.kill()
        keeper.end()


def keeper_loses(runner):
    """A keeper that is the source and has the TPM no more: no new one is made, and the one that is here stays."""
    keeper = Keeper()
    service = started(runner, "keeper-loses", keeper, "--keeper")
    before = directory(service)
    need(before == keeper.files, "what is kept is not what is there")
    keeper.answer = WRONG["refused"]
    need(code_of(service.execute(wire.nv_write(INDEX, b"changed."))) == FAILURE, "written")
    keeper.answer, keeper.files = lambda number: struct.pack(">II", number, 0), {}
    for _ in range(2):
        need(service.signal(17) == 1, "it has power")
        need(directory(service) == before and not keeper.files, "files were changed")
    service.kill()
    again = Service(keeping(runner, keeper, "--keeper"), service.state)
    try:
        need(not again.ready() and again.wait() == 1, "it begins without what the keeper had")
        need(directory(again) == before and not keeper.files, "files were changed by a start")
    finally:
        again.kill()
    log = service.state.with_suffix(".log").read_text()
    need(log.count("vtpm: permanent.state: the keeper has none") == 3, "it does not say what is wrong")
    keeper.files = dict(before)
    service = runner.service("keeper-loses", keeping(runner, keeper, "--keeper"))
    need(code_of(service.execute(wire.startup())) == 0, "no start from what is there again")
    need(code_of(service.execute(wire.nv_write(INDEX, b"changed."))) == 0, "no index")
    service.kill()
    keeper.end()


def from_keeper(runner):
    """The state is what the keeper has: what the directory has does not count, and goes."""
    keeper = Keeper()
    service = started(runner, "from-keeper-first", keeper)
    need(code_of(service.execute(wire.nv_write(INDEX, b"keepers."))) == 0, "not written")
    service.process.send_signal(signal.SIGTERM)
    need(service.wait() == 0, "it did not end well")
    service.kill()
    kept_files = dict(keeper.files)
    keeper.end()
    other = runner.service("from-keeper")  # makes another TPM in that directory, and suspends it
    need(code_of(other.execute(wire.startup())) == 0, "no start")
    other.process.send_signal(signal.SIGTERM)
    need(other.wait() == 0, "it did not end well")
    other.kill()
    for files, suspended in ((kept_files, True), ({**kept_files, "volatile.state": None}, False)):
        keeper = Keeper()
        keeper.files = {name: data for name, data in files.items() if data is not None}
        service = runner.service("from-keeper", keeping(runner, keeper, "--keeper"))
        if not suspended:
            need(code_of(service.execute(wire.startup())) == 0, "no start")
        need(b"keepers." in service.execute(wire.nv_read(INDEX, 8)), "it does not have the keeper's state")
        need(keeper.operations[:3] == [(READ, "permanent.state"), (READ, "volatile.state"), (READ, "authority.der")],
             f"it began with {keeper.operations}")
        need(directory(service) == {name: data for name, data in keeper.files.items()}, "the directory is not the keeper's")
        service.kill()
        keeper.end()


#: Answers to a request to read that are none, by what is asked.
WRONG_PARTS = {
    "refused": lambda number: struct.pack(">II", number, 5),
    "another number": lambda number: struct.pack(">III", number + 1, 0, 0),
    "too long a part": lambda number: struct.pack(">III", number, 0, PART + 1),
    "too long a file": lambda number: struct.pack(">III", number, 0, PART) + bytes(PART),
    "gone": lambda number: None,
}


def keeper_gives_nothing(runner):
    """A keeper that does not give the state back as it should: the service does not begin, and changes nothing."""
    good = runner.service("keeper-gives")
    good.kill()
    before = directory(good)
    for name, answer in WRONG_PARTS.items():
        keeper = Keeper()
        keeper.answer = answer
        service = Service(keeping(runner, keeper, "--keeper"), good.state)
        try:
            need(not service.ready(), f"{name}: it begins")
            need(service.wait() == 1, f"{name}: it ended well")
            need(directory(service) == before, f"{name}: the directory changed")
            need({operation for operation, _ in keeper.operations} == {READ}, f"{name}: it did {keeper.operations}")
        finally:
            service.kill()
            keeper.end()


def begins_anew(runner):
    """What another process has left unread is read over; where the answer to a beginning is not there, nothing begins."""
    for name, left in {"nothing": b"", "little": b"x", "an answer": struct.pack(">II", 1, 0), "many": bytes(100000),
                       "a mark": struct.pack(">II", 1, 0) + bytes(16)}.items():
        keeper = Keeper(left)
        service = started(runner, f"keeper-left-{name.replace(' ', '-')}", keeper)
        need(set(keeper.files) == {"permanent.state", "authority.der"}, f"{name}: {set(keeper.files)} is kept")
        service.kill()
        keeper.end()
    good = runner.service("keeper-begins")
    good.kill()
    for name, begins in {"another mark": lambda number, mark: struct.pack(">II", number, 0) + mark[::-1] + b"x" * (2 << 20),
                         "another number": lambda number, mark: struct.pack(">II", number + 1, 0) + mark + b"x" * (2 << 20),
                         "refused": lambda number, mark: struct.pack(">II", number, 5) + mark + b"x" * (2 << 20)}.items():
        keeper = Keeper(begins=begins)
        service = Service(keeping(runner, keeper, "--keeper"), good.state)
        try:
            need(not service.ready(), f"{name}: it begins")
            need(service.wait() == 1, f"{name}: it ended well")
            need(not keeper.operations, f"{name}: it did {keeper.operations}")
        finally:
            service.kill()
            keeper.end()


def suspending_fails(runner):
    """Asked to end when nothing can be kept, it says so by its status; a TPM without power ends well."""
    keeper = Keeper()
    service = started(runner, "keeper-end", keeper)
    keeper.answer = WRONG["refused"]
    service.process.send_signal(signal.SIGTERM)
    need(service.wait() == 1, "it ended well though nothing was kept")
    service.kill()
    keeper.end()
    keeper = Keeper()
    service = started(runner, "keeper-off", keeper)
    need(service.signal(2) == 0, "no power-off")
    service.process.send_signal(signal.SIGTERM)
    need(service.wait() == 0, "without power it did not end well")
    service.kill()
    keeper.end()


def use_fails(runner):
    """A suspended state that the keeper does not remove is not used up: a later start goes on from it."""
    service = runner.service("keeper-use")
    need(code_of(service.execute(wire.startup())) == 0, "no start")
    service.process.send_signal(signal.SIGTERM)
    need(service.wait() == 0, "it did not end well")
    service.kill()
    before = directory(service)
    keeper = Keeper()
    keeper.answer = WRONG["refused"]
    again = Service(keeping(runner, keeper, "--keep"), service.state)
    need(not again.ready() and again.wait() == 1, "it begins though the suspended state may be used twice")
    again.kill()
    keeper.end()
    need(directory(again) == before and "volatile.state" in before, "what was suspended is gone")
    service = runner.service("keeper-use")
    need(code_of(service.execute(wire.get_random())) == 0, "it does not go on")
    service.kill()


def ended_soon(runner):
    """Asked to end in the middle of a long command: the command is cancelled, and the TPM suspended."""
    service = runner.service("ended-soon")
    need(code_of(service.execute(wire.startup())) == 0, "no start")
    with service.connect() as stream:
        command = wire.create_primary(bits=3072)
        stream.sendall(struct.pack(">IBI", 8, 0, len(command)) + command)
        time.sleep(0.05)
        service.process.send_signal(signal.SIGTERM)
        need(service.wait() == 0, "it did not end well")
    need((service.state / "volatile.state").exists(), "nothing was suspended")
    service.kill()


TESTS = (kept, keeper_fails, keeper_has_another, here_fails, keeper_loses, from_keeper, keeper_gives_nothing, begins_anew,
         suspending_fails, use_fails, ended_soon)
