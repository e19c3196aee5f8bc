// SPDX-License-Identifier: MIT
/* The protocol of waiting and waking in Promela: kernel/ipc/event.c over kernel/object/wait.c (takes
 * the event), kernel/object/poll.c (looks at it), sched_block() and sched_wake(). wait_model.py says
 * the same. The queue's lock is taken and given back in steps of their own; what sched_block(),
 * sched_wake() and a deadline do under the run queue's lock is one step.
 *
 * TAKERS, POLLERS, SIGNALS: how many of each. FAULT_*: one thing that is done wrong. */
#ifndef TAKERS
#define TAKERS 1
#endif
#ifndef POLLERS
#define POLLERS 1
#endif
#ifndef SIGNALS
#define SIGNALS 2
#endif
#define WAITERS (TAKERS + POLLERS)

bool is_set;            /* the event */
bool locked;            /* its queue's lock */
bool queued[WAITERS];   /* in the queue */
bool asleep[WAITERS];
bool pending[WAITERS];  /* woken before it slept */
bool late[WAITERS];     /* its deadline has passed */
bool done[WAITERS];     /* it has left its wait, and may be gone */
byte settings;
byte takes;

inline acquire() { atomic { !locked -> locked = true } }
inline release() { locked = false }

/* sched_block(); goes on when the thread is awake. `expired` tells that the deadline was the reason. */
inline block()
{
    d_step {
        expired = false;
        if
        :: pending[me] -> pending[me] = false
        :: !pending[me] && late[me] -> expired = true
        :: else -> asleep[me] = true
        fi
    };
    !asleep[me];
    expired = expired || (late[me] && !woken[me]);
    woken[me] = false
}
bool woken[WAITERS];    /* the sleep was ended by a wake-up */

inline wake(who)
{
    d_step {
        assert(!done[who]);
        if
        :: asleep[who] -> asleep[who] = false; woken[who] = true
#ifdef FAULT_FORGETFUL_WAKE
        :: else -> skip
#else
        :: else -> pending[who] = true
#endif
        fi
    }
}

proctype Taker(byte me)
{
    bool expired;

look:
    acquire();
    if
    :: is_set ->
#ifdef FAULT_TAKE_WITHOUT_LOCK
        release();
#endif
        is_set = false;
        takes++;
        assert(takes <= settings);
#ifndef FAULT_TAKE_WITHOUT_LOCK
        release();
#endif
        goto left
    :: else ->
#ifdef FAULT_LOOK_WITHOUT_LOCK
        release();
        acquire();
#endif
        queued[me] = true;
        release()
    fi;
commit:
    block();
    acquire();
    if
    :: !queued[me] -> release(); goto look
    :: queued[me] && expired -> queued[me] = false; release()
    :: else -> release(); goto commit
    fi;
left:
    done[me] = true
}

proctype Poller(byte me)
{
    bool expired;

enter:
#ifdef FAULT_POLL_LOOKS_FIRST
    if
    :: is_set -> goto left
    :: else -> skip
    fi;
#endif
    acquire();
    queued[me] = true;
    release();
    expired = false;
#ifndef FAULT_POLL_LOOKS_FIRST
    if
    :: is_set -> goto leave
    :: else -> skip
    fi;
#endif
    block();
leave:
    acquire();
    queued[me] = false;
    release();
    if
    :: is_set || expired -> skip
    :: else -> goto enter
    fi;
left:
    done[me] = true
}

proctype Signaller()
{
    byte i;

#ifndef FAULT_WAKE_BEFORE_CHANGE
    acquire();
    d_step { is_set = true; settings++ };
#else
    acquire();
#endif
    i = 0;
    do
    :: i < WAITERS && queued[i] -> queued[i] = false; wake(i); i++
    :: i < WAITERS && !queued[i] -> i++
    :: i == WAITERS -> break
    od;
    release()
#ifdef FAULT_WAKE_BEFORE_CHANGE
    ;
    d_step { is_set = true; settings++ }
#endif
}

/* A deadline passes at any moment, or never. */
proctype Deadline(byte who)
{
    if
    :: d_step { late[who] = true; if :: asleep[who] -> asleep[who] = false :: else -> skip fi }
    :: skip
    fi
}

/* When nothing can go on any more: nobody sleeps although the event is set, nothing was taken twice. */
proctype Judge()
{
    byte i;

    timeout;
    assert(takes <= settings);
    i = 0;
    do
    :: i < WAITERS -> assert(!(asleep[i] && is_set)); assert(done[i] || asleep[i]); i++
    :: i == WAITERS -> break
    od;
    printf("judged\n")
}

init
{
    byte i;

    atomic {
        i = 0;
        do
        :: i < TAKERS -> run Taker(i); run Deadline(i); i++
        :: i >= TAKERS && i < WAITERS -> run Poller(i); run Deadline(i); i++
        :: i == WAITERS -> break
        od;
        i = 0;
        do
        :: i < SIGNALS -> run Signaller(); i++
        :: i == SIGNALS -> break
        od;
        run Judge()
    }
}
