# SPDX-License-Identifier: MIT
"""`coconut run vtpm --state`: what the TPM has acknowledged is on the host, whoever is killed; asked to end, it is suspended."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from test_kernel import COCONUT, TOP
from test_named import LIMIT, MAKING, Run

sys.path.insert(0, str(TOP / "services" / "vtpm" / "test" / "tools"))

import cuts  # noqa: E402  (the path above must come first)
import service  # noqa: E402
import wire  # noqa: E402

RESET = 17  #: of the platform's commands
#: What is done between two kills: each changes what is permanent, the last command of a step at least.
STEPS = (
    (wire.nv_define(cuts.DATA, 8),),
    (wire.nv_write(cuts.DATA, b"first..."),),
    (wire.nv_define(cuts.COUNT, 8, wire.COUNTER), wire.nv_increment(cuts.COUNT)),
    (wire.nv_increment(cuts.COUNT),),
    (wire.create_primary(), wire.evict(cuts.TRANSIENT, cuts.KEY)),
    (wire.set_policy(wire.ENDORSEMENT, bytes(range(32))),),
    (wire.nv_write(cuts.DATA, b"second.."),),
    (wire.evict(cuts.KEY, cuts.KEY),),
    (wire.change_auth(wire.ENDORSEMENT, b"password"),),
    (wire.clear(),),
)


class Durable(Run):
    """A folder of the host, run after run; each test begins with a copy of the same TPM, which takes long to make."""

    base = None

    def setUp(self):
        super().setUp()
        if Durable.base is None:
            folder = tempfile.TemporaryDirectory(prefix="coconut-durable-")
            unittest.addModuleCleanup(folder.cleanup)
            run, _ = self.start("vtpm", "--port", str(self.port), "--state", f"{folder.name}/base", "--timeout", str(MAKING))
            self.machine_dies(run)
            Durable.base = Path(folder.name) / "base"
        shutil.copytree(self.base, self.state)

    def machine_dies(self, run):
        """Kill the emulator."""
        os.kill(self.machine(run), signal.SIGKILL)
        self.assertEqual(run.wait(LIMIT), 125)
        self.gone(run)

    def run_tpm(self):
        """Start it with the folder; its run."""
        return self.start("vtpm", "--port", str(self.port), "--state", str(self.state))[0]

    def machine(self, run):
        """The emulator's process."""
        (found,) = self.left(run, "qemu")
        return found

    def gone(self, run):
        """Wait until the run has left nothing: the emulator ends behind a runner that was killed."""
        limit = time.monotonic() + LIMIT
        while self.left(run):
            self.assertLess(time.monotonic(), limit, "left running")
            time.sleep(0.05)

    def stream(self):
        """A connection for commands."""
        return service.Connection(self.port).stream()

    def do(self, stream, *commands):
        """Commands that must succeed."""
        for command in commands:
            self.assertEqual(wire.code_of(stream.execute(command)), 0, command.hex())

    def test_killed_behind_each_step(self):
        """The emulator and the runner in turn, as soon as the answer is there; beside a TPM that nobody kills."""
        expected = []
        run = self.run_tpm()
        with self.stream() as stream:
            self.do(stream, wire.startup())
            for step in STEPS:
                self.do(stream, *step)
                expected.append(cuts.observe(stream))
        self.end(run)
        shutil.rmtree(self.state)
        shutil.copytree(self.base, self.state)
        self.assertGreater(len({repr(seen) for seen in expected}), 8)
        for number, step in enumerate(STEPS):
            run = self.run_tpm()
            stream = self.stream()
            with stream.socket:
                self.do(stream, wire.startup())
                if number > 0:
                    self.assertEqual(cuts.observe(stream), expected[number - 1], f"step {number}")
                victim = run.pid if number % 2 else self.machine(run)
                self.do(stream, *step)
                os.kill(victim, signal.SIGKILL)
            self.assertEqual(run.wait(LIMIT), -signal.SIGKILL if number % 2 else 125)
            self.gone(run)
            self.assertEqual({path.name for path in self.state.iterdir()} - {".coconut-keep"},
                             {"permanent.state", "authority.der"})
        run = self.run_tpm()
        with self.stream() as stream:
            self.do(stream, wire.startup())
            self.assertEqual(cuts.observe(stream), expected[-1])
        self.end(run)

    def test_suspended_by_signals(self):
        """It goes on where it was: started, a PCR extended, a key loaded."""
        public = None
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            run = self.run_tpm()
            with self.stream() as stream:
                if public is None:
                    self.do(stream, wire.startup(), wire.pcr_extend(3, bytes(32)), wire.create_primary())
                    value, public = stream.execute(wire.pcr_read(3)), stream.execute(wire.read_public(cuts.TRANSIENT))
                self.assertFalse((self.state / "volatile.state").exists())
                self.assertEqual(stream.execute(wire.pcr_read(3)), value)
                self.assertEqual(stream.execute(wire.read_public(cuts.TRANSIENT)), public)
            self.assertEqual(self.end(run, signum), f"coconut: the state is in {self.state}\n")
            self.assertTrue((self.state / "volatile.state").exists())
        # A client's power-off is one: nothing is suspended.
        run = self.run_tpm()
        with self.stream().socket as stream:
            stream.sendall(b"\0\0\0\x15")
            self.assertEqual(run.wait(LIMIT), 0)
        self.assertFalse((self.state / "volatile.state").exists())

    def test_folder_that_takes_nothing(self):
        """The TPM fails, the command's answer says so, and what there was stays; with room and new power it goes on from that."""
        run = self.run_tpm()
        with self.stream() as stream:
            self.do(stream, wire.startup())
            before = (self.state / "permanent.state").read_bytes()
            (self.state / ".coconut-keep").mkdir()
            self.assertEqual(wire.code_of(stream.execute(wire.nv_define(cuts.DATA, 8))), 0x101)
            self.assertEqual(wire.code_of(stream.execute(wire.get_random())), 0x101)
        tpm = service.Connection(self.port)
        (self.state / ".coconut-keep").rmdir()
        self.assertEqual(tpm.signal(RESET), 0)
        with self.stream() as stream:
            self.do(stream, wire.startup(), wire.nv_define(cuts.DATA, 8))
            before = (self.state / "permanent.state").read_bytes()
            (self.state / ".coconut-keep").mkdir()
            self.assertEqual(wire.code_of(stream.execute(wire.nv_write(cuts.DATA, b"changed."))), 0x101)
        said = self.end(run, signal.SIGTERM)
        self.assertRegex(said, f"coconut: {self.state}: permanent.state: .*\n")
        self.assertRegex(said, "vtpm: permanent.state: the keeper of files could not keep it\n")
        self.assertRegex(said, "coconut: .*: asked to end, it ended with status 1\n")
        self.assertEqual((self.state / "permanent.state").read_bytes(), before)
        (self.state / ".coconut-keep").rmdir()
        run = self.run_tpm()
        with self.stream() as stream:
            self.do(stream, wire.startup(), wire.nv_write(cuts.DATA, b"changed."))
        self.end(run)

    def test_suspended_under_the_debugger(self):
        """`coconut debug --server` with nobody's breakpoint: the same; a machine that is stopped ends at the second signal."""
        server = service.free_port()
        run = subprocess.Popen([COCONUT, "debug", "--timeout", str(LIMIT), "--server", str(server), "vtpm",
                                "--port", str(self.port), "--state", str(self.state)], stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd=self.place)
        for stream in (run.stdout, run.stderr):
            self.addCleanup(stream.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        line = ""
        while "coconut attach" not in line:
            line = run.stderr.readline()
            self.assertTrue(line, "it ended")
        with self.stub(server):
            self.assertRegex(run.stdout.readline(), "vtpm: ready")
            with self.stream() as stream:
                self.do(stream, wire.startup(), wire.pcr_extend(3, bytes(32)))
            os.kill(run.pid, signal.SIGTERM)
            self.assertEqual(run.wait(LIMIT), 143)
        self.assertTrue((self.state / "volatile.state").exists())
        self.assertIn(f"coconut: the state is in {self.state}\n", run.stderr.read())

    @staticmethod
    def stub(port):
        """A connection to the machine's stub that lets the machine run."""
        stream = service.Connection(port).connect()
        stream.sendall(b"+$c#63")
        return stream


if __name__ == "__main__":
    unittest.main()
