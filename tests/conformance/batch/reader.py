# SPDX-License-Identifier: MIT
"""What a driver says of the tests that it runs, line by line.

    start NAME                     before a test
    | TEXT                         the last lines that it wrote, if it did not exit with 0
    end NAME exit|signal|hung|lost VALUE MILLISECONDS
    done                           after the last one
"""

import collections
import re

_END = re.compile(r"end (\S+) (exit|signal|hung|lost) (\d+|(?<=signal )[A-Z0-9]+) (\d+)$")

#: result: pass, fail or what else a status is called, status-N, signal-N or -NAME, hung, lost (could not be started), crash.
Result = collections.namedtuple("Result", "result text milliseconds")


class Reader:
    """Takes the driver's lines as they come.

    results: {test: Result}; running: the test that has begun, or None; done: the driver has said so; noise: lines that
    are none of the driver's.
    """

    def __init__(self, statuses=None, tail_lines=8):
        """statuses: {exit status: its name}; tail_lines: how much of what a test wrote is kept."""
        self.results, self.running, self.done, self.noise = {}, None, False, []
        self._statuses, self._tail_lines, self._tail = statuses or {0: "pass", 1: "fail"}, tail_lines, []

    def take(self, line):
        """Take one line; returns the name of the test that it ends, or None."""
        found = _END.match(line)
        if line.startswith("start "):
            self.running, self._tail = line.split()[1], []
        elif line.startswith("| "):
            self._tail.append(line[2:])
        elif found and found.group(1) == self.running:
            self.results[self.running] = self._judge(*found.groups()[1:])
            self.running = None
            return found.group(1)
        elif line == "done":
            self.done = True
        elif line:
            self.noise.append(line)
        return None

    def _judge(self, how, value, milliseconds):
        text = "\n".join(self._tail[-self._tail_lines:])
        if how == "exit":
            result = self._statuses.get(int(value), f"status-{value}")
        elif how == "signal":
            result = f"signal-{value}"
        else:
            result = how
            text = f"error {value} at its start" if how == "lost" else text
        return Result(result, text, int(milliseconds))
