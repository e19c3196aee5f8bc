# SPDX-License-Identifier: MIT
"""What the command tells a user who cannot be served."""

STATUS_FAILED = 1
STATUS_USAGE = 2
STATUS_TIMEOUT = 124
STATUS_TOOL = 125
STATUS_NOT_EXECUTABLE = 126
STATUS_NOT_FOUND = 127
STATUS_SIGNAL = 128


class Fault(Exception):
    """One line for the user (what, where, what to do) and the exit status of the command."""

    def __init__(self, text, status=STATUS_TOOL):
        super().__init__(text)
        self.status = status


class Stopped(Exception):
    """A signal or the time limit ends the run; status is what the command returns."""

    def __init__(self, status):
        super().__init__()
        self.status = status


def like(word, names):
    """Return "; did you mean 'NAME'?" where a word looks like one of the names, or ""."""
    import difflib  # takes long to load
    found = difflib.get_close_matches(word, names, 1)
    return f"; did you mean '{found[0]}'?" if found else ""


def reason(error):
    """Return the plain text of an OSError."""
    return error.strerror or str(error)
