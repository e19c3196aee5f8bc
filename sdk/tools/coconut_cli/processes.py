# SPDX-License-Identifier: MIT
"""Host programs in sessions of their own, of which nobody is left when this process is stopped.

A session and not only a process group: ninja gives each program that it starts a group of its own. A Ctrl-C is then for
this process alone, which stops the session whether or not its programs had begun to listen. So is a Ctrl-Z, which this
process passes on to all that it has started.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time

from coconut_cli import interrupt

PATIENCE = 20.0  #: seconds for the end of what was told to end; on a busy machine to clean up takes its time
MORE_PATIENCE = 10.0  #: and for each command of ours in between, which first stops what it started
COMMAND_PATIENCE = PATIENCE + MORE_PATIENCE  #: for a command of ours
STEP = 0.02


@interrupt.whole
def start(words, **more):
    """subprocess.Popen() in a session of its own, by default without input; for just before the `try` that stops it."""
    suspend_together()
    return subprocess.Popen(words, start_new_session=True, **{"stdin": subprocess.DEVNULL, **more})


def call(words, patience=PATIENCE, seconds=None, **more):
    """Run a program, with all that it starts, to its end, for at most so many seconds (subprocess.TimeoutExpired); returns
    (exit status, its output if `stdout` is a pipe)."""
    process = start(words, **more)
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except BaseException:
        stop(process, patience)
        raise
    finally:
        if process.stdout:
            process.stdout.close()


def _everyone():
    """The processes of the machine that have not ended: {number: (number of the parent, process group, session)}."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it has ended
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stream:
                state, parent, group, session = stream.read().rpartition(")")[2].split()[:4]
            if state not in "ZX":
                found[int(entry)] = int(parent), int(group), int(session)
    return found


def members(session):
    """The processes of a session that have not ended: {number: (number of the parent, process group)}."""
    return {number: (parent, group) for number, (parent, group, its_session) in _everyone().items() if its_session == session}


def _descendants():
    """Whom this process has started, whom they have, and who shares a session with one of them: its parent may have ended.
    Without its own process group, which hears the terminal as it does."""
    everyone, own, found, sessions = _everyone(), os.getpid(), set(), set()
    while more := {number for number, (parent, _, session) in everyone.items() if number not in found and number != own
                   and (parent == own or parent in found or session in sessions)}:
        found |= more
        sessions |= {everyone[number][2] for number in more} - {os.getsid(0)}
    return {number for number in found if everyone[number][1] != os.getpgrp()}


def _send(number, signum):
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended, or sudo has made it another user's
        os.kill(number, signum)


@interrupt.whole
def _suspend(signum, _frame):
    """Stop all that was started, then this process as others stop; when it is continued, continue the others."""
    stopped = set()
    while more := _descendants() - stopped:  # until nobody was just starting another
        for one in more:
            _send(one, signal.SIGSTOP)
        stopped |= more
    signal.signal(signum, signal.SIG_DFL)
    signal.pthread_kill(threading.main_thread().ident, signum)
    # Here it is continued; or was never stopped, in a process group that no shell looks after.
    signal.signal(signum, _suspend)
    for one in stopped:
        _send(one, signal.SIGCONT)


def suspend_together():
    """Have a Ctrl-Z suspend all that this process has started, too; not where it is ignored, nor from another thread."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, _suspend)


def _ask(session, left, asked):
    """Ask those to end that nobody else does: the others have a group of their own, and who put them there is asked."""
    for one, (parent, group) in left.items():
        if one not in asked and (group == session or parent not in left):
            asked.add(one)
            _send(one, signal.SIGTERM)


def _insist(session):
    """Kill a session's processes, and those that they start meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while (left := members(session)) and time.monotonic() < deadline:
        for one in left:
            _send(one, signal.SIGKILL)
        time.sleep(STEP)


def stop(process, patience=PATIENCE):
    """Stop the session that a process leads: ask first, so that all of it can clean up, then insist.

    Who was starting another process when it was asked may leave that one behind, which then is asked as well.
    """
    session, deadline, calm = process.pid, time.monotonic() + patience, 0
    asked = {one for one, (_, group) in members(session).items() if group == session}
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGTERM)
    while calm < 2 and time.monotonic() < deadline:  # one that ends while it starts another may hide that for a moment
        process.poll()
        left = members(session)
        _ask(session, left, asked)
        calm = 0 if left else calm + 1
        time.sleep(STEP)
    if calm < 2:
        _insist(session)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
