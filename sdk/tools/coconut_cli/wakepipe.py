# SPDX-License-Identifier: MIT
"""A descriptor that can be read after a signal, for who waits for several things at once."""

import _signal as signal  # signal would cost start time
import os


class WakePipe:
    """Takes the wake-ups of Python's signal handling, of which a process has one; made in the main thread."""

    def __init__(self):
        self.reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def clear(self):
        """Forget the signals so far."""
        try:
            while os.read(self.reader, 64):
                pass
        except BlockingIOError:
            pass

    def close(self):
        """Take no more of them. Call it once."""
        signal.set_wakeup_fd(-1)
        os.close(self.reader)
        os.close(self._writer)
