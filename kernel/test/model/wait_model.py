#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Go through all interleavings of the kernel's protocol of waiting and waking.

Waiters take an event (kernel/ipc/event.c over kernel/object/wait.c) or poll it (kernel/object/poll.c);
signallers set it; a deadline may pass and a signal may come at any moment. Checked in each state:
  lost     a thread sleeps for ever though the event is set
  dead     a thread is woken that has left its wait, and may be gone
  twice    one setting of the event ended two waits
Prints the line protocol of the tests; the protocol as it is must be clean, and each fault must be found.
"""

import sys

#: Where a thread is.
LOOK, QUEUE, BLOCK, ASLEEP, LEAVE, AGAIN, DONE = range(7)
#: What a fault leaves out or does in the wrong order.
FAULTS = {
    "look_without_lock": "lost",      # looks, and queues itself in a second hold of the lock
    "poll_looks_first": "lost",       # object_poll that does not look again after it queued itself
    "forgetful_wake": "lost",         # sched_wake() that does nothing for a thread not yet asleep
    "wake_before_change": "lost",     # wakes first, sets the event then
    "leave_without_lock": "dead",     # a waiter that sees that it is dequeued goes without the lock
    "take_without_lock": "twice",     # two threads see the event set and both take it
}


class Waiter:
    """kind: "event" or "poll"; the rest is its state."""

    __slots__ = ("kind", "at", "pending", "status", "queued", "late", "called", "result", "seen")

    def __init__(self, kind):
        self.kind, self.at, self.pending, self.status = kind, LOOK, False, "ok"
        self.queued = self.late = self.called = self.seen = False
        self.result = None

    def key(self):
        """Return what tells its states apart."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def copy(self):
        """Return a copy."""
        other = Waiter.__new__(Waiter)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        return other


class State:
    """All of the machine: the event, its queue and lock, waiters, what signallers still have to do."""

    def __init__(self, kinds, signals):
        self.is_set, self.lock, self.settings, self.takes, self.wrong = False, None, 0, 0, None
        self.queue = []
        self.waiters = [Waiter(kind) for kind in kinds]
        self.signallers = [0] * signals  # 0 begins, 1 is waking, 2 changes late, 3 has ended

    def key(self):
        """Return what tells states apart."""
        return (self.is_set, self.lock, self.settings, self.takes, self.wrong, tuple(self.queue),
                tuple(w.key() for w in self.waiters), tuple(self.signallers))

    def copy(self):
        """Return a copy."""
        other = State.__new__(State)
        other.is_set, other.lock, other.wrong = self.is_set, self.lock, self.wrong
        other.settings, other.takes = self.settings, self.takes
        other.queue, other.signallers = list(self.queue), list(self.signallers)
        other.waiters = [w.copy() for w in self.waiters]
        return other


def finish(state, waiter, result):
    """The wait is over."""
    waiter.at, waiter.result = DONE, result
    if result == "taken":
        state.takes += 1
        if state.takes > state.settings:
            state.wrong = "twice"


def take(state, waiter):
    """Take the event for a waiter of kind event; a poll only tells."""
    if waiter.kind == "event":
        state.is_set = False
        finish(state, waiter, "taken")
    else:
        finish(state, waiter, "told")


def enqueue(state, number):
    """wait_prepare()."""
    state.queue.append(number)
    state.waiters[number].queued = True


def dequeue(state, number):
    """Take a waiter off the queue if it is there."""
    if number in state.queue:
        state.queue.remove(number)
    state.waiters[number].queued = False


def look(state, number, fault):
    """Look at the event; without success be queued: event_wait, or a part of object_poll."""
    waiter = state.waiters[number]
    if waiter.kind == "poll":
        if fault == "poll_looks_first":
            if state.is_set:
                take(state, waiter)
                return
            waiter.at = QUEUE
        elif waiter.at == LOOK:
            enqueue(state, number)
            waiter.at = AGAIN
        return
    if state.is_set:
        if fault == "take_without_lock":
            waiter.seen, waiter.at = True, QUEUE
            return
        take(state, waiter)
    elif fault == "look_without_lock":
        waiter.at = QUEUE
    else:
        enqueue(state, number)
        waiter.at = BLOCK


def block(waiter):
    """sched_block(), under the lock of the run queue."""
    waiter.at = LEAVE
    if waiter.pending:
        waiter.pending, waiter.status = False, "ok"
    elif waiter.called:
        waiter.status = "interrupted"
    elif waiter.late:
        waiter.status = "timed out"
    else:
        waiter.at = ASLEEP


def leave(state, number):
    """was_woken(): leave the queue, unless it has to be slept on."""
    waiter = state.waiters[number]
    if waiter.kind == "poll":
        dequeue(state, number)
        if state.is_set:
            take(state, waiter)
        elif waiter.status != "ok":
            finish(state, waiter, waiter.status)
        else:
            waiter.at = LOOK
    elif not waiter.queued:
        waiter.at = LOOK
    elif waiter.status != "ok":
        dequeue(state, number)
        finish(state, waiter, waiter.status)
    else:
        waiter.at = BLOCK


