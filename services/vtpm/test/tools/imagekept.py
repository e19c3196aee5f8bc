# SPDX-License-Identifier: MIT
"""An image whose TPM has its state kept by the host: it goes on from there, whoever was killed, and begins with nothing else."""

import signal
import struct
import subprocess
import time
import types

import states
import wire
from service import HANG_SECONDS, TOP, Failure, Service, need
from wire import code_of

INDEX = 0x01500001
KEY = 0x80000000  #: the first one that is loaded
INITIALIZE = 0x100
TOO_LONG = 125  #: how a run ends whose machine did not end when it was asked to


def command(image, keeps=True):
    """How the image is booted; the state is kept in the folder of the service."""
    def words(state, port):
        kept = ("--port", f"tpm-state=keep:{state}") if keeps else ()
        return (TOP / "coconut", "run", "--port", f"tpm=tcp:{port}", "--port", f"tpm-platform=tcp:{port + 1}", *kept,
                "--timeout", 3 * HANG_SECONDS, image)
    return words


def _started(image, state):
    service = Service(command(image), state).wait_ready()
    need(code_of(service.execute(wire.startup())) == 0, "no start")
    return service


def _refused(image, state, why, keeps=True):
    """It does not begin, says why, and the machine ends."""
    service = Service(command(image, keeps), state)
    try:
        said = service.process.communicate(timeout=HANG_SECONDS)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        raise Failure(f"the machine goes on: not {why!r}") from None
    finally:
        service.kill()
    need(why in said, f"it did not say {why!r}")


def goes_on(image, state):
    """What was answered is there when the machine was killed at once; each change, and in the next machine."""
    service, before = _started(image, state), b""
    for data in (b"first...", b"second.."):
        if not before:
            need(code_of(service.execute(wire.nv_define(INDEX, 8))) == 0, "no index")
            authority = (state / "authority.der").read_bytes()
        need(code_of(service.execute(wire.nv_write(INDEX, data))) == 0, "not written")
        after = (state / "permanent.state").read_bytes()
        service.kill()
        need(after != before, "the folder does not have what was answered")
        before = after
        service = _started(image, state)
        need(data in service.execute(wire.nv_read(INDEX, 8)), "the next machine does not have what was answered")
    need((state / "authority.der").read_bytes() == authority, "another TPM was made")
    service.kill()


def _ask(service, signum, *more):
    """Have the run end by a signal, with its status or another; whether the TPM was suspended."""
    service.process.send_signal(signum)
    status = service.wait()
    service.kill()
    need(status in (128 + signum, *more), f"it ended with status {status}")
    return (service.state / "volatile.state").exists()


def suspended(image, state):
    """Asked to end by a signal: the next machine goes on where it was, started, a PCR extended, a key loaded."""
    service = _started(image, state)
    for command_ in (wire.pcr_extend(3, bytes(32)), wire.create_primary()):
        need(code_of(service.execute(command_)) == 0, "no PCR extended, or no key")
    seen = [service.execute(ask) for ask in (wire.pcr_read(3), wire.read_public(KEY))]
    for signum in (signal.SIGINT, signal.SIGTERM):
        need(_ask(service, signum), "nothing was suspended")
        service = Service(command(image), state).wait_ready()
        need(not (state / "volatile.state").exists(), "the suspended state can be used twice")
        need([service.execute(ask) for ask in (wire.pcr_read(3), wire.read_public(KEY))] == seen, "it is not where it was")
    with service.connect() as stream:  # a long command; it may have been too long, as it ends between two primes only
        words = wire.create_primary(bits=3072)
        stream.sendall(struct.pack(">IBI", 8, 0, len(words)) + words)
        time.sleep(0.5)
        was_suspended = _ask(service, signal.SIGTERM, TOO_LONG)
    service = Service(command(image), state).wait_ready()
    need(code_of(service.execute(wire.startup())) == (INITIALIZE if was_suspended else 0), "another start than it should be")
    if was_suspended:
        need(service.execute(wire.pcr_read(3)) == seen[0], "it is not where it was when a command was cancelled")
    service.kill()


def begins_with_nothing_else(image, state):
    """A damaged state, or no keeper: it does not begin, and leaves the file as it is."""
    file = state / "permanent.state"
    good = file.read_bytes()
    _refused(image, state, "service vtpm: cannot start", keeps=False)
    for bad, why in ((good[:-1], "permanent.state: is truncated or damaged"), (b"", "permanent.state: is truncated"),
                     (good + bytes(2 << 20), "permanent.state: what the keeper has of it is too long")):
        file.write_bytes(bad)
        _refused(image, state, why)
        need(file.read_bytes() == bad, "the file was changed")
    file.write_bytes(good)
    service = _started(image, state)
    need(b"second.." in service.execute(wire.nv_read(INDEX, 8)), "it does not go on with the good one")
    service.kill()


def dying(image, dies):
    """Init starts it again under its clients, wherever it was killed, and an image goes on with what they were told."""
    def check(_image, state):
        state = state.with_name("state-dying")
        state.mkdir()
        states.dying(types.SimpleNamespace(dying_command=command(dies),
                                           service=lambda _name, words: Service(words, state).wait_ready()))
        service = _started(image, state)
        need(code_of(service.execute(wire.nv_read(states.INDEX, 8))) == 0, "the next machine does not have the counter")
        service.kill()
    return check


def run(image, dies, state):
    """All; dies: an image whose TPM dies again and again. Yields (name, None or why it failed)."""
    state.mkdir(parents=True)
    for name, test in (("goes_on", goes_on), ("suspended", suspended), ("dying", dying(image, dies)),
                       ("begins_with_nothing_else", begins_with_nothing_else)):
        try:
            test(image, state)
        except (Failure, OSError) as error:
            yield name, str(error)
        else:
            yield name, None
