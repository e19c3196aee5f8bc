# SPDX-License-Identifier: MIT
"""The protocol's edges, and what becomes of the state: restarts, kills, damage."""

import random
import signal as signals
import struct
import threading
import time

import wire
from service import Failure, Service, need, receive
from wire import code_of

STARTUP, GET_RANDOM = wire.startup(), wire.get_random()
INITIALIZE, FAILURE, VALUE, CANCELED = 0x100, 0x101, 0x1C4, 0x909
SIZE, COMMAND_SIZE, MAX_COMMAND_SIZE = 0x95, 0x142, 0x11E
#: Bytes of the longest command, and of the longest one through channels.
MOST, CHANNEL_MOST = 4087, 4064
INDEX, NV_DEFINED, DEATHS = 0x01500001, 0x14C, 15
#: Between two cancellations; an RSA key of 3,072 bits takes longer than this nearly always.
CANCEL_DELAY, CANCEL_TRIALS = 0.05, 5


def broken_requests(service):
    """What is no request ends the connection."""
    for request in (struct.pack(">IBI", 8, 0, MOST + 1), struct.pack(">I", 99), struct.pack(">IBI", 8, 0, 100) + b"x",
                    b"\0\0"):
        with service.connect() as stream:
            stream.sendall(request)
            stream.shutdown(1)
            need(stream.recv(1) == b"", "an answer to what is no request")


def longest_command(service, most):
    """The TPM itself answers up to the longest command, whose size it tells."""
    told = service.execute(wire.capability(6, MAX_COMMAND_SIZE, 1))
    need(struct.unpack(">II", told[-8:]) == (MAX_COMMAND_SIZE, MOST), f"its longest command: {told.hex()}")
    for size in (4064, 4065, most):
        command = struct.pack(">HII", 0x8001, size, 0x17B) + struct.pack(">H", 8)
        need(code_of(service.execute(command.ljust(size, b"\0"))) == SIZE, f"a command of {size} bytes is not looked at")
        need(code_of(service.execute(command.ljust(size - 1, b"\0"))) == COMMAND_SIZE, "one cut short is")


def protocol(runner):
    """Broken requests end a connection, not the service; power and reset do what they say."""
    service = runner.service("protocol")
    try:
        need(code_of(service.execute(GET_RANDOM)) == INITIALIZE, "a command before TPM2_Startup worked")
        need(code_of(service.execute(STARTUP)) == 0, "no start")
        broken_requests(service)
        for command in (b"", b"\x80", STARTUP[:9], b"\xff" * MOST, STARTUP + b"x"):
            need(code_of(service.execute(command)) != 0, f"a command of {len(command)} bytes worked")
        longest_command(service, MOST)
        need(code_of(service.execute(GET_RANDOM, locality=5)) == FAILURE, "locality 5 worked")
        need(code_of(service.execute(GET_RANDOM, locality=4)) == 0, "locality 4 did not work")
        with service.connect() as stream:
            stream.sendall(struct.pack(">II", 15, 1))
            need(receive(stream, 12)[:4] == struct.pack(">I", 1), "another version of the protocol")
        for signal in (3, 4, 9, 10, 11, 12):
            need(service.signal(signal) == 0, f"signal {signal} is refused")
        need(service.signal(17) == 0, "no reset")
        need(code_of(service.execute(GET_RANDOM)) == INITIALIZE, "the reset kept the TPM started")
        need(service.signal(2) == 0, "no power-off")
        need(code_of(service.execute(STARTUP)) == INITIALIZE, "a command without power worked")
        need(service.signal(1) == 0 and code_of(service.execute(STARTUP)) == 0, "no power-on")
    finally:
        service.kill()


