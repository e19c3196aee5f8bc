# SPDX-License-Identifier: MIT
"""Signals that end the command, as exceptions that unwind what is under way, but never where one would be lost.

Python runs a handler between any two steps of the program. Where it calls code of its own accord - destructors, callbacks
of weak references - it swallows the handler's exception; in the middle of loading a module it may tell a traceback; where
a temporary file is made or removed, or a process started, that would stay. There the signal waits: the alarm clock brings
it back a moment later. That ends a time limit (--timeout), which has no meaning any more.
"""

import _signal as signal  # signal would cost start time
import sys

AGAIN_SECONDS = 0.005
_LOADER = "<frozen importlib"
#: Functions of Python's library that have to come to their end.
_WHOLE = frozenset(("mkdtemp", "mkstemp", "rmtree", "_execute_child"))
_ours = set()  #: and the code of ours, see whole()
_waiting = []  #: the signal that waits, if any, and its handler
_over = []  #: not empty: no signal is taken any more


def whole(function):
    """Decorate a function that has to come to its end: short, and waiting for nothing but the disk. Between what it does
    and its note of it, an exception would leave the one without the other."""
    _ours.add(function.__code__)
    return function


def _must_wait(frame):
    """Whether no exception may be raised in what runs in this frame."""
    while frame is not None:
        code = frame.f_code
        if code.co_name in _WHOLE or code in _ours or code.co_filename.startswith(_LOADER):
            return True
        frame = frame.f_back
    return False


def _wait(signum, handler):
    """Have the handler called for this signal a moment later."""
    _waiting[:] = [signum, handler]
    signal.signal(signal.SIGALRM, lambda _alarm, frame: handler(signum, frame))
    signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)


def _unraisable(found):
    """Take what was raised where Python cannot pass it on; see sys.unraisablehook."""
    again = getattr(found.exc_value, "again", None)
    if again is None:
        sys.__unraisablehook__(found)
    else:
        _wait(*again)


def catch(numbers, ending):
    """Have the first of the signals raise the exception ending(signum), and the others, from then on, do nothing, so that
    what unwinds is not disturbed. A SIGHUP that is ignored, as by nohup, stays so. Only for the main thread."""
    def handler(signum, frame):
        if _over:
            return
        if _waiting:
            signum = _waiting[0]  # the alarm is the one that it comes back by, though it be among the numbers
        if _must_wait(frame):
            _wait(signum, handler)
            return
        ignore((*numbers, signal.SIGALRM))
        _waiting.clear()
        found = ending(signum)
        found.again = (signum, handler)
        raise found

    sys.unraisablehook = _unraisable
    for number in numbers:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
    if _waiting:
        handler(_waiting[0], None)


def settle():
    """Raise the exception of a signal that still waits: what went wrong may be only that a child got it, too."""
    if _waiting:
        signum, handler = _waiting
        handler(signum, None)


def close(numbers):
    """Take none of the signals any more: Python's own end, and what is told last, is not to be disturbed."""
    _over.append(True)
    ignore((*numbers, signal.SIGALRM))


def ignore(numbers):
    """Have the signals do nothing."""
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
