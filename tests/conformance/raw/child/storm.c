// SPDX-License-Identifier: MIT
// The child's part of the random-call stress: calls with random numbers and arguments, half-way
// sensible ones among them, in several threads. The seed decides everything but the scheduling.
//
// What this code itself needs is not handed to the kernel as a place to write: arguments point into
// an arena and a scribble area. Still a call may unmap the program under its feet; then the process
// dies, which is one of the things to survive.
#include "behaviour.h"

#include <coconut/call_table.h>
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/string.h>
#include <harness/thread.h>

#define PAGE 4096ull
#define ARENA_SIZE (512ull * 1024)
#define SCRIBBLE_SIZE 8192u
#define THREADS_MAX 8u
#define PATH_TEXT 200u
#define DEADLINE_MAX (300 * 1000ull)

static uint8_t scribble[SCRIBBLE_SIZE] __attribute__((aligned(4096)));
static uint64_t arena;

struct stormer {
    struct thread thread;
    uint64_t state;
    uint64_t calls;
    char path[PATH_TEXT + 1];
    struct coco_exchange exchange;
};

static struct stormer stormers[THREADS_MAX];

static const char *const names[] = {
    "/raw/storm",
    "/raw/storm/a",
    "/raw/storm/b",
    "/raw/storm/dir",
    "/raw/storm/dir/a",
    "/raw/storm/dir/..",
    "raw/storm//a",
    "/",
    "",
    ".",
    "/raw/minimal",
    "/raw/storm/copy",
    "/raw/upstream",
    "/Log/logfile",
    "/raw/storm/dir/b/c",
    "/raw/pie",
    "/Log",
    "/raw/storm/new",
};

static const char fifo_path[] = "/raw/fifo";

/* A thread that only ends: it needs no stack. */
__attribute__((naked, used)) static void end_at_once(void)
{
    __asm__ volatile("xorl %%edi, %%edi\n xorl %%esi, %%esi\n movabsq %0, %%rax\n int $0x80\n ud2\n"
                     :
                     : "i"(COCO_SYS_THREAD_EXIT));
}

static uint64_t below(uint64_t *state, uint64_t limit)
{
    return random_next(state) % limit;
}

/* Any number, with a liking for edges. */
static uint64_t any(uint64_t *state)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     PAGE - 1,
                                     PAGE,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     COCO_USER_END - PAGE,
                                     COCO_USER_END - 1,
                                     COCO_USER_END,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0xffff800000000000,
                                     0xffffffff80000000,
                                     0xfffffffffffff000,
                                     UINT64_MAX - 1,
                                     UINT64_MAX};
    switch (below(state, 4)) {
    case 0:
        return random_next(state);
    case 1:
        return below(state, 64);
    default:
        return edges[below(state, sizeof(edges) / sizeof(edges[0]))];
    }
}

static uint64_t address(uint64_t *state)
{
    uint64_t choice = below(state, 32);
    if (choice < 20) {
        uint64_t at = arena + below(state, ARENA_SIZE);
        return choice < 10 ? at & ~(PAGE - 1) : at;
    }
    if (choice < 26) {
        return (uintptr_t)scribble + below(state, SCRIBBLE_SIZE);
    }
    return any(state);
}

static uint64_t length(uint64_t *state)
{
    uint64_t choice = below(state, 16);
    if (choice < 8) {
        return below(state, 300);
    }
    return choice < 15 ? below(state, 64 * 1024) : any(state);
}

static uint64_t handle(uint64_t *state)
{
    uint64_t choice = below(state, 16);
    if (choice < 12) {
        return below(state, 24);
    }
    return choice < 14 ? COCO_HANDLE_NONE : any(state);
}

static uint64_t spawn_arguments(uint64_t *state)
{
    struct coco_spawn *spawn = (struct coco_spawn *)(void *)scribble;
    struct coco_spawn_handle *handles = (struct coco_spawn_handle *)(void *)(scribble + 1024);
    handles[0] =
        (struct coco_spawn_handle){(coco_handle_t)below(state, 12), COCO_RIGHTS_SAME, 0, 0};
    *spawn = (struct coco_spawn){
        .size = sizeof(*spawn),
        .path = (uintptr_t)(below(state, 2) != 0 ? "/raw/minimal" : "/raw/pie"),
        .handles = (uintptr_t)handles,
        .handle_count = (uint32_t)below(state, 2),
    };
    if (below(state, 2) != 0) {
        ((uint64_t *)(void *)scribble)[below(state, sizeof(*spawn) / 8)] = any(state);
    }
    return (uintptr_t)spawn;
}

/* Not in the scribble area, where another thread could take the deadline away. */
static uint64_t exchange_arguments(uint64_t *state, uint64_t deadline)
{
    struct stormer *stormer =
        (struct stormer *)(void *)((uint8_t *)state - offsetof(struct stormer, state));
    struct coco_exchange *exchange = &stormer->exchange;
    *exchange = (struct coco_exchange){
        .size = sizeof(*exchange),
        .kind = (uint32_t)below(state, 2),
        .deadline = deadline,
        .payload = arena,
        .reply = arena + PAGE,
        .length = (uint32_t)below(state, 100),
        .reply_capacity = (uint32_t)below(state, 100),
        .handle_count = (uint32_t)below(state, 3),
    };
    for (uint32_t i = 0; i < exchange->handle_count; i++) {
        exchange->handles[i] = (struct coco_transfer){.handle = (coco_handle_t)below(state, 24),
                                                      .rights = COCO_RIGHTS_SAME,
                                                      .flags = (uint32_t)below(state, 2)};
    }
    return (uintptr_t)exchange;
}