def restart(runner):
    """What is permanent survives the end of the service, and a kill."""
    service = runner.service("restart")
    tools = runner.tools(service, "restart")
    tools.run("startup -c")
    tools.write("value", b"permanent")
    tools.run("nvdefine -C o -s 9 -a ownerread|ownerwrite 0x1500009")
    tools.run("nvwrite -C o -i value 0x1500009")
    tools.run("createprimary -C o -g sha256 -G ecc -c p.ctx")
    tools.run("evictcontrol -C o -c p.ctx 0x81000001")
    public = tools.run("readpublic -c 0x81000001")
    for end in (lambda s: need(s.stop() == 0, "it did not end well"), Service.kill):
        end(service)
        service = runner.service("restart")
        tools = runner.tools(service, "restart")
        tools.run("startup -c")
        need(tools.run("nvread -C o 0x1500009") == b"permanent", "NV is lost")
        need(tools.run("readpublic -c 0x81000001") == public, "the key is another one")
    service.kill()


def kill_anywhen(runner):
    """Killed at any moment, the service loses nothing that it acknowledged; cuts.py has each call, this the times between."""
    service = runner.service("kill")
    tools = runner.tools(service, "kill")
    tools.run("startup -c")
    tools.run("nvdefine -C o -s 8 -a ownerread|ownerwrite|nt=counter 0x1500003")
    tools.run("nvincrement -C o 0x1500003")
    (known,) = struct.unpack(">Q", tools.run("nvread -C o 0x1500003"))
    # TPM2_NV_Increment with the owner's empty password
    increment = bytes.fromhex("80020000001f00000134" "40000001" "01500003" "00000009" "40000009" "0000" "01" "0000")
    chance = random.Random(1)
    for _ in range(4):
        killer = threading.Timer(chance.uniform(0.0, 0.15), service.process.kill)
        killer.start()
        try:
            while True:
                need(code_of(service.execute(increment)) == 0, "no increment")
                known += 1
        except (Failure, OSError) as error:
            if "no increment" in str(error):
                raise
        killer.join()
        service.kill()
        service = runner.service("kill")
        tools = runner.tools(service, "kill")
        tools.run("startup -c")
        (now,) = struct.unpack(">Q", tools.run("nvread -C o 0x1500003"))
        # One may have been written whose answer did not come through.
        need(known <= now <= known + 1, f"{known} was acknowledged, {now} is there")
        known = now
    service.kill()


#: What is wrong with a file, and what is said of it.
DAMAGES = {
    "cut": (lambda good: good[:-1], "is truncated or damaged"),
    "short": (lambda good: good[:40], "is truncated or too long"),
    "empty": (lambda good: b"", "is truncated or too long"),
    "longer": (lambda good: good + b"x", "is truncated or damaged"),
    "huge": (lambda good: good + bytes(1 << 21), "is truncated or too long"),
    "body": (lambda good: good[:-1] + bytes([good[-1] ^ 1]), "is damaged: its digest is not the one it says"),
    "newer": (lambda good: good[:8] + b"\2" + good[9:], "was written by a newer version"),
    "older": (lambda good: good[:8] + b"\0" + good[9:], "was written by an older version"),
    "kind": (lambda good: good[:12] + bytes([good[12] ^ 3]) + good[13:], "holds the other kind of state"),
    "length": (lambda good: good[:16] + bytes([good[16] ^ 1]) + good[17:], "is truncated or damaged"),
    "reserved": (lambda good: good[:31] + b"\1" + good[32:], "is truncated or damaged"),
    "magic": (lambda good: b"X" + good[1:], "is not a state of this TPM"),
    "digest": (lambda good: good[:40] + bytes([good[40] ^ 1]) + good[41:], "is damaged: its digest is not the one it says"),
}


def refused(runner, state, name, message):
    """The service says why it does not start, and changes nothing."""
    log = state.with_suffix(".log")
    before = {file.name: file.read_bytes() for file in state.iterdir()}
    said = len(log.read_text())
    service = Service(runner.command, state)
    status = service.wait()
    service.kill()
    need(status == 1, f"{name}: status {status}")
    need({file.name: file.read_bytes() for file in state.iterdir()} == before, f"{name}: files were changed")
    lines = log.read_text()[said:]
    need(message in lines, f"{name}: it says {lines!r}")


