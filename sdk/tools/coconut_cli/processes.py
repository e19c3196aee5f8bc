# SPDX-License-Identifier: MIT
"""Host programs in sessions of their own, of which nobody is left when this process is stopped.

A session and not only a process group: ninja gives each program that it starts a group of its own. A Ctrl-C is then for
this process alone, which stops the session whether or not its programs had begun to listen.
"""

import contextlib
import os
import signal
import subprocess
import time

from coconut_cli import interrupt

PATIENCE = 20.0  #: seconds for the end of what was told to end; on a busy machine to clean up takes its time
MORE_PATIENCE = 10.0  #: and for each command of ours in between, which first stops what it started
STEP = 0.02


@interrupt.whole
def start(words, **more):
    """subprocess.Popen() in a session of its own, by default without input; for just before the `try` that stops it."""
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


def members(session):
    """The processes of a session that have not ended: {number: (number of the parent, process group)}."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it has ended
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stream:
                state, parent, group, its_session = stream.read().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                found[int(entry)] = int(parent), int(group)
    return found


def _send(number, signum):
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signum)


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