/* Whatever stands in the scribble area, as a path. It is copied, since upstream's calls make files
   with names longer than any call shows them again, which nobody could remove. */
static uint64_t random_path(uint64_t *state)
{
    struct stormer *stormer =
        (struct stormer *)(void *)((uint8_t *)state - offsetof(struct stormer, state));
    memcpy(stormer->path, scribble + below(state, SCRIBBLE_SIZE - PATH_TEXT), PATH_TEXT);
    return (uintptr_t)stormer->path;
}

static uint64_t path(uint64_t *state)
{
    switch (below(state, 16)) {
    case 0:
        return random_path(state);
    case 1:
        return any(state);
    default:
        return (uintptr_t)names[below(state, sizeof(names) / sizeof(names[0]))];
    }
}

static uint64_t value_for(uint64_t *state, const struct coco_argument_info *argument)
{
    switch (argument->kind) {
    case COCO_ARGUMENT_HANDLE:
    case COCO_ARGUMENT_HANDLE_HELD:
    case COCO_ARGUMENT_HANDLE_OPT:
    case COCO_ARGUMENT_HANDLE_UNLESS:
    case COCO_ARGUMENT_HANDLE_NUM:
        return handle(state);
    case COCO_ARGUMENT_FLAGS:
        return below(state, 8) != 0 ? random_next(state) & argument->mask : any(state);
    case COCO_ARGUMENT_U32: {
        uint64_t value = below(state, 4) != 0 ? below(state, 16) : any(state);
        return value == COCO_SIGNAL_STOP ? 0 : value; /* nobody would make this process go on */
    }
    case COCO_ARGUMENT_PATH:
        return path(state);
    case COCO_ARGUMENT_IN_STRUCT:
        return below(state, 4) != 0 ? spawn_arguments(state) : address(state);
    case COCO_ARGUMENT_U64:
    case COCO_ARGUMENT_I64:
        return below(state, 2) != 0 ? length(state) : any(state);
    default:
        return address(state);
    }
}

/* Keeps a change of mappings inside of the arena, most of the time. */
static void bound_range(uint64_t *state, uint64_t *start, uint64_t *len)
{
    if (below(state, 500) != 0) {
        uint64_t offset = below(state, ARENA_SIZE);
        *start = arena + (below(state, 8) != 0 ? offset & ~(PAGE - 1) : offset);
        *len = below(state, arena + ARENA_SIZE - *start);
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
        if (below(state, 4) == 0) {
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
    if (group || below(state, 500) != 0) {
        value[1] = COCO_SIGNAL_CHILD;
    }
    /* Stopped, it would not end. */
    return value[1] == COCO_SIGNAL_CHILD || value[1] < COCO_SIGNAL_STOP || value[1] > 22;
}

/* Calls that end the caller are left out; those that wait do not wait long; those that would end
   the process by mistake do so seldom. */
static bool bound_call(uint64_t *state, const struct coco_call_info *call, uint64_t *value)
{
    uint64_t deadline = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + below(state, DEADLINE_MAX);
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
        value[1] = exchange_arguments(state, deadline);
        break;
    case COCO_SYS_PROCESS_EXEC:
    case COCO_SYS_SIGNAL_RETURN:
        return below(state, 500) == 0;
    case COCO_SYS_SIGNAL_SEND:
    case COCO_SYS_SIGNAL_SEND_ID:
    case COCO_SYS_SIGNAL_SEND_THREAD:
    case COCO_SYS_SIGNAL_SEND_GROUP:
        return bound_signal(state, call, value);
    case COCO_SYS_SLEEP_UNTIL_DATE:
        value[0] = (uint64_t)coco_clock_get(COCO_CLOCK_REALTIME) + below(state, DEADLINE_MAX);
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
        if (below(state, 200) != 0) {
            value[0] = (uintptr_t)end_at_once;
            value[1] = (uintptr_t)scribble + SCRIBBLE_SIZE - 8;
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
    const struct coco_call_info *call = &coco_calls[below(state, COCO_CALL_COUNT)];
    uint64_t value[5];
    for (size_t i = 0; i < 5; i++) {
        value[i] = any(state);
    }
    for (size_t i = 0; i < call->argument_count; i++) {
        const struct coco_argument_info *argument = &call->arguments[i];
        value[argument->first_register] = value_for(state, argument);
        if (argument->kind >= COCO_ARGUMENT_IN_BUF && argument->kind <= COCO_ARGUMENT_OUT_ARRAY) {
            value[argument->first_register + 1] = length(state);
        }
    }
    if (bound_call(state, call, value)) {
        (void)raw_call(call->number, value[0], value[1], value[2], value[3], value[4]);
    }
}

/* A number nobody has: the class or the index is out of the table. */
static void unknown_call(uint64_t *state)
{
    uint64_t number = below(state, 2) != 0 ? random_next(state) | 0x4000000000000000
                                           : below(state, 10) << 32 | (64 + below(state, 1000));
    (void)raw_call(number, any(state), any(state), any(state), any(state), any(state));
}

static void storm(void *argument)
{
    struct stormer *stormer = argument;
    for (uint64_t i = 0; i < stormer->calls; i++) {
        if (below(&stormer->state, 20) == 0) {
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
    arena = (uint64_t)mapped;
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
