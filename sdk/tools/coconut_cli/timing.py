# SPDX-License-Identifier: MIT
"""The breakdown that `coconut run --timing` prints on standard error."""

import sys


class Timing:
    """Host times (monotonic seconds) of a run; guest times come from the report."""

    def __init__(self, begin, python):
        self.begin, self.python = begin, python
        self.packed = None

    def print(self, session, archive_size, ended):
        """Print the table. session has run; ended is the host time after clean-up."""
        qemu, pump, report = session.machine, session.pump, session.pump.report
        rows = [("Python start (processor time)", self.python),
                (f"archive, {archive_size / 1048576:.1f} MiB", self.packed - self.begin)]
        if report is not None and report.tick_hz:
            rows += _guest_rows(qemu.started, pump.report_time, report)
            rows.append(("power off, QEMU exit", ended - pump.report_time))
        if pump.first_output is not None:
            rows.append(("to the first output", self.python + pump.first_output - self.begin))
        rows.append(("total", self.python + ended - self.begin))
        for name, seconds in rows:
            print(f"coconut: timing: {name:<32}{seconds * 1000:9.1f} ms", file=sys.stderr)


def _guest_rows(started, reported, report):
    def span(first, last):
        return max(0, last - first) / report.tick_hz

    # The guest's counter starts at 0 when QEMU lets the processors go.
    processors_go = reported - report.end_tick / report.tick_hz
    return [("QEMU start", max(0.0, processors_go - started)),
            ("firmware, kernel load", span(0, report.boot_tick)),
            ("kernel boot to init", span(report.boot_tick, report.init_tick)),
            ("init", span(report.init_tick, report.start_tick)),
            ("program", span(report.start_tick, report.end_tick))]
