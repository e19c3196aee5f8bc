# SPDX-License-Identifier: MIT
"""The protocol's edges, and what becomes of the state: restarts, kills, damage."""

import random
import struct
import threading

from service import Failure, Service, need, receive

STARTUP = bytes.fromhex("80010000000c000001440000")
GET_RANDOM = bytes.fromhex("80010000000c0000017b0008")
INITIALIZE, FAILURE = 0x100, 0x101


def code_of(response):
    """The response code."""
    need(len(response) >= 10, f"a response of {len(response)} bytes")
    return struct.unpack(">I", response[6:10])[0]


def broken_requests(service):
    """What is no request ends the connection."""
    for request in (struct.pack(">IBI", 8, 0, 4065), struct.pack(">I", 99), struct.pack(">IBI", 8, 0, 100) + b"x",
                    b"\0\0"):
        with service.connect() as stream:
            stream.sendall(request)
            stream.shutdown(1)
            need(stream.recv(1) == b"", "an answer to what is no request")


def protocol(runner):
    """Broken requests end a connection, not the service; power and reset do what they say."""
    service = runner.service("protocol")
    try:
        need(code_of(service.execute(GET_RANDOM)) == INITIALIZE, "a command before TPM2_Startup worked")
        need(code_of(service.execute(STARTUP)) == 0, "no start")
        if runner.options.host:
            broken_requests(service)
        for command in (b"", b"\x80", STARTUP[:9], b"\xff" * 4064, STARTUP + b"x"):
            need(code_of(service.execute(command)) != 0, f"a command of {len(command)} bytes worked")
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
    """Killed at any moment, the service loses nothing that it acknowledged."""
    service = runner.service("kill")
    tools = runner.tools(service, "kill")
    tools.run("startup -c")
    tools.run("nvdefine -C o -s 8 -a ownerread|ownerwrite|nt=counter 0x1500003")
    tools.run("nvincrement -C o 0x1500003")
    (known,) = struct.unpack(">Q", tools.run("nvread -C o 0x1500003"))
    # TPM2_NV_Increment with the owner's empty password
    increment = bytes.fromhex("80020000001f00000134" "40000001" "01500003" "00000009" "40000009" "0000" "01" "0000")
    chance = random.Random(1)
    for _ in range(12):
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


def refusal(runner):
    """A state that is damaged, cut, older or newer is refused and stays; so does a second service on it."""
    service = runner.service("refusal")
    second = Service(runner.command, service.state)
    need(second.process.wait(60) == 1, "two services on one state")
    second.kill()
    need(service.stop() == 0, "it did not end well")
    path = service.state / "permanent.state"
    good = path.read_bytes()
    bad = {"cut": good[:-1], "short": good[:40], "empty": b"", "longer": good + b"x", "body": good[:-1] + b"\x5a",
           "newer": good[:8] + b"\2" + good[9:], "older": good[:8] + b"\0" + good[9:], "kind": good[:12] + b"\2" + good[13:],
           "magic": b"X" + good[1:], "digest": good[:40] + bytes([good[40] ^ 1]) + good[41:]}
    for name, data in bad.items():
        path.write_bytes(data)
        broken = Service(runner.command, service.state)
        status = broken.process.wait(60)
        broken.kill()
        need(status == 1, f"{name}: status {status}")
        need(path.read_bytes() == data, f"{name}: the file was changed")
    need("newer version" in (service.state.with_suffix(".log")).read_text(), "no message for a newer version")
    path.write_bytes(good)
    again = runner.service("refusal")
    need(code_of(again.execute(STARTUP)) == 0, "the good state does not start")
    again.kill()


TESTS = (protocol, restart, kill_anywhen, refusal)
#: Those that need no state that outlives the machine.
EVERYWHERE = (protocol,)
