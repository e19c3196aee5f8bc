# SPDX-License-Identifier: MIT
"""The service dies at, or is refused, each call that changes a file or sends an answer, in a sequence that changes all
that is permanent: nothing that it acknowledged is lost, and nothing is there by half."""

import re
import shutil
import signal

import wire
from service import Failure, Service, need

DATA, COUNT, SECOND, KEY = 0x01500001, 0x01500002, 0x01500003, 0x81000001
TRANSIENT = 0x80000000
INITIALIZE = 0x100
#: What is done: each command succeeds.
SEQUENCE = (
    wire.startup(),
    wire.nv_define(DATA, 8), wire.nv_write(DATA, b"first..."),
    wire.nv_define(COUNT, 8, wire.COUNTER), wire.nv_increment(COUNT), wire.nv_increment(COUNT),
    wire.nv_write(DATA, b"second.."),
    wire.create_primary(), wire.evict(TRANSIENT, KEY), wire.flush(TRANSIENT),
    wire.set_policy(wire.ENDORSEMENT, bytes(range(32))),
    wire.nv_define(SECOND, 600), wire.nv_write(SECOND, bytes(600)), wire.nv_undefine(SECOND),
    wire.evict(KEY, KEY),
    wire.shutdown(wire.STATE), wire.nv_increment(COUNT),
    wire.change_auth(wire.ENDORSEMENT, b"password"),
    wire.clear(),
)
#: A new TPM has these.
CERTIFICATES = {0x01C00002, 0x01C0000A, 0x01C00016, 0x01C00100, 0x01C08000}


def observe(stream):
    """All that is permanent and that a client can see."""
    indices = wire.handles_of(stream.execute(wire.capability(1, 0x01000000, 64)))
    seen = [indices, wire.handles_of(stream.execute(wire.capability(1, 0x81000000, 64)))]
    for index in (DATA, COUNT):
        seen.append(stream.execute(wire.nv_read(index, 8)))
    # which passwords are set; the endorsement hierarchy's policy
    seen.append(stream.execute(wire.capability(6, 0x200, 1))[-4:])
    seen.append(stream.execute(wire.capability(9, wire.ENDORSEMENT, 1)))
    return seen


def start_again(command, state):
    """What is there after a start from the state."""
    service = Service(command, state).wait_ready()
    try:
        with service.stream() as stream:
            need(wire.code_of(stream.execute(wire.startup())) == 0, "no start")
            return observe(stream)
    finally:
        service.kill()


def run_sequence(service):
    """How many commands succeeded before one did not."""
    done = 0
    try:
        with service.stream() as stream:
            for command in SEQUENCE:
                if wire.code_of(stream.execute(command)) != 0:
                    break
                done += 1
    except (Failure, OSError):
        pass  # the service is gone
    return done


class Cuts:
    """One state from which each run begins, and what is to be seen after each command."""

    def __init__(self, runner):
        self.folder = runner.scratch / "cuts"
        self.folder.mkdir()
        self.plain, self.command = runner.command, runner.cut_command
        self.base = self.folder / "base"
        self.base.mkdir()
        Service(self.plain, self.base).wait_ready().kill()
        self.expected = []
        for length in range(len(SEQUENCE) + 1):
            state = self.copy()
            service = Service(self.plain, state).wait_ready()
            with service.stream() as stream:
                for command in SEQUENCE[:length]:
                    need(wire.code_of(stream.execute(command)) == 0, f"command {length} fails without being disturbed")
            service.kill()
            self.expected.append(start_again(self.plain, state))
        need(len({repr(seen) for seen in self.expected}) > 10, "the sequence changes too little")

    def copy(self):
        """A state directory to be used once."""
        state = self.folder / "state"
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(self.base, state)
        return state

    def once(self, at, how):
        """Disturb call `at`; False if there are fewer."""
        state = self.copy()
        service = Service(lambda *words: self.command(f"{at}{how}", *words), state)
        try:
            ready = service.ready()
            done = run_sequence(service) if ready else 0
            whole = done == len(SEQUENCE)
            if not whole and not how.endswith("fail"):
                need(service.wait() == -signal.SIGKILL, f"call {at}{how}: it did not die there")
        finally:
            service.kill()
        need(how != ":fail" or not list(state.glob("*.new")), f"call {at}{how}: what could not be written takes room")
        seen = start_again(self.plain, state)
        allowed = self.expected[done:done + 2]
        need(seen in allowed, f"call {at}{how}: {done} commands were acknowledged, and the state is another one")
        return not whole


    def writes(self):
        """Which of the calls are writes."""
        state = self.copy()
        service = Service(lambda *words: self.command("list", *words), state).wait_ready()
        need(run_sequence(service) == len(SEQUENCE), "the sequence fails without being disturbed")
        service.kill()
        lines = re.findall(r"^cut: ([0-9]+) (write|other)$", state.with_suffix(".log").read_text(), re.MULTILINE)
        need(lines, "no calls are listed")
        return [int(number) for number, kind in lines if kind == "write"], len(lines)


def cuts(runner):
    """At each call of the sequence, dying and failing; in the middle of each write."""
    trial = Cuts(runner)
    writes, calls = trial.writes()
    need(calls > 60 and len(writes) > 30, f"only {calls} calls")
    for at in range(1, calls + 1):
        need(trial.once(at, ""), f"call {at}: it did not die there")
        trial.once(at, ":fail")
    for at in writes:
        need(trial.once(at, ":half"), f"call {at}: it did not die in the middle")
    said = trial.copy().with_suffix(".log").read_text()
    need("vtpm: permanent.state: No space left on device" in said, "it does not say why a write failed")
    print(f"# {calls} calls, {len(writes)} of them writes, disturbed", flush=True)


