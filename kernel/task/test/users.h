// SPDX-License-Identifier: MIT
// User code of the tests, and the memory it shares with the test (the simulation's user memory is
// the host's).
#pragma once

#include <base/types.h>

enum user_function {
    USER_EXIT,         /* thread_exit(argument) */
    USER_PROCESS_EXIT, /* process_exit(argument) */
    USER_SPIN,         /* counts shared.counters[argument] up for ever */
    USER_SLEEP,        /* sleeps for ever */
    USER_FUTEX_SLEEP,  /* counts USER_FUTEX_MARK up, and waits for shared.word for ever */
    USER_LOCKER,       /* takes and leaves a futex mutex shared.rounds times, then exits */
    USER_LOCKERS,      /* runs USER_LOCKER_COUNT lockers and joins them, then exits with 0 */
    USER_THREADS,      /* starts sleeping, spinning and waiting threads, then sleeps, or ends the
                          process with shared.rounds if that is not 0 */
    USER_FAULT,        /* page fault at shared.block; exits with 5 if it is served */
    USER_BLOCK,        /* keeps the start block's address in shared.block, then exits with 7 */
    USER_CLEAR,        /* exits with `argument` as the word to clear */
    USER_ROBUST, /* ends with shared.word in its table of robust locks; holds it if rounds is 0 */
    USER_CLEAR_JOIN, /* starts shared.rounds threads and waits for each one's word to be cleared */
    USER_SIGNAL_NO_MEMORY, /* an action without memory for it; exits with 0 */
    USER_SIGNAL_MAIN,      /* signals between threads, see signal_users.c */
    USER_SIGNAL_RECEIVER,
    USER_SIGNAL_SENDER,
    USER_SIGNAL_LEFT, /* ends with signals waiting */
    USER_SIGNAL_SELF, /* sends itself signal shared.rounds; exits with 5 if that does not end it */
    USER_FAMILY,      /* has children, see family_test.c */
    USER_EXEC,        /* becomes USER_BLOCK, in the end */
    USER_EXEC_AMONG_THREADS,
    USER_TIMER_NO_MEMORY, /* timers, see timer_users.c; each exits with 0 */
    USER_TIMER_SIGNALS,
    USER_TIMER_RACES,
    USER_TIMER_RACER, /* a thread of the one before */
    USER_TIMER_LEFT,
    USER_TIMER_CLOSED,
    USER_TIMER_ENDS,
    USER_TIMER_SETTER,   /* a thread of the one before */
    USER_END_SEEN_EARLY, /* see test_request_seen_early() */
    USER_JOIN,           /* starts shared.rounds threads one after the other and joins each */
    USER_TURNS, /* starts spinning threads, sleeps shared.rounds times, then exits with 7 */
};

#define USER_LOCKER_COUNT 6u
#define USER_FUTEX_MARK 7u /* of shared.counters */

struct user_shared {
    uint32_t word;
    uint32_t lock; /* 0 free, 1 held, 2 contended */
    uint64_t protected_count;
    uint64_t counters[16];
    uint32_t rounds;
    uint64_t block;
    uint32_t result; /* last status of a call under test */
};

extern struct user_shared shared;

/* signal_users.c */
void user_signal_no_memory(uint64_t rdi);
void user_signal_main(uint64_t rdi);
void user_signal_receiver(uint64_t rdi);
void user_signal_sender(uint64_t rdi);
void user_signal_left(uint64_t rdi);
void user_signal_self(uint64_t rdi);

/* family_test.c */
void user_family(uint64_t rdi);
void user_exec(uint64_t rdi);
void user_exec_among_threads(uint64_t rdi);
/* timer_users.c */
void user_timer_no_memory(uint64_t rdi);
void user_timer_signals(uint64_t rdi);
void user_timer_races(uint64_t rdi);
void user_timer_racer(uint64_t rdi);
void user_timer_left(uint64_t rdi);
void user_timer_closed(uint64_t rdi);
void user_timer_ends(uint64_t rdi);
void user_timer_setter(uint64_t rdi);

/// Starts a thread of the current process; NULL if the process is ending.
struct thread *user_start(enum user_function function, uint64_t argument);
