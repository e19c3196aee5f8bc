// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about clocks and timers, and the page from which clocks
// can be read.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* clock_get */
#define COCO_CLOCK_REALTIME 0u
#define COCO_CLOCK_MONOTONIC 1u
#define COCO_CLOCK_PROCESS 2u
#define COCO_CLOCK_THREAD 3u

/* clock_set: the wall clock shows no later time, about the year 2116 */
#define COCO_CLOCK_SET_MAX 0x4000000000000000ull

/* Timers of a process, those of interval_timer left out. */
#define COCO_TIMER_MAX 256

/* coco_timer_options.notify: what happens when a timer expires */
#define COCO_TIMER_NOTHING 0u /* it becomes readable for object_poll */
#define COCO_TIMER_PROCESS 1u /* a signal to the process */
#define COCO_TIMER_THREAD 2u  /* a signal to a thread of it */

/* timer_set, interval_timer */
#define COCO_TIMER_ABSOLUTE 0x1u /* the value is a time of the clock, not from now */
#define COCO_TIMER_SET_MASK 0x1u

/* timer_get */
#define COCO_TIMER_CONSUME 0x1u /* expirations that are told count as noticed */
#define COCO_TIMER_GET_MASK 0x1u

/* interval_timer */
#define COCO_INTERVAL_REAL 0u    /* MONOTONIC, sends ALARM */
#define COCO_INTERVAL_VIRTUAL 1u /* PROCESS, sends VIRTUAL_ALARM */
#define COCO_INTERVAL_PROFILE 2u /* PROCESS, sends PROFILE */
#define COCO_INTERVAL_COUNT 3u

/// Argument of `timer_create`.
struct coco_timer_options {
    uint32_t clock;    /* COCO_CLOCK_* */
    uint32_t notify;   /* COCO_TIMER_NOTHING, PROCESS, THREAD */
    uint32_t signal;   /* the signal, unless NOTHING */
    uint32_t tag;      /* told in coco_signal_info.vector */
    uint64_t value;    /* told in coco_signal_info.value */
    uint64_t thread;   /* THREAD: what `thread_id` gives there; 0 for the caller */
    uint64_t reserved; /* 0 */
};

/// Argument of `timer_set` and `interval_timer`. Nanoseconds.
struct coco_timer_setting {
    uint64_t value;    /* until it expires, or the time when; 0: never */
    uint64_t interval; /* and then again and again; 0: once */
};

/// State of a timer. Nanoseconds.
struct coco_timer_state {
    uint64_t remaining;   /* until it expires; 0: it is not armed */
    uint64_t interval;    /* as set */
    uint64_t expirations; /* NOTHING: since they were last consumed */
    uint32_t overruns;    /* of the last signal taken: expirations beyond its first */
    uint32_t reserved;    /* 0 */
};

#define COCO_CLOCK_PAGE_VERSION 1u

/* coco_clock_page.flags */
#define COCO_CLOCK_PAGE_TICKS 0x1u /* the time-stamp counter tells the time */

/// What `clock_page` maps. With `sequence` even and the same before and after the other fields and
/// the time-stamp counter are read, MONOTONIC is `monotonic_base + ((counter - tick_base) *
/// multiplier >> shift)`, the product in 128 bits, and REALTIME is `realtime_offset` more.
struct coco_clock_page {
    uint32_t version;        /* COCO_CLOCK_PAGE_VERSION; with another, `clock_get` is to be used */
    uint32_t flags;          /* COCO_CLOCK_PAGE_*; without TICKS, `clock_get` is to be used */
    uint32_t sequence;       /* odd while the kernel changes fields: look again */
    uint32_t shift;          /* below 64 */
    uint64_t tick_base;      /* count at `monotonic_base` */
    uint64_t multiplier;     /* ns a tick, in units of 2^-shift ns */
    uint64_t monotonic_base; /* ns */
    int64_t realtime_offset; /* ns; changes when the wall clock is set */
};

COCO_STATIC_ASSERT(sizeof(struct coco_clock_page) == 48, "coco_clock_page has a fixed size");

#ifdef __cplusplus
}
#endif
