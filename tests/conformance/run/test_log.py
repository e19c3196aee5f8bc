# SPDX-License-Identifier: MIT
"""The log service, crash reports, logs of services, and the end in order."""

import json
import re
import signal
import subprocess
from pathlib import Path

from imagecase import ImageCase
from test_kernel import COCONUT, LIMIT, TOP

HERE = Path(__file__).resolve().parent
LOG = TOP / "services" / "log"


def member(name, *arguments, **keys):
    """The manifest of a service that runs member.c."""
    return {"manifest": 1, "name": name, "executable": "/bin/member",
            "arguments": [name, *arguments],
            "budgets": {"memory": "16M", "threads": 1, "handles": 8},
            "calls": {"classes": ["CORE", "MEMORY", "SIGNAL", "THREAD", "PROCESS", "TIME"],
                      "names": ["query", "file_stat", "handle_info", "log_write", "channel_call",
                                "channel_exchange"],
                      "except": ["exec", "process_spawn", "process_fork"]}, **keys}


def crasher(**keys):
    """One that writes, then fails."""
    one = member("crasher")
    one["calls"]["names"].append("write")
    return {**one, "executable": "/bin/speaker", "arguments": ["crasher", "crash"], **keys}


class Log(ImageCase):
    """Images with and without the log service."""

    @classmethod
    def setUpClass(cls):
        cls.sources = {"speaker": [HERE / "speaker.c"]}
        super().setUpClass()
        cls.sources = {"speaker": None, "member": None, "log": None}
        subprocess.run([COCONUT, "interface", "compile", "--output", cls.place,
                        LOG / "logs.interface.json"], check=True, capture_output=True)
        compiler = [COCONUT.parent / "x86_64-unknown-coconut-clang", "-O2", f"-I{cls.place}"]
        subprocess.run([*compiler, *sorted(LOG.glob("*.c")), cls.place / "logs_server.c",
                        "-o", cls.place / "log"], check=True)
        subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", HERE / "member.c",
                        cls.place / "logs_client.c", "-o", cls.place / "member"], check=True)

    def service(self):
        """The log service's own manifest."""
        return json.loads((LOG / "log.json").read_text())

    def test_who_may_read_whom(self):
        uses = {"channels": {"uses": ["log"]}}
        folder = self.build("rights", [
            self.service(), crasher(),
            member("watcher", "wait", "crasher", "spy", "nobody", **uses, log={"reads": ["crasher"]}),
            member("spy", "read", "crasher", "spy", **uses),
            member("zed", "behind", "watcher", "of nobody: 1", "spy", "of spy: 3", critical=True, **uses,
                   log={"reads": ["watcher", "spy"]})])
        log = self.boot(folder)
        path = self.place / "rights.log"
        path.write_text(log)
        for line in ("[watcher] saw crasher 6.0: secret of a plain line",
                     "[watcher] saw crasher 3.0: secret of an error",
                     "[watcher] saw crasher 4.1: warning: policy: crasher (process ",
                     "[watcher] of crasher: 3", "[watcher] of spy: 1", "[watcher] of nobody: 1",
                     "[watcher] crash of crasher: 0", "[watcher] crash of spy: 1",
                     "[spy] of crasher: 1", "[spy] crash of crasher: 1", "[spy] of spy: 3",
                     "[watcher] crash:   address 0: write to an unmapped page, near zero"):
            self.assertIn(line, log)
        self.assertNotIn("[spy] saw crasher", log)
        self.assertRegex(log, r"\[watcher\] crash:   build id [0-9a-f]{40}\n")
        self.assertRegex(log, r"\[watcher\] crash:   returns to program \+ [0-9a-f]+ ")
        self.assertIn("service log: stopped\n", log)
        shown = subprocess.run([COCONUT, "logs", "--crashes", path], capture_output=True, text=True,
                               check=True).stdout
        self.assertEqual(len(re.findall(r"(?m)^\[crasher\] process \d+ thread \d+: page fault", shown)), 1)
        self.assertIn("  build id ", shown)
        self.assertNotIn("secret", shown)

    def test_end_in_order(self):
        log = self.boot(self.build("stop", [
            self.service(), member("polite", "polite", stop={"grace_ms": 20000}),
            member("deaf", "deaf", stop={"grace_ms": 200}),
            member("quitter", "behind", "polite", "ready", "deaf", "ready", critical=True, channels={"uses": ["log"]},
                   log={"reads": ["polite", "deaf"]})]))
        order = [log.index(text) for text in (
            "service quitter: ended, reason 0, code 0", "service quitter: critical",
            "[polite] told by signal 15, goodbye", "service polite: stopped\n",
            "service deaf: stopped, by force\n", "service log: stopped\n")]
        self.assertEqual(order, sorted(order), log)

    def lasting(self, name, grace_ms):
        """An image whose services last until they are told to end, and one longer."""
        return self.build(name, [self.service(), member("polite", "polite", stop={"grace_ms": 20000}),
                                 member("deaf", "deaf", stop={"grace_ms": grace_ms})])

    def start(self, folder, *options, until=("[polite] ready", "[deaf] ready")):
        """Boot it, until lines are seen; returns the process and the log so far."""
        run = subprocess.Popen([COCONUT, "boot", "--timeout", str(LIMIT), *options, "--kernel", folder / "kernel.elf",
                                folder / "archive.pkit"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        for what in (run.stdin.close, run.stdout.close, run.stderr.close, run.wait, run.kill):
            self.addCleanup(what)
        return run, self.read_until(run, *until)

    def read_until(self, run, *lines):
        """The log up to the last of the lines."""
        log = ""
        while not all(f"{line}\n" in log for line in lines):
            line = run.stdout.readline()
            self.assertTrue(line, log)
            log += line
        return log

    def test_host_asks_for_the_end(self):
        """Where files are kept for the machine a signal stops the services, in order."""
        folder = self.lasting("asked", 200)
        kept = ("--port", f"state=keep:{self.place / 'kept'}")
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            run, _ = self.start(folder, *kept)
            run.send_signal(signum)
            log, errors = run.communicate(timeout=LIMIT)
            self.assertEqual((run.returncode, errors), (128 + signum, ""), log)
            order = [log.index(text) for text in (
                "[init] the host asks for the end of the machine\n", "service deaf: stopped, by force\n",
                "service log: stopped\n")]
            self.assertEqual(order, sorted(order), log)
            polite = log.index("[polite] told by signal 15, goodbye"), log.index("service polite: stopped\n")
            self.assertTrue(order[0] < polite[0] < polite[1] < order[2], log)
        run, _ = self.start(folder, *kept)
        run.send_signal(signal.SIGALRM)  # as the timer of --timeout does, whenever that may be
        log, errors = run.communicate(timeout=LIMIT)
        self.assertEqual((run.returncode, errors), (124, "coconut: time limit reached\n"), log)
        self.assertIn("service log: stopped", log)

    def test_host_insists(self):
        """A second signal ends the machine at once; where nothing is kept, so does the first."""
        folder = self.lasting("insists", 60000)
        run, _ = self.start(folder, "--port", f"state=keep:{self.place / 'kept'}")
        run.send_signal(signal.SIGINT)
        self.read_until(run, "[init] the host asks for the end of the machine")
        run.send_signal(signal.SIGTERM)
        self.assertEqual((run.wait(LIMIT), run.stderr.read()), (143, ""))
        run, _ = self.start(folder)
        run.send_signal(signal.SIGTERM)
        log, errors = run.communicate(timeout=LIMIT)
        self.assertEqual((run.returncode, errors), (143, ""))
        self.assertNotIn("the host asks", log)

    def test_input_of_init(self):
        """Of what comes at its input init takes the one byte that asks for the end."""
        run, _ = self.start(self.lasting("input", 200))
        run.stdin.write("quit\x04\x1b" * 100000)
        run.stdin.write("\x03")
        log, errors = run.communicate(timeout=LIMIT)
        self.assertEqual((run.returncode, errors), (0, ""), log)
        self.assertIn("[init] the host asks for the end of the machine\n", log)
        self.assertIn("service polite: stopped\n", log)

    def test_init_gives_up_what_it_does_not_need(self):
        needed = set(re.findall(r"COCO_SYS_([A-Z_]+)", (TOP / "services/init/confine.c").read_text()))
        folder = self.build("confined", [self.service(), member("polite", "polite"),
                                         member("quitter", "quit", "300", critical=True)])
        log = self.boot(folder, options=("--append", "trace=syscalls"))
        before, after = log.split("process_confine = 0", 1)
        calls = re.compile(r"(?m)^call \d+ init:\d+\.\d+ ([a-z_]+)\(")
        self.assertIn("file_open_at", calls.findall(before))
        self.assertEqual(re.findall(r"(?m)^.*may not.*$", after), [])
        made = {name.upper() for name in calls.findall(after)}
        self.assertTrue({"PROCESS_SPAWN_CONFINED", "OBJECT_POLL", "SIGNAL_SEND"} <= made <= needed,
                        made - needed)

    def test_flood(self):
        folder = self.build("flood", [member("flood", "flood", log={"rate": 10, "burst": 50})])
        log = self.boot(folder)
        lines = len(re.findall(r"(?m)^\[flood\] line \d+$", log))
        dropped = sum(map(int, re.findall(r"(?m)^\[flood\] (\d+) messages dropped$", log)))
        self.assertEqual(lines + dropped, 10000)
        self.assertTrue(51 <= lines < 2000, lines)
        self.assertIn("service flood: ended, reason 0, code 0", log)
