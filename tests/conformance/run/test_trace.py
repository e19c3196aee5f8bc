# SPDX-License-Identifier: MIT
"""`coconut trace` and `run --trace` with the kernel."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from test_kernel import COCONUT, LIMIT, SDK

PROGRAM = r"""
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    int file = open("/tmp/some file", O_CREAT | O_RDWR, 0644);
    (void)!write(file, "a \"word\"\n", 9);
    close(file);
    if (open("/none", O_RDONLY) >= 0) {
        return 1;
    }
    usleep(20000);
    if (argc > 1) {
        puts("waits");
        fflush(stdout);
        pause();
    }
    puts("done");
    return 3;
}
"""


class Trace(unittest.TestCase):
    """One program."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-trace-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        (cls.place / "program.c").write_text(PROGRAM)
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "program.c", "-o", "traced"], check=True,
                       cwd=cls.place)

    def coconut(self, *words, status=3):
        """Run a command in the program's folder; returns the CompletedProcess."""
        done = subprocess.run([COCONUT, *words], cwd=self.place, capture_output=True, text=True, timeout=LIMIT,
                              check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_calls(self):
        done = self.coconut("trace", "--no-cwd", "traced")
        self.assertEqual(done.stdout, "done\n")
        lines = done.stderr.splitlines()
        self.assertTrue(all(re.match(r" +\d+\.\d{6} traced:\d+\.\d+ \w+\(.*\) = \S+( <\d+\.\d{6}>)?$", line)
                            for line in lines), done.stderr)
        text = done.stderr
        self.assertRegex(text, r'file_open_at\(dir=none, path="/tmp/some file", flags=0x\w+, permissions=0x1a4\) = \d ')
        self.assertRegex(text, r'write\(file=\d, buffer="a \\x22word\\x22\\x0a"\+9\) = 9 ')
        self.assertRegex(text, r'path="/none", flags=0x\w+, permissions=0x0\) = NOTFOUND ')
        self.assertRegex(text, r"process_exit\(code=0x3\) = \?$")
        times = [float(line.split()[0]) for line in lines]
        self.assertEqual(times, sorted(times))
        took = re.search(r"sleep_until\(.*\) = 0 <(\S+)>", text)
        self.assertGreater(float(took.group(1)), 0.01)

    def test_forms(self):
        self.coconut("trace", "--no-cwd", "--chrome", "--output", "chrome.json", "traced")
        events = json.loads((self.place / "chrome.json").read_text())["traceEvents"]
        self.assertIn("sleep_until", {event["name"] for event in events})
        self.assertIn({"traced"}, [set(event["args"].values()) for event in events if event["ph"] == "M"])
        self.coconut("run", "--no-cwd", "--trace", "trace.txt", "traced")
        self.assertIn("sleep_until", (self.place / "trace.txt").read_text())
        done = self.coconut("trace", "--no-cwd", "--all", "--summary", "traced")
        self.assertIn("process_spawn", done.stderr)

    def traced(self, run):
        """What a run has of its trace so far, which is in its memory until it ends."""
        self.assertIsNone(run.poll())
        for entry in Path(f"/proc/{run.pid}/fd").iterdir():
            if os.readlink(entry).startswith("/memfd:coconut-trace"):
                return entry.read_text()
        self.fail("there is no trace")

    def test_program_that_does_not_end(self):
        words = ["run", "--no-cwd", "--timeout", str(LIMIT), "--trace", "late.txt", "traced", "wait"]
        with subprocess.Popen([COCONUT, *words], cwd=self.place, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as run:
            self.assertEqual(run.stdout.readline(), b"waits\n")
            while "signal_suspend(" not in self.traced(run):
                time.sleep(0.01)
            run.send_signal(signal.SIGALRM)  # as the timer does, whenever that may be
            self.assertEqual(run.wait(LIMIT), 124)
        self.assertRegex((self.place / "late.txt").read_text().splitlines()[-1], r"\(.*\) = \?$")

    def test_off(self):
        self.coconut("run", "--no-cwd", "--kernel-log", "kernel.log", "traced")
        self.assertNotIn("call ", (self.place / "kernel.log").read_text())
        self.coconut("trace", "--no-cwd", "--kernel-log", "kernel.log", "--output", "kept.txt", "traced")
        self.assertIn("call ", (self.place / "kernel.log").read_text())
        done = self.coconut("trace", "--from", "kernel.log", status=0)
        self.assertEqual(done.stdout, (self.place / "kept.txt").read_text())
