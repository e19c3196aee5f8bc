# SPDX-License-Identifier: MIT
"""System calls as the kernel traces them: from lines of its log to calls, and those as text or JSON.

The lines are those of kernel/syscall/trace.c. The guest is not trusted: what does not look like one of
them is passed over, and its text is escaped by the kernel.
"""

import json
import re

_LINE = re.compile(r"^call (\d{1,20}) (.{0,64}?):(\d{1,20})\.(\d{1,20}) (\w{1,40})(?:\((.*)\)?| = (?:E(\w+) )?(-?\d{1,20}))$")
_ARGUMENT = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"(?:\.\.\.)?(?:\+\d+)?|[^,"]+)(?:, |$)')
NO_HANDLE = "4294967295"
#: Calls that do not come back when they succeed.
ENDS = frozenset(("exit", "process_exit", "thread_exit", "exec", "process_exec", "signal_return"))
SMALL = 1 << 24


class Call:
    """One call. begin, end in ns since boot; result None where it did not come back."""

    def __init__(self, begin, program, process, thread, name):
        self.begin, self.program, self.process, self.thread, self.name = begin, program, process, thread, name
        self.arguments, self.end, self.result, self.error = [], None, None, None

    def duration(self):
        """Nanoseconds that the call took, 0 where it did not come back."""
        return self.end - self.begin if self.end is not None else 0

    def result_text(self):
        """The result as shown."""
        if self.result is None:
            return "?"
        if self.error is not None:
            return self.error
        return str(self.result) if -SMALL < self.result < SMALL else f"{self.result % (1 << 64):#x}"


def _arguments(text):
    text = text.removesuffix(")")
    return [(name, "none" if value == NO_HANDLE else value) for name, value in _ARGUMENT.findall(text)]


def parse(lines):
    """Return the Calls of the lines of a log, in the order in which they began."""
    calls, open_calls = [], {}
    for line in lines:
        found = _LINE.match(line.rstrip("\r\n"))
        if found is None:
            continue
        begin, program, process, thread, name, arguments, error, result = found.groups()
        key = (int(process), int(thread))
        if result is None:
            call = Call(int(begin), program, *key, name)
            call.arguments = _arguments(arguments or "")
            calls.append(call)
            open_calls.setdefault(key, []).append(call)
            continue
        stack = open_calls.get(key, [])
        while stack and stack[-1].name != name:
            stack.pop()  # its end was lost
        if stack:
            call = stack.pop()
            call.end, call.result, call.error = int(begin), int(result), error
    calls.sort(key=lambda call: call.begin)
    return calls


def text_lines(calls):
    """Yield a line for each call, as strace has them."""
    for call in calls:
        arguments = ", ".join(f"{name}={value}" for name, value in call.arguments)
        time = f"{call.begin / 1e9:.6f}"
        took = f" <{call.duration() / 1e9:.6f}>" if call.end is not None else ""
        yield (f"{time:>12} {call.program}:{call.process}.{call.thread} {call.name}({arguments}) = "
               f"{call.result_text()}{took}")


def summary_lines(calls):
    """Yield a table: for each call its number, errors and time, the longest time first."""
    rows = {}
    for call in calls:
        row = rows.setdefault(call.name, [0, 0, 0])
        row[0], row[1], row[2] = row[0] + 1, row[1] + (call.error is not None), row[2] + call.duration()
    yield f"{'calls':>8} {'errors':>8} {'seconds':>12}  call"
    for name, (number, errors, took) in sorted(rows.items(), key=lambda item: (-item[1][2], item[0])):
        yield f"{number:>8} {errors:>8} {took / 1e9:>12.6f}  {name}"


def as_json(calls):
    """Return the calls as JSON."""
    return json.dumps([{
        "begin_ns": call.begin, "end_ns": call.end, "program": call.program, "process": call.process,
        "thread": call.thread, "call": call.name, "arguments": dict(call.arguments), "result": call.result,
        "error": call.error} for call in calls], indent=1)


def as_chrome(calls):
    """Return the calls in Chrome's trace format, for about://tracing and ui.perfetto.dev."""
    events = [{"name": "process_name", "ph": "M", "pid": process, "tid": 0, "args": {"name": program}}
              for process, program in {call.process: call.program for call in calls}.items()]
    last = max((call.end or call.begin for call in calls), default=0)
    for call in calls:
        end = call.end if call.end is not None else call.begin if call.name in ENDS else last
        events.append({"name": call.name, "cat": "system call", "ph": "X", "pid": call.process, "tid": call.thread,
                       "ts": call.begin / 1e3, "dur": (end - call.begin) / 1e3,
                       "args": {**dict(call.arguments), "result": call.result_text()}})
    return json.dumps({"displayTimeUnit": "ns", "traceEvents": events}, indent=1)
