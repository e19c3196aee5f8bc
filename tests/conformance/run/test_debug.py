# SPDX-License-Identifier: MIT
"""`coconut debug`: gdb in batch mode, with the kernel and with processes that do not exist yet."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from test_kernel import COCONUT, SDK

LIMIT = 300  #: seconds for what ends by itself, on a machine that has much else to do
CHILD = r"""
#include <stdio.h>
struct pair { int left, right; };
__attribute__((noinline)) static int add(const struct pair *pair) { return pair->left + pair->right; }
int main(int argc, char **argv)
{
    struct pair pair = {argc, 41};
    printf("%s %d\n", argv[0], add(&pair));
    return 7;
}
"""
PARENT = r"""
#include <spawn.h>
#include <sys/wait.h>
int main(int argc, char **argv)
{
    char *arguments[] = {"kid", "one", 0}, *environment[] = {0};
    pid_t child;
    int status = argc;
    if (posix_spawn(&child, argv[1], 0, 0, arguments, environment) != 0 || waitpid(child, &status, 0) != child) {
        return 1;
    }
    return WEXITSTATUS(status);
}
"""


@unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
class Debug(unittest.TestCase):
    """Two programs."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut debug ")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        for name, text in (("kid", CHILD), ("parent", PARENT)):
            (cls.place / f"{name}.c").write_text(text)
            subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "-g", f"{name}.c", "-o", name], check=True,
                           cwd=cls.place)

    def debug(self, *words, env=None):
        """Run the command in the programs' folder; returns the CompletedProcess."""
        return subprocess.run([COCONUT, "debug", "--timeout", str(LIMIT - 10), *words], cwd=self.place,
                              capture_output=True, text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "TMPDIR": str(self.place), **(env or {})})

    def tearDown(self):
        self.assertEqual([path.name for path in self.place.glob("coconut-debug-*")], [], "left behind")

    def test_breakpoint_before_the_process(self):
        done = self.debug("--no-cwd", "--batch", "--break", "add", "--ex", "print *pair", "--ex", "bt", "--ex",
                          "coconut ps", "--ex", "finish", "--ex", "continue", "kid", "x", "y")
        text = done.stdout
        self.assertIn("$1 = {left = 3, right = 41}", text, text + done.stderr)
        self.assertRegex(text, r"#0  add \(pair=0x\w+\) at .*kid\.c:4")
        self.assertRegex(text, r"#1 .* in main \(argc=3, argv=0x\w+\) at .*kid\.c:8")
        self.assertRegex(text, r"\d+ 0x[0-9a-f]{16} kid\n")
        self.assertIn("Value returned is $2 = 44", text)
        self.assertIn("kid 44\n", text, "the program's own output")

    def test_kernel_and_process(self):
        done = self.debug("--no-cwd", "--batch", "--ex", "break process_start", "--ex", "continue", "--ex", "bt 1",
                          "--ex", "delete", "--ex", "coconut break main", "--ex", "continue", "--ex", "info args", "kid")
        text = done.stdout
        self.assertRegex(text, r"#0  process_start \(args=0x\w+, out=0x\w+\) at ", text + done.stderr)
        self.assertIn("argc = 1\n", text)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_program_that_another_one_starts(self):
        done = self.debug("--cwd", str(self.place), "--batch", "--symbols", f"kid={self.place}/kid", "--break", "add",
                          "--ex", "print *pair", "--ex", "kill", "parent", str(self.place / "kid"))
        self.assertIn("$1 = {left = 2, right = 41}", done.stdout, done.stdout + done.stderr)

    def running(self):
        """Processes that the command has started, by a variable of their environment."""
        mark, found = f"TMPDIR={self.place}".encode(), []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                if mark in Path("/proc", entry, "environ").read_bytes().split(b"\0"):
                    found.append(Path("/proc", entry, "cmdline").read_bytes())
            except OSError:
                continue
        return found

    def left(self):
        """Those that it has left behind: one that has been killed may need a moment."""
        limit = time.monotonic() + LIMIT
        while (found := self.running()) and time.monotonic() < limit:
            time.sleep(0.02)
        return found

    def test_interrupted(self):
        """By Ctrl-C or SIGTERM at any moment: the status says so, no traceback, nothing goes on."""
        for number, delay in enumerate((0.05, 0.15, 0.3, 0.5, 0.8, 1.3)):
            signum = (signal.SIGINT, signal.SIGTERM)[number % 2]
            command = [COCONUT, "debug", "--no-cwd", "--batch", "--break", "main", "--ex", f"shell sleep {2 * LIMIT}", "kid"]
            with subprocess.Popen(command, cwd=self.place, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, env={**os.environ, "TMPDIR": str(self.place)}) as process:
                time.sleep(delay)
                process.send_signal(signum)
                text, _ = process.communicate(timeout=LIMIT)
            with self.subTest(delay=delay):
                self.assertIn(process.returncode, (128 + signum, -signum), text)
                self.assertNotIn("Traceback", text)
                self.assertEqual(self.left(), [])

    @staticmethod
    def listened_at(port):
        """Whether a program listens at a port of 127.0.0.1; a connection would be gdb's to the emulator."""
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return any(row[1] == f"0100007F:{port:04X}" and row[3] == "0A" for row in rows)

    def test_server_as_the_editor_uses_it(self):
        held = socket.socket()  # nobody else is given its port; the emulator can listen there all the same
        self.addCleanup(held.close)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        server = subprocess.Popen([COCONUT, "debug", "--no-cwd", "--timeout", str(LIMIT), "--server", str(port), "kid"],
                                  cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  start_new_session=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        line = server.stderr.readline()
        self.assertEqual(line, f"coconut: waits for gdb at localhost:{port}; type there:\n")
        launch = (SDK / "share/coconut/templates/test/.vscode/launch.json.in").read_text()
        for old, new in (("${workspaceFolder}/build/@NAME@-test", str(self.place / "kid").replace(" ", "\\\\ ")),
                         ("@NAME@-test", "kid"), ("${env:COCONUT_SDK}", str(SDK)), ("localhost:1234", f"localhost:{port}")):
            launch = launch.replace(old, new)
        commands = [one["text"] for one in json.loads(launch)["configurations"][0]["customLaunchSetupCommands"]]
        words = [word for command in (*commands, "continue", "print argc", "continue") for word in ("-ex", command)]
        limit = time.monotonic() + LIMIT
        while not self.listened_at(port):
            self.assertTrue(server.poll() is None and time.monotonic() < limit, "it does not listen")
            time.sleep(0.02)
        # gdb alone would wait for two seconds, and then take each answer for that to another question.
        emulator = int(subprocess.run(["pgrep", "-s", str(server.pid), "qemu"], capture_output=True, check=True).stdout)
        os.kill(emulator, signal.SIGSTOP)
        slow = threading.Timer(7, os.kill, (emulator, signal.SIGCONT))
        slow.start()
        self.addCleanup(slow.join)
        done = subprocess.run(["gdb", "-nx", "-batch", *words], capture_output=True, text=True, timeout=LIMIT,
                              check=False, cwd=self.place)
        self.assertIn("$1 = 1", done.stdout, done.stdout + done.stderr)
        out, _ = server.communicate(timeout=LIMIT)
        self.assertEqual((server.returncode, out), (7, "kid 42\n"))

    def one_line(self, done, status, part):
        """The command failed with one line."""
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertRegex(done.stderr, f"^coconut: .*{re.escape(part)}")

    def test_refusals(self):
        self.one_line(self.debug(), 2, "which program")
        self.one_line(self.debug("nothing"), 127, "no such program")
        self.one_line(self.debug("--symbols", "kid", "kid"), 2, "is not NAME=FILE")
        self.one_line(self.debug("--symbols", "kid=nothing", "kid"), 125, "nothing: no such file")
        self.one_line(self.debug("--server", "1234", "--batch", "kid"), 2, "starts no gdb")
        self.one_line(self.debug("--input", "nothing", "kid"), 125, "cannot read nothing")
        (self.place / "bin").mkdir(exist_ok=True)
        for name in ("sh", "readlink", "qemu-system-x86_64", "python3", "setpriv"):
            if not (self.place / "bin" / name).exists():
                (self.place / "bin" / name).symlink_to(shutil.which(name))
        self.one_line(self.debug("--no-cwd", "kid", env={"PATH": str(self.place / "bin")}), 125, "apt-get install gdb")

    def test_occupied_port(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            done = self.debug("--no-cwd", "--server", str(listener.getsockname()[1]), "kid")
        self.assertEqual((done.returncode, done.stdout), (125, ""))
        self.assertIn("Address already in use", done.stderr)