def waiter_steps(state, number, fault):
    """Return the states that one step of a waiter leads to."""
    waiter = state.waiters[number]
    if waiter.at in (ASLEEP, DONE):
        return []
    locked = state.lock is not None
    unlocked_leave = (fault == "leave_without_lock" and waiter.at == LEAVE and not waiter.queued)
    if locked and waiter.at not in (BLOCK, AGAIN) and not unlocked_leave:
        return []
    following = state.copy()
    mover = following.waiters[number]
    if mover.at == LOOK:
        look(following, number, fault)
    elif mover.at == QUEUE:
        if mover.seen:
            mover.seen = False
            take(following, mover)
        else:
            enqueue(following, number)
            mover.at = BLOCK
    elif mover.at == AGAIN:  # object_poll's second look takes no lock
        if following.is_set:
            mover.at, mover.status = LEAVE, "ok"
        else:
            mover.at = BLOCK
    elif mover.at == BLOCK:
        block(mover)
    elif unlocked_leave:
        finish(following, mover, "told")
    else:
        leave(following, number)
    return [following]


def wake(state, number, fault):
    """sched_wake(), under the lock of the run queue."""
    waiter = state.waiters[number]
    if waiter.at == DONE:
        state.wrong = "dead"
    elif waiter.at == ASLEEP:
        waiter.at, waiter.status = LEAVE, "ok"
    elif fault != "forgetful_wake":
        waiter.pending = True


def signaller_steps(state, number, fault):
    """Return the states that one step of a signaller leads to."""
    phase = state.signallers[number]
    owner = ("signaller", number)
    if phase == 3 or (state.lock is not None and state.lock != owner):
        return []
    following = state.copy()
    if phase == 0:
        following.lock = owner
        following.signallers[number] = 1
        if fault != "wake_before_change":
            following.is_set, following.settings = True, state.settings + 1
    elif phase == 1 and following.queue:
        first = following.queue[0]
        if fault == "leave_without_lock" and following.waiters[first].queued:
            following.waiters[first].queued = False  # seen by the waiter before it is woken
            return [following]
        following.queue.pop(0)
        following.waiters[first].queued = False
        wake(following, first, fault)
    elif phase == 1:
        following.lock = None
        following.signallers[number] = 2 if fault == "wake_before_change" else 3
    else:
        following.is_set, following.settings = True, state.settings + 1
        following.signallers[number] = 3
    return [following]


def outside_steps(state):
    """Return the states after a deadline that passes or a signal that comes."""
    found = []
    for number, waiter in enumerate(state.waiters):
        for name, status in (("late", "timed out"), ("called", "interrupted")):
            if waiter.at != DONE and not getattr(waiter, name):
                following = state.copy()
                mover = following.waiters[number]
                setattr(mover, name, True)
                if mover.at == ASLEEP:
                    mover.at, mover.status = LEAVE, status
                found.append(following)
    return found


def search(kinds, signals, outside, fault=None):
    """Return (what is wrong or None, number of states)."""
    first = State(kinds, signals)
    seen, todo = {first.key()}, [first]
    while todo:
        state = todo.pop()
        if state.wrong:
            return state.wrong, len(seen)
        inside = [following for number in range(len(kinds))
                  for following in waiter_steps(state, number, fault)]
        inside += [following for number in range(signals)
                   for following in signaller_steps(state, number, fault)]
        asleep = any(waiter.at == ASLEEP for waiter in state.waiters)
        if not inside and state.is_set and asleep:
            return "lost", len(seen)
        for following in inside + (outside_steps(state) if outside else []):
            key = following.key()
            if key not in seen:
                seen.add(key)
                todo.append(following)
    return None, len(seen)


#: Kinds of the waiters, number of signallers, whether deadlines and signals come.
CASES = (
    (("event",), 2, True), (("poll",), 2, True), (("event", "event"), 2, True),
    (("event", "poll"), 2, True), (("poll", "poll"), 2, True), (("event", "event", "poll"), 2, False),
    (("event", "event", "event"), 3, False),
)


def main():
    """Check the protocol and the faults; returns the exit status."""
    failed = passed = 0
    for kinds, signals, outside in CASES:
        wrong, states = search(kinds, signals, outside)
        name = f"model.{'_'.join(kinds)}.signals_{signals}"
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        print(f"ok - {name}" if wrong is None else f"not ok - {name}: {wrong}")
        print(f"# {states} states")
    for fault, expected in FAULTS.items():
        found = {search(kinds, signals, outside, fault)[0] for kinds, signals, outside in CASES[:5]}
        good = expected in found
        passed, failed = passed + good, failed + (not good)
        print(f"ok - model.finds.{fault}" if good else
              f"not ok - model.finds.{fault}: expected '{expected}', found {sorted(map(str, found))}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
