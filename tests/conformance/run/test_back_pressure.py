# SPDX-License-Identifier: MIT
"""What a run writes arrives whole, however slowly it is taken: output, and directories that come back."""

import os
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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static char block[65536];
static void pour(int file, unsigned blocks)
{
    for (unsigned i = 0; i < blocks; i++) {
        memset(block, 'a' + i % 26, sizeof(block));
        if (write(file, block, sizeof(block)) != (ssize_t)sizeof(block)) {
            exit(9);
        }
    }
}
static void fill(const char *name, unsigned blocks)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    pour(file, blocks);
    close(file);
}
static void nest(unsigned levels)
{
    while (levels-- > 0) {
        if (mkdir("z", 0755) != 0 || chdir("z") != 0) {
            exit(9);
        }
    }
}
int main(int argc, char **argv)
{
    if (argc != 2) {
        return 8;
    }
    if (strcmp(argv[1], "pour") == 0) {
        pour(STDOUT_FILENO, 192);
        return 0;
    }
    fill("/one/large", 128);
    fill("/two/small", 1);
    fill("/two/large", 64);
    if (chdir("/one") != 0) {
        return 8;
    }
    nest((unsigned)atoi(argv[1]));
    puts("written");
    return 0;
}
"""


def filled(blocks):
    """What the program's fill() writes."""
    return b"".join(bytes([ord("a") + i % 26]) * 65536 for i in range(blocks))


class Slow(unittest.TestCase):
    """One program, with a reader, or a host, that pauses."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-back-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        (cls.place / "program.c").write_text(PROGRAM)
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "program.c", "-o", "program"], check=True,
                       cwd=cls.place)

    def test_reader_that_pauses(self):
        # More than pipe and socket hold, so that the machine has to wait for its reader.
        with subprocess.Popen([COCONUT, "run", "--no-cwd", "--timeout", str(LIMIT), "program", "pour"], cwd=self.place,
                              stdout=subprocess.PIPE) as run:
            got = run.stdout.read(1)
            time.sleep(3)
            got += run.stdout.read()
            self.assertEqual(run.wait(LIMIT), 0)
        self.assertEqual(len(got), 192 * 65536)
        self.assertEqual(got, filled(192))

    def start(self, levels):
        """Start the program with two directories; returns the process and the directories."""
        folders = [Path(tempfile.mkdtemp(dir=self.place)) for _ in range(2)]
        for folder in folders:
            (folder / "own").write_text("of the host\n")
        run = subprocess.Popen([COCONUT, "run", "--no-cwd", "--timeout", str(LIMIT), "--dir", f"{folders[0]}:/one",
                                "--dir", f"{folders[1]}:/two", "program", str(levels)], cwd=self.place,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.stderr.close)
        self.addCleanup(run.stdout.close)
        return run, folders

    def test_host_that_is_slow(self):
        run, folders = self.start(3)
        self.assertEqual(run.stdout.readline(), "written\n")
        for pause in (1.5, 0.3, 0.3):  # while the directories are on their way
            run.send_signal(signal.SIGSTOP)
            time.sleep(pause)
            run.send_signal(signal.SIGCONT)
            time.sleep(0.05)
        self.assertEqual((run.wait(LIMIT), run.stderr.read()), (0, ""))
        self.assertEqual((folders[0] / "large").read_bytes(), filled(128))
        self.assertEqual((folders[1] / "small").read_bytes(), filled(1))
        self.assertEqual((folders[1] / "large").read_bytes(), filled(64))
        self.assertTrue((folders[0] / "z/z/z").is_dir())
        self.assertEqual((folders[0] / "own").read_text(), "of the host\n")

    def test_what_cannot_be_sent(self):
        # Deeper than what comes back may be: said in one line, and the host's files stay as they are.
        run, folders = self.start(70)
        self.assertEqual(run.wait(LIMIT), 125)
        text = run.stderr.read()
        self.assertIn("could not send back what changed", text)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertEqual([sorted(os.listdir(folder)) for folder in folders], [["own"], ["own"]])