def refuse_all(runner, path):
    """Each damage of the file is refused; it is good again in the end."""
    good = path.read_bytes()
    for name, (damage, message) in DAMAGES.items():
        path.write_bytes(damage(good))
        refused(runner, path.parent, f"{path.name}, {name}", f"vtpm: {path.name}: {message}")
    for name, make, undo in (("directory", path.mkdir, path.rmdir), ("link", lambda: path.symlink_to("x"), path.unlink)):
        path.unlink(missing_ok=True)
        make()
        trial = Service(runner.command, path.parent)
        need(trial.wait() == 1 and not path.is_file(), f"a {name} is taken for a state")
        trial.kill()
        undo()
    path.write_bytes(good)


def refusal(runner):
    """A state that is damaged, cut, older or newer is refused and stays; so does a second service on it."""
    service = runner.service("refusal")
    second = Service(runner.command, service.state)
    need(second.wait() == 1, "two services on one state")
    second.kill()
    need(service.stop() == 0, "it did not end well")
    refuse_all(runner, service.state / "permanent.state")
    again = runner.service("refusal")
    need(code_of(again.execute(STARTUP)) == 0, "the good state does not start")
    again.kill()


def end_by_signal(service):
    """Suspend it."""
    service.process.send_signal(signals.SIGTERM)
    need(service.wait() == 0, "it did not end well")
    service.kill()


def suspend(runner):
    """Suspended, it goes on where it was, once; what it goes on from is checked like the rest."""
    service = runner.service("suspend")
    digest = bytes(range(32))
    need(code_of(service.execute(STARTUP)) == 0, "no start")
    need(code_of(service.execute(wire.pcr_extend(3, digest))) == 0, "no extension")
    need(code_of(service.execute(wire.create_primary())) == 0, "no key")
    value, public = pcr_value(service), service.execute(wire.read_public(0x80000000))
    end_by_signal(service)
    volatile, permanent = service.state / "volatile.state", service.state / "permanent.state"
    refuse_all(runner, volatile)
    aside = permanent.rename(permanent.with_suffix(".aside"))
    refused(runner, service.state, "alone", "permanent.state: is missing, and volatile.state is there")
    aside.rename(permanent)
    again = runner.service("suspend")
    need(not volatile.exists(), "what was used up is still there")
    need(pcr_value(again) == value != bytes(32), "another value of the PCR")
    need(again.execute(wire.read_public(0x80000000)) == public, "the loaded key is gone")
    need(code_of(again.execute(wire.read_public(0x80000001))) != 0, "a key that never was")
    again.kill()
    third = runner.service("suspend")
    need(code_of(third.execute(GET_RANDOM)) == INITIALIZE, "it went on twice from one state")
    third.kill()


def pcr_value(service):
    """PCR 3 in SHA-256's bank."""
    response = service.execute(wire.pcr_read(3))
    need(code_of(response) == 0 and response[-38:-32] == struct.pack(">IH", 1, 32), "PCR 3 cannot be read")
    return response[-32:]


def orderly(runner):
    """TPM2_Shutdown(STATE), then a kill, then TPM2_Startup(STATE): PCRs are kept; without the first it is refused."""
    service = runner.service("orderly")
    need(code_of(service.execute(STARTUP)) == 0, "no start")
    need(code_of(service.execute(wire.pcr_extend(3, bytes(32)))) == 0, "no extension")
    value = pcr_value(service)
    need(code_of(service.execute(wire.shutdown(wire.STATE))) == 0, "no shutdown")
    service.kill()
    service = runner.service("orderly")
    need(code_of(service.execute(wire.startup(wire.STATE))) == 0, "no start from the state")
    need(pcr_value(service) == value, "another value of the PCR")
    need(code_of(service.execute(wire.pcr_extend(3, bytes(32)))) == 0, "no extension")
    service.kill()
    service = runner.service("orderly")
    need(code_of(service.execute(wire.startup(wire.STATE))) == VALUE, "a start from a state that was not kept")
    need(code_of(service.execute(wire.startup(wire.CLEAR))) == 0, "no start")
    need(pcr_value(service) != value, "the PCR was not cleared")
    service.kill()


