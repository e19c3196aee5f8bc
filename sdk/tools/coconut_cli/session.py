# SPDX-License-Identifier: MIT
"""Runs one machine from start to end: signals, time limit, kernel log, clean-up, panic report.

Shared by `coconut run`, `boot`, `bench` and the tests.
"""

import _signal as signal  # signal would cost start time
import os

from coconut_cli import elffile, hostterminal, interrupt, machine, protocol, pump
from coconut_cli.fault import STATUS_SIGNAL, STATUS_TIMEOUT, STATUS_TOOL, Fault, Stopped, reason

LOG_LINES = 40


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


def _stopped(signum):
    return Stopped(STATUS_TIMEOUT if signum == signal.SIGALRM else STATUS_SIGNAL + signum)


def _catch_signals(timeout):
    interrupt.catch(_ENDING, _stopped)
    # In the background a read from the terminal shall fail, not stop this process.
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    if timeout is not None:
        signal.setitimer(signal.ITIMER_REAL, timeout)
        interrupt.settle()  # one that waits has lost its alarm


def open_log(path):
    """Open the file for the kernel log; None stays None."""
    if path is None:
        return None
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Fault(f"cannot write the kernel log {path}: {reason(error)}") from error


class Session:
    """One run. log_fd: where the kernel log goes besides memory; timeout in seconds or None; on_error: see Pump;
    terminal: a HostTerminal for the guest's console, or None."""

    def __init__(self, config, log_fd=None, timeout=None, stdin=0, on_error=None, terminal=None):
        self._config, self._timeout, self._stdin, self._on_error = config, timeout, stdin, on_error
        self._terminal = terminal
        self.log = pump.KernelLog(log_fd)
        self.machine = self.pump = None

    def run(self):
        """Run the machine to its end.

        Returns the Report, or None if the machine ended without one. Raises Stopped,
        pump.ReaderGone, or Fault when QEMU or the guest failed. Nothing is left running.
        """
        _catch_signals(self._timeout)
        try:
            self._start()
            if self._terminal is not None:
                self._terminal.start()
            self.pump = pump.Pump(self.machine, self.log, self._stdin, self._on_error, self._terminal)
            self.pump.run()
            self.machine.wait()
        except hostterminal.Ended:
            raise Stopped(STATUS_SIGNAL + signal.SIGINT) from None
        except protocol.BadGuest as error:
            raise Fault(f"{error}; {self._log_place()}", STATUS_TOOL) from error
        finally:
            if self._terminal is not None:
                self._terminal.stop()
            signal.setitimer(signal.ITIMER_REAL, 0)
            if self.machine is not None:
                self.machine.stop()
        return self.pump.report

    def _start(self):
        """Start the machine, in one step for signals: it is not there, or can be stopped."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            self.machine = machine.Machine(self._config)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def check(self):
        """After run(): raise the Fault that says what is wrong unless the kernel ended orderly."""
        status, text = self.machine.status, self.log.tail()
        if status == machine.QUIT_OK:
            return
        panic = [line for line in text.splitlines() if "panic" in line.lower()]
        if panic:
            raise Fault(f"kernel panic: {panic[0].strip()}; {self._log_place()}")
        messages = self.machine.messages()
        if messages:
            what = "QEMU" if elffile.is_elf(self._config.kernel) else f"{self._config.kernel} is no kernel: QEMU"
            raise Fault(f"{what} failed (status {status}): {messages.splitlines()[0]}")
        lines = [line for line in text.splitlines() if line.strip()]
        last = f": {lines[-1].strip()}" if lines else ""
        raise Fault(f"the machine stopped with QEMU status {status}{last}; {self._log_place()}")

    def _log_place(self):
        """Save what is held of the kernel log; return the words that say where."""
        text = self.log.tail()
        if not text:
            return "the kernel log is empty; --kernel-log FILE makes the kernel write one"
        import tempfile  # costs start time
        folder = os.environ.get("TMPDIR", "/tmp")
        try:
            file, path = tempfile.mkstemp(prefix="coconut-kernel-", suffix=".log", dir=folder)
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            return f"the kernel log could not be saved in {folder}: {reason(error)}"
        return f"kernel log: {path}"
