// SPDX-License-Identifier: MIT
// Timers: objects that expire at a time of a clock, once or again and again.
//
// At expiry a timer does nothing but become readable, or sends a signal. A timer that repeats is
// armed again when its expiry was noticed (its signal taken, its count read), not before: however
// short its interval, it takes no more time than the process spends on it. What it missed meanwhile
// is counted. Nothing is allocated at expiry.
//
// A timer belongs to the process that made it. Copies of a process have no timers: their handle
// tables must leave COCO_OBJECT_TIMER out. The three interval timers have no handles and stay when
// a process goes on with another program.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <arch/spinlock.h>
#include <base/compiler.h>
#include <base/tree.h>
#include <base/types.h>
#include <object/object.h>

struct process;
struct thread;
struct timer;

#define TIMER_NEVER UINT64_MAX

/// Timers that wait for times of the same clocks. `first` is read without the lock.
struct timer_base {
    struct spinlock lock;
    struct tree timers[2]; /* struct timer; [1]: REALTIME, [0]: any other clock */
    uint64_t first[2];     /* atomic: the first deadline, in the clock's ns; TIMER_NEVER */
};

/// What a new timer is. `notify` is COCO_TIMER_*; signal and thread are looked at as it says.
struct timer_options {
    uint32_t clock; /* COCO_CLOCK_* */
    uint32_t notify;
    uint32_t signal;
    uint32_t tag;
    uint64_t value;
    uint64_t thread; /* id; 0 for the calling one */
};

/// Prepares the bases of the CPUs; called by sched_init().
void timer_init(void);

/// Starts the kernel thread that sends timers' signals which stop or continue processes. Called
/// once, before there are processes. ERR_NOMEM.
__must_check enum status timer_start(void);

/// Makes a timer of the current process, not armed; `out` gets a new reference. ERR_INVAL: clock,
/// notify, signal or thread do not exist; ERR_AGAIN: the process has COCO_TIMER_MAX; ERR_NOMEM.
__must_check enum status timer_create(const struct timer_options *options, struct timer **out);

/// Arms a timer for `value` ns from now, or with `absolute` for that time of its clock; 0 disarms
/// it. It repeats every `interval` ns; 0: it does not. `old` gets its state before. False, and it
/// stays disarmed, if its last handle has gone meanwhile.
bool timer_set(struct timer *timer, uint64_t value, uint64_t interval, bool absolute,
               struct coco_timer_state *old);

/// State of a timer. Expirations that are told are counted as noticed with `consume`.
void timer_get(struct timer *timer, bool consume, struct coco_timer_state *state);

/// Arms the current process's interval timer `which` (COCO_INTERVAL_*, checked) as timer_set()
/// does. It is there as long as it is armed. ERR_NOMEM.
__must_check enum status timer_interval_set(uint32_t which, uint64_t value, uint64_t interval,
                                            struct coco_timer_state *old);

/// State of an interval timer.
void timer_interval_get(uint32_t which, struct coco_timer_state *state);

/// Makes the wall clock show `date` (ns since 1970, at most COCO_CLOCK_SET_MAX) now. Timers and
/// sleepers that wait for its times look again.
void timer_clock_set(uint64_t date);

/// Gives up the interval timers of a process whose last thread ends.
void timer_process_end(struct process *process);

/// Frees what a process or thread that nobody refers to any more has for timers on its clock.
void timer_base_free(struct timer_base *base);

/// The timer of an object whose type is COCO_OBJECT_TIMER.
struct timer *timer_from_object(struct object *object);
struct object *timer_object(struct timer *timer);

/// Row of the object table for COCO_OBJECT_TIMER.
extern const struct object_ops timer_object_ops;