def cancel(runner):
    """A command that runs is cancelled by the platform's stream; the next one is not."""
    service = runner.service("cancel")
    try:
        need(code_of(service.execute(STARTUP)) == 0, "no start")
        for _ in range(CANCEL_TRIALS):
            with service.stream() as stream:
                stream.send(wire.create_primary(bits=3072))
                while not stream.answered(CANCEL_DELAY):  # what comes before the command cancels nothing
                    need(service.signal(9) == 0 and service.signal(10) == 0, "the signal is refused")
                code = code_of(stream.receive())
                need(code in (0, CANCELED), f"code {code:#x}")
                if code == CANCELED:
                    need(code_of(stream.execute(GET_RANDOM)) == 0, "the next command was cancelled")
                    break
                need(code_of(stream.execute(wire.flush(0x80000000))) == 0, "no flush")
        else:
            raise Failure("no command was cancelled while it ran")
        need(service.signal(9) == 0, "the signal is refused")
        if runner.options.host:
            need(code_of(service.execute(wire.create_primary(bits=2048))) == 0, "cancelled before it was there")
    finally:
        service.kill()


def carried(runner):
    """The state outlives the process, and a machine: the next one goes on from it."""
    service = runner.service("carried")
    need(code_of(service.execute(STARTUP)) == 0, "no start")
    need(code_of(service.execute(wire.nv_define(INDEX, 8))) == 0, "no index")
    need(code_of(service.execute(wire.nv_write(INDEX, b"carried."))) == 0, "nothing written")
    need(service.stop() == 0, "it did not end well")
    need((service.state / "permanent.state").exists(), "no state came back")
    service = runner.service("carried")
    need(code_of(service.execute(STARTUP)) == 0, "no start")
    need(b"carried." in service.execute(wire.nv_read(INDEX, 8)), "what was written is gone")
    service.kill()


def dying(runner):
    """Through ports of the machine: the TPM dies at a later call each time; each command has an answer, and what was
    acknowledged is there."""
    service = runner.service("dying", runner.dying_command)
    try:
        lost = known = 0
        with service.stream() as stream:
            def insist(command):
                """The response, and how often the command may have been done without one."""
                nonlocal lost
                for tries in range(100):
                    response = stream.execute(command)
                    if code_of(response) == INITIALIZE:
                        need(code_of(stream.execute(STARTUP)) in (0, FAILURE), "no start")
                    elif code_of(response) == FAILURE:
                        lost += 1
                    else:
                        return response, tries
                raise Failure("it does not come back")
            need(code_of(insist(wire.nv_define(INDEX, 8, wire.COUNTER))[0]) in (0, NV_DEFINED), "no index")
            need(code_of(insist(wire.nv_increment(INDEX))[0]) == 0, "no counter")
            (known,) = struct.unpack(">Q", insist(wire.nv_read(INDEX, 8))[0][16:24])
            for size in (CHANNEL_MOST + 1, MOST):
                need(code_of(stream.execute(bytes(size))) == COMMAND_SIZE, f"{size} bytes through a channel")
            while lost < DEATHS:
                response, tries = insist(wire.nv_increment(INDEX))
                need(code_of(response) == 0, f"code {code_of(response):#x}")
                (now,) = struct.unpack(">Q", insist(wire.nv_read(INDEX, 8))[0][16:24])
                need(known + 1 <= now <= known + 1 + tries, f"{known} and one more were acknowledged, {now} is there")
                known = now
    finally:
        service.kill()


TESTS = (protocol, carried, cancel, restart, kill_anywhen, refusal, suspend, orderly)
