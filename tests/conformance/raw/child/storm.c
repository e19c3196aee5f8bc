// SPDX-License-Identifier: MIT
// The child's part of the random-call stress: calls with random numbers and arguments, half-way
// sensible ones among them, in several threads. The seed decides everything but the scheduling.
//
// What this code itself needs is not handed to the kernel as a place to write: arguments point into
// an arena and a scribble area. Still a call may unmap the program under its feet; then the process
// dies, which is one of the things to survive.
#include "storm.h"

#include <harness/raw.h>
#include <harness/string.h>

#include "behaviour.h"

#define THREADS_MAX 8u
#define DEADLINE_MAX (300 * 1000ull)

static struct stormer stormers[THREADS_MAX];

static const char fifo_path[] = "/raw/fifo";

/* A thread that only ends: it needs no stack. */
__attribute__((naked, used)) static void end_at_once(void)
{
    __asm__ volatile("xorl %%edi, %%edi\n xorl %%esi, %%esi\n movabsq %0, %%rax\n int $0x80\n ud2\n"
                     :
                     : "i"(COCO_SYS_THREAD_EXIT));
}

/* Keeps a change of mappings inside of the arena, most of the time. */
static void bound_range(uint64_t *state, uint64_t *start, uint64_t *len)
{
    if (storm_below(state, 500) != 0) {
        uint64_t offset = storm_below(state, ARENA_SIZE);
        *start = storm_arena + (storm_below(state, 8) != 0 ? offset & ~(PAGE - 1) : offset);
        *len = storm_below(state, storm_arena + ARENA_SIZE - *start);
    }
}

/* Ends of pipes and FIFOs do not wait: nobody is there to fill or empty them. */
static void bound_file_call(uint64_t *state, const struct coco_call_info *call, uint64_t *value)
{
    switch (call->number) {
    case COCO_SYS_FILE_FIFO_AT:
        value[0] = COCO_HANDLE_NONE;
        value[1] = (uintptr_t)fifo_path; /* which only opening that does not wait finds */
        break;
    case COCO_SYS_FILE_OPEN_AT:
        value[2] |= COCO_FILE_NONBLOCK;
        if (storm_below(state, 4) == 0) {
            value[1] = (uintptr_t)fifo_path;
        }
        break;
    case COCO_SYS_FILE_LOCK:
        value[2] = 0;
        break;
    case COCO_SYS_FILE_STATUS_FLAGS:
        value[1] &= ~(uint64_t)COCO_STATUS_NONBLOCK;
        break;
    default:
        break;
    }
}

/* Signals that end or stop the process come seldom, and not to the whole group, to which the test
   itself belongs. False: not at all. */
static bool bound_signal(uint64_t *state, const struct coco_call_info *call, uint64_t *value)
{
    bool group = call->number == COCO_SYS_SIGNAL_SEND_GROUP;
    if (group || storm_below(state, 500) != 0) {
        value[1] = COCO_SIGNAL_CHILD;
    }
    /* Stopped, it would not end. */
    return value[1] == COCO_SIGNAL_CHILD || value[1] < COCO_SIGNAL_STOP || value[1] > 22;
}

/* Calls that end the caller are left out; those that wait do not wait long; those that would end
   the process by mistake do so seldom. */