def cut_making(runner):
    """At each call while a TPM is made: none, or one that is complete."""
    at, whole = 0, False
    while not whole:
        at += 1
        need(at < 100, "making a TPM has no end")
        state = runner.scratch / f"making-{at}"
        state.mkdir()
        service = Service(lambda *words: runner.cut_command(str(at), *words), state)
        whole = service.ready()
        if not whole:
            need(service.wait() == -signal.SIGKILL, f"call {at}: it did not die there")
        made = (state / "permanent.state").exists()
        before = (state / "authority.der").read_bytes() if made else None
        service.kill()
        seen = start_again(runner.command, state)
        need(set(seen[0]) == CERTIFICATES, f"call {at}: indices {seen[0]} after a TPM was made")
        need(not made or (state / "authority.der").read_bytes() == before, f"call {at}: it was made twice")
        shutil.rmtree(state)
    need(at > 10, f"only {at} calls")


def died_or_ended(runner, state, where, extend):
    """A start with a cut, and suspending it; whether it was not disturbed. extend: start the TPM and extend a PCR, too."""
    service = Service(lambda *words: runner.cut_command(where, *words), state)
    try:
        if service.ready():
            with service.stream() as stream:
                for command in (wire.startup(), wire.pcr_extend(3, bytes(32))) if extend else ():
                    need(wire.code_of(stream.execute(command)) == 0, "it does not start")
            service.process.send_signal(signal.SIGTERM)
    except (Failure, OSError):
        pass  # it is gone
    status = service.wait()
    service.kill()
    need(status in (0, -signal.SIGKILL), f"call {where}: status {status}")
    return status == 0


def cut_suspending(runner):
    """At each call from a start to the end by suspending, and from there to the next end: it goes on from what was kept,
    whole, or starts anew."""
    for name, extend in (("suspending", True), ("resuming", False)):
        at, whole, resumed = 0, False, 0
        while not whole:
            at += 1
            need(at < 100, f"{name} has no end")
            if extend:
                state = runner.scratch / f"{name}-{at}"
                state.mkdir()
                Service(runner.command, state).wait_ready().kill()
            else:
                state = suspended_tpm(runner, f"{name}-{at}")
            whole = died_or_ended(runner, state, str(at), extend)
            kept = (state / "volatile.state").exists()
            for expected in (0 if kept else INITIALIZE, INITIALIZE):
                service = Service(runner.command, state).wait_ready()
                with service.stream() as stream:
                    response = stream.execute(wire.pcr_read(3))
                    need(wire.code_of(response) == expected, f"{name}, call {at}: {wire.code_of(response):#x}")
                    need(expected or response[-32:] != bytes(32), f"{name}, call {at}: the PCR is another one")
                service.kill()
            resumed += kept
            shutil.rmtree(state)
        need(at > 5 and resumed > 0, f"{name}: {at} calls, {resumed} times something was kept")


def suspended_tpm(runner, name):
    """The state of a TPM that was suspended, with PCR 3 extended."""
    state = runner.scratch / name
    state.mkdir()
    Service(runner.command, state).wait_ready().kill()
    need(died_or_ended(runner, state, "0", True), "suspending fails without being disturbed")
    return state


def need_to_go_on(runner, state, where):
    """The suspended state is there, and the next start goes on from it."""
    need((state / "volatile.state").exists(), f"{where}: what was kept is gone")
    service = Service(runner.command, state).wait_ready()
    with service.stream() as stream:
        response = stream.execute(wire.pcr_read(3))
        need(wire.code_of(response) == 0 and response[-32:] != bytes(32), f"{where}: it does not go on")
    service.kill()


def ended_starting(runner):
    """Asked to end at each call of a start that goes on from what was kept: the next one still can."""
    state, ended = suspended_tpm(runner, "ending-list"), set()
    Service(lambda *words: runner.cut_command("list", *words), state).wait_ready().kill()
    calls = state.with_suffix(".log").read_text().count("cut: ")
    need(calls > 2, f"only {calls} calls")
    for at in range(1, calls + 1):
        state = suspended_tpm(runner, f"ending-{at}")
        service = Service(lambda *words: runner.cut_command(f"{at}:end", *words), state)
        status = service.wait()
        service.kill()
        need(status in (0, -signal.SIGTERM), f"call {at}: status {status}")
        need_to_go_on(runner, state, f"call {at}")
        ended.add(status)
    need(ended == {0, -signal.SIGTERM}, f"it ended with {ended}")


def no_threads(runner):
    """A start that goes on from what was kept and then has no thread for signals, or for the platform: the next one still can."""
    for at in (1, 2):
        state = suspended_tpm(runner, f"no-thread-{at}")
        service = Service(lambda *words, at=at: runner.cut_command(f"thread:{at}", *words), state)
        need(not service.ready() and service.wait() == 1, f"thread {at}: it did not end with status 1")
        service.kill()
        need("vtpm: no thread" in state.with_suffix(".log").read_text(), f"thread {at}: it does not say what is wrong")
        need_to_go_on(runner, state, f"thread {at}")


TESTS = (cuts, cut_making, cut_suspending, ended_starting, no_threads)
