# SPDX-License-Identifier: MIT
"""A machine that is asked to end, so that what it keeps is kept whole: by a Ctrl-C at the guest's input."""

import signal
import sys

from coconut_cli import protocol
from coconut_cli.fault import STATUS_SIGNAL, STATUS_TIMEOUT, Fault
from coconut_cli.wakepipe import WakePipe

INTERRUPT = b"\x03"  #: Ctrl-C; services/init/service.h has the same
GRACE_SECONDS = 10
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


class Ending:
    """Stands for a hostterminal.HostTerminal, with no terminal of the host behind it. A signal becomes a Ctrl-C for the
    guest, so that it ends by itself; a second one ends the machine."""

    what = "machine"  #: that is asked to end

    def __init__(self, announces=False):
        """announces: whether a line tells what a signal does."""
        self.wake = self._pipe = None
        self.asked = None  #: the signal that asked for the end
        self._announces = announces
        self._harder = None

    def start(self):
        """Take the signals that end a run; a SIGHUP that is ignored, as by nohup, stays so."""
        self._pipe = WakePipe()
        self.wake = self._pipe.reader
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                self._harder = signal.signal(number, self._on_signal)

    def stop(self):
        """The machine has ended; from here on a signal would only disturb what is brought back. May be called twice."""
        if self.wake is None:
            return
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self._pipe.close()
        self.wake = None

    def lost(self):
        """Return what becomes of what is kept when the guest could not end by itself."""
        return "what it has kept until then is kept"

    def _on_signal(self, signum, frame):
        if self.asked is None:
            self.asked = signum
            if self._announces:
                print(f"coconut: the {self.what} is asked to end, for {GRACE_SECONDS} s at most; Ctrl-C ends the machine at once",
                      file=sys.stderr)
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)
        elif signum == signal.SIGALRM:
            raise Fault(f"the {self.what} did not end within {GRACE_SECONDS} s; {self.lost()}")
        else:
            self._harder(signum, frame)

    def take_wake(self):
        """After `wake` became readable: return the frame for the guest, or None."""
        self._pipe.clear()
        return protocol.stdin_frame(INTERRUPT) if self.asked is not None else None

    def shown(self, payload):
        """Return what is written for output of the guest's."""
        return payload

    def verdict(self, status, text):
        """Return (exit status, line or None) of the run, from those of the guest."""
        if self.asked is None:
            return status, text
        said = None if status in (0, STATUS_SIGNAL + signal.SIGINT) else f"asked to end, it ended with status {status}"
        if self.asked != signal.SIGALRM:
            return STATUS_SIGNAL + self.asked, said
        return STATUS_TIMEOUT, "time limit reached" + (f"; {said}" if said else "")