static bool bound_call(uint64_t *state, const struct coco_call_info *call, uint64_t *value)
{
    uint64_t deadline =
        (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + storm_below(state, DEADLINE_MAX);
    switch (call->number) {
    case COCO_SYS_EXIT:
    case COCO_SYS_PROCESS_EXIT:
    case COCO_SYS_THREAD_EXIT:
    case COCO_SYS_SIGNAL_SUSPEND:
    case COCO_SYS_CHANNEL_CALL:          /* these two wait as long as nobody comes; */
    case COCO_SYS_CHANNEL_REPLY_RECEIVE: /* channel_exchange and channel_receive do the same */
    case COCO_SYS_PROCESS_CONFINE:       /* it could not even end itself afterwards */
        return false;
    case COCO_SYS_CHANNEL_SEND:
    case COCO_SYS_CHANNEL_RECEIVE:
    case COCO_SYS_PROCESS_WAIT_CHILD:
    case COCO_SYS_LOG_READ:
    case COCO_SYS_EVENT_WAIT:
        value[3] = deadline;
        break;
    case COCO_SYS_CHANNEL_EXCHANGE:
        value[1] = storm_exchange(state, deadline);
        break;
    case COCO_SYS_PROCESS_EXEC:
    case COCO_SYS_SIGNAL_RETURN:
        return storm_below(state, 500) == 0;
    case COCO_SYS_SIGNAL_SEND:
    case COCO_SYS_SIGNAL_SEND_ID:
    case COCO_SYS_SIGNAL_SEND_THREAD:
    case COCO_SYS_SIGNAL_SEND_GROUP:
        return bound_signal(state, call, value);
    case COCO_SYS_SLEEP_UNTIL_DATE:
        value[0] = (uint64_t)coco_clock_get(COCO_CLOCK_REALTIME) + storm_below(state, DEADLINE_MAX);
        break;
    case COCO_SYS_SLEEP_UNTIL:
        value[0] = deadline;
        break;
    case COCO_SYS_PROCESS_WAIT:
    case COCO_SYS_THREAD_WAIT:
    case COCO_SYS_SIGNAL_WAIT:
        value[1] = deadline;
        break;
    case COCO_SYS_FUTEX_WAIT:
    case COCO_SYS_OBJECT_POLL:
    case COCO_SYS_OBJECT_POLL_MASKED:
        value[2] = deadline;
        break;
    case COCO_SYS_SOCKET_CREATE:
    case COCO_SYS_SOCKET_PAIR:
    case COCO_SYS_SOCKET_ACCEPT:
        value[1] |= COCO_STATUS_NONBLOCK;
        break;
    case COCO_SYS_MQUEUE_OPEN:
        value[1] |= COCO_MQUEUE_OPEN_NONBLOCK;
        break;
    case COCO_SYS_PIPE_CREATE:
        value[0] |= COCO_STATUS_NONBLOCK; /* nobody is there to fill or empty it */
        break;
    case COCO_SYS_MMAP:
        bound_range(state, &value[1], &value[3]);
        break;
    case COCO_SYS_MUNMAP:
    case COCO_SYS_MRESIZE:
    case COCO_SYS_MEM_PROTECT:
    case COCO_SYS_MEM_ADVISE:
        bound_range(state, &value[0], &value[1]);
        break;
    case COCO_SYS_THREAD_CREATE:
        if (storm_below(state, 200) != 0) {
            value[0] = (uintptr_t)end_at_once;
            value[1] = (uintptr_t)storm_scribble + SCRIBBLE_SIZE - 8;
        }
        break;
    default:
        bound_file_call(state, call, value);
        break;
    }
    return true;
}

static void known_call(uint64_t *state)
{
    const struct coco_call_info *call = &coco_calls[storm_below(state, COCO_CALL_COUNT)];
    uint64_t value[5];
    for (size_t i = 0; i < 5; i++) {
        value[i] = storm_any(state);
    }
    for (size_t i = 0; i < call->argument_count; i++) {
        const struct coco_argument_info *argument = &call->arguments[i];
        value[argument->first_register] = storm_value(state, argument);
        if (argument->kind >= COCO_ARGUMENT_IN_BUF && argument->kind <= COCO_ARGUMENT_OUT_ARRAY) {
            value[argument->first_register + 1] = storm_length(state);
        }
    }
    if (bound_call(state, call, value)) {
        (void)raw_call(call->number, value[0], value[1], value[2], value[3], value[4]);
    }
}

/* A number nobody has: the class or the index is out of the table. */
static void unknown_call(uint64_t *state)
{
    uint64_t number = storm_below(state, 2) != 0
                          ? random_next(state) | 0x4000000000000000
                          : storm_below(state, 10) << 32 | (64 + storm_below(state, 1000));
    (void)raw_call(number, storm_any(state), storm_any(state), storm_any(state), storm_any(state),
                   storm_any(state));
}

static void storm(void *argument)
{
    struct stormer *stormer = argument;
    for (uint64_t i = 0; i < stormer->calls; i++) {
        if (storm_below(&stormer->state, 20) == 0) {
            unknown_call(&stormer->state);
        } else {
            known_call(&stormer->state);
        }
    }
}

/* Arguments: seed, calls, threads. */
BEHAVIOUR(storm)
{
    uint64_t seed = argument_number(0);
    uint64_t threads = argument_number(2);
    threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    int64_t mapped = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, ARENA_SIZE,
                         COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS);
    if (mapped < 0 || seed == 0) {
        return 1;
    }
    storm_arena = (uint64_t)mapped;
    for (uint64_t i = 0; i < threads; i++) {
        stormers[i].state = seed * (2 * i + 1) | 1;
        stormers[i].calls = argument_number(1) / threads;
        if (i > 0) {
            (void)thread_start(&stormers[i].thread, storm, &stormers[i]);
        }
    }
    storm(&stormers[0]);
    for (uint64_t i = 1; i < threads; i++) {
        (void)coco_thread_wait(stormers[i].thread.handle, deadline_after(5 * SECONDS));
    }
    return 0;
}
