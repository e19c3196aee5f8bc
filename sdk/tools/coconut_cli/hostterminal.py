# SPDX-License-Identifier: MIT
"""The terminal that `coconut run` was started at, while the program has it.

What is typed goes to the guest as it is, and what the guest's terminal sends is shown as it is: the
modes are the guest's. This process only looks for its own escape, and puts everything back at the end.
"""

import _signal as signal  # signal, termios and tty would cost start time
import atexit
import os

from coconut_cli import interrupt, protocol
from coconut_cli.wakepipe import WakePipe

STDIN, STDOUT, STDERR = range(3)
ESCAPE, QUIT = 0x1D, ord("q")
SIZE_MAX = 0xFFFF
UNKNOWN = (24, 80)


class Ended(Exception):
    """The user has typed Ctrl-] q."""


class Keys:
    """Looks for the escape in what is typed: Ctrl-] and q end the run, twice Ctrl-] is one."""

    def __init__(self):
        self._escaped = False

    def feed(self, data):
        """Return what the guest gets. Raises Ended."""
        result = bytearray()
        for byte in data:
            if self._escaped:
                self._escaped = False
                if byte == QUIT:
                    raise Ended
                if byte != ESCAPE:
                    result.append(ESCAPE)
                result.append(byte)
            elif byte == ESCAPE:
                self._escaped = True
            else:
                result.append(byte)
        return bytes(result)


def _is_foreground():
    try:
        return os.tcgetpgrp(STDIN) == os.getpgrp()
    except OSError:
        return False  # a terminal, but not the one of this session


def is_here():
    """Tell whether standard input and output are a terminal that this process may use."""
    return os.isatty(STDIN) and os.isatty(STDOUT) and _is_foreground()


class HostTerminal:
    """Raw mode and window size. start() and stop() are called in the main thread; stop() at the latest at this process's end."""

    def __init__(self):
        self.with_stderr = os.isatty(STDERR)
        self.keys = Keys()
        self.resized = False
        self._modes, self._handlers, self._pipe = None, {}, None
        self.wake = None

    @staticmethod
    def size():
        """Return (rows, columns); what a terminal without a size is taken for, too."""
        try:
            size = os.get_terminal_size(STDIN)
        except OSError:
            return UNKNOWN
        rows, columns = min(size.lines, SIZE_MAX), min(size.columns, SIZE_MAX)
        return (rows, columns) if rows and columns else UNKNOWN

    def words(self):
        """Return the kernel's command line words for this terminal."""
        rows, columns = self.size()
        return [f"console={rows}x{columns}" + (",stderr" if self.with_stderr else "")]

    @interrupt.whole
    def start(self):
        """Go into raw mode. `wake` is then a descriptor that can be read after a signal."""
        import termios
        modes = termios.tcgetattr(STDIN)
        self._pipe = WakePipe()
        self.wake = self._pipe.reader
        for number, handler in ((signal.SIGWINCH, self._on_resize), (signal.SIGTSTP, self._on_stop)):
            self._handlers[number] = signal.signal(number, handler)
        self._modes = modes
        atexit.register(self.stop)
        self._enter()

    @interrupt.whole
    def stop(self):
        """Put everything back. May be called twice."""
        if self._modes is None:
            return
        self._leave()
        self._modes = None
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._pipe.close()
        self.wake = None

    def take_wake(self):
        """After `wake` became readable: forget it. Returns the frame that tells the guest the new size, or None."""
        self._pipe.clear()
        if not self.resized:
            return None
        self.resized = False
        return protocol.window_frame(*self.size())

    @staticmethod
    def shown(payload):
        """Return what is written to the terminal for output of the guest's."""
        return payload

    @staticmethod
    def verdict(status, text):
        """Return (exit status, line or None) of the run, from those of the program."""
        return status, text

    def _enter(self):
        import termios
        import tty
        tty.setraw(STDIN, termios.TCSANOW)

    def _leave(self):
        import termios
        try:
            termios.tcsetattr(STDIN, termios.TCSANOW, self._modes)
        except termios.error:
            pass  # it has gone

    def _on_resize(self, _signum, _frame):
        self.resized = True

    def _on_stop(self, signum, _frame):
        """Stop as other programs do; the machine goes on."""
        self._leave()
        signal.signal(signum, signal.SIG_DFL)
        os.kill(os.getpid(), signum)
        # Here it is continued.
        signal.signal(signum, self._on_stop)
        self._enter()
        self.resized = True
